package dev.hivedeck.app.cli.slo;

import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.app.cli.TextTable;
import dev.hivedeck.app.cli.steer.SteerCommands;
import dev.hivedeck.engine.protocol.Command.EndSilence;
import dev.hivedeck.engine.protocol.Command.Silence;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.view.SloViews;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Alerts that nobody is told of for a while. */
@Command(name = "silence", description = "Lists silences of alerts, begins and ends them.")
public final class SilenceCommand implements Callable<Integer> {
  @ParentCommand HivedeckCommand cli;

  @Override
  public Integer call() {
    try (var opened = EngineAccess.read(cli.workspace())) {
      var all = opened.list(new Query.Silences(), SloViews.Silence.class);
      var textTable = new TextTable("Silence", "Alerts with", "Until", "By", "Why");
      all.forEach(s -> textTable.row(s.id(), s.matchers(), s.ends(), s.author(), s.comment()));
      cli.answer(all, all.isEmpty() ? "No alert is silenced." : textTable.toString());
      return HivedeckCommand.DONE;
    }
  }

  @Command(name = "add", description = "Tells nobody of some alerts for a while.")
  int add(
      @Parameters(
              paramLabel = "MATCHERS",
              description = "Conditions on their labels, as in objective=\"api\".")
          String matchers,
      @Option(names = "--for", defaultValue = "2h", description = "For how long, as in 2h.")
          String length,
      @Option(names = "--comment", defaultValue = "", description = "Why.") String comment) {
    long seconds = HivedeckCommand.duration(length).toSeconds();
    return SteerCommands.send(
        cli, new Silence(matchers, seconds, comment), "Silenced for " + length + ".");
  }

  @Command(name = "end", description = "Ends a silence now.")
  int end(@Parameters(paramLabel = "ID") long id) {
    return SteerCommands.send(cli, new EndSilence(id), "The silence has ended.");
  }
}
