package dev.hivedeck.app.cli;

import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.EventType;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Plural;
import dev.hivedeck.engine.protocol.Printable;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.event.AttemptEvent;
import dev.hivedeck.engine.protocol.event.ChangeEvent;
import dev.hivedeck.engine.protocol.event.DecisionEvent;
import dev.hivedeck.engine.protocol.event.DriftEvent;
import dev.hivedeck.engine.protocol.event.TaskEvent;
import dev.hivedeck.engine.protocol.event.WorkspaceEvent;
import dev.hivedeck.engine.protocol.view.TaskViews;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What happens, line by line, with a line of totals at the end where there is a terminal. */
public final class ProgressPrinter implements AutoCloseable {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneId.systemDefault());
  private static final Set<EventType> TOLD =
      Set.of(
          TaskEvent.STARTED,
          TaskEvent.RETRYING,
          TaskEvent.FALLBACK,
          TaskEvent.DEAD,
          TaskEvent.RETURNED,
          TaskEvent.WAITING,
          AttemptEvent.GATE_FAILED,
          DecisionEvent.DECIDED,
          DecisionEvent.EXPIRED,
          ChangeEvent.OPENED,
          ChangeEvent.HELD,
          ChangeEvent.MERGED,
          ChangeEvent.CONFLICTED,
          ChangeEvent.BLOCKED,
          ChangeEvent.LOST,
          DriftEvent.FOUND,
          ChangeEvent.APPROVED,
          AttemptEvent.LOST,
          WorkspaceEvent.STARTED,
          WorkspaceEvent.UNTRUSTED,
          WorkspaceEvent.TRUSTED);

  private final HivedeckCommand cli;
  private final EngineApi engine;
  private EngineApi.Subscription subscription = () -> {};
  private final boolean terminal = System.console() != null && System.console().isTerminal();
  private final boolean colours = terminal && System.getenv("NO_COLOR") == null;
  private final Set<String> merged = new HashSet<>();
  private final Set<String> running = new HashSet<>();
  private final Map<String, String> all = new HashMap<>();
  private long lost;

  /** Red is for what fails, so it is no task's. */
  private static final int FIRST_COLOUR = 2;

  private static final int COLOURS = 5;
  private static final int NAME = 28;
  private static final int RECENT = 1_000;

  private ProgressPrinter(HivedeckCommand cli, EngineApi engine) {
    this.cli = cli;
    this.engine = engine;
  }

  /** Begins to tell. */
  public void begin() {
    var snapshot = engine.snapshot(Set.of(Topic.TASK));
    snapshot.things().get(Topic.TASK).forEach(t -> note((TaskViews.Task) t));
    lost = cutOffBefore();
    if (lost > 0) {
      say(
          "The last engine was killed: "
              + Plural.of(lost, "attempt was", "attempts were")
              + " cut off and kept, the work goes on.");
    }
    subscription = engine.subscribe(snapshot.seq(), this::happened);
  }

  /** How many attempts this engine found cut off when it began. */
  private long cutOffBefore() {
    var began = ProcessHandle.current().info().startInstant().orElse(Instant.MAX);
    long count = 0;
    for (var event : engine.query(new Query.Events(-RECENT, RECENT))) {
      var read = Json.as(event, Event.class);
      if (read.type() == AttemptEvent.LOST && !read.at().isBefore(began)) {
        count++;
      }
    }
    return count;
  }

  public static ProgressPrinter of(HivedeckCommand cli, EngineApi engine) {
    return new ProgressPrinter(cli, engine);
  }

  private void note(TaskViews.Task task) {
    all.put(task.id(), task.title());
    boolean busy =
        task.state() == TaskViews.TaskState.RUNNING
            || task.state() == TaskViews.TaskState.VALIDATING;
    if (busy) {
      running.add(task.id());
    } else {
      running.remove(task.id());
    }
    if (task.merged()) {
      merged.add(task.id());
    }
  }

  private synchronized void happened(List<Event> events) {
    for (var event : events) {
      if (event.topic() == Topic.TASK && event.data() != null) {
        note(Json.as(event.data(), TaskViews.Task.class));
      }
      if (event.type() == AttemptEvent.LOST) {
        lost++;
      }
      if (TOLD.contains(event.type()) && event.text() != null) {
        tell(event);
      }
    }
    totals();
  }

  /** How many attempts were cut off meanwhile, by a crash or by a kill. */
  public synchronized long lost() {
    return lost;
  }

  /** Says something that is no event. */
  public synchronized void say(String text) {
    if (!cli.json() && !cli.quiet()) {
      clear();
      cli.say(text);
      totals();
    }
  }

  private void tell(Event event) {
    if (cli.json() || cli.quiet()) {
      return;
    }
    clear();
    cli.out().print(TIME.format(event.at()) + "  ");
    String task = task(event);
    if (task == null) {
      cli.say(event.text());
      return;
    }
    String name = Printable.line(task + " " + all.getOrDefault(task, "")).strip();
    String column =
        name.length() > NAME
            ? name.substring(0, NAME - 1) + "…  "
            : name + " ".repeat(NAME + 2 - name.length());
    if (colours) {
      cli.out().printIn(FIRST_COLOUR + Math.floorMod(task.hashCode(), COLOURS), column);
    } else {
      cli.out().print(column);
    }
    String text = event.text();
    cli.say(text.startsWith(task + " ") ? text.substring(task.length() + 1) : text);
  }

  /** The task that an event is about; null where it is about none. */
  private static String task(Event event) {
    if (event.topic() == Topic.TASK) {
      return event.id();
    }
    var task = event.data() == null ? null : event.data().get("task");
    return task == null || !task.isTextual() ? null : task.asText();
  }

  private void totals() {
    if (terminal && !cli.json() && !cli.quiet()) {
      clear();
      cli.out()
          .print(merged.size() + " of " + all.size() + " on main · " + running.size() + " at work");
      cli.out().flush();
    }
  }

  private void clear() {
    if (terminal) {
      cli.out().clearLine();
    }
  }

  @Override
  public synchronized void close() {
    subscription.close();
    clear();
    cli.out().flush();
  }
}
