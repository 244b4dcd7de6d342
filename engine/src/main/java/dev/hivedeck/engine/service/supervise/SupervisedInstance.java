package dev.hivedeck.engine.service.supervise;

import dev.hivedeck.engine.config.service.ServiceConfig;
import dev.hivedeck.engine.config.service.ServiceConfig.HealthRule;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.service.ServiceState;
import dev.hivedeck.engine.protocol.service.ServiceViews.CheckKind;
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
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One instance with its processes. Used by one thread at a time: whoever holds the supervisor. */
final class SupervisedInstance {
  /** How soon one that starts is asked again. */
  private static final Duration STARTING = Duration.ofMillis(250);

  /** How long one that is to end is asked no more before it is ended, where others take over. */
  private static final Duration DRAIN = Duration.ofMillis(500);

  private static final int REMEMBERED = 60;
  private static final String HERE = "127.0.0.1";

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
  private HealthRule rule;
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

  /**
   * @param prefix of its name, before its number
   */
  SupervisedInstance(
      ServiceConfig config, String prefix, int number, Surroundings scene, Instant now) {
    this.service = config.name();
    this.name = prefix + "-" + number;
    this.number = number;
    this.scene = scene;
    this.life = InstanceLife.at(now);
    this.begunWith = config;
    this.rule = config.health();
    this.nextCheck = now;
  }

  ServiceState state() {
    return life.state();
  }

  String why() {
    return life.why();
  }

  /** How often in a row it ended by itself. */
  int crashes() {
    return life.crashes();
  }

  /** How it ended last of these; empty where it did not. */
  String ended() {
    return life.ended();
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

  /** When it is to be looked at again, beside when something happens to it; null for never. */
  @Nullable Instant due() {
    var wakes = Stream.<@Nullable Instant>builder().add(life.retryAt()).add(life.due());
    if (life.state() == ServiceState.STOPPING) {
      wakes.add(drained);
    } else if (life.runs() && rule.kind() != CheckKind.NONE && !checking) {
      wakes.add(nextCheck);
    }
    if (life.state() == ServiceState.STARTING) {
      wakes.add(life.since().plus(rule.within()));
    }
    return wakes.build().filter(Objects::nonNull).min(Instant::compareTo).orElse(null);
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
  void step(InstanceOrders orders, Instant now) {
    if (process != null && process.gone()) {
      process = null;
    }
    follow(orders.config().health(), now);
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

  /** Whatever is asked from now on is asked by one rule. */
  private void follow(HealthRule next, Instant now) {
    if (!next.equals(rule)) {
      rule = next;
      nextCheck = now;
      life = life.under(next, now);
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

  private void begin(InstanceOrders orders, Instant now) {
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
      version = orders.commit() != null ? orders.commit() : scene.launcher().version();
      var edition =
          new ServiceLauncher.Edition(orders.version(), scene.launcher().root(orders.folder()));
      process = scene.launcher().start(begunWith, name, edition, port, scene.ports(), scene::wake);
      if (life.starts() > 0) {
        scene.restarted(service, name);
      }
      life = life.begun(now);
      done("begun, pid " + process.pid() + ", port " + port);
      if (rule.kind() == CheckKind.NONE) {
        life = life.checked(true, "", rule, now);
        scene.wake(); // others may wait for it
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

  private void runs(InstanceOrders orders, boolean stale, Instant now) {
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
      life = life.passed(rule, now);
      if (process != null && life.hangs(now)) {
        done("ended: " + life.why());
        process.end(scene.launcher().timers(), scene::wake);
        crashed(life.why(), now);
      } else if (rule.kind() != CheckKind.NONE) {
        check(orders.config(), now);
      }
    }
  }

  private void crashed(String why, Instant now) {
    life = life.crashed(why, scene.speed(), now);
  }

  private void stop(InstanceOrders orders, String why, Instant now) {
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
    var asked = rule;
    String host = config.host() == null ? HERE : config.host();
    int at = port;
    var of = process;
    scene
        .launcher()
        .timers()
        .start(
            "check-" + name,
            () -> {
              var checked = HealthProbe.check(asked, host, at);
              scene.holding(() -> taken(asked, of, checked));
            });
  }

  private void taken(HealthRule asked, @Nullable ServiceProcess of, Checked checked) {
    checking = false;
    scene.wake(); // so that the next is made in its time
    Instant now = scene.launcher().timers().clock().instant();
    if (of != process
        || !asked.equals(rule)
        || life.state() == ServiceState.STOPPED
        || life.retryAt() != null
        || life.state() == ServiceState.STOPPING
        || life.state() == ServiceState.FAILED) {
      return; // it was another one, or another rule
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
    life = life.checked(checked.good(), checked.said(), rule, now);
    var every = rule.every();
    boolean soon = life.state() == ServiceState.STARTING && STARTING.compareTo(every) < 0;
    nextCheck = now.plus(soon ? STARTING : every);
    if (before != life.state()) {
      done(life.state() == ServiceState.HEALTHY ? "healthy: " + said : "unhealthy: " + said);
    }
  }

  /** Gives it up, as it would be begun now. */
  void giveUp(String why, ServiceConfig config, long ofTurn, Instant now) {
    if (life.state() == ServiceState.STOPPED) {
      begunWith = config;
      turn = ofTurn;
      life = life.givenUp(why, now);
    }
  }

  /** What it was given up for is otherwise. */
  void reconsider(Instant now) {
    if (life.state() == ServiceState.FAILED && process == null) {
      life = life.retried(true, now);
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
        null,
        null);
  }

  InstanceFigures figures() {
    return new InstanceFigures(name, checkedAt, said, millis, List.copyOf(latest), null);
  }
}
