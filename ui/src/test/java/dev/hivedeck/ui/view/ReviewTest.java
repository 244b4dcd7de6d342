package dev.hivedeck.ui.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Query.DiffLine;
import dev.hivedeck.engine.protocol.Query.FileDiff;
import dev.hivedeck.engine.protocol.Query.FileDiffs;
import dev.hivedeck.engine.protocol.Query.Hunk;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.comment.CommentCommand;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.protocol.view.ChangeViews.Risk;
import dev.hivedeck.engine.protocol.view.ChangeViews.RiskKind;
import dev.hivedeck.engine.protocol.view.GateViews.Finding;
import dev.hivedeck.engine.protocol.view.GateViews.GateResult;
import dev.hivedeck.engine.protocol.view.GateViews.Outcome;
import dev.hivedeck.ui.Desktop;
import dev.hivedeck.ui.FxThread;
import dev.hivedeck.ui.InMemoryEngineApi;
import dev.hivedeck.ui.Sample;
import dev.hivedeck.ui.Samples;
import dev.hivedeck.ui.Screens;
import dev.hivedeck.ui.TestUser;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.theme.Theme;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javafx.scene.Node;
import javafx.scene.control.Labeled;
import javafx.scene.control.ListView;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyCodeCombination;
import javafx.scene.input.KeyCombination;
import javafx.scene.layout.Region;
import javafx.scene.text.Text;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testfx.api.FxRobot;

/** Reading changes and saying what one thinks of them. */
class ReviewTest {
  private static final Path PICTURES = Path.of("target", "screens");
  @TempDir Path folder;
  private final InMemoryEngineApi door = Sample.door();
  private final FxRobot robot = new FxRobot();
  private Desktop desktop;

  @BeforeEach
  void open() {
    door.seed(Topic.CHANGE, change(ChangeState.OPEN, List.of()));
    door.queries =
        query ->
            Json.tree(
                query instanceof Query.FileAt f
                    ? new Query.FileContent(f.path(), "b52e10d", 70, f.before() ? "AAAA" : DOT)
                    : query instanceof Query.Diff q
                        ? q.file() == null ? diff() : part(q.file(), q.from())
                        : List.of());
    desktop = FxThread.desktop(door, folder.resolve("desktop.json"));
    read();
  }

  @AfterEach
  void close() {
    FxThread.run(desktop.stage()::close);
  }

  @Test
  void howItLooks() {
    FxThread.run(() -> desktop.theme().choose(Theme.Preference.DARK));
    note("save() still writes through self.db, it should go to the shard.");
    FxThread.picture(desktop, PICTURES.resolve("changes-read-dark.png"));
    FxThread.run(() -> desktop.theme().choose(Theme.Preference.LIGHT));
    FxThread.picture(desktop, PICTURES.resolve("changes-read-light.png"));
    robot.clickOn("Keep as draft");
    tab("Gates 3");
    FxThread.picture(desktop, PICTURES.resolve("changes-gates.png"));
    tab("Conversation 3");
    FxThread.picture(desktop, PICTURES.resolve("changes-talk.png"));
    FxThread.run(() -> desktop.stage().setWidth(1024));
    tab("Files 5");
    FxThread.picture(desktop, PICTURES.resolve("changes-narrow.png"));
  }

  @Test
  void whatAPersonMustApproveIsSaid() {
    FxThread.until("named", () -> text(".github/workflows/ci.yml"));
    assertThat(text("check.sh")).isTrue();
    assertThat(text("what gate unit runs")).isTrue();
  }

  @Test
  void approves() {
    robot.clickOn("Approve");
    FxThread.until("approved", () -> !door.commands.isEmpty());
    assertThat(door.commands).containsExactly(Samples.approved(door, "C-52"));
  }

  @Test
  void aNoteOnALineIsKeptUntilItIsSent() {
    note("Go to the shard.");
    robot.clickOn("Keep as draft");
    FxThread.until("kept", () -> text("draft, not sent"));
    FxThread.run(desktop.stage()::close);

    desktop = FxThread.desktop(door, folder.resolve("desktop.json"));
    read();
    FxThread.until("still there", () -> text("draft, not sent"));
    robot.clickOn("Send back");
    robot.write("Nearly there.");
    robot.clickOn("Send to agent");
    FxThread.until("sent", () -> !door.commands.isEmpty());
    assertThat(door.commands)
        .containsExactly(
            new Command.ReturnChange(
                "C-52",
                "Nearly there.",
                List.of(
                    new Command.LineComment(
                        "services/api/repository.py", 41, "Go to the shard."))));
    FxThread.until("taken", () -> !text("draft, not sent"));
  }

