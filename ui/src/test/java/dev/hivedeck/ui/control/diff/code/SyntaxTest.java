package dev.hivedeck.ui.control.diff.code;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.ui.control.diff.code.Syntax.Kind;
import dev.hivedeck.ui.control.diff.code.Syntax.Span;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SyntaxTest {
  private static String of(Kind kind, String path, String line) {
    return Syntax.of(path).spans(line).stream()
        .filter(s -> s.kind() == kind)
        .map(Span::text)
        .collect(Collectors.joining("|"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '|',
      textBlock =
          """
          A.java ~ return "a // b"; // why ~ KEYWORD ~ return
          A.java ~ return "a // b"; // why ~ STRING ~ "a // b"
          A.java ~ return "a // b"; // why ~ COMMENT ~ // why
          A.java ~ |  * kept from above| ~ COMMENT ~ |  * kept from above|
          a.py ~ def f(self): # no ~ COMMENT ~ # no
          a.py ~ def f(self): # no ~ KEYWORD ~ def|self
          a.yaml ~ name: it isn't # said ~ COMMENT ~ # said
          m.sql ~ SELECT id FROM t -- all ~ KEYWORD ~ SELECT|FROM
          m.sql ~ SELECT id FROM t -- all ~ COMMENT ~ -- all
          a.html ~ <a href="x">y</a> ~ STRING ~ "x"
          a.txt ~ return "nothing" // 12 ~ STRING ~ ||
          Dockerfile ~ FROM x # base ~ COMMENT ~ # base
          """)
  void knowsWhatAPieceIs(String path, String line, Kind kind, String expected) {
    assertThat(of(kind, path, line)).isEqualTo(expected == null ? "" : expected);
  }

  @Test
  void losesNothing() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    var letters = "ab \t\"'`\\/*#-<>!=.09é漢return$_{}();".toCharArray();
    for (var path : List.of("a.java", "a.py", "a.sql", "a.html", "a.md", "a.unknown", "x")) {
      for (int i = 0; i < 2_000; i++) {
        var line = new StringBuilder();
        for (int n = random.nextInt(40); n > 0; n--) {
          line.append(letters[random.nextInt(letters.length)]);
        }
        var together =
            Syntax.of(path).spans(line.toString()).stream()
                .map(Span::text)
                .collect(Collectors.joining());
        assertThat(together).as("seed %d, %s", seed, path).isEqualTo(line.toString());
      }
    }
  }
}
