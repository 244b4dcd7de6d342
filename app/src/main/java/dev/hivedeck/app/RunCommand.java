package dev.hivedeck.app;

import dev.hivedeck.engine.Hive;
import dev.hivedeck.engine.config.Home;
import dev.hivedeck.engine.protocol.Command.Work;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.Views;
import java.util.LinkedHashMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Works the plan in the terminal. */
@Command(name = "run", description = "Work the plan, with live progress.")
final class RunCommand implements Callable<Integer> {
  @ParentCommand Cli cli;

  @Option(names = "--until-idle", description = "End when nothing can proceed without a person.")
  boolean untilIdle;

  @Option(names = "--agents", defaultValue = "0", description = "How many at once; default: cores.")
  int agents;

  private volatile boolean done;

  @Override
  public Integer call() throws InterruptedException {
    var running = Doors.running(cli.workspace());
    if (running.isPresent()) {
      try (var opened = Doors.open(cli.workspace())) {
        opened.door().execute(new Work(agents), null);
        return watch(opened.door());
      }
    }
    var hive = Doors.hive(cli.workspace(), Home.standard().folder(), 1, true, 0, 0);
    var stop = Thread.ofPlatform().unstarted(hive::close);
    Runtime.getRuntime().addShutdownHook(stop);
    endWith(hive);
    try (hive) {
      hive.execute(new Work(agents), null);
      return watch(hive);
    } finally {
      done = true;
    }
  }

  /** Where somebody else stops the engine, there is nothing to watch any more. */
  private void endWith(Hive hive) {
    Thread.ofVirtual()
        .name("engine-end")
        .start(
            () -> {
              try {
                hive.awaitClosed();
                if (!done) {
                  cli.say("The engine was stopped; its work is kept.");
                  System.exit(Cli.STOPPED);
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }

  private int watch(dev.hivedeck.engine.protocol.Door door) throws InterruptedException {
    try (var progress = Progress.of(cli, door)) {
      progress.begin();
      if (untilIdle) {
        Idle.await(door);
      } else {
        Thread.currentThread().join();
      }
    }
    var tasks = Doors.all(door, Topic.TASK, Views.Task.class);
    var summary = new LinkedHashMap<String, Object>();
    summary.put("tasks", tasks.size());
    summary.put("merged", tasks.stream().filter(Views.Task::merged).count());
    for (var state : Views.TaskState.values()) {
      summary.put(state.word(), tasks.stream().filter(t -> t.state() == state).count());
    }
    long dead = tasks.stream().filter(t -> t.state() == Views.TaskState.DEAD).count();
    long open =
        Doors.all(door, Topic.CHANGE, Views.Change.class).stream()
            .filter(c -> c.state() == Views.ChangeState.OPEN && c.review().equals("wanted"))
            .count();
    long asked =
        Doors.all(door, Topic.DECISION, Views.Decision.class).stream()
            .filter(d -> d.state() == Views.DecisionState.OPEN)
            .count();
    summary.put("wantReview", open);
    summary.put("wantDecision", asked);
    cli.answer(
        summary,
        "%d of %d tasks are on main, %d dead, %d changes want your review, %d questions wait."
            .formatted(summary.get("merged"), tasks.size(), dead, open, asked));
    return dead > 0 ? Cli.FAILED : Cli.DONE;
  }
}
