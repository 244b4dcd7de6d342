package dev.hivedeck.app.cli.list;

import dev.hivedeck.engine.agent.discovery.CliScan;
import dev.hivedeck.engine.agent.discovery.HostEnvironment;
import dev.hivedeck.engine.config.AgentSpec;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.git.repository.RepositoryPlaces;
import dev.hivedeck.engine.protocol.Discovery;
import dev.hivedeck.engine.protocol.view.AgentDriver;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What {@code doctor} finds of command line agents: those that are used, and the others. */
final class AgentFindings {
  private final Path workspace;
  private final Findings findings;

  AgentFindings(Path workspace, Findings findings) {
    this.workspace = workspace;
    this.findings = findings;
  }

  /**
   * @param agents what is configured
   */
  void look(List<AgentSpec> agents) throws InterruptedException {
    var scan = new CliScan(HostEnvironment.here(), CliScan.PATIENCE, Clock.systemUTC());
    var found = scan.look().clis();
    for (var c : found) {
      cli(c, agents.stream().filter(a -> uses(a, c.id())).toList());
    }
    boolean own = elsewhere(scan, agents);
    if (!own && found.stream().noneMatch(c -> c.state() == Discovery.CliState.READY)) {
      findings.note(
          "agents",
          "no command line agent is ready",
          "Install one, or write agents of your own: any program can be one.");
    }
  }

  private void cli(Discovery.Cli c, List<AgentSpec> users) {
    boolean used = !users.isEmpty();
    String detail = detail(c) + (used ? "; used by " + names(users) : "");
    if (c.remedy() == null) {
      findings.well(c.id(), detail);
    } else if (used) {
      findings.wrong(c.id(), detail, c.remedy());
    } else {
      findings.note(c.id(), detail, c.remedy());
    }
    var without = users.stream().filter(a -> !a.pass().containsAll(c.pass())).toList();
    if (!without.isEmpty()) {
      findings.wrong(
          c.id(),
          names(without) + " would run without " + String.join(", ", c.pass()),
          "Write pass: [" + String.join(", ", c.pass()) + "] at it in " + HiveConfig.FILE + ".");
    }
  }

  /**
   * Programs that agents name themselves.
   *
   * @return whether one of them is there
   */
  private boolean elsewhere(CliScan scan, List<AgentSpec> agents) throws InterruptedException {
    boolean any = false;
    var byProgram =
        agents.stream()
            .filter(a -> a.program() != null && program(a.driver()).isProgram())
            .collect(Collectors.groupingBy(a -> List.of(program(a), a.program())));
    for (var users : byProgram.values()) {
      var agent = users.getFirst();
      var path =
          HostEnvironment.here()
              .program(agent.program(), RepositoryPlaces.locate(workspace).root());
      if (path.isPresent()) {
        any = true;
        cli(scan.look(program(agent), path.get()), users);
      } else {
        findings.wrong(
            program(agent),
            agent.program() + " is not there, or may not be run; used by " + names(users),
            "Correct program: at it in " + HiveConfig.FILE + ", or take it out.");
      }
    }
    return any;
  }

  private static boolean uses(AgentSpec agent, String program) {
    return agent.program() == null && program(agent).equals(program)
        || agent.run() != null
            && Pattern.matches("(?s)(\\S*/)?" + Pattern.quote(program) + "(\\s.*)?", agent.run());
  }

  /** The program that its driver runs. */
  private static String program(AgentSpec agent) {
    return program(agent.driver()).word();
  }

  /** The driver that is named after the program of this one. */
  private static AgentDriver program(AgentDriver driver) {
    return driver == AgentDriver.CODEX_APP ? AgentDriver.CODEX : driver;
  }

  static String names(List<AgentSpec> agents) {
    String some = agents.stream().limit(3).map(AgentSpec::name).collect(Collectors.joining(", "));
    return agents.size() <= 3 ? some : some + " and " + (agents.size() - 3) + " more";
  }

  private static String detail(Discovery.Cli c) {
    String signIn =
        switch (c.signIn()) {
          case YES -> "signed in (" + c.evidence() + ")";
          case NO -> "not signed in (" + c.evidence() + ")";
          case UNKNOWN -> "sign-in unknown";
        };
    return switch (c.state()) {
      case MISSING -> "not installed";
      case BROKEN -> c.path() + " does not tell its version";
      case OUTDATED -> c.version() + " is too old, " + c.path();
      default -> c.version() + ", " + signIn + ", " + c.path();
    };
  }
}
