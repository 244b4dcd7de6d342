package dev.hivedeck.app.cli;

import dev.hivedeck.engine.protocol.Printable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Rows in columns. On a terminal long cells end in an ellipsis, so that a row is a line; elsewhere
 * nothing is cut, since who searches a file or a pipe wants the whole.
 */
public final class TextTable {
  private static final int WIDTH = 120;
  private static final int WIDEST = 46;
  private static final boolean TERMINAL = System.console() != null && System.console().isTerminal();
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
    return text(TERMINAL);
  }

  /**
   * @param cut whether long cells are cut
   */
  String text(boolean cut) {
    int columns = rows.getFirst().length;
    int[] widths = new int[columns];
    for (String[] row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], cut ? Math.min(WIDEST, row[i].length()) : row[i].length());
      }
    }
    if (cut) {
      int before = Arrays.stream(widths, 0, columns - 1).map(width -> width + 2).sum();
      widths[columns - 1] = Math.max(12, WIDTH - before);
    }
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
