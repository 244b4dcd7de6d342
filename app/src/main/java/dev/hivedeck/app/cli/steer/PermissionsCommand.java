package dev.hivedeck.app.cli.steer;

import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.app.cli.TextTable;
import dev.hivedeck.engine.protocol.Command.RemovePermission;
import dev.hivedeck.engine.protocol.Command.SetPermission;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.view.PermissionViews.PermissionRule;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** What agents may do, or may not, without asking a person. */
@Command(name = "permissions", description = "What agents may do unasked, and what they may not.")
public final class PermissionsCommand implements Callable<Integer> {
  private static final String WHAT =
      "A command or a path. A * stands for anything, but in what is allowed not for ; & | < > ` $.";

  private static final String EXACT = "Take it letter by letter: a * is a *.";

  @ParentCommand HivedeckCommand cli;

  @Override
  public Integer call() {
    return list();
  }

  @Command(name = "list", description = "All of them, the latest first.")
  int list() {
    try (var opened = EngineAccess.read(cli.workspace())) {
      var rules = opened.door().query(new Query.Permissions());
      var textTable = new TextTable("Rule", "Agents", "", "Tool", "Used", "What");
      for (var node : rules) {
        var rule = Json.as(node, PermissionRule.class);
        textTable.row(
            rule.id(),
            rule.agent() == null ? "all" : rule.agent(),
            rule.allow() ? "may" : "may not",
            rule.tool(),
            rule.used(),
            rule.literal() && rule.what().contains("*")
                ? rule.what() + " (exactly so)"
                : rule.what());
      }
      cli.answer(
          rules,
          rules.isEmpty()
              ? "No rules yet: what an agent may not do by itself, it asks you."
              : textTable.toString());
      return HivedeckCommand.DONE;
    }
  }

  @Command(name = "allow", description = "Let agents do something from now on.")
  int allow(
      @Option(names = "--agent", description = "Only this one; default: all.") String agent,
      @Option(names = "--tool", required = true, description = "In the agent's own word, or *.")
          String tool,
      @Option(names = "--what", required = true, description = WHAT) String what,
      @Option(names = "--exact", description = EXACT) boolean exact) {
    return set(agent, tool, what, true, exact);
  }

  @Command(name = "forbid", description = "Never let agents do something; stronger than allow.")
  int forbid(
      @Option(names = "--agent", description = "Only this one; default: all.") String agent,
      @Option(names = "--tool", required = true, description = "In the agent's own word, or *.")
          String tool,
      @Option(names = "--what", required = true, description = WHAT) String what,
      @Option(names = "--exact", description = EXACT) boolean exact) {
    return set(agent, tool, what, false, exact);
  }

  private int set(String agent, String tool, String what, boolean allow, boolean exact) {
    return SteerCommands.send(
        cli,
        new SetPermission(agent, tool, what, allow, exact),
        (agent == null ? "All agents" : agent)
            + (allow ? " may use " : " may not use ")
            + tool
            + ": "
            + what);
  }

  @Command(name = "remove", description = "Ask a person again.")
  int remove(@Parameters(paramLabel = "RULE", description = "As list tells it.") String id) {
    return SteerCommands.send(cli, new RemovePermission(id), "Agents ask again.");
  }
}
