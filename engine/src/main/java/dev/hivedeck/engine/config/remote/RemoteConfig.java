package dev.hivedeck.engine.config.remote;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What is done with the remote that main follows, unasked.
 *
 * @param fetch how often it is fetched; null for never
 * @param forward whether main is brought up to what was fetched, where it has nothing of its own
 * @param push whether what was merged is pushed
 */
public record RemoteConfig(@Nullable Duration fetch, boolean forward, boolean push) {
  public static final RemoteConfig NONE = new RemoteConfig(null, false, false);

  /** More often nobody is asked. */
  public static final Duration LEAST = Duration.ofSeconds(10);
}
