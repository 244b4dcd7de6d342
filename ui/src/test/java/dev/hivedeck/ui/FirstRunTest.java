package dev.hivedeck.ui;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.config.edit.ConfigProposal;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Config;
import dev.hivedeck.engine.protocol.Discovery.Cli;
import dev.hivedeck.engine.protocol.Discovery.CliState;
import dev.hivedeck.engine.protocol.Discovery.Clis;
import dev.hivedeck.engine.protocol.Discovery.SignIn;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.WorkspaceViews;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.view.welcome.FirstRunPage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javafx.scene.Node;
import javafx.scene.Parent;
import javafx.scene.control.Button;
import javafx.scene.control.CheckBox;
import javafx.scene.control.Labeled;
import javafx.scene.control.RadioButton;
import javafx.scene.control.TextField;
import javafx.scene.control.TextInputControl;
import javafx.scene.input.KeyCode;
import javafx.stage.Stage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.testfx.api.FxRobot;

/** The page of a repository that has no {@code hive.yaml}. */
class FirstRunTest {
  @TempDir Path folder;
  private final FxRobot robot = new FxRobot();
  private final InMemoryEngineApi door = new InMemoryEngineApi(Sample.CLOCK);
  private final List<Query> asked = new CopyOnWriteArrayList<>();
  private Desktop desktop;

  @BeforeEach
  void prepare() throws Exception {
    Path shop = Files.createDirectories(folder.resolve("storefront"));
    Files.writeString(shop.resolve("pyproject.toml"), "");
    Files.createDirectory(shop.resolve("tests"));
    Files.writeString(shop.resolve("uv.lock"), "");
    Files.writeString(shop.resolve(".env"), "");
    Files.writeString(shop.resolve("conductor.json"), "{\"scripts\":{\"run\":\"npm run dev\"}}");
    var codex = new ConfigProposal.Program("Codex", "codex", null, null, List.of());
    var lines = ConfigProposal.lines(shop, Optional.of(codex));
    door.hive = null;
    door.proposal =
        new Config.Proposal(
            ".hivedeck/hive.yaml",
            ConfigProposal.text(lines),
            lines,
            door.proposal.digest(),
            List.of(
                new Config.Finding("languages", "Python 71%, TypeScript 24%"),
                new Config.Finding("builds", "uv, npm"),
                new Config.Finding("tests", "41 files of tests"),
                new Config.Finding("ci", "ci.yml"),
                new Config.Finding("owners", "CODEOWNERS, 9 rules"),
                new Config.Finding("tools", "conductor.json"),
                new Config.Finding("size", "1204 files"),
                new Config.Finding(
                    "note",
                    ".env is copied into each worktree where git ignores it; it never reaches a"
                        + " commit.")),
            List.of(new Config.TaskIdea("Answer 409 when a key is used twice", "api/keys.py:44")));
    door.previewed = Sample.asked("d").items();
    door.queries =
        query -> {
          asked.add(query);
          return query instanceof Query.Clis
              ? Json.tree(
                  new Clis(
                      List.of(
                          cli("codex", "Codex", CliState.READY, "0.59.0", SignIn.YES, null),
                          cli("claude", "Claude Code", CliState.READY, "2.1.4", SignIn.YES, null),
                          cli(
                              "aider",
                              "aider",
                              CliState.SIGNED_OUT,
                              "0.86",
                              SignIn.NO,
                              "Sign in: set OPENAI_API_KEY"),
                          cli("pi", "pi", CliState.MISSING, null, SignIn.UNKNOWN, "Install it")),
                      Sample.CLOCK.instant()))
              : Json.MAPPER.createArrayNode();
        };
    door.answer =
        command ->
            switch (command) {
              case Command.WriteConfig _ -> Json.tree(new Config.Edited("hive.yaml", "d9", false));
              case Command.AddTask _ -> Json.object().put("id", "T-1");
              default -> Json.object();
            };
    door.seed(Topic.WORKSPACE, workspace());
  }

  private static Cli cli(
      String id, String name, CliState state, String version, SignIn signIn, String remedy) {
    return new Cli(id, name, state, null, version, signIn, null, id, null, null, List.of(), remedy);
  }

  private void open(String language, String theme, double width, double height) throws Exception {
    Path settings = folder.resolve("desktop.json");
    Files.writeString(settings, "{\"language\":\"" + language + "\",\"theme\":\"" + theme + "\"}");
    desktop =
        FxThread.get(
            () -> {
              var made =
                  Desktop.open(
                      new Stage(),
                      _ -> door,
                      new Desktop.Options(settings, Sample.CLOCK, ZoneOffset.UTC, null));
              made.stage().setWidth(width);
              made.stage().setHeight(height);
              made.show(folder.resolve("storefront"));
              return made;
            });
    FxThread.until("the page", () -> page().isPresent() && shows("Codex"));
    FxThread.until("it is checked", () -> nodes().stream().anyMatch(n -> shown(n, "agent a")));
  }