  @Test
  void linesAreCommentedTogetherAndShownAsTheyShouldBe() {
    FxThread.run(() -> list().requestFocus());
    int at = FxThread.get(ReviewTest.this::added);
    FxThread.run(() -> list().getSelectionModel().clearAndSelect(at));
    robot.push(KeyCode.SHIFT, KeyCode.DOWN);
    robot.type(KeyCode.C);
    FxThread.until("the editor", () -> text("Suggest an edit") && text("lines "));
    robot.clickOn("Suggest an edit");
    var suggestion =
        FxThread.get(
            () ->
                robot.lookup(".text-area").queryAllAs(javafx.scene.control.TextArea.class).stream()
                    .filter(a -> a.getStyleClass().contains("mono") && shown(a))
                    .findFirst()
                    .orElseThrow());
    FxThread.run(() -> suggestion.setText("one\n  two"));
    for (var preference : List.of(Theme.Preference.DARK, Theme.Preference.LIGHT)) {
      FxThread.run(() -> desktop.theme().choose(preference));
      FxThread.picture(
          desktop, PICTURES.resolve("suggest-" + preference.name().toLowerCase() + ".png"));
    }
    robot.clickOn("Keep as draft");
    FxThread.until("kept", () -> text("Should be, word for word") && text("draft, not sent"));
    robot.clickOn("Send back");
    robot.clickOn("Send to agent");
    FxThread.until("sent", () -> !door.commands.isEmpty());
    var sent = ((Command.ReturnChange) door.commands.getFirst()).lines().getFirst();
    assertThat(sent.suggestion()).isEqualTo("one\n  two");
    assertThat(sent.line() - sent.first()).isEqualTo(1);
  }

  /** The first of two lines that came, one after the other. */
  private int added() {
    var rows = list().getItems().stream().map(Object::toString).toList();
    for (int i = 0; i + 1 < rows.size(); i++) {
      if (rows.get(i).startsWith("Line[line=DiffLine[kind=+")
          && rows.get(i + 1).startsWith("Line[line=DiffLine[kind=+")) {
        return i;
      }
    }
    throw new AssertionError(rows);
  }

  @Test
  void oneNoteSendsAllThatAreKeptAndSaysSo() {
    note("Go to the shard.");
    assertThat(FxThread.get(() -> text("Send to agent"))).as("alone").isTrue();
    robot.clickOn("Keep as draft");
    FxThread.until("kept", () -> text("draft, not sent"));
    note("And say which.");
    FxThread.until("all of them", () -> text("Send all 2 notes to agent"));
    for (var preference : List.of(Theme.Preference.LIGHT, Theme.Preference.DARK)) {
      FxThread.run(() -> desktop.theme().choose(preference));
      FxThread.picture(
          desktop, PICTURES.resolve("review-all-" + preference.name().toLowerCase() + ".png"));
    }
    robot.clickOn("Send all 2 notes to agent");
    FxThread.until("sent", () -> !door.commands.isEmpty());
    var sent = ((Command.ReturnChange) door.commands.getFirst()).lines();
    assertThat(sent)
        .extracting(Command.LineComment::text)
        .containsExactly("Go to the shard.", "And say which.");
  }

  @Test
  void aRefusedReturnLosesNoWord() {
    door.answer =
        _ -> {
          throw new HiveException(ErrorCode.AT_WORK, "#52 is with core-api.", "Wait for it.");
        };
    note("Go to the shard.");
    robot.push(new KeyCodeCombination(KeyCode.ENTER, KeyCombination.SHORTCUT_DOWN));
    FxThread.until("refused", () -> text("#52 is with core-api."));
    assertThat(FxThread.get(() -> text("draft, not sent"))).isTrue();
  }

  @Test
  void aFindingLeadsToItsLine() {
    tab("Gates 3");
    robot.clickOn("services/worker/outbox.py:7");
    FxThread.until(
        "the file",
        () ->
            robot
                .lookup(".diff-path")
                .queryLabeled()
                .getText()
                .equals("services/worker/outbox.py"));
    // There it stands at its line, and goes to the agent with one click.
    FxThread.until("the finding", () -> text("owned by reliability"));
    robot.clickOn("Note it for the agent");
    FxThread.until("noted", () -> text("draft, not sent"));
  }

