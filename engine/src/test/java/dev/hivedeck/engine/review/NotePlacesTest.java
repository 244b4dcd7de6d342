package dev.hivedeck.engine.review;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.Query.DiffLine;
import dev.hivedeck.engine.protocol.Query.FileDiff;
import dev.hivedeck.engine.protocol.Query.FileDiffs;
import dev.hivedeck.engine.protocol.Query.Hunk;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an agent says stands where a reader of the diff finds it. */
class NotePlacesTest {
  private final NotePlaces places =
      new NotePlaces(
          new FileDiffs(
              "base",
              "head",
              List.of(
                  file(
                      "shown.txt",
                      List.of(
                          new Hunk(
                              "@@ -0,0 +1 @@", 0, 1, List.of(new DiffLine("+", 0, 1, "one"))))),
                  file("cut.txt", List.of())),
              false),
          text -> text.replace("s3cret", "***"));

  private static FileDiff file(String path, List<Hunk> hunks) {
    return new FileDiff(path, null, "added", false, 1, 0, null, "100644", hunks);
  }

  @Test
  void aLineOfAFileThatIsNotShownIsNamedOnTheFile() {
    var placed = places.place(new ReviewNote("cut.txt", 2_000_000, null, "Why?", null));

    assertThat(placed.file()).isEqualTo("cut.txt");
    assertThat(placed.line()).isZero();
    assertThat(placed.text()).isEqualTo("Line 2000000: Why?");
  }

  @Test
  void aSuggestionIsKeptWholeOrNotAtAll() {
    var whole = places.place(new ReviewNote("shown.txt", 1, null, "So.", "two s3cret"));
    assertThat(whole.suggestion()).isEqualTo("two ***");

    var tooLong = places.place(new ReviewNote("shown.txt", 1, null, "So.", "x\n".repeat(3_000)));
    assertThat(tooLong.line()).isEqualTo(1);
    assertThat(tooLong.suggestion()).isNull();
    assertThat(tooLong.text()).isEqualTo("So.\nWhat it suggested instead is too long to be kept.");
  }
}
