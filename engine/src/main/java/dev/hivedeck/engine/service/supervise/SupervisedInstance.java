package dev.hivedeck.engine.service.supervise;

import dev.hivedeck.engine.config.service.ServiceConfig;
import dev.hivedeck.engine.config.service.ServiceConfig.Kind;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.service.ServiceState;
import dev.hivedeck.engine.protocol.service.ServiceViews.InstanceFigures;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceInstance;
import dev.hivedeck.engine.service.health.HealthProbe;
import dev.hivedeck.engine.service.health.HealthProbe.Checked;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One instance with its processes. Used by one thread at a time: whoever holds the supervisor. */
final class SupervisedInstance {
  /** How soon one that starts is asked again. */
  private static final Duration STARTING = Duration.ofMillis(250);

  /** How long one that is to end is asked no more before it is ended, where others take over. */
  private static final Duration DRAIN = Duration.ofMillis(500);

  private static final int REMEMBERED = 60;
  private static final String HERE = "127.0.0.1";

  /**
   * What an instance is told to do.
   *
   * @param wanted whether it is to run
   * @param turn instances of an earlier one are begun anew
   * @param mayTurn whether it is its turn to be
   * @param waits for what it waits before it is begun; empty for nothing
   * @param others whether another instance is healthy
   */
  record Orders(
      ServiceConfig config,
      boolean wanted,
      long turn,
      boolean mayTurn,
      String waits,
      boolean others) {}

  /** Does what has to be done outside, and hears of checks. */
  interface Surroundings {
    ServiceLauncher launcher();

    Function<String, Integer> ports();

    double speed();

    /** Looks again soon. */
    void wake();

    /** Runs when a check is done, by whoever holds the supervisor. */
    void holding(Runnable action);

    void checked(String service, String instance, Checked checked);

    void restarted(String service, String instance);
  }

  private final String service;
  private final String name;
  private final int number;
  private final Surroundings scene;
  private InstanceLife life;
  private @Nullable ServiceProcess process;
  private ServiceConfig begunWith;
  private long turn;
  private int port;
  private String version = "";
  private @Nullable Instant drained;
  private Instant nextCheck;
  private boolean checking;
  private @Nullable Instant checkedAt;
  private String said = "";
  private @Nullable Double millis;
  private final Deque<Double> latest = new ArrayDeque<>();

  SupervisedInstance(ServiceConfig config, int number, Surroundings scene, Instant now) {
    this.service = config.name();
    this.name = config.name() + "-" + number;
    this.number = number;
    this.scene = scene;
    this.life = InstanceLife.at(now);
    this.begunWith = config;
    this.nextCheck = now;
  }

  ServiceState state() {
    return life.state();
  }

  String why() {
    return life.why();
  }

  String name() {
    return name;
  }

  int port() {
    return port;
  }

  /** Whether nothing of it is left. */
  boolean idle() {
    return life.state() == ServiceState.STOPPED && process == null;
  }

  boolean moving() {
    return life.state() == ServiceState.STARTING || life.state() == ServiceState.STOPPING;
  }

  /** Whether others of the service stay until it is well: it is about to be, or cannot be. */
  boolean holdsOthers(boolean wanted) {
    return switch (life.state()) {
      case STARTING, STOPPING, BACKING_OFF, FAILED -> true;
      case STOPPED -> wanted;
      case HEALTHY, UNHEALTHY -> false;
    };
  }

  /** Brings it a step further. */
  void step(Orders orders, Instant now) {
    if (process != null && process.gone()) {
      process = null;
    }
    boolean stale = orders.turn() != turn || !sameCommand(orders.config(), begunWith);
    switch (life.state()) {
      case STOPPED -> {
        if (orders.wanted() && process == null) {
          begin(orders, now);
        } else if (!orders.wanted()) {
          life = life.waits("");
        }
      }
      case BACKING_OFF -> {
        if (!orders.wanted()) {
          stop(orders, "", now);
        } else if (process == null && (stale || !now.isBefore(retryAt()))) {
          life = life.retried(stale, now);
          begin(orders, now);
        }
      }
      case FAILED -> {
        if (!orders.wanted()) {
          stop(orders, "", now);
        } else if (stale && process == null) {
          life = life.retried(true, now);
          begin(orders, now);
        }
      }
      case STOPPING -> {
        if (process == null) {
          life = life.ended(now);
          scene.wake();
        } else if (drained == null || !now.isBefore(drained)) {
          process.end(scene.launcher().timers(), scene::wake);
        }
      }
      case STARTING, HEALTHY, UNHEALTHY -> runs(orders, stale, now);
    }
  }

  private Instant retryAt() {
    return life.retryAt() == null ? Instant.MIN : life.retryAt();
  }

  private static boolean sameCommand(ServiceConfig a, ServiceConfig b) {
    return Objects.equals(a.run(), b.run())
        && Objects.equals(a.host(), b.host())
        && a.folder().equals(b.folder())
        && a.env().equals(b.env())
        && a.pass().equals(b.pass())
        && a.port() == b.port();
  }

