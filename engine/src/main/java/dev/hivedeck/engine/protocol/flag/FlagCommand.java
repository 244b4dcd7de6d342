package dev.hivedeck.engine.protocol.flag;

import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.hivedeck.engine.protocol.Command;
import org.jspecify.annotations.Nullable;

/** What is done with feature flags. Answer of all: {@link FlagViews.Flag}. */
public sealed interface FlagCommand extends Command {

  /**
   * Gives a variant another share of keys, until {@code hive.yaml} says otherwise of the flag.
   *
   * @param weight in percent, as {@code 12.5}
   * @param variant null for the only one beside the default
   */
  @JsonTypeName("flag.set")
  record SetFlag(String id, double weight, @Nullable String variant) implements FlagCommand {}

  /**
   * Everybody gets its default at once, whatever rules, weights and rollouts say.
   *
   * @param because what for; null for nothing said
   */
  @JsonTypeName("flag.kill")
  record KillFlag(String id, @Nullable String because) implements FlagCommand {}

  /** It is evaluated again. */
  @JsonTypeName("flag.restore")
  record RestoreFlag(String id) implements FlagCommand {}
}
