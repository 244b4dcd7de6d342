package dev.hivedeck.ui.control.diff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.Query.DiffLine;
import dev.hivedeck.engine.protocol.Query.FileDiff;
import dev.hivedeck.engine.protocol.Query.Hunk;
import dev.hivedeck.ui.control.diff.code.MovedLines;
import dev.hivedeck.ui.control.diff.code.WhiteSpace;
import dev.hivedeck.ui.control.diff.code.WordDiff;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What helps to read a diff: words that differ, lines that moved, white space left aside. */
class DiffReadingTest {
  private static String marked(String line, BitSet letters) {
    var text = new StringBuilder();
    for (int i = 0; i < line.length(); i++) {
      boolean now = letters.get(i);
      boolean before = i > 0 && letters.get(i - 1);
      text.append(now && !before ? "[" : !now && before ? "]" : "").append(line.charAt(i));
    }
    return text.append(letters.get(line.length() - 1) ? "]" : "").toString();
  }

  @Test
  void wordsThatDifferAreMarkedOnBothSides() {
    var before = "    self.store.put(key, order)";
    var after = "    self.store.put(key, order, digest)";
    var words = WordDiff.of(before, after);
    assertThat(words.before().isEmpty()).isTrue();
    assertThat(marked(after, words.after())).isEqualTo("    self.store.put(key, order[, digest])");
    before = "if found:";
    after = "if found and found.digest != digest:";
    assertThat(marked(after, WordDiff.of(before, "if lost:").before()).isEmpty()).isFalse();
    assertThat(marked(before, WordDiff.of(before, "if lost:").before())).isEqualTo("if [found]:");
  }

  @Test
  void anotherLineIsNewAsAWholeNotWordByWord() {
    var words = WordDiff.of("return found.answer", "raise OtherBody(key)");
    assertThat(words.before().isEmpty() && words.after().isEmpty()).isTrue();
    assertThat(WordDiff.of("same", "same").after().isEmpty()).isTrue();
    assertThat(WordDiff.of("", "x").after().isEmpty()).isTrue();
  }

  /** Without what is marked both sides say the same. */
  @Test
  void whatIsNotMarkedIsTheSameOnBothSides() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    for (int i = 0; i < 2_000; i++) {
      var before = line(random);
      var after = line(random);
      var words = WordDiff.of(before, after);
      if (!words.before().isEmpty() || !words.after().isEmpty()) {
        assertThat(without(before, words.before()))
            .as("%s | %s, seed %d", before, after, seed)
            .isEqualTo(without(after, words.after()));
      }
    }
  }

  private static String line(Random random) {
    var line = new StringBuilder();
    for (int n = random.nextInt(12); n > 0; n--) {
      line.append(List.of("a", "bc", " ", "(", "x1", ".", "  ").get(random.nextInt(7)));
    }
    return line.toString();
  }

  private static String without(String line, BitSet letters) {
    var text = new StringBuilder();
    for (int i = 0; i < line.length(); i++) {
      if (!letters.get(i)) {
        text.append(line.charAt(i));
      }
    }
    return text.toString();
  }

  private static List<DiffLine> lines(String... texts) {
    var lines = new ArrayList<DiffLine>();
    int old = 1;
    int now = 1;
    for (var text : texts) {
      var kind = text.substring(0, 1);
      boolean came = kind.equals("+");
      boolean went = kind.equals("-");
      lines.add(new DiffLine(kind, came ? 0 : old, went ? 0 : now, text.substring(1)));
      old += came ? 0 : 1;
      now += went ? 0 : 1;
    }
    return lines;
  }

  @Test
  void aLineStandsBesideTheOneThatItBecame() {
    var file =
        file("a.py", lines("-row = db.find(id)", "+shard = pick(x)", "+row = shard.find(id)"));
    var shape = new DiffRow.Shape(-1, true, false, Marks.NONE, Set.of());
    var pairs =
        DiffRow.of(file, DiffRow.Remarks.NONE, shape).stream()
            .filter(DiffRow.Pair.class::isInstance)
            .map(DiffRow.Pair.class::cast)
            .toList();
    assertThat(pairs).hasSize(2);
    assertThat(pairs.get(0).before()).isNull();
    assertThat(pairs.get(1).before().text()).isEqualTo("row = db.find(id)");
    assertThat(pairs.get(1).after().text()).isEqualTo("row = shard.find(id)");
  }

  /** Each line is compared with each only where that is soon done. */
  @Test
  void aBlockOfVeryManyLinesIsLaidOutLineByLine() {
    var lines = new ArrayList<DiffLine>();
    for (int i = 1; i <= 50_000; i++) {
      lines.add(new DiffLine("-", i, 0, "a"));
    }
    for (int i = 1; i <= 60_000; i++) {
      lines.add(new DiffLine("+", 0, i, "b"));
    }
    var shape = new DiffRow.Shape(-1, true, false, Marks.NONE, Set.of());
    assertThat(DiffRow.of(file("a.py", lines), DiffRow.Remarks.NONE, shape)).hasSize(60_001);
  }

  private static FileDiff file(String path, List<DiffLine> lines) {
    return new FileDiff(
        path,
        null,
        "modified",
        false,
        0,
        0,
        "100644",
        "100644",
        List.of(new Hunk("@@ -1 +1 @@", 1, 1, lines)));
  }

  @Test
  void aBlockThatMovedSaysWhereFromAlsoToAnotherFileAndDeeper() {
    var from =
        file(
            "a.py",
            lines("-def total(orders):", "-  return sum(o.price for o in orders)", " ", "-x = 1"));
    var to =
        file(
            "b.py",
            lines(
                " ",
                "+  def total(orders):",
                "+    return sum(o.price for o in orders)",
                "+  y = 2",
                " ",
                "+x = 1"));
    var moves = MovedLines.of(List.of(from, to));
    var came = to.hunks().getFirst().lines();
    assertThat(moves.of("b.py", came.get(1))).isEqualTo(new MovedLines.Place("a.py", 1, true));
    assertThat(moves.of("b.py", came.get(2))).isEqualTo(new MovedLines.Place("a.py", 2, false));
    assertThat(moves.of("b.py", came.get(3))).as("new").isNull();
    assertThat(moves.of("b.py", came.get(5))).as("too short to tell").isNull();
    var went = from.hunks().getFirst().lines();
    assertThat(moves.of("a.py", went.get(0))).isEqualTo(new MovedLines.Place("b.py", 2, true));
  }

  @Test
  void linesThatDifferInWhiteSpaceOnlyAreNoChangeWhereOneWantsThat() {
    var seen =
        WhiteSpace.ignored(
            lines(" a", "-if x:", "-\tb", "-gone", "+if x :", "+    b", "+come", " c"));
    assertThat(seen)
        .extracting(l -> l.kind() + l.text() + " " + l.oldLine() + ":" + l.newLine())
        .containsExactly(" a 1:1", " if x : 2:2", "     b 3:3", "-gone 4:0", "+come 0:4", " c 5:5");
  }
}