  @AfterEach
  void close() {
    if (desktop != null) {
      FxThread.run(desktop.stage()::close);
    }
  }

  /** The window goes before anything is begun: what was written and chosen is there again. */
  @Test
  void whatWasWrittenAndChosenOutlivesTheProgram() throws Exception {
    open("en", "dark", 1440, 900);
    FxThread.run(() -> input("What the first task asks").setText("Say hello"));
    FxThread.run(() -> radio("aider").fire());
    FxThread.run(desktop.stage()::close);
    open("en", "dark", 1440, 900);
    FxThread.until("chosen", () -> radio("aider").isSelected());
    String kept = FxThread.get(() -> input("What the first task asks").getText());
    assertThat(kept).isEqualTo("Say hello");
    FxThread.until("checked", () -> !button("Trust 2 items and start the first task").isDisabled());
    click("Trust 2 items and start the first task");
    FxThread.until("begun", () -> door.commands.size() == 4);
    FxThread.run(desktop.stage()::close);
    door.commands.clear();
    open("en", "dark", 1440, 900);
    String fresh = FxThread.get(() -> input("What the first task asks").getText());
    assertThat(fresh).as("it was begun").isEmpty();
  }

  @Test
  void aFirstTaskRunsAfterConsentToExactlyWhatIsShown() throws Exception {
    open("en", "dark", 1440, 900);
    assertThat(door.commands).isEmpty();
    assertThat(FxThread.get(() -> all(Labeled.class).map(Labeled::getText).toList()))
        .contains(
            "storefront is ready to try",
            "uv.lock",
            "from conductor.json",
            "a guess: no attempt takes longer",
            "agent a");
    FxThread.run(() -> input("What the first task asks").setText("Say hello\nto everybody"));
    click("Trust 2 items and start the first task");
    FxThread.until("begun", () -> door.commands.size() == 4);
    assertThat(door.commands)
        .containsExactly(
            new Command.WriteConfig(door.proposal.digest(), door.proposal.text()),
            new Command.Trust("d"),
            new Command.AddTask(
                null,
                "Say hello",
                "Say hello\nto everybody",
                null,
                List.of(),
                List.of(),
                List.of(),
                5,
                null),
            new Command.StartHive(0));
    FxThread.until("its tasks", () -> desktop.frame().place() == ScreenId.TASKS);
    assertThat(FxThread.get(this::page)).isEmpty();
  }

  @Test
  void aLineIsEditedWhereItStandsAndItsReasonIsThePersonThen() throws Exception {
    open("en", "dark", 1440, 900);
    FxThread.run(() -> line("  timeout: 20m").setText("  timeout: 40m"));
    assertThat(FxThread.get(() -> shows("you"))).isTrue();
    FxThread.run(() -> line("  attempts: 3").requestFocus());
    robot.type(KeyCode.END, KeyCode.ENTER);
    robot.write("# mine");
    FxThread.until("it is checked", () -> !button("Save only").isDisabled());
    click("Save only");
    FxThread.until("saved", () -> !door.commands.isEmpty());
    assertThat(((Command.WriteConfig) door.commands.getFirst()).text())
        .contains("  attempts: 3   # then", "\n  # mine\n", "\n  timeout: 40m\n");
    assertThat(door.commands).as("nothing is trusted").hasSize(1);
  }

  @Test
  void whatIsWrongIsToldAndNothingCanBePressed() throws Exception {
    open("en", "dark", 1440, 900);
    FxThread.run(() -> line("version: 1").setText("version: ["));
    FxThread.until(
        "told",
        () ->
            all(Labeled.class)
                .anyMatch(l -> l.getText() != null && l.getText().contains("hive.yaml:")));
    assertThat(FxThread.get(() -> button("Save only").isDisabled())).isTrue();
  }

  @Test
  void whatIsRefusedIsToldAndCanBeTriedAgain() throws Exception {
    open("en", "dark", 1440, 900);
    var fine = door.answer;
    door.answer =
        command -> {
          if (command instanceof Command.Trust) {
            throw new HiveException(
                ErrorCode.CONSENT_CHANGED, "It changed after it was shown.", "Look again.");
          }
          return fine.apply(command);
        };
    click("Write and trust 2 items");
    FxThread.until("told", () -> shows("It changed after it was shown."));
    door.answer = fine;
    click("Write and trust 2 items");
    FxThread.until("trusted", () -> desktop.frame().place() == ScreenId.OVERVIEW);
    assertThat(door.commands.get(2))
        .as("over what was written before")
        .isEqualTo(new Command.WriteConfig("d9", door.proposal.text()));
  }

