package dev.hivedeck.engine.rollout.proxy;

import dev.hivedeck.engine.config.rollout.ProxyConfig;
import dev.hivedeck.engine.rollout.bucketing.Bucket;
import dev.hivedeck.engine.rollout.bucketing.Split;
import dev.hivedeck.engine.rollout.proxy.Proxy.Standing;
import dev.hivedeck.engine.rollout.traffic.TrafficAwayException;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A service behind a proxy: how it is to be split, and how it was at the last look. */
final class ProxiedService {
  private static final Logger LOG = LoggerFactory.getLogger(ProxiedService.class);

  private final String service;
  private final ProxyConfig config;
  private final Proxy proxy;
  private volatile @Nullable Split rule;
  private volatile @Nullable Standing standing;
  private volatile String problem;
  private volatile boolean isNew = true;

  /**
   * @param before what it was before its configuration changed; null for nothing
   */
  ProxiedService(
      String service,
      ProxyConfig config,
      Function<String, VersionTally> tallies,
      @Nullable ProxiedService before) {
    this.service = service;
    this.config = config;
    this.proxy = proxy(service, config, tallies);
    this.rule = before == null ? null : before.rule;
    this.problem = config.name() + " was not asked yet";
  }

  private static Proxy proxy(
      String service, ProxyConfig config, Function<String, VersionTally> tallies) {
    var haproxy = config.haproxy();
    var nginx = config.nginx();
    if (haproxy != null) {
      return new Haproxy(config, haproxy, tallies);
    }
    if (nginx != null) {
      return new Nginx(service, config, nginx, tallies);
    }
    throw new IllegalArgumentException("No proxy has the traffic of " + service + ".");
  }

  ProxyConfig config() {
    return config;
  }

  @Nullable Split rule() {
    return rule;
  }

  /** How it was at the last look; null while the proxy cannot be asked. */
  @Nullable Standing standing() {
    return standing;
  }

  /** Whether it was not looked at yet. */
  boolean isNew() {
    return isNew;
  }

  /** Why it cannot be asked, in words; empty where it can. */
  Optional<String> problem() {
    return Optional.of(problem).filter(text -> standing == null && !text.isEmpty());
  }

  /** Looks at it, and gives again what it forgot. */
  synchronized void look() {
    try {
      follow();
    } catch (IOException e) {
      LOG.debug("{}", service, e); // it is said once, below
    }
  }

  private void follow() throws IOException {
    isNew = false;
    try {
      standing = proxy.follow(rule);
      problem = "";
    } catch (IOException e) {
      standing = null;
      String why = String.valueOf(e.getMessage());
      if (!why.equals(problem)) {
        LOG.warn("traffic of {}: {}", service, why);
      }
      problem = why;
      throw e;
    }
  }

  /**
   * Splits it.
   *
   * @throws TrafficAwayException when the proxy does not; it is told again at each look
   */
  synchronized void rule(Split split) {
    rule = split;
    try {
      follow();
    } catch (IOException e) {
      throw new TrafficAwayException(e.getMessage() == null ? service : e.getMessage(), e);
    }
  }

  /** As it is to be once the proxy can be asked. */
  synchronized void restore(Split split) {
    rule = split;
  }

  /** The proxy is left as it is. */
  synchronized void release() {
    rule = null;
  }

  /** How it is split; empty where nobody knows. */
  Optional<Split> split() {
    var ruled = rule;
    var now = standing;
    if (ruled != null || now == null) {
      return Optional.ofNullable(ruled);
    }
    var weights = new HashMap<>(now.weights());
    weights.remove(config.base());
    int left = Bucket.COUNT;
    for (Map.Entry<String, Integer> weight : weights.entrySet()) {
      weight.setValue(Math.min(left, weight.getValue()));
      left -= weight.getValue();
    }
    return Optional.of(Split.of(config.base(), weights));
  }
}
