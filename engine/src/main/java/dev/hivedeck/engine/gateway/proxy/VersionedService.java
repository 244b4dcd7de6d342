package dev.hivedeck.engine.gateway.proxy;

import dev.hivedeck.engine.config.gateway.GatewayConfig.ServiceRoute;
import dev.hivedeck.engine.rollout.bucketing.Bucket;
import dev.hivedeck.engine.rollout.bucketing.Split;
import dev.hivedeck.engine.service.ServiceDirectory;
import dev.hivedeck.engine.service.ServiceDirectory.ServiceAddress;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A service with its versions: who gets which, and by which instance. */
public final class VersionedService {
  /** 2 to the 64th divided by the golden ratio: its multiples fill an interval evenly. */
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private final Backends backends;
  private final ServiceTraffic traffic;
  private final AtomicLong count = new AtomicLong();
  private volatile ServiceDirectory directory;
  private volatile ServiceRoute settings;

  /** What the configuration says; the rule of {@link #traffic} wins over it. */
  private volatile Split configured;

  /** An instance that takes a request, and whose version it has. */
  record Picked(Backend backend, String version) {}

  private VersionedService(
      ServiceRoute settings,
      ServiceDirectory directory,
      Backends backends,
      ServiceTraffic traffic) {
    this.settings = settings;
    this.directory = directory;
    this.backends = backends;
    this.traffic = traffic;
    this.configured = Split.of(settings.base(), settings.weights());
  }

  /**
   * What follows from a configuration.
   *
   * @param before what it was; null for a new one
   * @param directory where its instances are
   * @param traffic what is kept of the service
   */
  public static VersionedService following(
      @Nullable VersionedService before,
      ServiceRoute settings,
      ServiceDirectory directory,
      Backends backends,
      ServiceTraffic traffic) {
    if (before == null) {
      return new VersionedService(settings, directory, backends, traffic);
    }
    before.follow(settings, directory);
    return before;
  }

  public ServiceRoute settings() {
    return settings;
  }

  /** Weights only move those who have to move. */
  private void follow(ServiceRoute now, ServiceDirectory where) {
    var before = settings;
    settings = now;
    directory = where;
    if (!now.base().equals(before.base())) {
      configured = Split.of(now.base(), now.weights());
    } else if (!now.weights().equals(before.weights())) {
      configured = configured.to(now.weights());
    }
  }

  /** What a request to a version suffers now; null for nothing. */
  @Nullable TrafficFault fault(String version, Clock clock) {
    return traffic.fault(version, clock);
  }

  /** How it is split now. */
  public Split split() {
    var rule = traffic.rule();
    return rule != null ? rule : configured;
  }

  /** Takes over the buckets that code gave, as far as the configuration's weights are the same. */
  public void settle() {
    var rule = traffic.rule();
    if (rule != null && rule.base().equals(settings.base())) {
      configured = rule.to(settings.weights());
    }
  }

  /** The share of a version, from 0 to 1. */
  public double share(String version) {
    return split().weight(version) / (double) Bucket.COUNT;
  }

  /** The version of whoever has this key. */
  String version(String key) {
    return split().version(key);
  }

  /** The version of a request by itself: in any row of requests, each has about its share. */
  String nextVersion() {
    long fraction = count.getAndIncrement() * GOLDEN;
    return split().at((int) ((fraction >>> Integer.SIZE) * Bucket.COUNT >>> Integer.SIZE));
  }

  /** The versions that there are, and those that have a share. */
  public TreeSet<String> versions() {
    var versions = split().versions();
    versions.addAll(present());
    return versions;
  }

  /** The versions that have an address now, healthy or not. */
  public TreeSet<String> present() {
    var present = new TreeSet<String>();
    directory.of(settings.name()).forEach(a -> present.add(a.version()));
    return present;
  }

  public List<ServiceAddress> instances(String version) {
    return directory.of(settings.name()).stream().filter(a -> a.version().equals(version)).toList();
  }

  /**
   * Takes on a request: by the version that is wanted, and where none of its instances takes it and
   * none was named, by another that has traffic, the one with the most first, then by the one that
   * stands in, then by the base, then by any; but where code rules, one whose weight is 0 was taken
   * back: it answers for nobody.
   */
  @Nullable Picked pick(String wanted, boolean forced, Predicate<Backend> besides) {
    var healthy = directory.of(settings.name()).stream().filter(ServiceAddress::healthy).toList();
    var picked = pick(healthy, wanted, besides);
    return picked != null || forced ? picked : instead(healthy, wanted, besides);
  }

  private @Nullable Picked instead(
      List<ServiceAddress> healthy, String wanted, Predicate<Backend> besides) {
    var now = split();
    var order = new ArrayList<>(now.versions());
    order.sort(Comparator.comparingInt(now::weight).reversed());
    String standIn = traffic.standIn();
    if (standIn != null) {
      order.add(standIn);
    }
    order.add(now.base());
    if (traffic.rule() == null) {
      healthy.forEach(address -> order.add(address.version()));
    }
    for (String version : order) {
      var picked = version.equals(wanted) ? null : pick(healthy, version, besides);
      if (picked != null) {
        return picked;
      }
    }
    return null;
  }

  private @Nullable Picked pick(
      List<ServiceAddress> healthy, String version, Predicate<Backend> besides) {
    var backend =
        backends.pick(healthy.stream().filter(a -> a.version().equals(version)).toList(), besides);
    return backend == null ? null : new Picked(backend, version);
  }

  /** What is counted of a version. */
  public VersionMeter meter(String version) {
    return traffic.meter(version);
  }

  /** Requests under way at an instance. */
  public int open(ServiceAddress address) {
    return backends.of(address).open();
  }

  /** Whether an instance gets nothing for a while. */
  public boolean rests(ServiceAddress address) {
    return backends.of(address).rests();
  }
}
