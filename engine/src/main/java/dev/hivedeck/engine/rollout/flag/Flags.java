package dev.hivedeck.engine.rollout.flag;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.config.flag.FlagConfig;
import dev.hivedeck.engine.config.yaml.DidYouMean;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.flag.FlagViews.FlagAnswer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Feature flags as they are evaluated: by {@code hive.yaml}, by what people did with them, and by
 * rollouts. Any number of threads may ask; an evaluation asks nothing but memory.
 */
public final class Flags {
  /** So many outcomes may come at once. */
  public static final int MOST = 1_000;

  /** So many ids of outcomes are remembered, the latest. */
  private static final int REMEMBERED = 100_000;

  /** Reasons of what no rule and no kill gave; a share of all is answered as STATIC or DEFAULT. */
  private static final Set<String> BY_SPLIT = Set.of("SPLIT", "STATIC", "DEFAULT");

  private static final int LONGEST_ID = 200;
  private static final double LONGEST = Duration.ofDays(1).toMillis();

  private final Supplier<Map<String, FlagConfig>> configs;
  private final Map<String, LiveFlag> live = new ConcurrentHashMap<>();
  private final Map<String, Boolean> seen =
      Collections.synchronizedMap(
          new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
              return size() > REMEMBERED;
            }
          });

  /**
   * @param configs flags in force; none before a person consented
   */
  public Flags(Supplier<Map<String, FlagConfig>> configs) {
    this.configs = configs;
  }

  Map<String, FlagConfig> configs() {
    return configs.get();
  }

  Optional<FlagConfig> config(String key) {
    return Optional.ofNullable(configs().get(key));
  }

  LiveFlag live(String key) {
    return live.computeIfAbsent(key, _ -> new LiveFlag());
  }

  /**
   * One that there is.
   *
   * @throws HiveException {@code no-thing}
   */
  FlagConfig needed(String key) {
    return config(key)
        .orElseThrow(
            () ->
                new HiveException(
                    ErrorCode.NO_THING,
                    "hive.yaml has no flag " + key + DidYouMean.to(key, configs().keySet()) + ".",
                    "flags: in .hivedeck/hive.yaml has them; one that is new there counts once"
                        + " you have run hivedeck trust."));
  }

  /** Keys of all flags, in the order of {@code hive.yaml}. */
  public List<String> keys() {
    return List.copyOf(configs().keySet());
  }

  /**
   * What whoever asks gets.
   *
   * @param context what is known of them
   */
  public FlagEvaluation evaluate(String key, JsonNode context) {
    var config = configs().get(key);
    if (config == null) {
      return new FlagEvaluation.Failed(
          FlagEvaluation.Code.FLAG_NOT_FOUND,
          "There is no flag "
              + key
              + " in hive.yaml"
              + DidYouMean.to(key, configs().keySet())
              + ", or it waits for your consent: hivedeck trust.");
    }
    var flag = live(key);
    if (flag.isKilled()) {
      return served(config, config.standard(), "DISABLED");
    }
    for (var rule : config.rules()) {
      if (rule.fits(context.get(rule.attribute()))) {
        return served(config, rule.serve(), "TARGETING_MATCH");
      }
    }
    var split = flag.split(config);
    if (split.versions().size() == 1) {
      return served(
          config, split.versions().first(), config.rules().isEmpty() ? "STATIC" : "DEFAULT");
    }
    var who = context.get(config.key());
    if (who == null || !who.isValueNode() || who.isNull() || who.asText().isEmpty()) {
      return new FlagEvaluation.Failed(
          FlagEvaluation.Code.TARGETING_KEY_MISSING,
          key
              + " goes by a share of "
              + config.key()
              + ": the context needs "
              + config.key()
              + ", a text that stays the same for who asks.");
    }
    return served(config, split.version(who.asText()), "SPLIT");
  }

  private static FlagEvaluation served(FlagConfig config, String variant, String reason) {
    // A variant that left hive.yaml is nobody's any more.
    String known = config.variants().containsKey(variant) ? variant : config.standard();
    return new FlagEvaluation.Served(
        new FlagAnswer(config.name(), known, config.value(known), reason));
  }

  /**
   * Counts what users' code reports; all of it, or nothing.
   *
   * @return how many were counted: the others were counted before
   * @throws HiveException {@code no-thing}, {@code bad-request} with the place
   */
  public int report(String key, List<@Nullable FlagOutcome> outcomes) {
    var config = needed(key);
    if (outcomes.size() > MOST) {
      throw refused("outcomes", "there are more than " + MOST, "Send them in several requests.");
    }
    var all = new ArrayList<FlagOutcome>();
    for (int i = 0; i < outcomes.size(); i++) {
      all.add(checked(config, "outcomes/" + i, outcomes.get(i)));
    }
    var flag = live(key);
    int counted = 0;
    for (var outcome : all) {
      String id = outcome.id();
      if (id == null || seen.put(key + "/" + id, true) == null) {
        Double took = outcome.milliseconds();
        flag.counts(String.valueOf(outcome.variant()))
            .add(
                Boolean.TRUE.equals(outcome.ok()),
                outcome.reason() == null || BY_SPLIT.contains(outcome.reason()),
                took == null ? null : Duration.ofNanos(Math.round(took * 1e6)));
        counted++;
      }
    }
    return counted;
  }

  private static FlagOutcome checked(FlagConfig config, String at, @Nullable FlagOutcome outcome) {
    if (outcome == null || outcome.ok() == null) {
      throw refused(at, "it does not say how it went", "Send \"ok\": true, or false.");
    }
    String variant = outcome.variant();
    if (variant == null || !config.variants().containsKey(variant)) {
      throw refused(
          at + "/variant",
          variant == null
              ? "it is missing"
              : variant + " is none of it" + DidYouMean.to(variant, config.variants().keySet()),
          "Its variants: " + String.join(", ", config.variants().keySet()) + ".");
    }
    Double took = outcome.milliseconds();
    if (took != null && !(took >= 0 && took <= LONGEST)) {
      throw refused(at + "/milliseconds", took + " is no time", "Send 0 to a day.");
    }
    if (outcome.id() != null && outcome.id().length() > LONGEST_ID) {
      throw refused(at + "/id", "it is too long", "Send " + LONGEST_ID + " characters at most.");
    }
    return outcome;
  }

  private static HiveException refused(String at, String why, String remedy) {
    return new HiveException(
        ErrorCode.BAD_REQUEST, "Nothing was counted: " + at + ": " + why + ".", remedy);
  }
}
