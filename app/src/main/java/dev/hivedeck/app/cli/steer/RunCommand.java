package dev.hivedeck.app.cli.steer;

import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.app.cli.IdleCheck;
import dev.hivedeck.app.cli.ProgressPrinter;
import dev.hivedeck.app.cli.StopLimit;
import dev.hivedeck.app.cli.list.DoctorCommand;
import dev.hivedeck.engine.Engine;
import dev.hivedeck.engine.config.HivedeckHome;
import dev.hivedeck.engine.protocol.Command.AddTask;
import dev.hivedeck.engine.protocol.Command.Reconcile;
import dev.hivedeck.engine.protocol.Command.StartHive;
import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Plural;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.AgentViews;
import dev.hivedeck.engine.protocol.view.DriftViews;
import dev.hivedeck.engine.protocol.view.TaskViews;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Works the plan in the terminal. */
@Command(name = "run", description = "Work the plan, with live progress.")
public final class RunCommand implements Callable<Integer> {
  private static final String STOPPED = "The engine was stopped; its work is kept.";

  @ParentCommand HivedeckCommand cli;

  @Option(names = "--until-idle", description = "End when nothing can proceed without a person.")
  boolean untilIdle;

  @Option(names = "--agents", defaultValue = "0", description = "How many at once; default: cores.")
  int agents;

  @Option(
      names = "--task",
      paramLabel = "TITLE",
      description = "Add this task first, and end as with --until-idle.")
  String task;

  @Option(names = "--prompt", description = "What --task tells its agent; default: its title.")
  String prompt;

  @Option(names = "--kind", description = "Of --task; looks up decisions.<kind> in hive.yaml.")
  String kind;

  @Option(
      names = "--agent",
      split = ",",
      paramLabel = "NAME",
      description =
          "Who does --task; default: any that can. Given several times, each does it, which costs"
              + " as often, and you choose one (hivedeck alternatives).")
  List<String> doers;

  /** For an engine that cuts its lines off to be gone. */
  private static final Duration ENDING = Duration.ofSeconds(10);

  private static final Duration LOOK = Duration.ofSeconds(5);

  private volatile boolean done;

  @Override
  public Integer call() throws InterruptedException {
    if (task == null && (prompt != null || kind != null || doers != null)) {
      throw new HiveException(
          ErrorCode.BAD_USAGE,
          "--prompt, --kind and --agent are of a task, and none is given.",
          "Give its title with --task.");
    }
    untilIdle |= task != null;
    if (EngineAccess.running(cli.workspace()).isPresent()) {
      return join();
    }
    var hive = EngineAccess.hive(cli.workspace(), HivedeckHome.standard().folder(), 1, true, 0, 0);
    StopLimit.atEnd(hive::close);
    endWith(hive);
    try (hive) {
      return work(hive);
    }
  }

  /** Watches the engine that somebody else runs, which may end before this does. */
  private int join() throws InterruptedException {
    try (var opened = EngineAccess.open(cli.workspace())) {
      begin(opened.door());
      return watch(opened.door());
    } catch (HiveException e) {
      if (e.is(ErrorCode.NO_ANSWER) || !EngineAccess.gone(cli.workspace(), ENDING)) {
        throw e;
      }
      return ended();
    }
  }

  private void begin(EngineApi door) {
    if (task == null) {
      door.execute(new StartHive(agents), null);
      return;
    }
    var workspace = EngineAccess.workspace(door);
    if (!workspace.trusted()) {
      // Whoever trusts and tries again would have it twice.
      throw new HiveException(
          ErrorCode.NOT_TRUSTED,
          workspace.consent().why() + ". The task was not added.",
          "Look at all of it with hivedeck trust, then run this again.");
    }
    if (EngineAccess.all(door, Topic.AGENT, AgentViews.Agent.class).isEmpty()) {
      throw new HiveException(
          ErrorCode.NO_AGENTS,
          "No agent works here yet. The task was not added.",
          workspace.problems().isEmpty()
              ? "hivedeck init --trust proposes agents for this repository; then run this again."
              : String.join(" ", workspace.problems()));
    }
    String added =
        door.execute(
                new AddTask(null, task, prompt, null, null, null, null, null, kind, doers), null)
            .path("id")
            .asText();
    try {
      door.execute(new StartHive(agents), null);
    } catch (HiveException e) {
      var fault = e.fault();
      throw new HiveException(
          new HiveException.Fault(
              fault.code(),
              "%s was added, but nothing begins: %s".formatted(added, fault.message()),
              fault.hint() + " Then go on with hivedeck run --until-idle, without --task."));
    }
  }

  /** That engine has ended; whether all was done by then, the ledger knows. */
  private int ended() {
    try (var opened = EngineAccess.read(cli.workspace())) {
      var now = IdleCheck.standing(opened.door());
      if (untilIdle && now.idle()) {
        return tell(opened.door(), now, 0);
      }
      cli.say(
          "The engine that this watched has ended; its work is kept. %s. hivedeck run goes on."
              .formatted(onMain(now)));
      return HivedeckCommand.STOPPED;
    }
  }

