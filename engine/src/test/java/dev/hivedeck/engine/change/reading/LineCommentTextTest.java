package dev.hivedeck.engine.change.reading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.protocol.Command.LineComment;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an agent is told of comments on lines. */
class LineCommentTextTest {
  @Test
  void aRangeIsNamedAndASuggestionComesWordForWord() {
    assertThat(LineCommentText.forAgent(new LineComment("a.py", 7, "Louder.")))
        .isEqualTo("- a.py:7 Louder.\n");
    assertThat(LineCommentText.forAgent(new LineComment("a.py", 9, "Louder.", 7, "  x\n\n  y")))
        .isEqualTo(
            "- a.py:7-9 Louder.\n"
                + "  Replace lines 7 to 9 with exactly this:\n"
                + "```\n"
                + "  x\n\n"
                + "  y\n"
                + "```\n");
    assertThat(LineCommentText.forAgent(new LineComment("a.py", 9, "", 7, "")))
        .isEqualTo("- a.py:7-9\n  Take these lines out.\n");
  }

  @Test
  void aSuggestionThatHoldsAFenceStandsInALongerOne() {
    assertThat(LineCommentText.forAgent(new LineComment("a.md", 1, "", null, "````\nx\n````")))
        .contains("line 1 with exactly this:\n`````\n````\nx\n````\n`````\n");
  }

  @Test
  void whatIsAboutNoLinesOrSaysNothingIsRefused() {
    for (var wrong :
        List.of(
            new LineComment("a.py", -1, "x"),
            new LineComment("a.py", 3, "x", 4, null),
            new LineComment("a.py", 3, "x", 0, null),
            new LineComment("a.py", 0, "x", null, "y"),
            new LineComment("a.py", 3, " "))) {
      assertThatThrownBy(() -> LineCommentText.check(wrong)).as("%s", wrong).isNotNull();
    }
    LineCommentText.check(new LineComment("a.py", 3, "", null, "y"));
    LineCommentText.check(new LineComment("a.py", 0, "x"));
  }
}
