package dev.hivedeck.app.cli.slo;

import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.app.cli.TextTable;
import dev.hivedeck.app.cli.steer.SteerCommands;
import dev.hivedeck.engine.protocol.Command.LiftPolicy;
import dev.hivedeck.engine.protocol.Command.ResumePolicy;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.view.SloViews;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** What follows because error budgets run low. */
@Command(
    name = "policy",
    description = "Lists what is in force because error budgets run low, lifts and resumes it.")
public final class PolicyCommand implements Callable<Integer> {
  /** The command {@code slo}, whose own parent has the workspace. */
  public interface Parent {
    HivedeckCommand cli();
  }

  @ParentCommand Parent slo;

  @Override
  public Integer call() {
    try (var opened = EngineAccess.read(slo.cli().workspace())) {
      var all = opened.list(new Query.PolicyActs(), SloViews.PolicyAct.class);
      var textTable =
          new TextTable("Objective", "Act", "Since", "Left then", "Lifted until", "Why");
      all.forEach(
          a ->
              textTable.row(
                  a.objective(),
                  a.action(),
                  a.began(),
                  String.format(Locale.ROOT, "%.0f%%", 100 * a.left()),
                  a.liftedUntil() == null ? "" : a.liftedUntil(),
                  a.comment() == null ? "" : a.comment()));
      slo.cli()
          .answer(
              all, all.isEmpty() ? "No policy is in force: budgets last." : textTable.toString());
      return HivedeckCommand.DONE;
    }
  }

  @Command(name = "lift", description = "Lifts what an objective's policy does, for a time.")
  int lift(
      @Parameters(paramLabel = "OBJECTIVE", description = "Its name.") String objective,
      @Option(names = "--for", defaultValue = "2h", description = "For how long, as in 2h.")
          String length,
      @Option(names = "--comment", required = true, description = "Why.") String comment) {
    long seconds = HivedeckCommand.duration(length).toSeconds();
    return SteerCommands.send(
        slo.cli(), new LiftPolicy(objective, seconds, comment), "Lifted for " + length + ".");
  }

  @Command(name = "resume", description = "Puts a policy that was lifted in force again.")
  int resume(@Parameters(paramLabel = "OBJECTIVE", description = "Its name.") String objective) {
    return SteerCommands.send(
        slo.cli(), new ResumePolicy(objective), "The policy is in force again.");
  }
}
