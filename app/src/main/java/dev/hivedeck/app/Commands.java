package dev.hivedeck.app;

import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.app.cli.OpenLink;
import dev.hivedeck.app.cli.audit.AuditCommand;
import dev.hivedeck.app.cli.change.AlternativeCommands;
import dev.hivedeck.app.cli.change.FiguresCommand;
import dev.hivedeck.app.cli.change.QueueCommands;
import dev.hivedeck.app.cli.chaos.ChaosCommand;
import dev.hivedeck.app.cli.data.DatabaseCommands;
import dev.hivedeck.app.cli.data.KeptCommand;
import dev.hivedeck.app.cli.flag.FlagCommands;
import dev.hivedeck.app.cli.forge.GitHubCommands;
import dev.hivedeck.app.cli.gateway.GatewayCommand;
import dev.hivedeck.app.cli.list.BudgetCommand;
import dev.hivedeck.app.cli.list.DoctorCommand;
import dev.hivedeck.app.cli.list.ListCommands;
import dev.hivedeck.app.cli.list.LogCommand;
import dev.hivedeck.app.cli.list.MetricsCommand;
import dev.hivedeck.app.cli.list.ScheduleCommands;
import dev.hivedeck.app.cli.load.LoadCommand;
import dev.hivedeck.app.cli.rollout.RolloutCommands;
import dev.hivedeck.app.cli.service.ServiceCommands;
import dev.hivedeck.app.cli.setup.CompletionCommand;
import dev.hivedeck.app.cli.setup.ConfigCommand;
import dev.hivedeck.app.cli.setup.DemoCommand;
import dev.hivedeck.app.cli.setup.ManCommand;
import dev.hivedeck.app.cli.setup.SecretCommand;
import dev.hivedeck.app.cli.setup.SetupCommands;
import dev.hivedeck.app.cli.setup.TokenCommand;
import dev.hivedeck.app.cli.slo.SilenceCommand;
import dev.hivedeck.app.cli.slo.SloCommands;
import dev.hivedeck.app.cli.steer.InboxCommand;
import dev.hivedeck.app.cli.steer.LessonsCommand;
import dev.hivedeck.app.cli.steer.NotifyCommand;
import dev.hivedeck.app.cli.steer.PermissionsCommand;
import dev.hivedeck.app.cli.steer.PlanCommand;
import dev.hivedeck.app.cli.steer.RemoteCommands;
import dev.hivedeck.app.cli.steer.RepositoryCommands;
import dev.hivedeck.app.cli.steer.RunCommand;
import dev.hivedeck.app.cli.steer.SteerCommands;
import dev.hivedeck.app.cli.uninstall.UninstallCommand;
import dev.hivedeck.app.cli.upgrade.UpgradeCommand;
import dev.hivedeck.app.cli.worktree.OpenCommand;
import dev.hivedeck.app.cli.worktree.PreviewCommands;
import dev.hivedeck.app.simulate.SimulateCommand;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine;

/**
 * The commands by name. Building the model of all of them takes longer than most commands do, so
 * only those are built that the arguments may mean.
 */
