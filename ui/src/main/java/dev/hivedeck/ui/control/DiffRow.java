package dev.hivedeck.ui.control;

import dev.hivedeck.engine.protocol.Command.LineComment;
import dev.hivedeck.engine.protocol.Query.DiffLine;
import dev.hivedeck.engine.protocol.Query.FileDiff;
import dev.hivedeck.engine.protocol.Query.Hunk;
import dev.hivedeck.engine.protocol.Views.Comment;
import java.util.ArrayList;
import java.util.List;

/** What stands in one row of a diff. */
sealed interface DiffRow {
  /** Where lines that did not change were left out. */
  record Head(String text) implements DiffRow {}

  record Line(DiffLine line) implements DiffRow {}

  /** What was said about the line above, or about the file. */
  record Said(Comment comment) implements DiffRow {}

  /** What the person noted and did not send yet. */
  record Noted(LineComment draft) implements DiffRow {}

  /** Where the person writes about the line above. */
  record Writing(int line) implements DiffRow {}

  /**
   * A file's rows, each comment below the line that it is about; those about lines that are not
   * shown come first.
   *
   * @param writing the line of the new side that is written about, 0 for the whole file, -1 for
   *     none
   */
  static List<DiffRow> of(
      FileDiff file, List<Comment> comments, List<LineComment> drafts, int writing) {
    var rows = new ArrayList<DiffRow>();
    var said = new ArrayList<>(comments);
    var noted = new ArrayList<>(drafts);
    boolean open = writing >= 0;
    for (Hunk hunk : file.hunks()) {
      rows.add(new Head(hunk.header()));
      for (DiffLine line : hunk.lines()) {
        rows.add(new Line(line));
        int at = line.newLine();
        if (at == 0) {
          continue;
        }
        said.removeIf(c -> c.line() == at && rows.add(new Said(c)));
        noted.removeIf(d -> d.line() == at && rows.add(new Noted(d)));
        if (open && at == writing) {
          rows.add(new Writing(writing));
          open = false;
        }
      }
    }
    var above = new ArrayList<DiffRow>();
    said.forEach(c -> above.add(new Said(c)));
    noted.forEach(d -> above.add(new Noted(d)));
    if (open) {
      above.add(new Writing(writing));
    }
    rows.addAll(0, above);
    return rows;
  }
}
