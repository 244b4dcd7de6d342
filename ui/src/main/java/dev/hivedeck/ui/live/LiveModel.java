package dev.hivedeck.ui.live;

import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.event.NoticeEvent;
import dev.hivedeck.engine.protocol.event.PlanEvent;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.AgentViews;
import dev.hivedeck.engine.protocol.view.AttemptViews;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.DecisionViews;
import dev.hivedeck.engine.protocol.view.DriftViews;
import dev.hivedeck.engine.protocol.view.LessonViews;
import dev.hivedeck.engine.protocol.view.NotifyViews;
import dev.hivedeck.engine.protocol.view.SloViews;
import dev.hivedeck.engine.protocol.view.TaskViews;
import dev.hivedeck.engine.protocol.view.View;
import dev.hivedeck.engine.protocol.view.WorkspaceViews;
import dev.hivedeck.ui.feed.Connection;
import dev.hivedeck.ui.feed.FeedClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import javafx.application.Platform;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is, as far as the desktop knows. The feed's thread leaves the latest of each thing; a pump
 * hands all of it to the FX thread in one go, a few dozen times a second at most and only when
 * there is news. Updates to the same thing between two hand-overs collapse into the last.
 */
public final class LiveModel implements AutoCloseable {
  /** Short enough that news is on the screen within 50 ms of its commit. */
  private static final Duration PAUSE = Duration.ofMillis(25);

  /** However slow the screen is. */
  private static final Duration LONGEST = Duration.ofMillis(250);

  /** How often what is drawn from the whole is drawn anew. */
  private static final Duration PULSE = Duration.ofMillis(100);

  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final int REMEMBERED = 500;

  /** What is older was missed, and is in the inbox. */
  private static final Duration FRESH = Duration.ofMinutes(5);

  private static final Logger LOG = LoggerFactory.getLogger(LiveModel.class);

  private final EngineApi engine;
  private final Clock clock;
  private final Map<Topic, EntityStore<? extends View>> things = new TreeMap<>();
  private final ReadOnlyObjectWrapper<WorkspaceViews.Workspace> workspace =
      new ReadOnlyObjectWrapper<>();
  private final ReadOnlyObjectWrapper<EngineApi.Stats> stats = new ReadOnlyObjectWrapper<>();
  private final ReadOnlyObjectWrapper<Connection> connection;
  private final ReadOnlyObjectWrapper<Instant> now;
  private final ReadOnlyObjectWrapper<Instant> wall;
  private final ReadOnlyBooleanWrapper cut = new ReadOnlyBooleanWrapper();
  private final ReadOnlyObjectWrapper<List<SloViews.Objective>> objectives =
      new ReadOnlyObjectWrapper<>(List.of());
  private final ReadOnlyObjectWrapper<Event> latest = new ReadOnlyObjectWrapper<>();
  private final ObservableList<Event> happened = FXCollections.observableArrayList();
  private final ObservableList<Event> happenings =
      FXCollections.unmodifiableObservableList(happened);

  private final Object gate = new Object();
  private Map<Topic, Map<String, Event>> pending = new TreeMap<>();
  private ArrayDeque<Event> news = new ArrayDeque<>();
  private ArrayDeque<Event> shown = new ArrayDeque<>();
  private boolean reload = true;

  /** The last event that is shown or about to be: each is told once, however it comes. */
  private long told;

  private volatile Consumer<NotifyViews.Notice> shows = _ -> {};
  private volatile boolean closed;
  private EngineApi.Subscription events;
  private EngineApi.Subscription states = () -> {};
  private long lastPulse;
  private long lastSecond;

  public LiveModel(EngineApi engine, Clock clock) {
    this.engine = engine;
    this.clock = clock;
    this.connection =
        new ReadOnlyObjectWrapper<>(
            new Connection(Connection.State.LOADING, clock.instant(), null));
    this.now = new ReadOnlyObjectWrapper<>(clock.instant());
    this.wall = new ReadOnlyObjectWrapper<>(clock.instant());
    cut.bind(
        connection.map(
            c ->
                c.state() == Connection.State.RECONNECTING
                    || c.state() == Connection.State.FAILED));
    for (var topic : Topic.all()) {
      things.put(topic, new EntityStore<>());
    }
  }

