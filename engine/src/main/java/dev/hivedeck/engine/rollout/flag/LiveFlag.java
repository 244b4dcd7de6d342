package dev.hivedeck.engine.rollout.flag;

import dev.hivedeck.engine.config.flag.FlagConfig;
import dev.hivedeck.engine.protocol.flag.FlagViews.WeightSource;
import dev.hivedeck.engine.rollout.bucketing.Split;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What is kept of a flag while the engine runs, also when it leaves {@code hive.yaml}. */
final class LiveFlag {
  private final Map<String, OutcomeCounts> counts = new ConcurrentHashMap<>();
  private volatile FlagLedger.@Nullable Row setting;
  private volatile @Nullable Split rule;
  private volatile @Nullable Given given;

  /** Who had what last, by whatever: weights that change go on from it. */
  private volatile @Nullable Split last;

  /** What follows from a configuration and a setting: always the same, and work to find out. */
  private record Given(
      FlagConfig config, FlagLedger.@Nullable Row setting, Split split, WeightSource by) {}

  OutcomeCounts counts(String variant) {
    return counts.computeIfAbsent(variant, _ -> new OutcomeCounts());
  }

  FlagLedger.@Nullable Row setting() {
    return setting;
  }

  void setting(FlagLedger.Row now) {
    setting = now;
  }

  boolean isKilled() {
    var now = setting;
    return now != null && now.view().killed();
  }

  @Nullable Split rule() {
    return rule;
  }

  synchronized void rule(@Nullable Split split) {
    var before = rule;
    if (split == null && before != null) {
      last = before;
      given = null;
    }
    rule = split;
  }

  /** As it was written down that everybody had it. */
  void last(Split split) {
    last = split;
  }

  /** Who gets what now: by a rollout, else as a person said, else by {@code hive.yaml}. */
  Split split(FlagConfig config) {
    var ruled = rule;
    return ruled != null ? ruled : given(config).split();
  }

  WeightSource by(FlagConfig config) {
    return rule != null ? WeightSource.ROLLOUT : given(config).by();
  }

  private Given given(FlagConfig config) {
    var known = given;
    var now = setting;
    if (known != null && known.config() == config && known.setting() == now) {
      return known;
    }
    return given(config, now);
  }

  private synchronized Given given(FlagConfig config, FlagLedger.@Nullable Row now) {
    var kept = now == null ? FlagLedger.Kept.NONE : now.kept();
    boolean isSet = !kept.parts().isEmpty() && kept.digest().equals(digest(config));
    var before = last;
    var split =
        isSet
            ? Split.restored(kept.base(), kept.parts())
            : (before == null ? Split.all(config.standard()) : before.onto(config.standard()))
                .to(config.weights());
    var fresh =
        new Given(config, now, split, isSet ? WeightSource.PERSON : WeightSource.CONFIGURATION);
    last = split;
    given = fresh;
    return fresh;
  }

  /** What {@code hive.yaml} says of who gets what. */
  static String digest(FlagConfig config) {
    return config.standard()
        + " "
        + new TreeMap<>(config.variants())
        + " "
        + new TreeMap<>(config.weights());
  }

  /** The same with how often a person gave weights: either ends what a rollout decided. */
  String route(FlagConfig config) {
    var now = setting;
    return digest(config) + " " + (now == null ? 0 : now.kept().sets());
  }
}
