package dev.hivedeck.app.cli.rollout;

import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.app.cli.steer.SteerCommands;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.rollout.RolloutCommand;
import dev.hivedeck.engine.protocol.rollout.RolloutQuery;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Rollout;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.RolloutFigures;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.RolloutOffer;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.StepForecast;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Exposes new versions of services, step by step. */
@Command(
    name = "rollouts",
    description =
        "Rollouts of the workspace: versions that are exposed step by step, judged by evidence, and"
            + " taken back by themselves; without more words, all of them and what can be started.")
public final class RolloutCommands implements Callable<Integer> {
  @SuppressWarnings("NullAway.Init") // picocli sets it
  @ParentCommand
  HivedeckCommand cli;

  @Override
  public Integer call() {
    try (var opened = EngineAccess.read(cli.workspace())) {
      var all = opened.list(new RolloutQuery.Rollouts(), Rollout.class);
      var offers = opened.list(new RolloutQuery.Offers(), RolloutOffer.class);
      cli.answer(all, RolloutText.list(all, offers));
      return HivedeckCommand.DONE;
    }
  }

  @Command(
      name = "show",
      description = "How it stands: its steps, what was counted, and what it says.")
  int show(@Parameters(paramLabel = "ROLLOUT") String id) {
    try (var opened = EngineAccess.read(cli.workspace())) {
      var view = Json.as(opened.door().query(new RolloutQuery.OneRollout(id)), Rollout.class);
      var figures =
          Json.as(opened.door().query(new RolloutQuery.Figures(id)), RolloutFigures.class);
      var answer = Json.object();
      answer.set("rollout", Json.tree(view));
      answer.set("figures", Json.tree(figures));
      cli.answer(answer, RolloutText.show(view, figures));
      return HivedeckCommand.DONE;
    }
  }

  @Command(name = "offers", description = "What can be started, and which versions there are.")
  int offers() {
    try (var opened = EngineAccess.read(cli.workspace())) {
      var offers = opened.list(new RolloutQuery.Offers(), RolloutOffer.class);
      cli.answer(offers, RolloutText.offers(offers));
      return HivedeckCommand.DONE;
    }
  }

  @Command(
      name = "start",
      description = "Begins to expose another version of a service, or a change of it.")
  int start(
      @Parameters(paramLabel = "NAME", description = "As rollouts: in hive.yaml has it.")
          String name,
      @Option(
              names = "--canary",
              paramLabel = "VERSION",
              description = "The version to expose, one that the gateway knows.")
          @Nullable String canary,
      @Option(
              names = "--change",
              paramLabel = "CHANGE",
              description = "The change to expose, such as C-4: it is run, and merged at the end.")
          @Nullable String change) {
    return SteerCommands.send(
        cli,
        new RolloutCommand.StartRollout(name, canary, change),
        (change == null ? canary : change)
            + " is rolled out as "
            + name
            + " says. hivedeck rollouts shows how it stands.");
  }

  @Command(
      name = "promote",
      description = "Passes the step it is in, whatever its hold and its evidence.")
  int promote(
      @Parameters(paramLabel = "ROLLOUT") String id,
      @Option(
              names = "--step",
              paramLabel = "NUMBER",
              description = "The step that is meant, from 1, so that no other is passed.")
          @Nullable Integer step) {
    return SteerCommands.send(
        cli,
        new RolloutCommand.PromoteRollout(id, step == null ? null : step - 1),
        id + " goes on to its next step.");
  }

  @Command(
      name = "hold",
      description = "Stops its clock at the weight it has; it is judged all the same.")
  int hold(@Parameters(paramLabel = "ROLLOUT") String id) {
    return SteerCommands.send(cli, new RolloutCommand.HoldRollout(id), id + " is held.");
  }

  @Command(name = "resume", description = "Lets its clock go on.")
  int resume(@Parameters(paramLabel = "ROLLOUT") String id) {
    return SteerCommands.send(cli, new RolloutCommand.ResumeRollout(id), id + " goes on.");
  }

  @Command(name = "weight", description = "Gives the canary another weight until the next step.")
  int weight(
      @Parameters(paramLabel = "ROLLOUT") String id,
      @Parameters(paramLabel = "PERCENT", description = "Such as 12.5.") String weight) {
    double percent = TypedWeight.parse(weight);
    return SteerCommands.send(
        cli, new RolloutCommand.WeighRollout(id, percent), "The canary has " + percent + "%.");
  }

  @Command(name = "abort", description = "Takes the canary back: its weight is 0 at once.")
  int abort(
      @Parameters(paramLabel = "ROLLOUT") String id,
      @Option(names = "--because", paramLabel = "TEXT", description = "What for.")
          @Nullable String because) {
    return SteerCommands.send(
        cli, new RolloutCommand.AbortRollout(id, because), id + " is taken back.");
  }

  @Command(name = "plan", description = "How long each step would have to be held to find a fault.")
  int plan(
      @Parameters(paramLabel = "NAME", description = "As rollouts: in hive.yaml has it.")
          String name,
      @Option(
              names = "--rate",
              paramLabel = "PER_MINUTE",
              description = "Requests a minute of all versions; what is counted unless given.")
          @Nullable Double rate,
      @Option(
              names = "--errors",
              paramLabel = "PERCENT",
              description = "Of requests of stable that fail; 1 unless given.")
          @Nullable Double errors,
      @Option(
              names = "--finds",
              paramLabel = "PERCENT",
              description = "Of requests of the canary that fail; three times that unless given.")
          @Nullable Double finds) {
    try (var opened = EngineAccess.read(cli.workspace())) {
      var steps = opened.list(new RolloutQuery.Plan(name, rate, errors, finds), StepForecast.class);
      cli.answer(steps, RolloutText.plan(steps));
      return HivedeckCommand.DONE;
    }
  }
}
