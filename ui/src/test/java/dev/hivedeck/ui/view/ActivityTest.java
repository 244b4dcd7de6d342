package dev.hivedeck.ui.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.Act;
import dev.hivedeck.engine.protocol.Act.Todo;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Query.LogLine;
import dev.hivedeck.engine.protocol.Query.LogPage;
import dev.hivedeck.ui.Desktop;
import dev.hivedeck.ui.FxThread;
import dev.hivedeck.ui.InMemoryEngineApi;
import dev.hivedeck.ui.Sample;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.theme.Theme;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javafx.scene.control.Labeled;
import javafx.scene.control.ListView;
import javafx.scene.input.KeyCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testfx.api.FxRobot;

/** What an agent does, as a person reads it: act by act, with more below each on demand. */
class ActivityTest {
  private static final Path PICTURES = Path.of("target", "screens");
  private static final String ATTEMPT = "T-101.1";

  @TempDir Path folder;
  private final InMemoryEngineApi door = Sample.door();
  private final FxRobot robot = new FxRobot();
  private final List<LogLine> lines = new ArrayList<>();
  private Desktop desktop;

  @BeforeEach
  void open() {
    begin();
    door.queries =
        query ->
            switch (query) {
              case Query.Log l when l.raw() ->
                  Json.tree(
                      new LogPage(
                          l.attempt(), 0, 1, List.of(line(0, "out", "{\"type\":\"system\"}"))));
              case Query.Log l -> Json.tree(new LogPage(l.attempt(), 0, lines.size(), lines));
              case Query.Diff _ -> Json.tree(diff());
              default -> Json.tree(List.of());
            };
    desktop = FxThread.desktop(door, folder.resolve("desktop.json"));
    FxThread.run(() -> desktop.frame().to(ScreenId.AGENTS, "core-api"));
    FxThread.until("its activity", () -> text("src/orders/OrderService.java"));
  }

  @AfterEach
  void close() {
    FxThread.run(desktop.stage()::close);
  }

  private void begin() {
    act(new Act.Think("The order must be placed once. A key per request would do."));
    act(
        new Act.Say(
            "I will make the placement idempotent.\n\n"
                + "First a key per request, kept with the order; then the same answer for the same"
                + " key, also while the first request is still under way."));
    act(
        new Act.Plan(
            List.of(
                new Todo("Read how orders are placed", Todo.State.DONE),
                new Todo("Keep a key with each order", Todo.State.DOING),
                new Todo("Answer the same key alike", Todo.State.OPEN))));
    act(new Act.Read("/tmp/T-101/src/orders/Cart.java"));
    act(
        new Act.Edit(
            "e1",
            "/tmp/T-101/src/orders/OrderService.java",
            "@@ -12,3 +12,4 @@\n"
                + "   Order place(Cart cart) {\n"
                + "-    return save(cart);\n"
                + "+    var key = cart.key();\n"
                + "+    return known(key).orElseGet(() -> save(cart, key));\n"
                + "   }\n",
            true));
    act(new Act.Run("r1", "mvn -q test -Dtest=OrderServiceTest", "", null));
    act(
        new Act.Run(
            "r1",
            "mvn -q test -Dtest=OrderServiceTest",
            "[ERROR] Tests run: 4, Failures: 1\n[ERROR]   OrderServiceTest.theSameKey:31\nexpected:"
                + " <1> but was: <2>",
            1));
    act(new Act.Edit("e2", "../other/secrets.env", "-A=1\n+A=2\n", true));
    act(new Act.Edit("e2", "../other/secrets.env", "-A=1\n+A=2\n", null));
    act(new Act.Tool("t1", "mcp__tickets__get", "{\"id\":17}", "{\"title\":\"Twice\"}", true));
    act(new Act.Ask("permission-1", "May it use Bash: mvn -q verify", null));
    act(new Act.Spend(41_200, 30_000, 1_850, 0.0421));
    act(new Act.Raw("{\"type\":\"rate_limit_event\",\"left\":12}"));
    lines.add(line(lines.size(), "gate", "unit: 1 failed"));
  }

  private void act(Act act) {
    lines.add(
        new LogLine(
            lines.size(),
            Sample.NOW.minusSeconds(400 - 9L * lines.size()),
            act.kind(),
            act.text(),
            act));
  }

  private static LogLine line(long index, String kind, String text) {
    return new LogLine(index, Sample.NOW.minusSeconds(60), kind, text);
  }

  private void told(Act act) {
    act(act);
    door.log(new LogPage(ATTEMPT, lines.size() - 1, lines.size(), List.of(lines.getLast())));
  }

  private static Query.FileDiffs diff() {
    return new Query.FileDiffs(
        "a",
        "b",
        List.of(
            new Query.FileDiff(
                "src/orders/OrderService.java",
                null,
                "modified",
                false,
                1,
                1,
                "100644",
                "100644",
                List.of(
                    new Query.Hunk(
                        "@@ -12,3 +12,3 @@",
                        12,
                        12,
                        List.of(
                            new Query.DiffLine("-", 13, 0, "    return save(cart);"),
                            new Query.DiffLine("+", 0, 13, "    var key = cart.key();")))))),
        false);
  }

  @Test
  void howItLooks() {
    robot.clickOn("mvn -q test -Dtest=OrderServiceTest");
    robot.clickOn("src/orders/OrderService.java");
    robot.clickOn("Keep a key with each order");
    FxThread.until("all open", () -> text("Answer the same key alike"));
    for (var preference : List.of(Theme.Preference.DARK, Theme.Preference.LIGHT)) {
      FxThread.run(() -> desktop.theme().choose(preference));
      FxThread.picture(desktop, PICTURES.resolve("activity-" + preference + ".png"));
    }
  }