  private void begin(Orders orders, Instant now) {
    if (!orders.waits().isEmpty()) {
      life = life.waits(orders.waits());
      return;
    }
    begunWith = orders.config();
    turn = orders.turn();
    latest.clear();
    nextCheck = now;
    if (begunWith.run() == null) {
      port = begunWith.port();
      life = life.begun(now);
      return;
    }
    try {
      port = scene.launcher().port(begunWith, number, port);
      version = scene.launcher().version();
      process = scene.launcher().start(begunWith, name, port, scene.ports(), scene::wake);
      if (life.starts() > 0) {
        scene.restarted(service, name);
      }
      life = life.begun(now);
      done("begun, pid " + process.pid() + ", port " + port);
      if (begunWith.health().kind() == Kind.NONE) {
        life = life.checked(true, "", begunWith.health(), now);
      }
    } catch (HiveException e) {
      crashed(said(e), now);
      done(said(e) + (e.hint() == null ? "" : " " + e.hint()));
    }
  }

  /** What went wrong, without the point at its end. */
  private static String said(HiveException e) {
    String text = String.valueOf(e.getMessage());
    return text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
  }

  private void runs(Orders orders, boolean stale, Instant now) {
    if (process != null && !process.alive()) {
      String how = process.ended();
      process.end(scene.launcher().timers(), scene::wake); // what it started may still run
      crashed(how, now);
      done(how);
    } else if (!orders.wanted()) {
      stop(orders, "", now);
    } else if (stale && orders.mayTurn()) {
      stop(orders, "is begun anew", now);
    } else {
      life = life.passed(begunWith.health(), now);
      if (process != null && life.hangs(now)) {
        done("ended: " + life.why());
        process.end(scene.launcher().timers(), scene::wake);
        crashed(life.why(), now);
      } else if (begunWith.health().kind() != Kind.NONE) {
        check(orders.config(), now);
      }
    }
  }

  private void crashed(String why, Instant now) {
    life = life.crashed(why, scene.speed(), now);
  }

  private void stop(Orders orders, String why, Instant now) {
    life = life.stopping(why, now);
    drained = orders.others() ? now.plus(DRAIN) : null;
    if (process != null && drained == null) {
      process.end(scene.launcher().timers(), scene::wake);
    }
    scene.wake();
  }

  private void check(ServiceConfig config, Instant now) {
    if (checking || now.isBefore(nextCheck)) {
      return;
    }
    checking = true;
    var rule = config.health();
    String host = config.host() == null ? HERE : config.host();
    int at = port;
    var of = process;
    scene
        .launcher()
        .timers()
        .start(
            "check-" + name,
            () -> {
              var checked = HealthProbe.check(rule, host, at);
              scene.holding(() -> taken(config, of, checked));
            });
  }

  private void taken(ServiceConfig config, @Nullable ServiceProcess of, Checked checked) {
    checking = false;
    Instant now = scene.launcher().timers().clock().instant();
    if (of != process
        || life.state() == ServiceState.STOPPED
        || life.retryAt() != null
        || life.state() == ServiceState.STOPPING
        || life.state() == ServiceState.FAILED) {
      return; // it was another one
    }
    checkedAt = now;
    said = checked.said();
    millis = checked.millis();
    if (millis != null) {
      latest.add(millis);
      if (latest.size() > REMEMBERED) {
        latest.poll();
      }
    }
    scene.checked(service, name, checked);
    var before = life.state();
    life = life.checked(checked.good(), checked.said(), config.health(), now);
    var every = config.health().every();
    boolean soon = life.state() == ServiceState.STARTING && STARTING.compareTo(every) < 0;
    nextCheck = now.plus(soon ? STARTING : every);
    if (before != life.state()) {
      done(life.state() == ServiceState.HEALTHY ? "healthy: " + said : "unhealthy: " + said);
      scene.wake();
    }
  }

  /** Gives it up for now. */
  void giveUp(String why, long ofTurn, Instant now) {
    if (life.state() == ServiceState.STOPPED) {
      turn = ofTurn;
      life = life.givenUp(why, now);
    }
  }

  private void done(String text) {
    scene.launcher().logs().done(service, name, text);
  }

  /** Ends it, and waits for that. */
  void end(Instant now) {
    if (process != null) {
      process.endNow();
      process = null;
      done("ended with the engine");
    }
    life = InstanceLife.at(now);
  }

  /** Its port is for others. */
  void forget() {
    if (port > 0 && begunWith.port() == 0) {
      scene.launcher().giveBack(port);
    }
  }

  ServiceInstance view() {
    return new ServiceInstance(
        name,
        life.state(),
        version,
        begunWith.host() == null ? HERE : begunWith.host(),
        port,
        process == null ? null : process.pid(),
        life.since(),
        Math.max(0, life.starts() - 1),
        life.why(),
        life.retryAt(),
        null);
  }

  InstanceFigures figures() {
    return new InstanceFigures(name, checkedAt, said, millis, List.copyOf(latest), null);
  }
}
