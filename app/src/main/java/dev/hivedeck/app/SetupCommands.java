package dev.hivedeck.app;

import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.config.Home;
import dev.hivedeck.engine.config.Proposal;
import dev.hivedeck.engine.process.Quota;
import dev.hivedeck.engine.protocol.Command.Reconcile;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.Views;
import dev.hivedeck.engine.worktree.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Scanner;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Commands that set a workspace up and look after it. */
final class SetupCommands {
  private SetupCommands() {}

  static boolean confirmed(Cli cli, boolean yes, String question) {
    if (yes) {
      return true;
    }
    if (cli.json || System.console() == null) {
      return false;
    }
    cli.out.print(question + " [y/N] ");
    cli.out.flush();
    var in = new Scanner(System.in);
    return in.hasNextLine() && in.nextLine().strip().equalsIgnoreCase("y");
  }

  @Command(name = "init", description = "Propose .hivedeck/hive.yaml for this repository.")
  static final class Init implements Callable<Integer> {
    @ParentCommand Cli cli;

    @Option(names = "--yes", description = "Write without asking.")
    boolean yes;

    @Override
    public Integer call() throws IOException {
      Path root = Repository.open(cli.workspace(), null).root();
      Path file = root.resolve(HiveConfig.FILE);
      if (Files.exists(file)) {
        throw new HiveException(
            "exists", file + " is there already.", "Edit it; hivedeck doctor checks it.");
      }
      String text = Proposal.of(root);
      cli.say(text);
      if (!confirmed(cli, yes, "Write this to " + HiveConfig.FILE + "?")) {
        cli.answer(
            Map.of("written", false, "yaml", text), "Nothing was written. With --yes it is.");
        return Cli.DONE;
      }
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
      cli.answer(
          Map.of("written", true, "file", file.toString()),
          "Written. Next: look at its commands with hivedeck trust, then hivedeck plan import FILE.");
      return Cli.DONE;
    }
  }

  @Command(name = "trust", description = "Show what the workspace would run, and consent to it.")
  static final class Trust implements Callable<Integer> {
    @ParentCommand Cli cli;

    @Option(names = "--yes", description = "Consent without asking.")
    boolean yes;

    @Override
    public Integer call() {
      try (var opened = Doors.open(cli.workspace())) {
        var workspace = opened.all(Topic.WORKSPACE, Views.Workspace.class).getFirst();
        if (workspace.trusted()) {
          cli.answer(
              Map.of("trusted", true), "These commands are trusted already, or there are none.");
          return Cli.DONE;
        }
        cli.say("This workspace would run:");
        workspace.untrusted().forEach(c -> cli.say("  " + c));
        if (!confirmed(cli, yes, "Trust these commands?")) {
          cli.answer(
              Map.of("trusted", false, "commands", workspace.untrusted()),
              "Not trusted; nothing will run. With --yes they are.");
          return Cli.NOT_ALLOWED;
        }
        opened.door().execute(new dev.hivedeck.engine.protocol.Command.Trust(), null);
        cli.answer(Map.of("trusted", true), "Trusted. A change of these commands asks again.");
        return Cli.DONE;
      }
    }
  }

  @Command(name = "serve", description = "The engine without the desktop.")
  static final class Serve implements Callable<Integer> {
    @ParentCommand Cli cli;

    @Option(names = "--feed-port", defaultValue = "0")
    int feedPort;

    @Option(names = "--api-port", defaultValue = "0")
    int apiPort;