  @Test
  void aTaskThatWasAddedIsOnlyStartedTheNextTime() throws Exception {
    open("en", "dark", 1440, 900);
    var fine = door.answer;
    door.answer =
        command -> {
          if (command instanceof Command.StartHive) {
            throw new HiveException(ErrorCode.NO_AGENTS, "Nobody works here.", "Look again.");
          }
          return fine.apply(command);
        };
    FxThread.run(() -> input("What the first task asks").setText("Say hello"));
    click("Trust 2 items and start the first task");
    FxThread.until("told", () -> shows("Nobody works here."));
    assertThat(FxThread.get(() -> input("What the first task asks").isDisabled())).isTrue();
    assertThat(FxThread.get(() -> texts())).anyMatch(t -> t.startsWith("T-1 is added;"));
    door.answer = fine;
    click("Trust 2 items and start the first task");
    FxThread.until("its tasks", () -> desktop.frame().place() == ScreenId.TASKS);
    assertThat(door.commands.stream().filter(Command.AddTask.class::isInstance)).hasSize(1);
    assertThat(door.commands.getLast()).isEqualTo(new Command.StartHive(0));
  }

  @Test
  void nothingCanBePressedTwiceWhileItBegins() throws Exception {
    open("en", "dark", 1440, 900);
    var fine = door.answer;
    var held = new CountDownLatch(1);
    door.answer =
        command -> {
          if (command instanceof Command.Trust) {
            await(held);
          }
          return fine.apply(command);
        };
    FxThread.run(() -> input("What the first task asks").setText("Say hello"));
    click("Trust 2 items and start the first task");
    FxThread.until("it begins", () -> door.commands.size() == 2);
    assertThat(FxThread.get(() -> page().orElseThrow().isDisabled())).isTrue();
    held.countDown();
    FxThread.until("its tasks", () -> desktop.frame().place() == ScreenId.TASKS);
    assertThat(door.commands).hasSize(4);
  }

  @Test
  void anotherAgentLeavesWhatThePersonWrote() throws Exception {
    var claude = new ConfigProposal.Program("Claude Code", "claude", null, null, List.of());
    var other = proposed(claude);
    door.proposals = q -> "claude".equals(q.agent()) ? other : door.proposal;
    open("en", "dark", 1440, 900);
    FxThread.run(() -> line("  timeout: 20m").setText("  timeout: 40m"));
    FxThread.run(() -> line("    driver: codex").setText("    driver: codex # mine"));
    FxThread.run(() -> line("  attempts: 3").requestFocus());
    robot.type(KeyCode.END, KeyCode.ENTER);
    robot.write("# mine");
    robot.clickOn(FxThread.get(() -> ask()));
    robot.clickOn(FxThread.get(() -> radio("Claude Code")));
    FxThread.until("proposed", () -> texts().stream().anyMatch("    driver: claude"::equals));
    assertThat(FxThread.get(this::texts))
        .containsSubsequence(
            "  attempts: 3",
            "  # mine",
            "  timeout: 40m",
            "    # driver: codex # mine",
            "    driver: claude",
            "  default: { human: none }")
        .doesNotContain("  timeout: 20m", "    driver: codex # mine");
    assertThat(FxThread.get(() -> ask().isSelected())).isFalse();
  }

  @Test
  void onlyTheLastAnswerIsShown() throws Exception {
    var held = new CountDownLatch(1);
    var answered = new CountDownLatch(1);
    var claude = new ConfigProposal.Program("Claude Code", "claude", null, null, List.of());
    var late = proposed(claude);
    door.proposals =
        q -> {
          if (!"claude".equals(q.agent())) {
            return door.proposal;
          }
          await(held);
          answered.countDown();
          return late;
        };
    open("en", "dark", 1440, 900);
    robot.clickOn(FxThread.get(() -> radio("Claude Code")));
    robot.clickOn(FxThread.get(() -> radio("Codex")));
    FxThread.until("checked", () -> !button("Save only").isDisabled());
    held.countDown();
    await(answered);
    robot.sleep(300);
    assertThat(FxThread.get(this::texts))
        .contains("    driver: codex")
        .doesNotContain("    driver: claude");
  }

  @Test
  void whetherOneIsAskedFollowsTheFile() throws Exception {
    open("en", "dark", 1440, 900);
    FxThread.run(
        () -> line("  default: { human: required }").setText("  default: { human: advisory }"));
    assertThat(FxThread.get(() -> ask().isDisabled())).isTrue();
    FxThread.run(
        () -> line("  default: { human: advisory }").setText("  default: { human: none }"));
    assertThat(FxThread.get(() -> ask().isDisabled())).isFalse();
    assertThat(FxThread.get(() -> ask().isSelected())).isFalse();
  }