  @Test
  void anActThatIsOverStandsWhereItBeganWithHowItWent() {
    assertThat(count("mvn -q test -Dtest=OrderServiceTest")).isEqualTo(1);
    assertThat(FxThread.get(() -> text("exit 1 · 9 s"))).isTrue();
    assertThat(FxThread.get(() -> text("not done"))).isTrue();
    told(new Act.Run("r2", "mvn -q verify", "", null));
    FxThread.until("it runs", () -> status("running"));
    told(new Act.Run("r2", "mvn -q verify", "BUILD SUCCESS", 0));
    FxThread.until("it ended", () -> status("exit 0 · 9 s") && !status("running"));
    assertThat(count("mvn -q verify")).as("and the question about it").isEqualTo(2);
    told(new Act.Ask("permission-1", "May it use Bash: mvn -q verify", "once"));
    FxThread.until("answered", () -> status("allowed once") && !status("waits for you"));
  }

  @Test
  void whatThereIsMoreOpensBelowAndClosesAgain() {
    assertThat(FxThread.get(() -> text("First a key per request")))
        .as("what it says is open")
        .isTrue();
    assertThat(FxThread.get(() -> text("expected: <1>"))).isFalse();
    robot.clickOn("mvn -q test -Dtest=OrderServiceTest");
    FxThread.until("its output", () -> text("expected: <1> but was: <2>"));
    robot.clickOn("mvn -q test -Dtest=OrderServiceTest");
    FxThread.until("closed", () -> !text("expected: <1>"));
    robot.clickOn("Keep a key with each order");
    FxThread.until(
        "its list", () -> text("Answer the same key alike") && text("open") && text("done"));
    robot.type(KeyCode.LEFT);
    FxThread.until("closed by key", () -> !text("Answer the same key alike"));
  }

  @Test
  void isFoundByKindAndByLettersAsOneTypes() {
    robot.clickOn("run 1");
    FxThread.until("only commands", () -> rows() == 1);
    robot.clickOn("All 12");
    FxThread.until("all", () -> rows() > 12);
    robot.clickOn(field("Find in the activity")).write("but was");
    FxThread.until("by what it printed", () -> rows() == 1 && text("mvn -q test"));
    robot.write(" nothing");
    FxThread.until("none", () -> text("Nothing here matches"));
    robot.type(KeyCode.ESCAPE);
    FxThread.until("all again", () -> rows() > 12);
  }

  @Test
  void anEditLeadsToTheDiffOfItsFileAndBack() {
    robot.clickOn("src/orders/OrderService.java");
    FxThread.until("the way", () -> text("Show the file's changes"));
    robot.clickOn("Show the file's changes");
    FxThread.until("the diff", () -> robot.lookup(".diff-lines").tryQuery().isPresent());
    robot.clickOn("Back to the activity");
    FxThread.until("back", () -> text("src/orders/OrderService.java") && rows() > 12);
  }

  @Test
  void wordForWordOnDemand() {
    robot.clickOn("Raw");
    FxThread.until("what came", () -> text("{\"type\":\"system\"}") && rows() == 1);
    robot.clickOn("Raw");
    FxThread.until("what it means", () -> text("src/orders/OrderService.java"));
  }

  @Test
  void aFloodOfActsIsHeldWithinBounds() {
    var flood = new ArrayList<LogLine>();
    long from = lines.size();
    for (int i = 0; i < 20_000; i++) {
      var act = new Act.Read("file-" + i);
      flood.add(new LogLine(from + i, Sample.NOW, "read", act.text(), act));
    }
    for (int i = 0; i < flood.size(); i += 50) {
      door.log(new LogPage(ATTEMPT, from + i, from + i + 50, flood.subList(i, i + 50)));
    }
    FxThread.until("the last", () -> text("file-19999"));
    assertThat(FxThread.get(this::rows)).isLessThanOrEqualTo(5_001);
    assertThat(FxThread.get(() -> robot.lookup(".log .list-cell").queryAll().size()))
        .isLessThan(100);
  }

  // ── how ─────────────────────────────────────────────────────────────────────────────────────

  private int rows() {
    return ((ListView<?>) robot.lookup(".log-lines").query()).getItems().size();
  }

  private javafx.scene.Node field(String prompt) {
    return robot
        .lookup(
            n ->
                n instanceof javafx.scene.control.TextInputControl t
                    && prompt.equals(t.getAccessibleText()))
        .query();
  }

  private long count(String words) {
    return FxThread.get(
        () ->
            robot
                .lookup(
                    n ->
                        n instanceof Labeled l
                            && l.getText() != null
                            && l.getText().contains(words)
                            && !l.getStyleClass().contains("chip"))
                .queryAll()
                .stream()
                .filter(ActivityTest::shown)
                .count());
  }

  private static boolean shown(javafx.scene.Node node) {
    for (var n = node; n != null; n = n.getParent()) {
      if (!n.isVisible()) {
        return false;
      }
    }
    return true;
  }

  private boolean status(String words) {
    return robot.lookup(".log-status").queryAll().stream()
        .anyMatch(n -> shown(n) && ((Labeled) n).getText().equals(words));
  }

  private boolean text(String words) {
    return robot
        .lookup(n -> n instanceof Labeled l && l.getText() != null && l.getText().contains(words))
        .queryAll()
        .stream()
        .anyMatch(ActivityTest::shown);
  }
}
