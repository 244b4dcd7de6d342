package dev.hivedeck.app;

import dev.hivedeck.engine.protocol.Door;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.Views;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What happens, line by line, with a line of totals at the end where there is a terminal. */
final class Progress implements AutoCloseable {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneId.systemDefault());
  private static final Set<String> TOLD =
      Set.of(
          "task.started",
          "task.retrying",
          "task.fallback",
          "task.dead",
          "task.returned",
          "task.waiting",
          "gate.failed",
          "decision.decided",
          "decision.expired",
          "change.opened",
          "change.held",
          "change.merged",
          "change.conflicted",
          "change.blocked",
          "change.lost",
          "drift.found",
          "change.approved",
          "attempt.lost",
          "workspace.working",
          "workspace.untrusted",
          "workspace.trusted");

  private final Cli cli;
  private final Door door;
  private Door.Subscription subscription = () -> {};
  private final boolean terminal = System.console() != null;
  private final Set<String> merged = new HashSet<>();
  private final Set<String> running = new HashSet<>();
  private final Set<String> all = new HashSet<>();

  private Progress(Cli cli, Door door) {
    this.cli = cli;
    this.door = door;
  }

  /** Begins to tell. */
  void begin() {
    var snapshot = door.snapshot(EnumSet.of(Topic.TASK));
    snapshot.things().get(Topic.TASK).forEach(t -> note((Views.Task) t));
    subscription = door.subscribe(snapshot.seq(), this::happened);
  }

  static Progress of(Cli cli, Door door) {
    return new Progress(cli, door);
  }

  private void note(Views.Task task) {
    all.add(task.id());
    boolean busy =
        task.state() == Views.TaskState.RUNNING || task.state() == Views.TaskState.VALIDATING;
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
        note(Json.as(event.data(), Views.Task.class));
      }
      if (TOLD.contains(event.type()) && event.text() != null && !cli.json && !cli.quiet) {
        clear();
        cli.say(TIME.format(event.at()) + "  " + event.text());
      }
    }
    if (terminal && !cli.json && !cli.quiet) {
      clear();
      cli.out.print(
          merged.size() + " of " + all.size() + " on main · " + running.size() + " at work");
      cli.out.flush();
    }
  }

  private void clear() {
    if (terminal) {
      cli.out.clearLine();
    }
  }

  @Override
  public synchronized void close() {
    subscription.close();
    clear();
    cli.out.flush();
  }
}
