package dev.hivedeck.app.cli.list;

import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.app.cli.UpstreamText;
import dev.hivedeck.engine.Engine;
import dev.hivedeck.engine.config.AgentSpec;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.config.HivedeckHome;
import dev.hivedeck.engine.config.remote.RemoteConfig;
import dev.hivedeck.engine.file.Disk;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.git.repository.RepositoryPlaces;
import dev.hivedeck.engine.process.ResourceQuota;
import dev.hivedeck.engine.process.SandboxLauncher;
import dev.hivedeck.engine.protocol.Command.Reconcile;
import dev.hivedeck.engine.protocol.Command.Repair;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.forge.ForgeQuery;
import dev.hivedeck.engine.protocol.forge.ForgeViews.ForgeStatus;
import dev.hivedeck.engine.protocol.view.DriftViews;
import dev.hivedeck.engine.protocol.view.WorkspaceViews;
import dev.hivedeck.engine.security.CredentialStore;
import dev.hivedeck.engine.security.SecretStore;
import dev.hivedeck.engine.store.Backups;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Callable;
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

  private final Findings findings = new Findings();

  @Override
  public Integer call() throws InterruptedException {
    git();
    findings.well("java", System.getProperty("java.version"));
    disks();
    var force = ResourceQuota.inForce();
    findings.well("limits", force.word() + ": " + force.words());
    sandbox();
    secrets();
    new AgentFindings(cli.workspace(), findings).look(agents());
    workspace();
    cli.answer(
        findings.all(),
        findings.all().stream().map(Findings.Finding::line).collect(Collectors.joining("\n")));
    return findings.areWell() ? HivedeckCommand.DONE : HivedeckCommand.FAILED;
  }

  private void git() {
    try {
      findings.well("git", new Git(Path.of("").toAbsolutePath()).must("--version"));
    } catch (HiveException e) {
      findings.wrong("git", e.getMessage(), e.hint());
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
      findings.check(
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
    var free = all.stream().filter(a -> a.held() == null && a.driver().isHeldByMachine()).toList();
    String rest =
        free.isEmpty()
            ? ""
            : " Without sandbox:, with your rights: " + AgentFindings.names(free) + ".";
    if (sandboxLauncher instanceof SandboxLauncher.None none) {
      if (held.isEmpty()) {
        findings.note("sandbox", none.why() + rest, none.remedy());
      } else {
        findings.wrong(
            "sandbox",
            none.why() + " It is asked for by " + AgentFindings.names(held) + "." + rest,
            none.remedy());
      }
    } else {
      findings.well("sandbox", sandboxLauncher.words() + "." + rest);
    }
  }

  /** Where secrets lie, and whether each can be had. */
  private void secrets() {
    try {
      var store = new SecretStore(EngineAccess.folder(cli.workspace()), CredentialStore.here());
      var places = store.places();
      places.keySet().forEach(store::get);
      findings.well(
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
        findings.wrong("secrets", e.getMessage(), e.hint());
      } // what is wrong with the workspace is told further below
    }
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

  private void submodules(WorkspaceViews.Workspace workspace) {
    Path root = Path.of(workspace.path());
    if (!Files.exists(root.resolve(".gitmodules"))) {
      return;
    }
    boolean wanted;
    try {
      wanted = HiveConfig.load(root).worktree().submodules();
    } catch (HiveException e) {
      return; // what is wrong with it is told elsewhere
    }
    if (wanted) {
      findings.well("submodules", "are checked out in attempts and for gates");
    } else {
      findings.note(
          "submodules",
          "are empty in attempts and for gates, as in a fresh clone",
          "Where they are needed: worktree: { submodules: true } in .hivedeck/hive.yaml.");
    }
  }

  private static RemoteConfig wanted(WorkspaceViews.Workspace workspace) {
    try {
      return HiveConfig.load(Path.of(workspace.path())).remote();
    } catch (HiveException e) {
      return RemoteConfig.NONE; // what is wrong with it is told elsewhere
    }
  }

  private void remote(WorkspaceViews.Workspace workspace) {
    if (workspace.upstream() == null) {
      if (!wanted(workspace).equals(RemoteConfig.NONE)) {
        findings.wrong(
            "remote",
            "remote: is set, and " + workspace.main() + " follows no branch that was fetched",
            "hivedeck fetch says what is in the way.");
      }
      return;
    }
    if (workspace.upstream().problem() != null) {
      findings.wrong("remote", workspace.upstream().problem(), workspace.upstream().remedy());
    }
    boolean behind = workspace.upstream().behind() > 0;
    String detail = workspace.main() + " is " + UpstreamText.standing(workspace.upstream());
    String remedy = behind ? UpstreamText.remedy(workspace) : null;
    findings.add(new Findings.Finding("remote", behind ? "note" : "ok", detail, remedy));
  }

  /** What is linked, and what is missing for it; nothing where there is no link. */
  private void forge(EngineAccess.Opened opened) {
    var github = Json.as(opened.door().query(new ForgeQuery.Status()), ForgeStatus.class);
    if (!github.linked()) {
      return;
    }
    String what = github.repository() + " at " + github.api();
    switch (github.reach()) {
      case REFUSED -> findings.wrong("github", what + ": " + github.problem(), github.remedy());
      case OFFLINE, LIMITED ->
          findings.note("github", what + ": " + github.problem(), github.remedy());
      default -> findings.well("github", what + ", token from " + github.tokenFrom());
    }
  }

  private void workspace() {
    try (var opened = EngineAccess.read(cli.workspace())) {
      database(opened);
      if (opened.remote()) {
        opened.door().execute(new Reconcile(), null);
      }
      var workspace = opened.all(Topic.WORKSPACE, WorkspaceViews.Workspace.class).getFirst();
      findings.well("workspace", workspace.path() + " on " + workspace.main());
      remote(workspace);
      forge(opened);
      config(workspace);
      submodules(workspace);
      var pool = opened.door().stats().pool();
      if (pool != null) {
        findings.well("pool", PoolText.of(pool));
      }
      findings.check(
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
        findings.check(
            "drift",
            repaired,
            drift.what() + (repaired ? " Repaired." : " " + drift.why()),
            settled(drift) ? remedy(drift) : "A person must look.");
      }
      if (repair) {
        since(before);
      }
    } catch (HiveException e) {
      findings.wrong(
          e.code().startsWith("config-") ? "config" : "workspace", e.getMessage(), e.hint());
    }
  }

  private void config(WorkspaceViews.Workspace workspace) {
    if (!workspace.problems().isEmpty()) {
      findings.wrong("config", String.join("; ", workspace.problems()), "Put that right.");
    } else if (Files.exists(Path.of(workspace.path()).resolve(HiveConfig.FILE))) {
      findings.well("config", HiveConfig.FILE + " is valid");
    } else {
      findings.note("config", "there is no " + HiveConfig.FILE, "hivedeck init proposes one.");
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
                  findings.check(
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
      findings.well("database", size);
    } else if (!file.toFile().exists()) {
      findings.well("database", "none yet");
    } else {
      var damage = Backups.inspect(file);
      findings.check(
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
