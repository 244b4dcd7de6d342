package dev.hivedeck.engine.rollout.proxy;

import dev.hivedeck.engine.config.rollout.ProxyConfig;
import dev.hivedeck.engine.rollout.bucketing.Split;
import dev.hivedeck.engine.rollout.proxy.Proxy.Standing;
import dev.hivedeck.engine.rollout.traffic.TrafficAwayException;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
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
  private final Executor workers;

  /** Who asks the proxy, one at a time; the same for whatever its configuration was before. */
  private final Object turn;

  /** Whether a look is to come. */
  private final AtomicBoolean waiting = new AtomicBoolean();

  private volatile boolean isReplaced;
  private volatile @Nullable Split rule;

  /** The rule that the proxy took. */
  private volatile @Nullable Split taken;

  private volatile @Nullable Standing standing;
  private volatile String problem;
  private volatile boolean isNew = true;

  /**
   * @param before what it was before its configuration changed; null for nothing. Its rule holds on
   *     where each version of it is still one
   */
  ProxiedService(
      String service,
      ProxyConfig config,
      Function<String, VersionTally> tallies,
      Executor workers,
      @Nullable ProxiedService before) {
    this.service = service;
    this.config = config;
    this.proxy = proxy(service, config, tallies);
    this.workers = workers;
    this.turn = before == null ? new Object() : before.turn;
    this.problem = config.name() + " was not asked yet, and is within a second";
    var ruled = before == null ? null : before.replaced();
    if (ruled != null) {
      restore(ruled);
    }
  }

  private @Nullable Split replaced() {
    isReplaced = true;
    return rule;
  }

  private static Set<String> unknown(ProxyConfig config, Split split) {
    var unknown = split.versions();
    unknown.removeAll(config.versions());
    return unknown;
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

  /** Whether the proxy has the traffic split as it is to be. */
  boolean isRuled() {
    var ruled = rule;
    return ruled != null && taken == ruled && standing != null;
  }

  /** Has it looked at, and given again what it forgot; waits for nobody. */
  void wake() {
    if (waiting.compareAndSet(false, true)) {
      try {
        workers.execute(this::look);
      } catch (RejectedExecutionException e) {
        waiting.set(false);
      }
    }
  }

  private void look() {
    synchronized (turn) {
      waiting.set(false);
      if (!isReplaced) {
        follow();
      }
    }
  }

  private void follow() {
    isNew = false;
    var wanted = rule;
    try {
      standing = proxy.follow(wanted);
      taken = wanted;
      problem = "";
    } catch (IOException | RuntimeException e) {
      String why = String.valueOf(e.getMessage());
      boolean isNews = !why.equals(problem);
      problem = why; // before it is away: whoever sees that can say why
      standing = null;
      if (isNews) {
        LOG.warn("traffic of {}: {}", service, why);
      }
    }
  }

  /**
   * Has it split.
   *
   * @return how it is split
   * @throws TrafficAwayException while the proxy has not taken it; it is told again at each look
   */
  Split rule(Split split) {
    var unknown = unknown(config, split);
    if (!unknown.isEmpty()) {
      throw new TrafficAwayException(
          "traffic: in hive.yaml has no version %s of %s any more"
              .formatted(String.join(", ", unknown), service));
    }
    var before = rule;
    if (before == null || !before.isSame(split)) {
      before = split;
      rule = split;
      wake();
    }
    if (!isRuled()) {
      throw new TrafficAwayException(
          problem().orElse(config.name() + " has not taken its share of " + service + " yet"));
    }
    return before;
  }

  /** As it is to be once the proxy can be asked; not with a version that is none any more. */
  final void restore(Split split) {
    var unknown = unknown(config, split);
    if (unknown.isEmpty()) {
      rule = split;
    } else {
      LOG.warn(
          "traffic of {} stays as {} has it: hive.yaml has no version {} any more",
          service,
          config.name(),
          String.join(", ", unknown));
    }
  }

  /** The proxy is left as it is. */
  void release() {
    rule = null;
  }

  /** How it is split; empty where nobody knows. */
  Optional<Split> split() {
    var ruled = rule;
    var now = standing;
    if (ruled != null || now == null) {
      return Optional.ofNullable(ruled);
    }
    return Optional.of(now.split(config.base()));
  }
}
