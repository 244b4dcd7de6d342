package dev.hivedeck.ui.control.diff;

import dev.hivedeck.engine.protocol.Command.LineComment;
import dev.hivedeck.ui.shell.ScreenContext;
import java.util.Arrays;
import java.util.function.Supplier;

/** Writes about lines of a file, below them, and sends it or keeps it as a draft. */
final class CommentWriter {
  /** So many rows above what is written stay in view. */
  private static final int ABOVE = 6;

  private final Reviewer reviewer;
  private final RowList list;
  private final PartReader parts;
  private final Supplier<String> path;
  private final Runnable renew;
  private final DiffEditor editor;

  /**
   * @param path of the file that is shown
   * @param renew lays the rows out anew
   */
  CommentWriter(
      ScreenContext context,
      Reviewer reviewer,
      RowList list,
      PartReader parts,
      Supplier<String> path,
      Runnable renew) {
    this.reviewer = reviewer;
    this.list = list;
    this.parts = parts;
    this.path = path;
    this.renew = renew;
    editor = new DiffEditor(context, reviewer, this::send, this::keep);
  }

  DiffEditor editor() {
    return editor;
  }

  /** Writes about the lines that are selected; whether there are any. */
  boolean comment() {
    var lines = list.lines();
    if (lines.length == 0) {
      return false;
    }
    write(lines[0], lines[lines.length - 1]);
    return true;
  }

  /** Writes about a line, or about all that are selected where it is one of them. */
  void writeAt(int line) {
    var lines = list.lines();
    boolean among = Arrays.stream(lines).anyMatch(l -> l == line);
    write(among ? lines[0] : line, among ? lines[lines.length - 1] : line);
  }

  /** Opens the editor below lines of the new side. */
  private void write(int first, int line) {
    if (first <= 0 || !reviewer.welcome()) {
      return;
    }
    keep();
    editor.open(path.get(), first, line, parts.text(first, line));
    renew.run();
    var rows = list.getItems();
    for (int i = 0; i < rows.size(); i++) {
      if (rows.get(i) instanceof DiffRow.Writing) {
        list.scrollTo(Math.max(0, i - ABOVE));
      }
    }
  }

  /** Takes a kept note up again. */
  void rewrite(LineComment draft) {
    reviewer.drop(draft);
    write(draft.first(), draft.line());
    editor.take(draft);
  }

  /** Notes what a gate found, to be sent with the rest. */
  void take(DiffRow.Finding finding) {
    reviewer.keep(
        new LineComment(path.get(), finding.line(), finding.gate() + ": " + finding.text()));
  }

  /** Ends writing; what was written is a draft. */
  void keep() {
    if (editor.line() < 0) {
      return;
    }
    var draft = editor.close();
    if (draft == null) {
      renew.run();
    } else {
      reviewer.keep(draft);
    }
    list.requestFocus();
  }

  private void send(LineComment draft) {
    renew.run();
    if (draft != null) {
      reviewer.send(draft);
    }
  }
}