  @Test
  void whoDeclinesIsNotAskedAgain() throws Exception {
    open("en", "dark", 1440, 900);
    click("Not now");
    FxThread.until("the overview", () -> desktop.frame().place() == ScreenId.OVERVIEW);
    FxThread.run(() -> desktop.show(folder.resolve("storefront")));
    FxThread.until("open", () -> desktop.frame() != null && desktop.frame().place() != null);
    assertThat(FxThread.get(this::page)).isEmpty();
    assertThat(door.commands).isEmpty();
    FxThread.run(() -> desktop.frame().setUp());
    FxThread.until("asked for", () -> page().isPresent());
  }

  @ParameterizedTest
  @CsvSource({
    "en, dark, 1440, 900",
    "en, light, 1440, 900",
    "de, dark, 1440, 900",
    "en, dark, 1024, 700",
    "de, light, 1024, 700"
  })
  void nothingIsCutOff(String language, String theme, double width, double height)
      throws Exception {
    open(language, theme, width, height);
    robot.sleep(400);
    if (Boolean.getBoolean("hivedeck.pictures")) {
      PngWriter.write(
          FxThread.get(() -> desktop.stage().getScene().snapshot(null)),
          Path.of("target", "first-run-%s-%s-%.0f.png".formatted(language, theme, width)));
    }
    assertThat(FxThread.get(() -> LayoutChecks.faults(desktop.stage().getScene().getRoot())))
        .isEmpty();
  }

  private Config.Proposal proposed(ConfigProposal.Program program) {
    var lines = ConfigProposal.lines(folder.resolve("storefront"), Optional.of(program));
    return new Config.Proposal(
        ".hivedeck/hive.yaml",
        ConfigProposal.text(lines),
        lines,
        door.proposal.digest(),
        List.of(),
        List.of());
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  // ── what is seen ────────────────────────────────────────────────────────────────────────────

  private Optional<FirstRunPage> page() {
    return all(FirstRunPage.class).findFirst();
  }

  private boolean shows(String text) {
    return all(Labeled.class).anyMatch(l -> text.equals(l.getText()));
  }

  private static boolean shown(Node node, String text) {
    return node instanceof Labeled l && text.equals(l.getText());
  }

  /** What lines of the file and labels say. */
  private List<String> texts() {
    return nodes().stream()
        .map(
            n -> n instanceof TextField f ? f.getText() : n instanceof Labeled l ? l.getText() : "")
        .filter(Objects::nonNull)
        .toList();
  }

  private CheckBox ask() {
    return all(CheckBox.class).findFirst().orElseThrow();
  }

  private RadioButton radio(String text) {
    return all(RadioButton.class).filter(b -> text.equals(b.getText())).findFirst().orElseThrow();
  }

  private TextField line(String text) {
    return all(TextField.class).filter(f -> f.getText().equals(text)).findFirst().orElseThrow();
  }

  private TextInputControl input(String name) {
    return all(TextInputControl.class)
        .filter(f -> name.equals(f.getAccessibleText()))
        .findFirst()
        .orElseThrow();
  }

  private Button button(String text) {
    return all(Button.class).filter(b -> text.equals(b.getText())).findFirst().orElseThrow();
  }

  private void click(String text) {
    FxThread.until(
        text, () -> all(Button.class).anyMatch(b -> text.equals(b.getText()) && !b.isDisabled()));
    robot.clickOn(FxThread.get(() -> button(text)));
  }

  private <N extends Node> java.util.stream.Stream<N> all(Class<N> type) {
    return nodes().stream().filter(type::isInstance).map(type::cast);
  }

  private List<Node> nodes() {
    var all = new ArrayList<Node>();
    collect(desktop.stage().getScene().getRoot(), all);
    return all;
  }

  private static void collect(Node node, List<Node> all) {
    if (node.isVisible()) {
      all.add(node);
      if (node instanceof Parent parent) {
        parent.getChildrenUnmodifiable().forEach(c -> collect(c, all));
      }
    }
  }

  private static WorkspaceViews.Workspace workspace() {
    var w = Sample.workspace();
    return new WorkspaceViews.Workspace(
        "storefront",
        "storefront",
        "/srv/storefront",
        w.main(),
        w.commit(),
        w.checkout(),
        0,
        w.upstream(),
        true,
        false,
        4,
        null,
        w.engine(),
        w.startedAt(),
        List.of(),
        new WorkspaceViews.Consent("0", null, null, List.of()));
  }
}