  @Test
  void filesWithoutLinesSayWhy() {
    choose("logo.png");
    FxThread.until("the picture", () -> text("1 × 1 · 70 bytes"));
    assertThat(FxThread.get(() -> text("cannot be shown"))).as("what it was is broken").isTrue();
    choose("gross größe.txt");
    FxThread.until("renamed", () -> text("Renamed, the content is the same"));
  }

  /** A picture of one dot. */
  private static final String DOT =
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

  /** The length of a file that comes in parts. */
  private static final int LONG = 2_500;

  private static final int PART = 1_000;

  /** Where its lines begin. */
  private static final int FAR = 20_000;

  private static FileDiffs part(String file, int from) {
    assertThat(file).isEqualTo("packages/db/0014_shard.sql");
    var lines = new ArrayList<DiffLine>();
    for (int i = from + 1; i <= Math.min(from + PART, LONG); i++) {
      lines.add(new DiffLine("+", 0, FAR + i, "INSERT INTO shard VALUES (" + i + ");"));
    }
    var hunk = new Hunk("@@ -20000,0 +20001,2500 @@", FAR, FAR + 1, lines);
    var whole = new FileDiff(file, null, "added", false, LONG, 0, null, "100644", List.of(hunk));
    return new FileDiffs("a41f09c", "b52e10d", List.of(whole), from + PART < LONG);
  }

  @Test
  void aFileOfAnySizeIsReadAsOneGoesOn() {
    choose("0014_shard.sql");
    FxThread.until("its first part", () -> rows() == PART + 2);
    FxThread.until(
        "the next",
        () -> {
          if (rows() < 2 * PART + 2) {
            list().scrollTo(PART); // a list that is not laid out yet forgets it
          }
          return rows() == 2 * PART + 2;
        });
    FxThread.run(() -> list().getSelectionModel().clearAndSelect(2 * PART));
    note(list(), "Why so many?");
    robot.clickOn("Keep as draft");
    FxThread.until("kept, where it was written", () -> text("draft, not sent"));
    assertThat(cut()).as("numbers that are cut").isEmpty();
    choose("outbox.py");
    FxThread.until("another", () -> rows() < 20);
    choose("0014_shard.sql");
    FxThread.until("from its beginning", () -> rows() >= PART);
  }

  /** Numbers of lines that do not show all their digits. */
  private List<String> cut() {
    return FxThread.get(
        () ->
            robot.lookup(".diff-number").queryAllAs(Text.class).stream()
                .filter(ReviewTest::shown)
                .filter(t -> !t.getText().isEmpty() && t.getBoundsInParent().getMinX() < 0)
                .map(Text::getText)
                .toList());
  }

  @Test
  void whatIsSoughtIsFoundToTheEndOfTheFile() {
    choose("0014_shard.sql");
    FxThread.until("its first part", () -> rows() == PART + 2);
    robot.push(new KeyCodeCombination(KeyCode.F, KeyCombination.SHORTCUT_DOWN));
    robot.write("values (2499)", 0);
    FxThread.until("found", () -> text("0 of 1"));
    robot.push(KeyCode.ENTER);
    FxThread.until("shown", () -> text("1 of 1"));
    assertThat(FxThread.get(() -> list().getSelectionModel().getSelectedIndex())).isEqualTo(2_499);
    robot.push(KeyCode.ESCAPE);
    FxThread.until("the lines again", () -> desktop.stage().getScene().getFocusOwner() == list());
    choose("repository.py");
    FxThread.until("the diff", () -> rows() > 10 && rows() < 100);
    robot.push(new KeyCodeCombination(KeyCode.F, KeyCombination.SHORTCUT_DOWN));
    robot.write("TENANT_ID", 0);
    FxThread.until("places", () -> text("of 8"));
    robot.push(KeyCode.UP);
    FxThread.until("the last", () -> text("8 of 8"));
    robot.write("?");
    FxThread.until("none", () -> text("not found"));
  }

