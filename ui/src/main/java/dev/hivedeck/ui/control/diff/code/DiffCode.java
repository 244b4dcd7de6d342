package dev.hivedeck.ui.control.diff.code;

import dev.hivedeck.engine.protocol.Printable;
import dev.hivedeck.engine.protocol.Query.DiffLine;
import dev.hivedeck.ui.shell.text.Texts;
import java.util.BitSet;

/** Writes lines of code in their colours, with the words that differ and where a line came from. */
public final class DiffCode {
  private static final BitSet NOTHING = new BitSet();

  /** Letters below this are as high as those of English. */
  private static final int LATIN = 0x250;

  private final Texts texts;
  private final CodeColours colours;
  private String path = "";
  private Syntax syntax = Syntax.of("");
  private MovedLines moves = MovedLines.NONE;

  /** What lines look like depends on the file and on what moved. */
  private Object state = new Object();

  /** What a flow shows: a list asks for the same again and again. */
  private record Written(Object state, DiffLine line, DiffLine other) {}

  public DiffCode(Texts texts, CodeColours colours) {
    this.texts = texts;
    this.colours = colours;
  }

  public CodeColours colours() {
    return colours;
  }

  /** Colours are others: what is shown is to be written anew. */
  public void renew() {
    state = new Object();
  }

  /** Of this file. */
  public void of(String file) {
    state = new Object();
    path = file;
    syntax = Syntax.of(file);
  }

  public void moves(MovedLines known) {
    state = new Object();
    moves = known;
  }

  /** Where a line went to or came from; null where it did not only move. */
  public MovedLines.Place moved(DiffLine line) {
    return moves.of(path, line);
  }

  /**
   * Fills a line.
   *
   * @param line null for none
   * @param other what it was, or is now; null where there is none
   */
  public void line(CodeLine shown, DiffLine line, DiffLine other) {
    var written = new Written(state, line, other);
    if (written.equals(shown.getUserData())) {
      return;
    }
    shown.setUserData(written);
    shown.begin();
    boolean added = line != null && line.kind().equals("+");
    if (line != null) {
      write(shown, line, other, added);
    }
    shown.end(colours, added, even(line));
  }

  private void write(CodeLine shown, DiffLine line, DiffLine other, boolean added) {
    var text = shown(line.text());
    var moved = moved(line);
    int at = 0;
    var differing = moved != null || line == other ? NOTHING : differing(line, other, added);
    for (var span : syntax.spans(text)) {
      int end = at + span.text().length();
      int from = at;
      while (from < end) {
        boolean changed = differing.get(from);
        int to = Math.min(end, changed ? differing.nextClearBit(from) : set(differing, from, end));
        shown.write(
            span.text().substring(from - at, to - at),
            colours.of(changed ? Syntax.Kind.PLAIN : span.kind()),
            changed);
        from = to;
      }
      at = end;
    }
    if (line.text().endsWith("\r")) {
      shown.write(" CR", colours.mark(), false);
    }
    if (moved != null && moved.first()) {
      shown.write(beside(moved, line), colours.mark(), false);
    }
  }

  /** Where it moved to, or from. */
  private String beside(MovedLines.Place moved, DiffLine line) {
    var place = moved.path().equals(path) ? "" : moved.path() + ":";
    return "   "
        + texts.text(
            line.kind().equals("+") ? "diff.moved.from" : "diff.moved.to", place + moved.line());
  }

  private static int set(BitSet bits, int from, int end) {
    int next = bits.nextSetBit(from);
    return next < 0 ? end : next;
  }

  private static BitSet differing(DiffLine line, DiffLine other, boolean added) {
    if (other == null || other.kind().equals(" ")) {
      return NOTHING;
    }
    return added
        ? WordDiff.of(shown(other.text()), shown(line.text())).after()
        : WordDiff.of(shown(line.text()), shown(other.text())).before();
  }

  /** Whether a line is as high as any other: signs of other scripts may be higher, and wider. */
  public boolean even(DiffLine line) {
    if (line != null) {
      var text = line.text();
      for (int i = 0; i < text.length(); i++) {
        if (text.charAt(i) >= LATIN) {
          return false;
        }
      }
    }
    return true;
  }

  /** How many letters a line takes, with what is said beside it; 0 where there is none. */
  public int letters(DiffLine line) {
    if (line == null) {
      return 0;
    }
    var text = line.text();
    int letters = text.length();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      letters += c == '\t' ? 3 : c < ' ' || c == 127 ? 7 : 0; // others are written out
    }
    var moved = moved(line);
    return moved != null && moved.first() ? letters + beside(moved, line).length() : letters;
  }

  /** A line as it is shown: tabs are four wide, and nothing in it can hide. */
  private static String shown(String line) {
    var text = line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
    return Printable.line(text.replace("\t", "    "));
  }
}
