package dev.hivedeck.app.cli.list;

import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.app.cli.UpstreamText;
import dev.hivedeck.engine.Engine;
import dev.hivedeck.engine.agent.discovery.CliScan;
import dev.hivedeck.engine.agent.discovery.HostEnvironment;
import dev.hivedeck.engine.agent.driver.Drivers;
import dev.hivedeck.engine.config.AgentSpec;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.config.HivedeckHome;
import dev.hivedeck.engine.file.Disk;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.git.repository.RepositoryPlaces;
import dev.hivedeck.engine.process.ResourceQuota;
import dev.hivedeck.engine.process.SandboxLauncher;
import dev.hivedeck.engine.protocol.Command.Reconcile;
import dev.hivedeck.engine.protocol.Command.Repair;
import dev.hivedeck.engine.protocol.Discovery;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.DriftViews;
import dev.hivedeck.engine.protocol.view.WorkspaceViews;
import dev.hivedeck.engine.security.CredentialStore;
import dev.hivedeck.engine.security.SecretStore;
import dev.hivedeck.engine.store.Backups;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/**
 * Looks at everything that Hivedeck needs here. Wrong is what work would fail for; a command line
 * agent that no agent of this workspace uses is only told about.
 */
@Command(
    name = "doctor",
    description = {
      "What is missing or wrong here, each with its remedy.",
      "Ends with 1 when something is wrong."
    })
public final class DoctorCommand implements Callable<Integer> {
  private static final long LEAST_SPACE = 1L << 30;

  @ParentCommand HivedeckCommand cli;

  @Option(names = "--repair", description = "Repair drift where one step can.")
  boolean repair;

  private final List<Finding> findings = new ArrayList<>();

  /**
   * One thing looked at.
   *
   * @param status {@code ok}, {@code note} (it could be better) or {@code wrong}
   * @param remedy null where there is nothing to do
   */
  record Finding(String what, String status, String detail, String remedy) {
    private boolean wrong() {
      return status.equals("wrong");
    }

    private String line() {
      String mark = wrong() ? "WRONG" : status;
      return "%-6s %-13s %s".formatted(mark, what, detail)
          + (remedy == null ? "" : "\n" + " ".repeat(21) + remedy);
    }
  }

  @Override
  public Integer call() throws InterruptedException {
    git();
    well("java", System.getProperty("java.version"));
    disks();
    var force = ResourceQuota.inForce();
    well("limits", force.word() + ": " + force.words());
    sandbox();
    secrets();
    clis();
    workspace();
    cli.answer(findings, findings.stream().map(Finding::line).collect(Collectors.joining("\n")));
    return findings.stream().noneMatch(Finding::wrong)
        ? HivedeckCommand.DONE
        : HivedeckCommand.FAILED;
  }

  private void well(String what, String detail) {
    findings.add(new Finding(what, "ok", detail, null));
  }

  private void note(String what, String detail, String remedy) {
    findings.add(new Finding(what, "note", detail, remedy));
  }

  private void wrong(String what, String detail, String remedy) {
    findings.add(new Finding(what, "wrong", detail, remedy));
  }

  private void check(String what, boolean ok, String detail, String remedy) {
    findings.add(new Finding(what, ok ? "ok" : "wrong", detail, ok ? null : remedy));
  }

  private void git() {
    try {
      well("git", new Git(Path.of("").toAbsolutePath()).must("--version"));
    } catch (HiveException e) {
      wrong("git", e.getMessage(), e.hint());
    }
  }

  /** Each disk that work is written to: its data, the repository's git folder, temporary files. */
  private void disks() {
    var folders = new ArrayList<Path>();
    folders.add(HivedeckHome.standard().folder());
    try {
      Path root = RepositoryPlaces.locate(cli.workspace()).root();
      folders.add(Repository.open(root, null).common());
    } catch (HiveException e) {
      // What is wrong with it is told further below.
    }
    folders.add(Disk.temporary());
    for (var disk : Disk.of(folders)) {
      check(
          "disk",
          disk.free() > LEAST_SPACE,
          (disk.free() >> 20) + " MB free for " + disk.where(),
          "Free some space there.");
    }
  }

