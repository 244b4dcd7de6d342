package dev.hivedeck.engine.protocol.flag;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.view.View;
import dev.hivedeck.engine.protocol.view.Word;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Feature flags as clients see them. Shares are percent. */
public final class FlagViews {
  private FlagViews() {}

  /**
   * What people did with a flag, beside what {@code hive.yaml} says of it.
   *
   * @param id the flag's key
   * @param killed whether everybody gets its default
   * @param weights of variants, that a person gave; null where {@code hive.yaml}'s hold
   * @param because why it was killed; empty for nothing said
   */
  public record FlagSetting(
      String id,
      boolean killed,
      @Nullable Map<String, Double> weights,
      String because,
      Instant changedAt)
      implements View {}

  /** Who says what share a variant has. */
  public enum WeightSource implements Word {
    /** {@code hive.yaml}. */
    CONFIGURATION,
    /** A person, by {@code flag set}. */
    PERSON,
    /** A rollout, that goes on or is over. */
    ROLLOUT;

    @JsonCreator
    public static WeightSource of(String word) {
      return Word.parse(WeightSource.class, word);
    }
  }

  /**
   * What a flag can be.
   *
   * @param weight percent of keys that get it, where no rule says otherwise
   * @param reported outcomes that were reported of it since the engine was started
   * @param failed of those, that failed
   */
  public record FlagVariant(
      String name, JsonNode value, double weight, long reported, long failed) {}

  /**
   * Who gets a variant whatever the weights.
   *
   * @param attribute of who asks
   * @param test equals, in, starts with, ends with
   */
  public record FlagRule(String attribute, String test, List<JsonNode> values, String serve) {
    public FlagRule {
      values = List.copyOf(values);
    }
  }

  /**
   * A flag.
   *
   * @param id its key
   * @param type boolean, string, number or object
   * @param standard the variant of everybody who gets no other
   * @param key the attribute that a share goes by
   * @param by who says what share each variant has
   * @param killed whether everybody gets {@code standard}
   * @param because why it was killed; empty for nothing said
   * @param rollout that goes on; null for none
   */
  public record Flag(
      String id,
      String type,
      List<FlagVariant> variants,
      String standard,
      String key,
      List<FlagRule> rules,
      WeightSource by,
      boolean killed,
      String because,
      @Nullable String rollout) {
    public Flag {
      variants = List.copyOf(variants);
      rules = List.copyOf(rules);
    }
  }

  /**
   * What somebody gets.
   *
   * @param reason as OpenFeature has them: STATIC, TARGETING_MATCH, SPLIT, DISABLED
   */
  public record FlagAnswer(String id, String variant, JsonNode value, String reason) {}
}
