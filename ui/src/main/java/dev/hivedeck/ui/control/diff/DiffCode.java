package dev.hivedeck.ui.control.diff;

import dev.hivedeck.engine.protocol.Printable;
import dev.hivedeck.engine.protocol.Query.DiffLine;
import dev.hivedeck.ui.shell.text.Texts;
import java.util.BitSet;
import java.util.Locale;
import javafx.scene.Node;
import javafx.scene.control.Label;
import javafx.scene.layout.Region;
import javafx.scene.text.Text;
import javafx.scene.text.TextFlow;

/** Writes lines of code in their colours, with the words that differ and where a line came from. */
final class DiffCode {
  private final Texts texts;
  private String path = "";
  private Syntax syntax = Syntax.of("");
  private MovedLines moves = MovedLines.NONE;

  /** What lines look like depends on the file and on what moved. */
  private Object state = new Object();

  /** What a flow shows: a list asks for the same again and again. */
  private record Written(Object state, DiffLine line, DiffLine other) {}

  DiffCode(Texts texts) {
    this.texts = texts;
  }

  /** Of this file. */
  void of(String file) {
    state = new Object();
    path = file;
    syntax = Syntax.of(file);
  }

  void moves(MovedLines known) {
    state = new Object();
    moves = known;
  }

  /** Where a line went to or came from; null where it did not only move. */
  MovedLines.Place moved(DiffLine line) {
    return moves.of(path, line);
  }

  /**
   * Fills a flow.
   *
   * @param line null for none
   * @param other what it was, or is now; null where there is none
   */
  void line(TextFlow flow, DiffLine line, DiffLine other) {
    var written = new Written(state, line, other);
    if (written.equals(flow.getUserData())) {
      return;
    }
    flow.setUserData(written);
    flow.getChildren().clear();
    if (line == null) {
      return;
    }
    var text = shown(line.text());
    var moved = moved(line);
    boolean added = line.kind().equals("+");
    int at = 0;
    var differing = moved != null || line == other ? new BitSet() : differing(line, other, added);
    for (var span : syntax.spans(text)) {
      var style = "code-" + span.kind().name().toLowerCase(Locale.ROOT);
      int end = at + span.text().length();
      int from = at;
      while (from < end) {
        boolean changed = differing.get(from);
        int to = Math.min(end, changed ? differing.nextClearBit(from) : set(differing, from, end));
        var piece = span.text().substring(from - at, to - at);
        flow.getChildren().add(changed ? word(piece, style, added) : text(piece, style));
        from = to;
      }
      at = end;
    }
    if (line.text().endsWith("\r")) {
      flow.getChildren().add(text(" CR", "code-mark"));
    }
    if (moved != null && moved.first()) {
      var place = moved.path().equals(path) ? "" : moved.path() + ":";
      flow.getChildren()
          .add(
              text(
                  "   "
                      + texts.text(
                          added ? "diff.moved.from" : "diff.moved.to", place + moved.line()),
                  "code-mark"));
    }
  }

  private static int set(BitSet bits, int from, int end) {
    int next = bits.nextSetBit(from);
    return next < 0 ? end : next;
  }

  private static BitSet differing(DiffLine line, DiffLine other, boolean added) {
    if (other == null || other.kind().equals(" ")) {
      return new BitSet();
    }
    return added
        ? WordDiff.of(shown(other.text()), shown(line.text())).after()
        : WordDiff.of(shown(line.text()), shown(other.text())).before();
  }

  private static Text text(String piece, String style) {
    var text = new Text(piece);
    text.getStyleClass().add(style);
    return text;
  }

  private static Node word(String piece, String style, boolean added) {
    var label = new Label(piece);
    label.setMinWidth(Region.USE_PREF_SIZE);
    label.getStyleClass().addAll(style, added ? "word-added" : "word-removed");
    return label;
  }

  /** A line as it is shown: tabs are four wide, and nothing in it can hide. */
  private static String shown(String line) {
    var text = line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
    return Printable.line(text.replace("\t", "    "));
  }
}