  private void sandbox() {
    var sandboxLauncher = SandboxLauncher.here();
    var all = agents();
    var held = all.stream().filter(a -> a.held() != null).toList();
    var free =
        all.stream()
            .filter(a -> a.held() == null && AgentSpec.isHeldByMachine(a.driver()))
            .toList();
    String rest = free.isEmpty() ? "" : " Without sandbox:, with your rights: " + names(free) + ".";
    if (sandboxLauncher instanceof SandboxLauncher.None none) {
      if (held.isEmpty()) {
        note("sandbox", none.why() + rest, none.remedy());
      } else {
        wrong(
            "sandbox",
            none.why() + " It is asked for by " + names(held) + "." + rest,
            none.remedy());
      }
    } else {
      well("sandbox", sandboxLauncher.words() + "." + rest);
    }
  }

  /** Where secrets lie, and whether each can be had. */
  private void secrets() {
    try {
      var store = new SecretStore(EngineAccess.folder(cli.workspace()), CredentialStore.here());
      var places = store.places();
      places.keySet().forEach(store::get);
      well(
          "secrets",
          places.isEmpty()
              ? "none; the next lies in the " + store.place()
              : places.values().stream()
                  .collect(Collectors.groupingBy(p -> p, TreeMap::new, Collectors.counting()))
                  .entrySet()
                  .stream()
                  .map(e -> e.getValue() + " in the " + e.getKey())
                  .collect(Collectors.joining(", ")));
    } catch (HiveException e) {
      if (e.code().startsWith("secret")) {
        wrong("secrets", e.getMessage(), e.hint());
      } // what is wrong with the workspace is told further below
    }
  }

  // ── command line agents ─────────────────────────────────────────────────────────────────────

  private void clis() throws InterruptedException {
    var agents = agents();
    var scan = new CliScan(HostEnvironment.here(), CliScan.PATIENCE, Clock.systemUTC());
    var found = scan.look().clis();
    for (var c : found) {
      cli(c, agents.stream().filter(a -> uses(a, c.id())).toList());
    }
    boolean own = elsewhere(scan, agents);
    if (!own && found.stream().noneMatch(c -> c.state() == Discovery.CliState.READY)) {
      note(
          "agents",
          "no command line agent is ready",
          "Install one, or write agents of your own: any program can be one.");
    }
  }