  @Test
  void linesStandBesideWhatTheyWere() {
    FxThread.run(() -> list().requestFocus());
    int below = FxThread.get(this::rows);
    robot.write("u", 0);
    FxThread.until("beside", () -> rows() < below);
    var sides =
        FxThread.get(() -> List.copyOf(robot.lookup(".diff-side").queryAllAs(Region.class)));
    assertThat(sides).isNotEmpty();
    double half = FxThread.get(() -> list().getWidth() / 2);
    assertThat(sides).allSatisfy(s -> assertThat(s.getWidth()).isLessThanOrEqualTo(half));
    FxThread.click(robot, "the line", () -> number("41"));
    FxThread.until("the editor", () -> text("Keep as draft"));
    FxThread.until(
        "its focus",
        () -> desktop.stage().getScene().getFocusOwner() instanceof javafx.scene.control.TextArea);
    robot.write("By click.");
    robot.clickOn("Keep as draft");
    FxThread.until("kept", () -> text("draft, not sent"));
    FxThread.run(desktop.stage()::close);
    desktop = FxThread.desktop(door, folder.resolve("desktop.json"));
    read();
    FxThread.until("as it was left", () -> !robot.lookup(".diff-side").queryAll().isEmpty());
    new TestUser(desktop).click("Side by side, or in one (u)");
    FxThread.until(
        "below each other",
        () -> robot.lookup(".diff-side").queryAll().stream().noneMatch(ReviewTest::shown));
  }

  /** The number of a line on the new side. */
  private javafx.scene.Node number(String line) {
    return robot
        .lookup(
            n ->
                n instanceof Text t
                    && t.getStyleClass().contains("diff-number")
                    && line.equals(t.getText())
                    && n.getParent().getParent().getParent().getChildrenUnmodifiable().getLast()
                        == n.getParent().getParent()
                    && shown(n))
        .query();
  }

  private void asks(String resolvedBy) {
    var asked =
        new ChangeViews.Comment(
            "you",
            "services/api/repository.py",
            44,
            "Which shard?",
            Sample.NOW.minus(Duration.ofMinutes(2)),
            null,
            null,
            7,
            null,
            resolvedBy,
            false,
            false,
            false);
    var change = change(ChangeState.OPEN, List.of(asked));
    door.tell("change.commented", Topic.CHANGE, null, change);
  }

  @Test
  void aCommentIsResolvedAndOpenedAgainWhereItStands() {
    asks(null);
    FxThread.click(robot, "resolve", () -> link("Resolve"));
    FxThread.until("sent", () -> door.commands.size() == 1);
    asks("you");
    FxThread.until("told", () -> text(" ago · resolved"));
    FxThread.click(robot, "open again", () -> link("Open again"));
    FxThread.until("sent too", () -> door.commands.size() == 2);
    assertThat(door.commands)
        .containsExactly(
            new CommentCommand.Resolve("C-52", 7), new CommentCommand.Unresolve("C-52", 7));
  }

  @Test
  void whatAnAgentAdvisesIsToldAsSuchAndSentBackByOneAct() {
    var advice =
        new ChangeViews.Comment(
            "critic",
            "services/api/repository.py",
            44,
            "A tenant may have moved.",
            Sample.NOW.minus(Duration.ofMinutes(2)),
            null,
            null,
            9,
            null,
            null,
            false,
            false,
            true);
    var look =
        new ChangeViews.AgentReview(
            "critic",
            "b52e10d",
            ChangeViews.AgentReviewState.DONE,
            "Sound but for one thing.",
            null,
            1,
            0,
            12_000L,
            0.25,
            Sample.NOW.minus(Duration.ofMinutes(4)),
            Sample.NOW.minus(Duration.ofMinutes(2)));
    door.tell(
        "change.advised",
        Topic.CHANGE,
        null,
        change(ChangeState.OPEN, List.of(advice), List.of(look)));
    FxThread.until("told", () -> text("critic looked at it: 1 advisory comment") && text("$0.25"));
    assertThat(FxThread.get(() -> text("Sound but for one thing."))).isTrue();
    FxThread.until("below its line", () -> text(" ago · advisory"));
    FxThread.click(robot, "this one", () -> link("Send back with this"));
    FxThread.until("sent", () -> door.commands.size() == 1);
    FxThread.click(robot, "all", () -> link("Send back with it"));
    FxThread.until("sent too", () -> door.commands.size() == 2);
    assertThat(door.commands)
        .containsExactly(
            new CommentCommand.ReturnAdvice("C-52", List.of(9L), null),
            new CommentCommand.ReturnAdvice("C-52", List.of(9L), null));
  }

