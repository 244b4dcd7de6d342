package dev.hivedeck.engine.rollout.traffic;

import dev.hivedeck.engine.protocol.rollout.RolloutSubject;
import dev.hivedeck.engine.protocol.rollout.RolloutSubject.Kind;
import dev.hivedeck.engine.rollout.bucketing.Split;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/** Traffic of several kinds as one: the subject says whose it is. */
public final class SubjectTraffic implements Traffic {
  private final Map<Kind, Traffic> kinds;
  private final Traffic proxies;
  private final Predicate<String> carried;

  /**
   * @param kinds all of them
   * @param proxies the traffic of services that the gateway does not have
   * @param carried which these are
   */
  public SubjectTraffic(Map<Kind, Traffic> kinds, Traffic proxies, Predicate<String> carried) {
    this.kinds = new EnumMap<>(kinds);
    this.proxies = proxies;
    this.carried = carried;
  }

  private Traffic of(String subject) {
    if (carried.test(subject)) {
      return proxies;
    }
    var kind = RolloutSubject.of(subject).kind();
    var traffic = kinds.get(kind);
    if (traffic == null) {
      throw new IllegalArgumentException("Nobody has the traffic of " + subject + ".");
    }
    return traffic;
  }

  @Override
  public Set<String> services() {
    var all = new TreeSet<String>();
    kinds.values().forEach(traffic -> all.addAll(traffic.services()));
    all.addAll(proxies.services());
    return all;
  }

  @Override
  public Set<String> versions(String subject) {
    return of(subject).versions(subject);
  }

  @Override
  public Set<String> present(String subject) {
    return of(subject).present(subject);
  }

  @Override
  public Health health(String subject, String version) {
    return of(subject).health(subject, version);
  }

  @Override
  public Optional<Split> split(String subject) {
    return of(subject).split(subject);
  }

  @Override
  public boolean isRuled(String subject) {
    return of(subject).isRuled(subject);
  }

  @Override
  public Split weigh(String subject, Map<String, Integer> buckets) {
    return of(subject).weigh(subject, buckets);
  }

  @Override
  public void standIn(String subject, String version) {
    of(subject).standIn(subject, version);
  }

  @Override
  public void restore(String subject, Split split) {
    of(subject).restore(subject, split);
  }

  @Override
  public void release(String subject) {
    of(subject).release(subject);
  }

  @Override
  public void leave(String subject) {
    of(subject).leave(subject);
  }

  @Override
  public Counts counts(String subject, String version, Duration slow) {
    return of(subject).counts(subject, version, slow);
  }

  @Override
  public Optional<String> route(String subject) {
    return of(subject).route(subject);
  }

  @Override
  public boolean isOn(String subject) {
    return of(subject).isOn(subject);
  }

  @Override
  public Optional<String> away(String subject) {
    return of(subject).away(subject);
  }

  @Override
  public String gone(String subject) {
    return of(subject).gone(subject);
  }

  @Override
  public String gone(String subject, String version) {
    return of(subject).gone(subject, version);
  }
}