  /** The things of a topic of an area that registered itself. */
  public <V extends View> EntityStore<V> things(Topic topic, Class<V> view) {
    if (topic.view() != view) {
      throw new IllegalArgumentException(topic + " tells of " + topic.view());
    }
    return of(topic);
  }

  /** Starts to load and to listen. */
  public LiveModel start() {
    Thread.ofVirtual().name("live-pump").start(this::pump);
    return this;
  }

  public EntityStore<TaskViews.Task> tasks() {
    return of(Topic.TASK);
  }

  public EntityStore<AgentViews.Agent> agents() {
    return of(Topic.AGENT);
  }

  public EntityStore<AttemptViews.Attempt> attempts() {
    return of(Topic.ATTEMPT);
  }

  public EntityStore<ChangeViews.Change> changes() {
    return of(Topic.CHANGE);
  }

  public EntityStore<DecisionViews.Decision> decisions() {
    return of(Topic.DECISION);
  }

  public EntityStore<TaskViews.Requirement> requirements() {
    return of(Topic.REQUIREMENT);
  }

  public EntityStore<AttemptViews.Kept> kept() {
    return of(Topic.KEPT);
  }

  public EntityStore<DriftViews.Drift> drift() {
    return of(Topic.DRIFT);
  }

  public EntityStore<LessonViews.Lesson> lessons() {
    return of(Topic.LESSON);
  }

  /** The workspace; null until it is loaded. */
  public ReadOnlyObjectProperty<WorkspaceViews.Workspace> workspace() {
    return workspace.getReadOnlyProperty();
  }

  /** The engine's figures, renewed each second; null until they are known. */
  public ReadOnlyObjectProperty<EngineApi.Stats> stats() {
    return stats.getReadOnlyProperty();
  }

  public ReadOnlyObjectProperty<Connection> connection() {
    return connection.getReadOnlyProperty();
  }

  /**
   * The time up to which it is known how things are, renewed each second: what ages and waits are
   * shown by. It stands still while the engine cannot be reached.
   */
  public ReadOnlyObjectProperty<Instant> now() {
    return now.getReadOnlyProperty();
  }

  /** The time on the wall, renewed each second whatever is known. */
  public ReadOnlyObjectProperty<Instant> wall() {
    return wall.getReadOnlyProperty();
  }

  /** Whether the engine cannot be reached: nothing can be asked of it now. */
  public ReadOnlyBooleanProperty cut() {
    return cut.getReadOnlyProperty();
  }

  /** Alerts that are pending, firing or resolved a short while ago. */
  public EntityStore<SloViews.Alert> alerts() {
    return of(Topic.ALERT);
  }

  /** What people were told, the newest last. */
  public EntityStore<NotifyViews.Notice> notices() {
    return of(Topic.NOTICE);
  }

  /**
   * Hears of each notice that the desktop is asked to show, once, on the FX thread: what the route
   * {@code desktop} says, past quiet hours. Ask before {@link #start()}.
   */
  public void onShown(Consumer<NotifyViews.Notice> consumer) {
    shows = consumer;
  }

  /** Objectives, what burns first first. */
  public ReadOnlyObjectProperty<List<SloViews.Objective>> objectives() {
    return objectives.getReadOnlyProperty();
  }

  /** The last event seen; null before the first. */
  public ReadOnlyObjectProperty<Event> latest() {
    return latest.getReadOnlyProperty();
  }

  /** The last 500 events, newest first. */
  public ObservableList<Event> happenings() {
    return happenings;
  }

  /** Loads everything anew, for example after a failure. */
  public void reload() {
    if (engine instanceof FeedClient client) {
      client.retry();
    }
    synchronized (gate) {
      reload = true;
      gate.notifyAll();
    }
  }

