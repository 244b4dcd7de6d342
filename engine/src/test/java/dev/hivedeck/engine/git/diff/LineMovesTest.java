package dev.hivedeck.engine.git.diff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.TestRepository;
import dev.hivedeck.engine.git.Git;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lines are found again in another commit. */
class LineMovesTest {
  private static final int FILES = 150;

  @TempDir Path folder;

  /** Each line says something else, so that it is known again. */
  @Test
  void aLineThatIsStillThereIsFoundAndOneThatWentIsNot() {
    long seed = Long.getLong("hivedeck.seed", System.nanoTime());
    var random = new Random(seed);
    var sandbox = new TestRepository(folder);
    var before = new ArrayList<List<String>>();
    for (int f = 0; f < FILES; f++) {
      int file = f;
      before.add(
          IntStream.range(0, random.nextInt(40))
              .mapToObj(i -> "file " + file + " line " + i)
              .toList());
      sandbox.write(f + ".txt", text(before.get(f)));
    }
    sandbox.commit("before");
    String from = sandbox.git("rev-parse", "HEAD");
    var after = new ArrayList<List<String>>();
    for (int f = 0; f < FILES; f++) {
      after.add(edited(before.get(f), random));
      sandbox.write(f + ".txt", text(after.get(f)));
    }
    sandbox.commit("after");
    var moves = Diffs.moves(new Git(sandbox.repository), from, sandbox.git("rev-parse", "HEAD"));
    for (int f = 0; f < FILES; f++) {
      for (int line = 1; line <= before.get(f).size(); line++) {
        int now = after.get(f).indexOf(before.get(f).get(line - 1)) + 1;
        assertThat(moves.place(f + ".txt", line, line))
            .as("line %d of %d.txt, seed %d", line, f, seed)
            .isEqualTo(
                now == 0
                    ? Optional.empty()
                    : Optional.of(new LineMoves.Place(f + ".txt", now, now)));
      }
    }
  }

  private static List<String> edited(List<String> lines, Random random) {
    var edited = new ArrayList<String>();
    for (var line : lines) {
      switch (random.nextInt(8)) {
        case 0 -> {}
        case 1 -> edited.add("instead of " + line);
        case 2 -> edited.addAll(List.of("before " + line, line));
        default -> edited.add(line);
      }
    }
    return edited;
  }

  private static String text(List<String> lines) {
    return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
  }

  @Test
  void ofSeveralLinesWhatIsLeftIsFound() {
    var sandbox = new TestRepository(folder);
    sandbox.write("a.txt", "1\n2\n3\n4\n5\n6\n");
    sandbox.commit("before");
    String from = sandbox.git("rev-parse", "HEAD");
    sandbox.write("a.txt", "0\n1\n4\nnew\n5\n");
    sandbox.commit("after");
    var moves = Diffs.moves(new Git(sandbox.repository), from, sandbox.git("rev-parse", "HEAD"));

    assertThat(moves.place("a.txt", 1, 6)).contains(new LineMoves.Place("a.txt", 2, 5));
    assertThat(moves.place("a.txt", 2, 4)).contains(new LineMoves.Place("a.txt", 3, 3));
    assertThat(moves.place("a.txt", 4, 5)).contains(new LineMoves.Place("a.txt", 3, 5));
    assertThat(moves.place("a.txt", 2, 3)).isEmpty();
    assertThat(moves.place("other.txt", 2, 3)).contains(new LineMoves.Place("other.txt", 2, 3));
  }

  @Test
  void filesAreFoundUnderTheirNewNames() throws Exception {
    var sandbox = new TestRepository(folder);
    sandbox.write("old name.txt", "one\ntwo\nthree\nfour\nfive\n");
    sandbox.write("gone.txt", "1\n");
    sandbox.write("binary.bin", "1\n\0");
    sandbox.commit("before");
    String from = sandbox.git("rev-parse", "HEAD");
    sandbox.git("mv", "old name.txt", "new ü.txt");
    sandbox.write("new ü.txt", "zero\none\ntwo\nthree\nfour\nfive\n");
    sandbox.write("binary.bin", "2\n\0");
    Files.delete(sandbox.repository.resolve("gone.txt"));
    sandbox.commit("after");
    var moves = Diffs.moves(new Git(sandbox.repository), from, sandbox.git("rev-parse", "HEAD"));

    assertThat(moves.place("old name.txt", 2, 2)).contains(new LineMoves.Place("new ü.txt", 3, 3));
    assertThat(moves.place("gone.txt", 1, 1)).isEmpty();
    assertThat(moves.place("binary.bin", 1, 1)).isEmpty();
  }
}