  @Test
  void whatIsMergedIsReadAndNothingElse() {
    door.tell("change.merged", Topic.CHANGE, "merged", change(ChangeState.MERGED, List.of()));
    FxThread.until(
        "no button", () -> !robot.lookup("Approve").tryQuery().filter(n -> shown(n)).isPresent());
    FxThread.run(() -> list().getSelectionModel().select(4));
    FxThread.run(list()::requestFocus);
    robot.type(KeyCode.C);
    assertThat(FxThread.get(() -> text("Keep as draft"))).isFalse();
  }

  @Test
  void thePlanShowsWhatLeadsWhere() {
    for (var preference : List.of(Theme.Preference.DARK, Theme.Preference.LIGHT)) {
      FxThread.run(() -> desktop.theme().choose(preference));
      FxThread.run(() -> desktop.frame().to(ScreenId.PLAN, "R-2"));
      FxThread.until("its tasks", () -> text("Acceptance criteria"));
      FxThread.picture(desktop, PICTURES.resolve("plan-read-" + preference + ".png"));
    }
    robot.clickOn("T-107");
    FxThread.until(
        "the task",
        () ->
            desktop.frame().place() != ScreenId.PLAN || !Screens.all().containsKey(ScreenId.TASKS));
  }

  // ── how ─────────────────────────────────────────────────────────────────────────────────────

  private void read() {
    FxThread.run(() -> desktop.frame().to(ScreenId.CHANGES, "C-52"));
    FxThread.until("the files", () -> text("repository.py"));
    choose("repository.py");
    FxThread.until("the diff", () -> rows() > 10);
  }

  private void note(String words) {
    FxThread.run(() -> list().getSelectionModel().clearAndSelect(5));
    note(list(), words);
  }

  private void note(ListView<Object> list, String words) {
    FxThread.run(list::requestFocus);
    robot.type(KeyCode.C);
    FxThread.until("the editor", () -> text("Keep as draft"));
    FxThread.until(
        "its focus",
        () -> desktop.stage().getScene().getFocusOwner() instanceof javafx.scene.control.TextArea);
    robot.write(words);
  }

  @SuppressWarnings("unchecked")
  private ListView<Object> list() {
    return (ListView<Object>) robot.lookup(".diff-lines").query();
  }

  private int rows() {
    return robot.lookup(".diff-lines").tryQuery().map(_ -> list().getItems().size()).orElse(0);
  }

  private void tab(String name) {
    robot.clickOn(name);
  }

  private void choose(String file) {
    FxThread.click(robot, file, () -> link(file));
  }

  private Node link(String words) {
    return robot
        .lookup(n -> n instanceof Labeled l && words.equals(l.getText()) && shown(n))
        .tryQuery()
        .orElse(null);
  }

  private boolean text(String words) {
    return robot
        .lookup(n -> n instanceof Labeled l && l.getText() != null && l.getText().contains(words))
        .queryAll()
        .stream()
        .anyMatch(ReviewTest::shown);
  }

  private static boolean shown(javafx.scene.Node node) {
    for (var n = node; n != null; n = n.getParent()) {
      if (!n.isVisible()) {
        return false;
      }
    }
    return node.getScene() != null;
  }

  static ChangeViews.Change change(ChangeState state, List<ChangeViews.Comment> more) {
    return change(state, more, List.of());
  }