final class Commands {
  static final Map<String, Class<?>> ALL =
      inOrder(
          Map.entry("demo", DemoCommand.class),
          Map.entry("init", SetupCommands.Init.class),
          Map.entry("trust", SetupCommands.Trust.class),
          Map.entry("config", ConfigCommand.class),
          Map.entry("doctor", DoctorCommand.class),
          Map.entry("serve", SetupCommands.Serve.class),
          Map.entry("plan", PlanCommand.class),
          Map.entry("run", RunCommand.class),
          Map.entry("simulate", SimulateCommand.class),
          Map.entry("status", ListCommands.Status.class),
          Map.entry("agents", ListCommands.Agents.class),
          Map.entry("tasks", ListCommands.Tasks.class),
          Map.entry("attempts", ListCommands.Attempts.class),
          Map.entry("changes", ListCommands.Changes.class),
          Map.entry("decisions", ListCommands.Decisions.class),
          Map.entry("events", ListCommands.Events.class),
          Map.entry("audit", AuditCommand.class),
          Map.entry("gateway", GatewayCommand.class),
          Map.entry("queue", QueueCommands.class),
          Map.entry("github", GitHubCommands.class),
          Map.entry("alternatives", AlternativeCommands.class),
          Map.entry("figures", FiguresCommand.class),
          Map.entry("rollouts", RolloutCommands.class),
          Map.entry("rollout", RolloutCommands.class),
          Map.entry("load", LoadCommand.class),
          Map.entry("chaos", ChaosCommand.class),
          Map.entry("flags", FlagCommands.class),
          Map.entry("flag", FlagCommands.class),
          Map.entry("services", ServiceCommands.class),
          Map.entry("lessons", LessonsCommand.class),
          Map.entry("permissions", PermissionsCommand.class),
          Map.entry("log", LogCommand.class),
          Map.entry("open", OpenCommand.class),
          Map.entry("schedules", ScheduleCommands.class),
          Map.entry("preview", PreviewCommands.class),
          Map.entry("budget", BudgetCommand.class),
          Map.entry("metrics", MetricsCommand.class),
          Map.entry("slos", SloCommands.Slos.class),
          Map.entry("alerts", SloCommands.Alerts.class),
          Map.entry("slo", SloCommands.Slo.class),
          Map.entry("silence", SilenceCommand.class),
          Map.entry("inbox", InboxCommand.class),
          Map.entry("notify", NotifyCommand.class),
          Map.entry("secret", SecretCommand.class),
          Map.entry("token", TokenCommand.class),
          Map.entry("kept", KeptCommand.class),
          Map.entry("update", RepositoryCommands.Update.class),
          Map.entry("fetch", RemoteCommands.Fetch.class),
          Map.entry("push", RemoteCommands.Push.class),
          Map.entry("repair", RepositoryCommands.Repair.class),
          Map.entry("start", SteerCommands.Start.class),
          Map.entry("pause", SteerCommands.Pause.class),
          Map.entry("stop", SteerCommands.Stop.class),
          Map.entry("task", SteerCommands.Task.class),
          Map.entry("change", SteerCommands.Change.class),
          Map.entry("agent", SteerCommands.Agent.class),
          Map.entry("decision", SteerCommands.Decision.class),
          Map.entry("lesson", LessonsCommand.class),
          Map.entry("permission", PermissionsCommand.class),
          Map.entry("service", ServiceCommands.class),
          Map.entry("backup", DatabaseCommands.Copy.class),
          Map.entry("backups", DatabaseCommands.Copies.class),
          Map.entry("restore", DatabaseCommands.Restore.class),
          Map.entry("recover", DatabaseCommands.Recover.class),
          Map.entry("check", DatabaseCommands.Check.class),
          Map.entry("completion", CompletionCommand.class),
          Map.entry("man", ManCommand.class),
          Map.entry("train", TrainCommand.class),
          Map.entry("upgrade", UpgradeCommand.class),
          Map.entry("uninstall", UninstallCommand.class),
          Map.entry("work", SteerCommands.Start.class),
          Map.entry("rest", SteerCommands.Pause.class),
          Map.entry("decide", SteerCommands.Decide.class));

  /** What tells of every command. */
  private static final Set<String> OF_ALL = Set.of("--help", "-h", "man", "completion");

  private static final Set<String> OF_A_WINDOW = Set.of("--workspace", "--quiet", "--json");

  private Commands() {}

  @SafeVarargs
  private static Map<String, Class<?>> inOrder(Map.Entry<String, Class<?>>... commands) {
    var map = new LinkedHashMap<String, Class<?>>();
    for (var command : commands) {
      map.put(command.getKey(), command.getValue());
    }
    return Collections.unmodifiableMap(map);
  }

  /** All of them, to be described; none can be run. */
  static CommandLine model() {
    return HivedeckCommand.model(ALL);
  }

  /**
   * Every command whose name is among the arguments; none where they open a window; else all of
   * them where none is named, or where something is wanted that lists them.
   */
  static Map<String, Class<?>> named(String... arguments) {
    var words = Set.copyOf(Arrays.asList(arguments));
    var named = new LinkedHashMap<String, Class<?>>();
    boolean help = words.stream().anyMatch(OF_ALL::contains);
    for (var command : ALL.entrySet()) {
      if (help || words.contains(command.getKey())) {
        named.put(command.getKey(), command.getValue());
      }
    }
    boolean window = words.stream().allMatch(word -> OF_A_WINDOW.contains(word) || isFolder(word));
    return named.isEmpty() && !window ? ALL : named;
  }

  private static boolean isFolder(String word) {
    if (OpenLink.is(word)) {
      return true;
    }
    try {
      return Files.isDirectory(Path.of(word));
    } catch (InvalidPathException e) {
      return false;
    }
  }
}
