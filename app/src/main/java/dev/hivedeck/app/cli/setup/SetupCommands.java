package dev.hivedeck.app.cli.setup;

import dev.hivedeck.app.cli.ConsentText;
import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.app.cli.StopLimit;
import dev.hivedeck.engine.Engine;
import dev.hivedeck.engine.agent.discovery.AgentDiscovery;
import dev.hivedeck.engine.agent.discovery.CliScan;
import dev.hivedeck.engine.agent.discovery.HostEnvironment;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.config.HivedeckHome;
import dev.hivedeck.engine.config.edit.ConfigProposal;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.git.repository.RepositoryPlaces;
import dev.hivedeck.engine.protocol.Config;
import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.WorkspaceViews;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Scanner;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Commands that set a workspace up and look after it. */
public final class SetupCommands {
  private SetupCommands() {}

  public static boolean confirmed(HivedeckCommand cli, boolean yes, String question) {
    if (yes) {
      return true;
    }
    if (cli.json() || System.console() == null) {
      return false;
    }
    cli.out().print(question + " [y/N] ");
    cli.out().flush();
    var in = new Scanner(System.in);
    return in.hasNextLine() && in.nextLine().strip().equalsIgnoreCase("y");
  }

  @Command(name = "init", description = "Propose .hivedeck/hive.yaml for this repository.")
  public static final class Init implements Callable<Integer> {
    @ParentCommand HivedeckCommand cli;

    @Option(names = "--yes", description = "Write without asking.")
    boolean yes;

    @Option(
        names = "--agent",
        paramLabel = "ID",
        description = "Who works there, for example claude; default: the first that is ready.")
    String agent;

    @Option(
        names = "--run",
        paramLabel = "COMMAND",
        description = "A command of yours that works there; it gets its prompt on standard input.")
    String run;

    @Option(
        names = "--trust",
        description = "Then show what it would run, and consent to it; with --yes without asking.")
    boolean trust;

    @Override
    public Integer call() throws IOException {
      Path root = RepositoryPlaces.locate(cli.workspace()).root();
      Path file = root.resolve(HiveConfig.FILE);
      if (Files.exists(file)) {
        throw new HiveException(
            ErrorCode.EXISTS, file + " is there already.", "Edit it; hivedeck doctor checks it.");
      }
      var lines = ConfigProposal.lines(root, first(root));
      String text = ConfigProposal.text(lines);
      cli.page(text);
      if (!confirmed(cli, yes, "Write this to " + HiveConfig.FILE + "?")) {
        cli.answer(
            HivedeckCommand.object("written", false, "yaml", text, "lines", lines),
            "Nothing was written. With --yes it is.");
        return HivedeckCommand.DONE;
      }
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
      if (trust) {
        cli.say("Written to " + HiveConfig.FILE + ".");
        return Trust.ask(cli, yes, null);
      }
      cli.answer(
          HivedeckCommand.object("written", true, "file", file.toString()),
          "Written. Next: "
              + (begun(root) ? "" : "make a first commit, which agents start from; then ")
              + "look at its commands with hivedeck trust, then hivedeck run --task \"What to"
              + " do\".");
      return HivedeckCommand.DONE;
    }

    private static boolean begun(Path root) {
      return new Git(root).run("rev-parse", "--verify", "--quiet", "HEAD").ok();
    }

    private Optional<ConfigProposal.Program> first(Path root) {
      var machine = new AgentDiscovery(root, HostEnvironment.here(), Clock.systemUTC());
      return CliScan.chosen(machine::clis, agent, run);
    }
  }

  @Command(
      name = "trust",
      description = "Show what the workspace would run and decide, and consent to it.")
  public static final class Trust implements Callable<Integer> {
    @ParentCommand HivedeckCommand cli;

    @Option(names = "--yes", description = "Consent without asking.")
    boolean yes;

    @Option(
        names = "--digest",
        description = "Consent to exactly this, as --json showed it before.")
    String digest;

    @Override
    public Integer call() {
      return ask(cli, yes, digest);
    }

    private static int ask(HivedeckCommand cli, boolean yes, String digest) {
      try (var opened = EngineAccess.open(cli.workspace())) {
        Path root = RepositoryPlaces.locate(cli.workspace()).root();
        var workspace = EngineAccess.workspace(opened.door());
        if (workspace.trusted()) {
          // An engine goes on with what was trusted: that says nothing of what is there now.
          HiveConfig.load(root);
        }
        var consent = now(opened.door(), root.resolve(HiveConfig.FILE), workspace.consent());
        if (consent.why() == null) {
          cli.answer(
              HivedeckCommand.object("trusted", true, "digest", consent.digest()),
              "You trust this workspace already, or there is nothing to trust.");
          return HivedeckCommand.DONE;
        }
        cli.page(ConsentText.of(consent));
        if (digest == null && !confirmed(cli, yes, "Trust all of this?")) {
          cli.answer(
              HivedeckCommand.object("trusted", false, "consent", consent),
              "Not trusted; nothing of it will run. With --yes it is.");
          return HivedeckCommand.NOT_ALLOWED;
        }
        String shown = digest == null ? consent.digest() : digest;
        opened.door().execute(new dev.hivedeck.engine.protocol.Command.Trust(shown), null);
        cli.answer(
            HivedeckCommand.object("trusted", true, "digest", shown),
            "Trusted. Any change of it asks again.");
        return HivedeckCommand.DONE;
      }
    }
  }

  /** What the file asks for this moment: an engine that runs looks at it only now and then. */
  private static WorkspaceViews.Consent now(
      EngineApi door, Path file, WorkspaceViews.Consent seen) {
    if (!Files.exists(file)) {
      return seen;
    }
    var asked = new Query.ConfigPreview(List.of(), HiveConfig.read(file));
    var consent = Json.as(door.query(asked), Config.Preview.class).consent();
    return consent == null ? seen : consent;
  }

  @Command(name = "serve", description = "The engine without the desktop.")
  public static final class Serve implements Callable<Integer> {
    @ParentCommand HivedeckCommand cli;

    @Option(
        names = "--feed-port",
        paramLabel = "PORT",
        defaultValue = "0",
        description = "Where the feed listens; default: any free port.")
    int feedPort;

    @Option(
        names = "--api-port",
        paramLabel = "PORT",
        defaultValue = "0",
        description = "Where the HTTP API listens; default: any free port.")
    int apiPort;

    @Override
    public Integer call() throws InterruptedException {
      var engine = open();
      StopLimit.atEnd(engine::close);
      var endpoint = engine.endpoint();
      cli.answer(
          HivedeckCommand.object(
              "feed", endpoint.feed(), "api", endpoint.api(), "pid", endpoint.pid()),
          "Engine at " + endpoint.api() + ", feed at " + endpoint.feed() + ". Ctrl-C stops it.");
      engine.awaitClosed();
      return HivedeckCommand.DONE;
    }

    private Engine open() {
      try {
        return EngineAccess.hive(
            cli.workspace(), HivedeckHome.standard().folder(), 1, true, feedPort, apiPort);
      } catch (HiveException e) {
        boolean silent = e.is(ErrorCode.SECOND_ENGINE) && !EngineAccess.answers(cli.workspace());
        throw silent ? EngineAccess.unanswered(cli.workspace()).orElse(e) : e;
      }
    }
  }
}
