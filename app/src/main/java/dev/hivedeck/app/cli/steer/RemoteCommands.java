package dev.hivedeck.app.cli.steer;

import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.app.cli.UpstreamText;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Plural;
import dev.hivedeck.engine.protocol.remote.RemoteCommand;
import dev.hivedeck.engine.protocol.remote.RemoteViews;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Commands about the remote that main follows. */
public final class RemoteCommands {
  private RemoteCommands() {}

  @Command(
      name = "fetch",
      description = {
        "Fetch the branch of the remote that main follows, with your git and its credentials.",
        "With --forward main is brought up to it, with your checkouts of main, where main has",
        "nothing of its own; else ends with 1."
      })
  public static final class Fetch implements Callable<Integer> {
    @ParentCommand HivedeckCommand cli;

    @Option(names = "--forward", description = "Bring main up to what was fetched.")
    boolean forward;

    @Override
    public Integer call() {
      try (var opened = EngineAccess.open(cli.workspace())) {
        var answer = opened.door().execute(new RemoteCommand.Fetch(forward), null, cli.key());
        var fetched = Json.as(answer, RemoteViews.Fetched.class);
        String moved =
            fetched.forwarded() == 0
                ? ""
                : "Main was brought up by " + Plural.of(fetched.forwarded(), "commit") + ". ";
        cli.answer(answer, moved + UpstreamText.fetched(fetched));
        return HivedeckCommand.DONE;
      }
    }
  }

  @Command(
      name = "push",
      description = {
        "Push main to the branch of the remote that it follows, forward only.",
        "Ends with 1 when the remote does not take it."
      })
  public static final class Push implements Callable<Integer> {
    @ParentCommand HivedeckCommand cli;

    @Override
    public Integer call() {
      try (var opened = EngineAccess.open(cli.workspace())) {
        var answer = opened.door().execute(new RemoteCommand.Push(), null, cli.key());
        var pushed = Json.as(answer, RemoteViews.Pushed.class);
        cli.answer(
            answer,
            pushed.commits() == 0
                ? pushed.upstream() + " has all of main."
                : "Pushed %s to %s."
                    .formatted(Plural.of(pushed.commits(), "commit"), pushed.upstream()));
        return HivedeckCommand.DONE;
      }
    }
  }
}
