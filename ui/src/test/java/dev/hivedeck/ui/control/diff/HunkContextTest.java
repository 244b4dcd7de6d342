package dev.hivedeck.ui.control.diff;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query.DiffLine;
import dev.hivedeck.engine.protocol.Query.FileContent;
import dev.hivedeck.engine.protocol.Query.FileDiff;
import dev.hivedeck.engine.protocol.Query.Hunk;
import dev.hivedeck.ui.Desktop;
import dev.hivedeck.ui.FxThread;
import dev.hivedeck.ui.Sample;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javafx.scene.Scene;
import javafx.scene.control.TextField;
import javafx.stage.Stage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testfx.api.FxRobot;

/** Lines that did not change are shown as far as one wants to see them. */
class HunkContextTest {
  private static final int LINES = 100;
  @TempDir Path folder;
  private Desktop desktop;
  private Stage stage;
  private DiffView view;
  private int asked;
  private CompletableFuture<Void> slow = CompletableFuture.completedFuture(null);
  private String content =
      IntStream.rangeClosed(1, LINES)
          .mapToObj(i -> "line " + i + "\n")
          .collect(Collectors.joining());

  @BeforeEach
  void open() {
    desktop = FxThread.desktop(Sample.door(), folder.resolve("desktop.json"));
    var source =
        new DiffSource() {
          @Override
          public CompletableFuture<JsonNode> lines(String path, int from) {
            throw new AssertionError("all lines are there");
          }

          @Override
          public CompletableFuture<JsonNode> content(String path, boolean before) {
            assertThat(before).isFalse();
            asked++;
            var base64 =
                content == null
                    ? null
                    : Base64.getEncoder().encodeToString(content.getBytes(StandardCharsets.UTF_8));
            return slow.thenApply(_ -> Json.tree(new FileContent(path, "b52e10d", 1, base64)));
          }
        };
    stage =
        FxThread.get(
            () -> {
              view = new DiffView(desktop.frame().desk(), Reviewer.NONE, source);
              view.show(file(), List.of(), List.of());
              var made = new Stage();
              made.setScene(new Scene(view, 900, 600));
              made.getScene().getStylesheets().setAll(desktop.stage().getScene().getStylesheets());
              made.show();
              return made;
            });
  }

  @AfterEach
  void close() {
    FxThread.run(stage::close);
    FxThread.run(desktop.stage()::close);
  }

  /** One line came at 21; 61 to 62 became one. */
  private static FileDiff file() {
    return new FileDiff(
        "a.py",
        null,
        "modified",
        false,
        2,
        2,
        "100644",
        "100644",
        List.of(
            new Hunk(
                "@@ -20,2 +20,3 @@",
                20,
                20,
                List.of(
                    new DiffLine(" ", 20, 20, "line 20"),
                    new DiffLine("+", 0, 21, "line 21"),
                    new DiffLine(" ", 21, 22, "line 22"))),
            new Hunk(
                "@@ -59,4 +60,3 @@",
                59,
                60,
                List.of(
                    new DiffLine(" ", 59, 60, "line 60"),
                    new DiffLine("-", 60, 0, "was 61"),
                    new DiffLine("-", 61, 0, "was 62"),
                    new DiffLine("+", 0, 61, "line 61"),
                    new DiffLine(" ", 62, 62, "line 62")))));
  }

  private List<Integer> lines() {
    return FxThread.get(
        () ->
            view.list().getItems().stream()
                .map(DiffRow::newLine)
                .filter(n -> n > 0)
                .distinct()
                .toList());
  }

  private List<Integer> hidden() {
    return FxThread.get(
        () ->
            view.list().getItems().stream()
                .filter(DiffRow.Head.class::isInstance)
                .map(r -> ((DiffRow.Head) r).hidden())
                .toList());
  }

  private static List<Integer> from(int first, int last) {
    return IntStream.rangeClosed(first, last).boxed().toList();
  }

  private void type(int row, char letter) {
    FxThread.run(
        () -> {
          view.list().getSelectionModel().clearAndSelect(row);
          view.typed(letter);
        });
  }

  @Test
  void tenLinesAboveAHunkThenAllThenTheWholeFile() {
    assertThat(hidden()).containsExactly(19, 37, HunkContext.SOME);
    assertThat(asked).as("nothing is read before one wants it").isZero();
    type(1, 'x');
    assertThat(lines()).startsWith(10, 11).doesNotContain(9);
    assertThat(hidden()).containsExactly(9, 37, 38);
    FxThread.run(() -> view.contexts().down(view.file(), 1));
    assertThat(lines()).contains(23, 32).doesNotContain(33);
    FxThread.run(() -> view.contexts().all(view.file(), 1));
    assertThat(lines()).containsAll(from(10, 62)).doesNotContain(63);
    type(1, 'X');
    assertThat(lines()).isEqualTo(from(1, LINES));
    assertThat(hidden()).containsExactly(0, 0);
    assertThat(asked).isEqualTo(1);
  }

  @Test
  void eachLineHasItsNumbersOnBothSidesAlsoSideBySide() {
    type(1, 'X');
    FxThread.run(() -> view.typed('u'));
    assertThat(lines()).isEqualTo(from(1, LINES));
    var pairs =
        FxThread.get(
            () ->
                view.list().getItems().stream()
                    .filter(DiffRow.Pair.class::isInstance)
                    .map(r -> ((DiffRow.Pair) r).after())
                    .filter(l -> l != null && l.kind().equals(" "))
                    .toList());
    assertThat(pairs)
        .allSatisfy(
            l -> {
              int moved = l.newLine() < 21 ? 0 : l.newLine() < 61 ? 1 : 0;
              assertThat(l.oldLine()).as("line %d", l.newLine()).isEqualTo(l.newLine() - moved);
              assertThat(l.text()).isEqualTo("line " + l.newLine());
            });
  }

  @Test
  void howeverManyHunksThereAreTheFileIsReadOnce() {
    slow = new CompletableFuture<>();
    type(1, 'X');
    assertThat(asked).isEqualTo(1);
    FxThread.run(() -> slow.complete(null));
    assertThat(lines()).isEqualTo(from(1, LINES));
    assertThat(hidden()).containsExactly(0, 0);
  }

  @Test
  void whatIsUnfoldedIsFound() {
    type(1, 'X');
    var robot = new FxRobot();
    FxThread.run(
        () -> {
          view.find();
          ((TextField) robot.from(view).lookup(".text-field").query()).setText("line 97");
        });
    assertThat(FxThread.get(() -> view.finds(row(97)))).isTrue();
  }

  private DiffRow row(int line) {
    return view.list().getItems().stream()
        .filter(r -> r.newLine() == line)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aFileThatIsTooLargeIsSaidAndStaysAsItWas() {
    content = null;
    type(1, 'X');
    assertThat(hidden()).containsExactly(19, 37, HunkContext.SOME);
    FxThread.until(
        "a notice",
        () ->
            new FxRobot()
                .lookup((javafx.scene.control.Label l) -> l.getText().contains("too large"))
                .tryQuery()
                .isPresent());
  }
}