  private static ChangeViews.Change change(
      ChangeState state, List<ChangeViews.Comment> more, List<ChangeViews.AgentReview> looks) {
    var comments =
        new ArrayList<>(
            List.of(
                new ChangeViews.Comment(
                    "you",
                    "services/api/repository.py",
                    44,
                    "What if the tenant moves?",
                    Sample.NOW.minus(Duration.ofMinutes(12))),
                new ChangeViews.Comment(
                    "you", null, 0, "Good direction.", Sample.NOW.minus(Duration.ofMinutes(40)))));
    comments.addAll(more);
    return new ChangeViews.Change(
        "C-52",
        52,
        "T-109",
        "Tenant sharding",
        "core-api",
        "T-109.1",
        state,
        null,
        "hive/T-109-tenant-sharding",
        "a41f09c",
        "b52e10d",
        null,
        5,
        1310,
        402,
        3,
        List.of(
            new GateResult("unit", "attempt", Outcome.PASSED, "214 passed", List.of(), 41),
            new GateResult(
                "owners",
                "attempt",
                Outcome.FAILED,
                "1 file outside core-api's boundary",
                List.of(
                    new Finding(
                        "services/worker/outbox.py",
                        7,
                        "owned by reliability; core-api may change services/api/** only")),
                0.012),
            new GateResult(
                "size",
                "attempt",
                Outcome.WARNED,
                "1712 lines, limit 500",
                List.of(new Finding(null, 0, "Split it by folder: 3 parts")),
                0.003)),
        comments,
        ChangeViews.ReviewState.WANTED,
        Sample.NOW.minus(Duration.ofHours(2)),
        Sample.NOW.minus(Duration.ofMinutes(3)),
        state == ChangeState.MERGED ? Sample.NOW : null,
        Sample.NOW.plus(Duration.ofHours(3)),
        List.of(
            new Risk(RiskKind.CI, ".github/workflows/ci.yml", null),
            new Risk(RiskKind.GATE, "check.sh", "unit")),
        41,
        List.of(
            "-25 1712 lines, best below 300",
            "-25 gate owners: 1 file outside core-api's boundary",
            "-10 gate size: 1712 lines, limit 500"),
        1712,
        null,
        null,
        List.of(),
        looks);
  }

  private static FileDiffs diff() {
    return new FileDiffs(
        "a41f09c",
        "b52e10d",
        List.of(
            file(
                "services/api/repository.py",
                "modified",
                List.of(
                    new Hunk(
                        "@@ -38,9 +38,12 @@ class OrderRepository:",
                        38,
                        38,
                        lines(
                            38,
                            "     def find(self, tenant_id: str, order_id: str) -> Order | None:",
                            "         # One shard holds all of a tenant's orders.",
                            "-        row = self.db.execute(SELECT_ORDER, (tenant_id, order_id))",
                            "+        shard = self.shards.for_tenant(tenant_id)",
                            "+        row = shard.execute(SELECT_ORDER, (tenant_id,"
                                + " order_id)).first()",
                            "+        assert row is None or row[\"tenant\"] == tenant_id, \"wrong"
                                + " shard 12\"",
                            "         return Order.from_row(row) if row else None",
                            " ",
                            "-    def save(self, order: Order) -> None:",
                            "+    def save(self, tenant_id: str, order: Order) -> None:\r",
                            "+        if not self.shards.owns(tenant_id):",
                            "+            raise WrongShard(tenant_id)",
                            "         self.db.execute(UPSERT_ORDER, order.as_row())")))),
            file(
                "services/worker/outbox.py",
                "modified",
                List.of(
                    new Hunk(
                        "@@ -1,8 +1,8 @@",
                        1,
                        1,
                        lines(
                            1, " import time", " ", "-RETRY = 5", "+RETRY = 15", " ", " ", " ")))),
            new FileDiff(
                "packages/db/0014_shard.sql",
                null,
                "added",
                false,
                58_000,
                0,
                null,
                "100644",
                List.of()),
            new FileDiff(
                "web/logo.png", null, "modified", true, 0, 0, "100644", "100644", List.of()),
            new FileDiff(
                "docs/gross größe.txt",
                "docs/groß.txt",
                "renamed",
                false,
                0,
                0,
                "100644",
                "100755",
                List.of())),
        true);
  }

  private static FileDiff file(String path, String status, List<Hunk> hunks) {
    int added = 0;
    int deleted = 0;
    for (var line : hunks.getFirst().lines()) {
      added += line.kind().equals("+") ? 1 : 0;
      deleted += line.kind().equals("-") ? 1 : 0;
    }
    return new FileDiff(path, null, status, false, added, deleted, "100644", "100644", hunks);
  }

  private static List<DiffLine> lines(int from, String... texts) {
    var lines = new ArrayList<DiffLine>();
    int before = from;
    int after = from;
    for (var text : texts) {
      var kind = text.substring(0, 1);
      lines.add(
          new DiffLine(
              kind,
              kind.equals("+") ? 0 : before,
              kind.equals("-") ? 0 : after,
              text.substring(1)));
      before += kind.equals("+") ? 0 : 1;
      after += kind.equals("-") ? 0 : 1;
    }
    return lines;
  }
}
