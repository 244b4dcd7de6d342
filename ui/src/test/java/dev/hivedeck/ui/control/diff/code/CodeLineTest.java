package dev.hivedeck.ui.control.diff.code;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CodeLineTest {
  @Test
  void aLineWrapsBetweenWordsWhereThatGoes() {
    assertThat(CodeLine.rows("return total of all", 12)).isEqualTo(List.of(0, 13));
    assertThat(CodeLine.rows("    aVeryLongWordAlone", 10)).isEqualTo(List.of(0, 10, 20));
    assertThat(CodeLine.rows("", 10)).isEqualTo(List.of(0));
    assertThat(CodeLine.rows("ten and ten", 11)).isEqualTo(List.of(0));
  }

  @Test
  void noRowIsLongerThanThereIsRoomAndNoLetterIsLost() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    for (int i = 0; i < 2_000; i++) {
      var text = new StringBuilder();
      for (int n = random.nextInt(60); n > 0; n--) {
        text.append("ab (  ".charAt(random.nextInt(6)));
      }
      int columns = 1 + random.nextInt(20);
      var rows = CodeLine.rows(text.toString(), columns);
      assertThat(rows.getFirst()).as("seed %d", seed).isZero();
      for (int k = 0; k < rows.size(); k++) {
        int end = k + 1 < rows.size() ? rows.get(k + 1) : text.length();
        var row = text.substring(rows.get(k), end);
        assertThat(row.stripTrailing().length())
            .as("row %d of “%s” in %d, seed %d", k, text, columns, seed)
            .isLessThanOrEqualTo(columns);
        assertThat(end > rows.get(k) || text.isEmpty()).as("seed %d", seed).isTrue();
      }
    }
  }
}
