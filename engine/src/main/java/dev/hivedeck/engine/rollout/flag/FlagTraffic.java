package dev.hivedeck.engine.rollout.flag;

import dev.hivedeck.engine.protocol.rollout.RolloutSubject;
import dev.hivedeck.engine.rollout.bucketing.Split;
import dev.hivedeck.engine.rollout.traffic.Traffic;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Flags as rollouts rule and count them: keys are the traffic, variants the versions, and outcomes
 * that users' code reports are the requests.
 */
public final class FlagTraffic implements Traffic {
  private final Flags flags;

  public FlagTraffic(Flags flags) {
    this.flags = flags;
  }

  private static String key(String subject) {
    return RolloutSubject.of(subject).name();
  }

  private LiveFlag live(String subject) {
    return flags.live(key(subject));
  }

  @Override
  public Set<String> services() {
    return flags.configs().keySet().stream()
        .map(key -> RolloutSubject.flag(key).key())
        .collect(Collectors.toUnmodifiableSet());
  }

  @Override
  public Set<String> versions(String subject) {
    return flags.config(key(subject)).map(c -> c.variants().keySet()).orElse(Set.of());
  }

  @Override
  public Set<String> present(String subject) {
    return flags
        .config(key(subject))
        .map(c -> live(subject).isKilled() ? Set.<String>of() : c.variants().keySet())
        .orElse(Set.of());
  }

  @Override
  public Optional<Split> split(String subject) {
    return flags.config(key(subject)).map(live(subject)::split);
  }

  @Override
  public boolean isRuled(String subject) {
    return live(subject).rule() != null;
  }

  @Override
  public synchronized Split weigh(String subject, Map<String, Integer> buckets) {
    var split =
        split(subject)
            .orElseThrow(() -> new IllegalArgumentException("There is no " + subject + "."))
            .to(buckets);
    live(subject).rule(split);
    return split;
  }

  @Override
  public synchronized void restore(String subject, Split split) {
    live(subject).rule(split);
  }

  @Override
  public synchronized void release(String subject) {
    live(subject).rule(null);
  }

  @Override
  public Counts counts(String subject, String version, Duration slow) {
    return live(subject).counts(version).counts(slow);
  }

  @Override
  public Optional<String> route(String subject) {
    return flags.config(key(subject)).map(live(subject)::route);
  }

  @Override
  public String gone(String subject) {
    return "hive.yaml has no flag " + key(subject) + " any more";
  }

  @Override
  public String gone(String subject, String version) {
    return live(subject).isKilled()
        ? "the flag was killed"
        : "the flag has no variant " + version + " any more";
  }
}
