package dev.hivedeck.engine.process;

import dev.hivedeck.engine.process.ProcessTable.ProcessInfo;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures what trees of processes take, all of them with one census, for as long as there are any.
 * Processes live in real time, whatever clock the engine runs on.
 */
public final class Meter {
  /** How often to look where a limit is to be held. */
  private static final Duration HELD = Duration.ofMillis(500);

  /** How often to look where there is none: it is for people only. */
  private static final Duration SHOWN = Duration.ofSeconds(3);

  /**
   * How soon to look again at a tree that takes too much. Only who is over twice is over: a program
   * that starts another shares all its memory with it for a moment, and seems to hold it twice.
   */
  private static final Duration DOUBTED = Duration.ofMillis(100);

  private static final Logger LOG = LoggerFactory.getLogger(Meter.class);

  private final List<Gauge> gauges = new CopyOnWriteArrayList<>();
  private Map<Long, ProcessInfo> known = Map.of();
  private boolean looking;

  /** Measures one tree until it is closed. */
  public final class Gauge implements AutoCloseable {
    private final ProcessTree tree;
    private final ResourceQuota quota;
    private final Runnable fresh;
    private Map<Long, ProcessInfo> members = Map.of();
    private long looked = System.nanoTime();
    private volatile boolean doubted;
    private ResourceUsage news;

    private Gauge(ProcessTree tree, ResourceQuota quota, Runnable fresh) {
      this.tree = tree;
      this.quota = quota;
      this.fresh = fresh;
    }

    /** What it takes, once after each look; null when it was not looked at since. */
    public synchronized ResourceUsage news() {
      var told = news;
      news = null;
      return told;
    }

    private boolean due(long now) {
      return doubted || now - looked >= (quota.isNone() ? SHOWN : HELD).toNanos();
    }

    private void look(List<ProcessInfo> census, Map<Long, ProcessInfo> byPid) {
      var roots = new HashSet<Long>();
      roots.add(tree.pid());
      // Who was seen once stays noted, for its parent may have ended since.
      members.values().stream()
          .filter(p -> p.same(byPid.get(p.pid())))
          .forEach(p -> roots.add(p.pid()));
      var family = new HashMap<Long, ProcessInfo>();
      for (long pid : ProcessTable.family(roots, tree.keys(), tree.tags(), census)) {
        var p = byPid.get(pid);
        if (p != null && pid != ProcessHandle.current().pid()) {
          family.put(pid, p);
        }
      }
      long now = System.nanoTime();
      var usage =
          ResourceUsage.of(members.values(), family.values(), Duration.ofNanos(now - looked));
      if (quota.memory() != null && usage.memory() > quota.memory()) {
        usage = usage.closer(family.values());
      }
      members = family;
      looked = now;
      boolean doubtful = !doubted && quota.over(usage).isPresent();
      doubted = doubtful;
      if (!doubtful) {
        synchronized (this) {
          news = usage;
        }
        fresh.run();
      }
    }

    @Override
    public void close() {
      gauges.remove(this);
    }
  }

  /**
   * Begins to measure a tree.
   *
   * @param fresh is run after each look, and must be quick
   */
  public Gauge watch(ProcessTree tree, ResourceQuota quota, Runnable fresh) {
    var gauge = new Gauge(tree, quota, fresh);
    gauges.add(gauge);
    synchronized (this) {
      if (!looking) {
        looking = true;
        Thread.ofVirtual().name("meter").start(this::look);
      }
    }
    return gauge;
  }

  private void look() {
    try {
      while (!idle()) {
        var pause = gauges.stream().anyMatch(g -> g.doubted) ? DOUBTED : HELD;
        TimeUnit.NANOSECONDS.sleep(pause.toNanos());
        try {
          measure();
        } catch (RuntimeException | Error e) { // quotas hold whatever one look runs into
          LOG.warn("processes were not measured", e);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void measure() {
    long now = System.nanoTime();
    if (gauges.stream().anyMatch(g -> g.due(now))) {
      var census = ProcessTable.take(ProcessTree.MARK, known);
      known =
          census.stream()
              .collect(Collectors.toMap(ProcessInfo::pid, Function.identity(), (a, b) -> a));
      gauges.forEach(g -> g.look(census, known));
    }
  }

  private synchronized boolean idle() {
    if (gauges.isEmpty()) {
      looking = false;
      known = Map.of();
    }
    return !looking;
  }
}