  @Override
  public void close() {
    closed = true;
    synchronized (gate) {
      gate.notifyAll();
    }
  }

  @SuppressWarnings("unchecked") // the constructor and apply() keep each topic to its own view
  private <V extends View> EntityStore<V> of(Topic topic) {
    return (EntityStore<V>) things.get(topic);
  }

  // On the feed's thread.
  private void hear(List<Event> batch) {
    synchronized (gate) {
      for (var event : batch) {
        if (event.type() == PlanEvent.RELOADED) {
          reload = true;
        }
        if (event.id() != null && (event.data() != null || removes(event))) {
          pending.computeIfAbsent(event.topic(), _ -> new LinkedHashMap<>()).put(event.id(), event);
        }
        if (event.type() == NoticeEvent.SHOWN
            && !event.at().plus(FRESH).isBefore(clock.instant())) {
          shown.addLast(event);
          if (shown.size() > REMEMBERED) {
            shown.removeFirst();
          }
        }
        if (tells(event) && event.seq() > told) {
          told = event.seq();
          news.addLast(event);
          if (news.size() > REMEMBERED) {
            news.removeFirst();
          }
        }
      }
      gate.notifyAll();
    }
  }

  // The engine also notes things that no person reads about.
  private static boolean tells(Event event) {
    return event.text() != null
        && !event.text().isBlank()
        && !event.type().word().startsWith("meta.");
  }

  private static boolean removes(Event event) {
    return event.type().removes();
  }