  private int work(Engine hive) throws InterruptedException {
    try {
      begin(hive);
      int exit = watch(hive);
      if (IdleCheck.standing(hive).questions() > 0) {
        cli.say(
            "What asks is parked as this engine ends, and asks again where one runs: hivedeck run"
                + " without --until-idle, hivedeck serve, or the desktop.");
      }
      return exit;
    } catch (HiveException e) {
      if (!hive.closing()) {
        throw e;
      }
      // What it was asking was cut off by the end, which is no fault to tell of.
      done = true;
      hive.awaitClosed();
      cli.say(STOPPED);
      return HivedeckCommand.STOPPED;
    } finally {
      done = true; // before it closes, which is no stop by somebody else
    }
  }

  /** Where somebody else stops the engine, there is nothing to watch any more. */
  private void endWith(Engine hive) {
    Thread.ofVirtual()
        .name("engine-end")
        .start(
            () -> {
              try {
                hive.awaitClosed();
                if (!done) {
                  cli.say(STOPPED);
                  System.exit(HivedeckCommand.STOPPED);
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }

  private int watch(EngineApi door) throws InterruptedException {
    long lost;
    try (var progressPrinter = ProgressPrinter.of(cli, door);
        var _ = holds(door, progressPrinter)) {
      progressPrinter.begin();
      Query.Standing rest = IdleCheck.await(door);
      while (!untilIdle) {
        progressPrinter.say(resting(rest));
        IdleCheck.awaitWork(door);
        rest = IdleCheck.await(door);
      }
      lost = progressPrinter.lost();
    }
    door.execute(new Reconcile(), null); // what main has no more is not on it
    return tell(door, IdleCheck.await(door), lost);
  }

  private int tell(EngineApi door, Query.Standing now, long lost) {
    var drift = EngineAccess.all(door, Topic.DRIFT, DriftViews.Drift.class);
    var summary = new LinkedHashMap<String, Object>();
    summary.put("tasks", now.allTasks());
    summary.put("merged", now.tasks("merged"));
    for (var state : TaskViews.TaskState.values()) {
      // On main is done, too.
      boolean done = state == TaskViews.TaskState.DONE;
      summary.put(state.word(), now.tasks(state.word()) + (done ? now.tasks("merged") : 0));
    }
    summary.put("wantReview", now.reviews());
    summary.put("wantDecision", now.questions());
    summary.put("waits", now.waits());
    summary.put("drift", drift);
    summary.put("cutOff", lost);
    cli.answer(
        summary,
        "%s, %d dead, %s your review, %s."
                .formatted(
                    onMain(now),
                    now.tasks("dead"),
                    Plural.of(now.reviews(), "change wants", "changes want"),
                    Plural.of(now.questions(), "question waits", "questions wait"))
            + (lost == 0 ? "" : "\n" + cutOff(lost))
            + end(now, drift));
    if (!EngineAccess.workspace(door).trusted()) {
      return HivedeckCommand.NOT_ALLOWED; // what that waits for is among what was said
    }
    if (now.tasks("dead") > 0) {
      return HivedeckCommand.FAILED;
    }
    long open = now.allTasks() - now.tasks("merged") - now.tasks("cancelled");
    return open > 0 ? HivedeckCommand.WAITS : HivedeckCommand.DONE;
  }

  private static String cutOff(long attempts) {
    return attempts == 1
        ? "1 attempt had been cut off; its task began again, its work is kept."
        : attempts + " attempts had been cut off; their tasks began again, their work is kept.";
  }

  /** What somebody who keeps it running is told when nothing can proceed. */
  private static String resting(Query.Standing now) {
    String done = now.allTasks() == 0 ? "There are no tasks yet." : onMain(now) + ".";
    return now.waits().isEmpty()
        ? done + " It waits for news: import a plan, add a task, or end it with Ctrl+C."
        : done + " It waits for you:\n  " + String.join("\n  ", now.waits());
  }

  private static String onMain(Query.Standing now) {
    return "%d of %d tasks are on main".formatted(now.tasks("merged"), now.allTasks());
  }

  /** Says why nothing begins though it could, such as a machine that has enough to do. */
  private static Closing holds(EngineApi door, ProgressPrinter progressPrinter) {
    var thread =
        Thread.ofVirtual()
            .name("holds")
            .start(
                () -> {
                  var told = List.<String>of();
                  try {
                    while (true) {
                      Thread.sleep(LOOK);
                      var held = door.stats().held();
                      held.stream()
                          .filter(Predicate.not(told::contains))
                          .forEach(why -> progressPrinter.say("held: " + why));
                      told = held;
                    }
                  } catch (InterruptedException | HiveException e) {
                    // The end, or the engine's.
                  }
                });
    return thread::interrupt;
  }

  private interface Closing extends AutoCloseable {
    @Override
    void close();
  }

  private static String end(Query.Standing now, List<DriftViews.Drift> drift) {
    var waits = new ArrayList<>(now.waits());
    drift.forEach(d -> waits.add(d.what() + " " + DoctorCommand.remedy(d)));
    return waits.isEmpty()
        ? "\nAll is done."
        : "\nIt waits for you:\n  " + String.join("\n  ", waits);
  }
}
