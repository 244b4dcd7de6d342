package dev.hivedeck.app.simulate;

import dev.hivedeck.app.cli.Cli;
import dev.hivedeck.app.cli.Scratch;
import dev.hivedeck.app.cli.Table;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.simulator.Asked;
import dev.hivedeck.engine.simulator.FlightServer;
import dev.hivedeck.engine.simulator.Rig;
import dev.hivedeck.engine.simulator.Scenario;
import dev.hivedeck.engine.simulator.Scenarios;
import dev.hivedeck.engine.time.SystemTimers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** The flight simulator: real agents against a scripted model. */
@Command(
    name = "simulate",
    description = "The flight simulator: real agents against a scripted model, without a network.",
    subcommands = {SimulateCommand.Listing.class, SimulateCommand.Serve.class, FlyCommand.class})
public final class SimulateCommand {
  @ParentCommand Cli cli;

  /** Tells what can be played. */
  @Command(name = "list", description = "The scenarios there are, and the agents.")
  static final class Listing implements Callable<Integer> {
    @ParentCommand SimulateCommand parent;

    @Option(names = "--scenario", paramLabel = "FILE", arity = "1..*", description = "More files.")
    List<Path> files = List.of();

    @Override
    public Integer call() {
      var scenarios = Scenarios.with(files).all();
      var table = new Table("Name", "Steps", "What the model does");
      scenarios.forEach(s -> table.row(s.name(), steps(s), s.about()));
      var all =
          scenarios.stream()
              .map(s -> Cli.object("name", s.name(), "steps", s.steps().size(), "about", s.about()))
              .toList();
      parent.cli.answer(
          Cli.object("scenarios", all, "agents", Rig.AGENTS),
          table + "\n\nAgents: " + String.join(", ", Rig.AGENTS));
      return Cli.DONE;
    }

    private static String steps(Scenario scenario) {
      return scenario.steps().size() + (scenario.repeatsLast() ? " ∞" : "");
    }
  }

  /** Runs until it is stopped. */
  @Command(name = "serve", description = "Serve the scripted model to agents that you start.")
  static final class Serve implements Callable<Integer> {
    @ParentCommand SimulateCommand parent;

    @Option(names = "--port", defaultValue = "0", description = "Default: any free one.")
    int port;

    @Option(
        names = "--scenario",
        paramLabel = "FILE",
        arity = "1..*",
        description = "Files of your own; the first is played where an agent asks for none.")
    List<Path> files = List.of();

    @Option(
        names = "--log",
        paramLabel = "FILE",
        description = "Append each request there as a line of JSON, without what is in it.")
    Path log;

    @Override
    public Integer call() throws IOException {
      var scenarios = Scenarios.with(files);
      String first = scenarios.all().getFirst().name();
      try (var homes = Scratch.make("hivedeck-flight");
          var timers = new SystemTimers();
          var server = FlightServer.start(scenarios, timers, port, this::heard)) {
        var hook = Thread.ofPlatform().unstarted(homes::close);
        Runtime.getRuntime().addShutdownHook(hook);
        var rigs =
            Rig.AGENTS.stream()
                .map(a -> Rig.of(a, server.address(first), homes.folder().resolve(a)).write())
                .toList();
        tell(server, scenarios, rigs);
        new CountDownLatch(1).await();
        return Cli.DONE;
      } catch (InterruptedException e) {
        return Cli.STOPPED;
      }
    }

    private void tell(FlightServer server, Scenarios scenarios, List<Rig> rigs) {
      var answer = new LinkedHashMap<String, Object>();
      answer.put("address", server.address());
      answer.put("scenarios", scenarios.all().stream().map(Scenario::name).toList());
      answer.put("agents", rigs.stream().map(Serve::pointed).toList());
      parent.cli.answer(
          answer,
          """
          The scripted model is at %s. Ctrl-C stops it.
          An agent plays %s/s/NAME, for example the scenario %s, or the NAME that
          [[scenario:NAME]] in its prompt asks for. In a repository that you can throw away:

          %s"""
              .formatted(
                  server.address(),
                  server.address(),
                  scenarios.all().getFirst().name(),
                  rigs.stream().map(Serve::line).collect(Collectors.joining("\n\n"))));
    }

    private static Map<String, Object> pointed(Rig rig) {
      return Cli.object(
          "agent", rig.agent(), "environment", rig.environment(), "arguments", rig.arguments());
    }

    /** To be copied into a shell. */
    private static String line(Rig rig) {
      return Stream.of(
              rig.environment().entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()),
              Stream.of(rig.agent()),
              rig.arguments().stream(),
              Stream.of("\"Do it\" </dev/null"))
          .flatMap(words -> words)
          .collect(Collectors.joining(" ", "  ", ""));
    }

    private synchronized void heard(Asked asked) {
      if (log == null) {
        return;
      }
      try {
        Files.writeString(
            log, Json.write(asked) + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