    @Override
    public Integer call() throws InterruptedException {
      var hive = Doors.hive(cli.workspace(), Home.standard().folder(), 1, true, feedPort, apiPort);
      Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(hive::close));
      var endpoint = hive.endpoint();
      cli.answer(
          Map.of("feed", endpoint.feed(), "api", endpoint.api(), "pid", endpoint.pid()),
          "Engine at " + endpoint.api() + ", feed at " + endpoint.feed() + ". Ctrl-C stops it.");
      new CountDownLatch(1).await();
      return Cli.DONE;
    }
  }

  @Command(name = "doctor", description = "What is missing or wrong here, each with its remedy.")
  static final class Doctor implements Callable<Integer> {
    @ParentCommand Cli cli;

    @Option(names = "--repair", description = "Repair drift where one step can.")
    boolean repair;

    /** One thing looked at. */
    record Finding(String what, boolean ok, String detail, String remedy) {}

    @Override
    public Integer call() {
      var findings = new ArrayList<Finding>();
      findings.add(tool("git", "Install git 2.39 or newer."));
      findings.add(new Finding("java", true, System.getProperty("java.version"), null));
      Path home = Home.standard().folder();
      long free =
          home.toFile().exists()
              ? home.toFile().getUsableSpace()
              : new java.io.File("/").getUsableSpace();
      findings.add(
          new Finding(
              "disk",
              free > (1L << 30),
              (free >> 20) + " MB free for " + home,
              "Free some space."));
      var force = Quota.inForce();
      findings.add(new Finding("limits", true, force.word() + ": " + force.words(), null));
      for (String cli : List.of("codex", "claude", "opencode", "gemini")) {
        var found = tool(cli, null);
        findings.add(new Finding(cli, true, found.ok() ? found.detail() : "not installed", null));
      }
      workspace(findings);
      boolean well = findings.stream().allMatch(Finding::ok);
      var text = new StringBuilder();
      for (var f : findings) {
        text.append(f.ok() ? "ok     " : "WRONG  ")
            .append("%-10s ".formatted(f.what()))
            .append(f.detail());
        if (!f.ok() && f.remedy() != null) {
          text.append("\n                  ").append(f.remedy());
        }
        text.append('\n');
      }
      cli.answer(findings, text.toString().stripTrailing());
      return well ? Cli.DONE : Cli.FAILED;
    }

    private void workspace(List<Finding> findings) {
      try (var opened = Doors.open(cli.workspace())) {
        opened.door().execute(new Reconcile(), null);
        findings.add(
            new Finding(
                "database", true, opened.door().stats().storeBytes() / 1024 + " kB, sound", null));
        var workspace = opened.all(Topic.WORKSPACE, Views.Workspace.class).getFirst();
        findings.add(
            new Finding("workspace", true, workspace.path() + " on " + workspace.main(), null));
        findings.add(
            new Finding(
                "config",
                workspace.problems().isEmpty(),
                workspace.problems().isEmpty()
                    ? HiveConfig.FILE + " is valid"
                    : String.join("; ", workspace.problems()),
                "Fix those lines."));
        findings.add(
            new Finding(
                "trust",
                workspace.trusted(),
                workspace.trusted() ? "commands are trusted" : "commands are not trusted yet",
                "Run hivedeck trust."));
        for (var drift : opened.all(Topic.DRIFT, Views.Drift.class)) {
          boolean repaired = repair && drift.repair() != null;
          if (repaired) {
            opened
                .door()
                .execute(new dev.hivedeck.engine.protocol.Command.Repair(drift.id()), null);
          }
          findings.add(
              new Finding(
                  "drift",
                  repaired,
                  drift.what() + (repaired ? " Repaired." : " " + drift.why()),
                  drift.repair() == null
                      ? "A person must look."
                      : drift.repair() + ": hivedeck doctor --repair"));
        }
      } catch (HiveException e) {
        findings.add(new Finding("workspace", false, e.getMessage(), e.hint()));
      }
    }

    private static Finding tool(String name, String remedy) {
      try {
        var process = new ProcessBuilder(name, "--version").redirectErrorStream(true).start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes()).strip();
        boolean ended = process.waitFor(10, TimeUnit.SECONDS);
        return new Finding(
            name, ended && process.exitValue() == 0, out.lines().findFirst().orElse("?"), remedy);
      } catch (IOException e) {
        return new Finding(name, false, "not found", remedy);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return new Finding(name, false, "interrupted", remedy);
      }
    }
  }
}
