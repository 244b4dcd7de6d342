package dev.hivedeck.app.cli;

import dev.hivedeck.engine.protocol.Printable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Rows for a terminal; the last column gives way when the width does not suffice. */
public final class TextTable {
  private static final int WIDTH = 120;
  private final List<String[]> rows = new ArrayList<>();

  public TextTable(String... headings) {
    rows.add(Arrays.stream(headings).map(String::toUpperCase).toArray(String[]::new));
  }

  public void row(Object... cells) {
    rows.add(
        Arrays.stream(cells)
            .map(c -> c == null ? "" : Printable.line(c.toString()).replaceAll("\\s+", " "))
            .toArray(String[]::new));
  }

  @Override
  public String toString() {
    int columns = rows.getFirst().length;
    int[] widths = new int[columns];
    for (String[] row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], Math.min(46, row[i].length()));
      }
    }
    int before = 0;
    for (int i = 0; i < columns - 1; i++) {
      before += widths[i] + 2;
    }
    widths[columns - 1] = Math.max(12, WIDTH - before);
    var text = new StringBuilder();
    for (String[] row : rows) {
      var line = new StringBuilder();
      for (int i = 0; i < columns; i++) {
        String cell =
            row[i].length() > widths[i] ? row[i].substring(0, widths[i] - 1) + "…" : row[i];
        line.append(i == columns - 1 ? cell : cell + " ".repeat(widths[i] - cell.length() + 2));
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString().stripTrailing();
  }
}
