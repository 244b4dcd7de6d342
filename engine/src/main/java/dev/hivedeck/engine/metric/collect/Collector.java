package dev.hivedeck.engine.metric.collect;

import dev.hivedeck.engine.config.metrics.MetricsConfig;
import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.metric.MetricKind;
import dev.hivedeck.engine.metric.MetricRegistry;
import dev.hivedeck.engine.metric.MetricRegistry.Reading;
import dev.hivedeck.engine.metric.Point;
import dev.hivedeck.engine.metric.intake.SampleSink;
import dev.hivedeck.engine.protocol.view.MetricViews;
import dev.hivedeck.engine.time.Timers;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the sources of a configuration, each at its own times, on threads of their own, some at
 * once. A series that its source no longer gives has ended and is marked so, as in Prometheus; so
 * are all of a source that does not answer, or is taken out of the configuration.
 */
public final class Collector implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Collector.class);

  /** Sources that are asked at one time. */
  private static final int MOST_AT_ONCE = 8;

  /** Within which the first of a source is asked, so that not all are at once. */
  private static final Duration SPREAD = Duration.ofSeconds(5);

  private final Timers timers;
  private final SampleSink sink;
  private final SecretMask mask;
  private final Context context;
  private final Semaphore free = new Semaphore(MOST_AT_ONCE);
  private final Map<Source, Running> running = new LinkedHashMap<>();
  private boolean open = true;

  /**
   * @param sink takes the samples
   * @param secrets the value behind a reference such as {@code env:TOKEN}
   * @param mask takes secrets out of what is kept and shown of the answers
   */
  public Collector(
      Timers timers,
      SampleSink sink,
      UnaryOperator<String> secrets,
      SecretMask mask,
      History history,
      MetricRegistry registry) {
    this.timers = timers;
    this.sink = (source, readings) -> sink.take(source, mask.of(readings));
    this.mask = mask;
    this.context =
        new Context(
            new Fetcher(timers),
            secrets,
            new MaskedHistory(history, mask),
            registry,
            timers.clock(),
            ConcurrentHashMap.newKeySet());
  }

  /** Asks these sources from now on. Those that were asked before, unchanged, go on. */
  public synchronized void follow(MetricsConfig config) {
    if (!open) {
      return;
    }
    var wanted = sources(config);
    for (var former : List.copyOf(running.keySet())) {
      if (!wanted.contains(former)) {
        running.remove(former).end(true);
      }
    }
    for (var source : wanted) {
      if (!running.containsKey(source)) {
        var begun = new Running(source);
        running.put(source, begun);
        begun.begin();
      }
    }
  }

  private static List<Source> sources(MetricsConfig config) {
    var sources = new ArrayList<Source>();
    config.scrapes().forEach(c -> sources.add(new Scrape(c)));
    config.servers().forEach(c -> sources.add(new ServerQueries(c)));
    config.checks().forEach(c -> sources.add(new Check(c)));
    return sources;
  }

  /**
   * The sources of a configuration, none of which was asked.
   *
   * @param why they were not
   */
  public static List<MetricViews.Target> unasked(MetricsConfig config, String why) {
    return sources(config).stream().map(s -> view(s, null, null, why)).toList();
  }

  /** How all stand. */
  public synchronized List<MetricViews.Target> targets() {
    return running.values().stream().map(Running::view).toList();
  }

  @Override
  public void close() {
    synchronized (this) {
      open = false;
      running.values().forEach(r -> r.end(false));
      running.clear();
    }
    context.fetcher().close();
  }

  private record MaskedHistory(History history, SecretMask mask) implements History {
    @Override
    public long newest(String metric, String source, Instant since) {
      return history.newest(metric, source, since);
    }

    @Override
    public void append(String source, List<Reading> readings) {
      history.append(source, mask.of(readings));
    }
  }

  /** What came of asking last. */
  private record Last(Instant at, double seconds, Collected collected) {}

  private static MetricViews.Target view(Source source, Last last, String health, String note) {
    return new MetricViews.Target(
        source.kind(),
        source.name(),
        source.url(),
        source.labels(),
        health == null ? "unknown" : health,
        note,
        last == null ? null : last.at(),
        last == null ? null : (Double) last.seconds(),
        last == null ? 0 : last.collected().readings().size(),
        source.config().every().toMillis() / 1e3,
        source.config().timeout().toMillis() / 1e3);
  }

  /** A source that is being asked. */
  private final class Running {
    private final Source source;

    /** What its series were when it was asked last, without those that tell their own time. */
    private Map<Labels, MetricKind> series = new HashMap<>();

    private Instant next;
    private Timers.Timer timer;
    private Thread asking;
    private boolean ended;
    private volatile Last last;

    Running(Source source) {
      this.source = source;
    }

    MetricViews.Target view() {
      var now = last;
      return Collector.view(
          source,
          now,
          now == null ? null : now.collected().up() ? "up" : "down",
          now == null ? null : now.collected().note());
    }

    /** When it is asked is spread by its name, so that it is the same after each start. */
    synchronized void begin() {
      long within = Math.min(SPREAD.toMillis(), source.config().every().toMillis());
      next =
          timers
              .clock()
              .instant()
              .plusMillis(Math.floorMod(source.name().hashCode() * 31L + 7, within));
      wait(next);
    }

    private void wait(Instant until) {
      var wait = Duration.between(timers.clock().instant(), until);
      timer = timers.after(wait.isNegative() ? Duration.ZERO : wait, this::run);
    }

    private void run() {
      synchronized (this) {
        if (ended) {
          return;
        }
        asking = Thread.currentThread();
      }
      try {
        free.acquire();
        try {
          ask();
        } finally {
          free.release();
        }
      } catch (InterruptedException e) {
        LOG.debug("{} {} is asked no more", source.kind(), source.name());
      } catch (RuntimeException e) {
        LOG.warn("{} {}", source.kind(), source.name(), e);
      } finally {
        again();
      }
    }

    private synchronized void again() {
      asking = null;
      if (!ended) {
        Instant now = timers.clock().instant();
        next = next.plus(source.config().every());
        // After a jump of the clock, or a long answer, what was missed is not made up for.
        if (next.isBefore(now) || next.isAfter(now.plus(source.config().every()))) {
          next = now.plus(source.config().every());
        }
        wait(next);
      }
    }

    private void ask() throws InterruptedException {
      Instant at = timers.clock().instant();
      var collected = source.collect(context, at).masked(mask);
      double seconds = context.secondsSince(at);
      synchronized (this) {
        if (ended) {
          return;
        }
        var readings = new ArrayList<>(collected.readings());
        readings.addAll(collected.about());
        var here = gathered(readings, at);
        readings.addAll(gone(here, at));
        series = here;
        var before = last;
        last = new Last(at.truncatedTo(ChronoUnit.MILLIS), seconds, collected);
        if (!collected.up() && (before == null || before.collected().up())) {
          LOG.info("{} {} is down: {}", source.kind(), source.name(), collected.note());
        } else if (collected.up() && before != null && !before.collected().up()) {
          LOG.info("{} {} is up again", source.kind(), source.name());
        }
        var refused = sink.take(name(), readings);
        if (refused.count() > 0) {
          last = new Last(last.at(), seconds, collected.with(refused.text()));
        }
      }
    }

    private String name() {
      return source.kind() + " " + source.name();
    }

    private static Map<Labels, MetricKind> gathered(List<Reading> readings, Instant at) {
      var all = new HashMap<Labels, MetricKind>();
      for (var reading : readings) {
        if (reading.point().time() == at.toEpochMilli()) {
          all.put(reading.labels(), reading.kind());
        }
      }
      return all;
    }

    private List<Reading> gone(Map<Labels, MetricKind> now, Instant at) {
      var gone = new ArrayList<Reading>();
      series.forEach(
          (labels, kind) -> {
            if (!now.containsKey(labels)) {
              gone.add(new Reading(labels, kind, Point.stale(at.toEpochMilli())));
            }
          });
      return gone;
    }

    /**
     * @param forGood whether its series end: not when the engine does, who goes on with them
     */
    synchronized void end(boolean forGood) {
      ended = true;
      timer.cancel();
      if (asking != null) {
        asking.interrupt();
      }
      if (forGood) {
        sink.take(name(), gone(Map.of(), timers.clock().instant()));
      }
    }
  }
}
