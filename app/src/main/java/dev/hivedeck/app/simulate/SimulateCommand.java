package dev.hivedeck.app.simulate;

import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.app.cli.TemporaryFolder;
import dev.hivedeck.app.cli.TextTable;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.simulator.ModelServer;
import dev.hivedeck.engine.simulator.RequestRecord;
import dev.hivedeck.engine.simulator.Scenario;
import dev.hivedeck.engine.simulator.Scenarios;
import dev.hivedeck.engine.simulator.SimulatedHome;
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
  @ParentCommand HivedeckCommand cli;

  /** Tells what can be played. */
  @Command(name = "list", description = "The scenarios there are, and the agents.")
  static final class Listing implements Callable<Integer> {
    @ParentCommand SimulateCommand parent;

    @Option(names = "--scenario", paramLabel = "FILE", arity = "1..*", description = "More files.")
    List<Path> files = List.of();

    @Override
    public Integer call() {
      var scenarios = Scenarios.with(files).all();
      var textTable = new TextTable("Name", "Steps", "What the model does");
      scenarios.forEach(s -> textTable.row(s.name(), steps(s), s.about()));
      var all =
          scenarios.stream()
              .map(
                  s ->
                      HivedeckCommand.object(
                          "name", s.name(), "steps", s.steps().size(), "about", s.about()))
              .toList();
      parent.cli.answer(
          HivedeckCommand.object("scenarios", all, "agents", SimulatedHome.AGENTS),
          textTable + "\n\nAgents: " + String.join(", ", SimulatedHome.AGENTS));
      return HivedeckCommand.DONE;
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
      try (var homes = TemporaryFolder.make("hivedeck-flight");
          var timers = new SystemTimers();
          var server = ModelServer.start(scenarios, timers, port, this::heard)) {
        var hook = Thread.ofPlatform().unstarted(homes::close);
        Runtime.getRuntime().addShutdownHook(hook);
        var rigs =
            SimulatedHome.AGENTS.stream()
                .map(
                    a ->
                        SimulatedHome.of(a, server.address(first), homes.folder().resolve(a))
                            .write())
                .toList();
        tell(server, scenarios, rigs);
        new CountDownLatch(1).await();
        return HivedeckCommand.DONE;
      } catch (InterruptedException e) {
        return HivedeckCommand.STOPPED;
      }
    }

    private void tell(ModelServer server, Scenarios scenarios, List<SimulatedHome> rigs) {
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

    private static Map<String, Object> pointed(SimulatedHome home) {
      return HivedeckCommand.object(
          "agent", home.agent(), "environment", home.environment(), "arguments", home.arguments());
    }

    /** To be copied into a shell. */
    private static String line(SimulatedHome home) {
      return Stream.of(
              home.environment().entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()),
              Stream.of(home.agent()),
              home.arguments().stream(),
              Stream.of("\"Do it\" </dev/null"))
          .flatMap(words -> words)
          .collect(Collectors.joining(" ", "  ", ""));
    }

    private synchronized void heard(RequestRecord requestRecord) {
      if (log == null) {
        return;
      }
      try {
        Files.writeString(
            log,
            Json.write(requestRecord) + "\n",
            StandardOpenOption.CREATE,
            StandardOpenOption.APPEND);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