  private void pump() {
    states = watchConnection();
    try {
      while (!closed) {
        long took = step();
        synchronized (gate) {
          if (!reload && pending.isEmpty() && news.isEmpty()) {
            gate.wait(PULSE.toMillis());
          }
        }
        // A screen that is slow to take news has as long for clicks as it took for that.
        Thread.sleep(Duration.ofNanos(Math.clamp(took, PAUSE.toNanos(), LONGEST.toNanos())));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      states.close();
      if (events != null) {
        events.close();
      }
    }
  }

  private EngineApi.Subscription watchConnection() {
    return engine instanceof FeedClient client
        ? client.watch(
            c -> {
              if (c.state() != Connection.State.LIVE) {
                Platform.runLater(() -> connection.set(c));
              } else {
                Platform.runLater(
                    () -> {
                      if (workspace.get() != null) {
                        connection.set(c);
                      }
                    });
              }
            })
        : () -> {};
  }

  /** What to do now; in nanoseconds, how long the screen took for the news. */
  private long step() throws InterruptedException {
    try {
      boolean load;
      synchronized (gate) {
        load = reload;
        reload = false;
      }
      if (load) {
        load();
      }
      long began = System.nanoTime();
      hand();
      long took = System.nanoTime() - began;
      second();
      return took;
    } catch (HiveException e) {
      if (!e.is(ErrorCode.DISCONNECTED)) {
        LOG.warn("{}: {}", e.code(), e.getMessage());
        onFx(() -> connection.set(state(Connection.State.FAILED, e.fault())));
      }
      Thread.sleep(500);
    } catch (RuntimeException e) {
      LOG.error("The live model could not be renewed", e);
      var fault =
          HiveException.Fault.of(
              ErrorCode.LIVE,
              "What the engine sent could not be shown: " + e.getMessage(),
              "Try again.");
      onFx(() -> connection.set(state(Connection.State.FAILED, fault)));
    }
    return 0;
  }

  private Connection state(Connection.State state, HiveException.Fault fault) {
    return new Connection(state, clock.instant(), fault);
  }

  private void load() throws InterruptedException {
    if (events != null) {
      events.close();
      events = null;
    }
    try {
      var snapshot = engine.snapshot(Topic.all());
      var past = past();
      synchronized (gate) {
        pending = new TreeMap<>();
        news = new ArrayDeque<>();
        told = past.isEmpty() ? snapshot.seq() : Math.max(snapshot.seq(), past.getFirst().seq());
      }
      onFx(
          () -> {
            for (var topic : Topic.all()) {
              of(topic).replaceAll(snapshot.things().getOrDefault(topic, List.of()));
            }
            order();
            of(Topic.WORKSPACE).all().stream()
                .findFirst()
                .ifPresent(w -> workspace.set((WorkspaceViews.Workspace) w));
            happened.setAll(past);
            if (!past.isEmpty()) {
              latest.set(past.getFirst());
            }
            connection.set(state(Connection.State.LIVE, null));
            pulse();
          });
      events = engine.subscribe(snapshot.seq(), this::hear);
    } catch (HiveException e) {
      synchronized (gate) {
        reload |= e.is(ErrorCode.DISCONNECTED);
      }
      throw e;
    }
  }

  private List<Event> past() {
    var past = new ArrayList<Event>();
    engine
        .query(new Query.Events(-REMEMBERED, REMEMBERED))
        .forEach(node -> past.addFirst(Json.as(node, Event.class)));
    past.removeIf(e -> !tells(e));
    return past;
  }

  private void hand() throws InterruptedException {
    Map<Topic, Map<String, Event>> changed;
    List<Event> told;
    List<NotifyViews.Notice> asked;
    synchronized (gate) {
      asked =
          shown.stream()
              .filter(e -> e.data() != null)
              .map(e -> Json.as(e.data(), NotifyViews.Notice.class))
              .toList();
      shown = new ArrayDeque<>();
      if (pending.isEmpty() && news.isEmpty()) {
        changed = Map.of();
        told = List.of();
      } else {
        changed = pending;
        told = new ArrayList<>(news).reversed();
        pending = new TreeMap<>();
        news = new ArrayDeque<>();
      }
    }
    var time = System.nanoTime();
    var pulse = time - lastPulse >= PULSE.toNanos();
    if (changed.isEmpty() && told.isEmpty() && asked.isEmpty() && !pulse) {
      return;
    }
    if (pulse) {
      lastPulse = time;
    }
    var views = new TreeMap<Topic, Map<String, View>>();
    changed.forEach((topic, events) -> views.put(topic, read(topic, events)));
    onFx(
        () -> {
          views.forEach((topic, map) -> of(topic).apply(map));
          if (views.containsKey(Topic.OBJECTIVE)) {
            order();
          }
          var places = views.get(Topic.WORKSPACE);
          if (places != null) {
            places.values().stream()
                .filter(Objects::nonNull)
                .findFirst()
                .ifPresent(w -> workspace.set((WorkspaceViews.Workspace) w));
          }
          if (!told.isEmpty()) {
            happened.addAll(0, told);
            if (happened.size() > REMEMBERED) {
              happened.remove(REMEMBERED, happened.size());
            }
            latest.set(told.getFirst());
          }
          asked.forEach(shows);
          if (pulse) {
            pulse();
          }
        });
  }

  private static Map<String, View> read(Topic topic, Map<String, Event> events) {
    var views = LinkedHashMap.<String, View>newLinkedHashMap(events.size());
    events.forEach(
        (id, e) -> views.put(id, removes(e) ? null : (View) Json.as(e.data(), topic.view())));
    return views;
  }

  private void second() throws InterruptedException {
    var tick = System.nanoTime();
    if (lastSecond != 0 && tick - lastSecond < SECOND.toNanos()) {
      return;
    }
    lastSecond = tick;
    var time = clock.instant();
    var figures = engine.stats();
    onFx(
        () -> {
          wall.set(time);
          if (!cut.get()) {
            now.set(time);
            stats.set(figures);
          }
        });
  }

  private void order() {
    objectives.set(
        this.<SloViews.Objective>of(Topic.OBJECTIVE).all().stream()
            .sorted(SloViews.BY_URGENCY)
            .toList());
  }

  private void pulse() {
    things.values().forEach(EntityStore::pulse);
  }

  /** Runs on the FX thread and waits for it: a busy screen gets fewer, larger batches. */
  private static void onFx(Runnable work) throws InterruptedException {
    var task = new FutureTask<Void>(work, null);
    Platform.runLater(task);
    try {
      task.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }
}