  private void cli(Discovery.Cli c, List<AgentSpec> users) {
    boolean used = !users.isEmpty();
    String detail = detail(c) + (used ? "; used by " + names(users) : "");
    if (c.remedy() == null) {
      well(c.id(), detail);
    } else if (used) {
      wrong(c.id(), detail, c.remedy());
    } else {
      note(c.id(), detail, c.remedy());
    }
    var without = users.stream().filter(a -> !a.pass().containsAll(c.pass())).toList();
    if (!without.isEmpty()) {
      wrong(
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
            .filter(a -> a.program() != null && Drivers.PROGRAMS.contains(program(a)))
            .collect(Collectors.groupingBy(a -> List.of(program(a), a.program())));
    for (var users : byProgram.values()) {
      var agent = users.getFirst();
      var path =
          HostEnvironment.here()
              .program(agent.program(), RepositoryPlaces.locate(cli.workspace()).root());
      if (path.isPresent()) {
        any = true;
        cli(scan.look(program(agent), path.get()), users);
      } else {
        wrong(
            program(agent),
            agent.program() + " is not there, or may not be run; used by " + names(users),
            "Correct program: at it in " + HiveConfig.FILE + ", or take it out.");
      }
    }
    return any;
  }

  /** What is configured, as far as that can be read; whether it can is told further below. */
  private List<AgentSpec> agents() {
    try {
      Path root = RepositoryPlaces.locate(cli.workspace()).root();
      return List.copyOf(HiveConfig.load(root).agents().values());
    } catch (HiveException e) {
      return List.of();
    }
  }

  private static boolean uses(AgentSpec agent, String program) {
    return agent.program() == null && program(agent).equals(program)
        || agent.run() != null
            && Pattern.matches("(?s)(\\S*/)?" + Pattern.quote(program) + "(\\s.*)?", agent.run());
  }

  /** The program that its driver runs. */
  private static String program(AgentSpec agent) {
    return agent.driver().equals("codex-app") ? "codex" : agent.driver();
  }

  private static String names(List<AgentSpec> agents) {
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

  // ── this workspace ──────────────────────────────────────────────────────────────────────────

  /** How a drift is settled, in words. */
  public static String remedy(DriftViews.Drift drift) {
    var ways = new ArrayList<String>();
    if (drift.repair() != null) {
      ways.add(drift.repair() + " (hivedeck doctor --repair)");
    }
    for (var remedy : drift.remedies()) {
      ways.add("%s (hivedeck repair %s %s)".formatted(remedy.words(), drift.id(), remedy.id()));
    }
    if (ways.isEmpty()) {
      return drift.why() == null || drift.why().isBlank() ? "A person must look." : drift.why();
    }
    return String.join("; or ", ways) + ".";
  }

  /** Whether a command settles it; else its why says what does. */
  private static boolean settled(DriftViews.Drift drift) {
    return drift.repair() != null || !drift.remedies().isEmpty();
  }

  private void remote(WorkspaceViews.Workspace workspace) {
    if (workspace.upstream() == null) {
      return;
    }
    boolean behind = workspace.upstream().behind() > 0;
    String detail = workspace.main() + " is " + UpstreamText.standing(workspace.upstream());
    String remedy = behind ? UpstreamText.remedy(workspace) : null;
    findings.add(new Finding("remote", behind ? "note" : "ok", detail, remedy));
  }

  private void workspace() {
    try (var opened = EngineAccess.read(cli.workspace())) {
      database(opened);
      if (opened.remote()) {
        opened.door().execute(new Reconcile(), null);
      }
      var workspace = opened.all(Topic.WORKSPACE, WorkspaceViews.Workspace.class).getFirst();
      well("workspace", workspace.path() + " on " + workspace.main());
      remote(workspace);
      config(workspace);
      if (Files.exists(Path.of(workspace.path()).resolve(".gitmodules"))) {
        note(
            "submodules",
            "are empty in attempts and for gates, as in a fresh clone",
            "Where they are needed: git submodule update --init before, in run and in the gate.");
      }
      check(
          "trust",
          workspace.trusted(),
          workspace.trusted()
              ? "what it runs and decides is trusted"
              : workspace.consent().why() + ".",
          "Run hivedeck trust.");
      var before = opened.all(Topic.DRIFT, DriftViews.Drift.class);
      for (var drift : before) {
        boolean repaired = repair && drift.repair() != null;
        if (repaired) {
          repair(drift.id());
        }
        check(
            "drift",
            repaired,
            drift.what() + (repaired ? " Repaired." : " " + drift.why()),
            settled(drift) ? remedy(drift) : "A person must look.");
      }
      if (repair) {
        since(before);
      }
    } catch (HiveException e) {
      wrong(e.code().startsWith("config-") ? "config" : "workspace", e.getMessage(), e.hint());
    }
  }

  private void config(WorkspaceViews.Workspace workspace) {
    if (!workspace.problems().isEmpty()) {
      wrong("config", String.join("; ", workspace.problems()), "Fix those lines.");
    } else if (Files.exists(Path.of(workspace.path()).resolve(HiveConfig.FILE))) {
      well("config", HiveConfig.FILE + " is valid");
    } else {
      note("config", "there is no " + HiveConfig.FILE, "hivedeck init proposes one.");
    }
  }

  /** What repairs left: a checkout that could not be brought along, say. */
  private void since(List<DriftViews.Drift> before) {
    try (var opened = EngineAccess.read(cli.workspace())) {
      var known = before.stream().map(DriftViews.Drift::id).toList();
      opened.all(Topic.DRIFT, DriftViews.Drift.class).stream()
          .filter(drift -> !known.contains(drift.id()))
          .forEach(
              drift ->
                  check(
                      "drift",
                      false,
                      drift.what() + " " + drift.why(),
                      settled(drift) ? remedy(drift) : "A person must look."));
    }
  }

  private void database(EngineAccess.Opened opened) {
    String size = opened.door().stats().storeBytes() / 1024 + " kB, sound";
    Path file = EngineAccess.folder(cli.workspace()).resolve(Engine.DATABASE);
    if (opened.remote()) {
      // An engine that answers this can read it and write to it.
      opened.door().query(new Query.Summary());
      well("database", size);
    } else if (!file.toFile().exists()) {
      well("database", "none yet");
    } else {
      var damage = Backups.inspect(file);
      check(
          "database",
          damage.isEmpty(),
          damage.isEmpty() ? size : String.join("; ", damage),
          "hivedeck recover puts the newest sound backup in its place.");
    }
  }

  private void repair(String drift) {
    try (var opened = EngineAccess.open(cli.workspace())) {
      opened.door().execute(new Reconcile(), null);
      opened.door().execute(new Repair(drift), null);
    } catch (HiveException e) {
      if (!e.is(ErrorCode.NO_DRIFT)) { // what settled another one may have settled it
        throw e;
      }
    }
  }
}
