package dev.hivedeck.ui.control.diff;

import dev.hivedeck.engine.protocol.Query.Hunk;
import dev.hivedeck.ui.shell.text.Hotkey;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;
import javafx.collections.ObservableList;
import javafx.scene.control.ListView;

/**
 * The way from hunk to hunk, which of them were seen, and which of these are shown all the same.
 */
final class HunkSteps {
  private final ListView<DiffRow> list;
  private final ObservableList<DiffRow> rows;
  private final PartReader parts;
  private final Runnable renew;
  private final HunkContext context;
  private final Set<String> unfolded = new HashSet<>();
  private Marks marks = Marks.NONE;
  private IntPredicate beyond = _ -> false;

  /**
   * @param renew lays the rows out anew
   */
  HunkSteps(
      ListView<DiffRow> list,
      ObservableList<DiffRow> rows,
      PartReader parts,
      HunkContext context,
      Runnable renew) {
    this.context = context;
    this.list = list;
    this.rows = rows;
    this.parts = parts;
    this.renew = renew;
  }

  /**
   * @param beyond goes to another file; whether there is one
   */
  void marking(Marks kept, IntPredicate beyond) {
    marks = kept;
    this.beyond = beyond;
  }

  Marks marks() {
    return marks;
  }

  Set<String> unfolded() {
    return unfolded;
  }

  void foldAll() {
    unfolded.clear();
  }

  /** Takes a letter; whether it was of use. */
  boolean typed(char letter) {
    if (Hotkey.NEXT_HUNK.typed(letter)) {
      step(1);
    } else if (Hotkey.PREVIOUS_HUNK.typed(letter)) {
      step(-1);
    } else if (Hotkey.SEEN.typed(letter)) {
      see();
    } else if (Hotkey.SEEN_FILE.typed(letter)) {
      seeFile();
    } else if (Hotkey.CONTEXT.typed(letter)) {
      return widen();
    } else if (Hotkey.CONTEXT_ALL.typed(letter) && parts.whole() != null) {
      context.all(parts.whole());
    } else {
      return false;
    }
    return true;
  }

  /** To the next hunk that is not put away, in this file or beyond. */
  private void step(int by) {
    int at = next(list.getSelectionModel().getSelectedIndex() + by, by, false);
    if (at >= 0) {
      head(at);
    } else if (beyond.test(by)) {
      begin();
    }
  }

  /** To the first hunk of a file that one came to, rather one that is new. */
  private void begin() {
    int fresh = next(0, 1, true);
    int at = fresh >= 0 ? fresh : next(0, 1, false);
    if (at >= 0) {
      head(at);
    }
  }

  private void head(int at) {
    list.getSelectionModel().clearAndSelect(at);
    list.scrollTo(at);
    list.requestFocus();
  }

  /** The row of the next hunk that is shown; -1 for none. */
  private int next(int from, int by, boolean fresh) {
    for (int i = from; i >= 0 && i < rows.size(); i += by) {
      if (rows.get(i) instanceof DiffRow.Head head
          && !head.folded()
          && (!fresh || head.hash() != null && head.seen() == null)) {
        return i;
      }
    }
    return -1;
  }

  /** The head of the hunk that one is in; null for none. */
  private DiffRow.Head here() {
    for (int i =
            Math.min(rows.size() - 1, Math.max(0, list.getSelectionModel().getSelectedIndex()));
        i >= 0;
        i--) {
      if (rows.get(i) instanceof DiffRow.Head head) {
        return head;
      }
    }
    return null;
  }

  /** Marks the hunk that one is in, and goes on to what is new; a marked one is new again. */
  private void see() {
    var here = here();
    if (here == null || here.hash() == null) {
      return;
    }
    see(here);
    if (here.seen() == null) {
      int at = next(Math.max(0, rows.indexOf(headOf(here.hash()))), 1, true);
      if (at >= 0) {
        head(at);
      } else if (beyond.test(1)) {
        begin();
      }
    }
  }

  private DiffRow headOf(String hash) {
    return rows.stream()
        .filter(r -> r instanceof DiffRow.Head h && hash.equals(h.hash()))
        .findFirst()
        .orElse(null);
  }

  /** Marks a hunk, or takes its mark back. */
  void see(DiffRow.Head head) {
    unfolded.remove(head.hash());
    marks.mark(head.hash(), head.seen() == null);
  }

  /** Marks all hunks of the file, and goes on to the next that has something new. */
  private void seeFile() {
    var hashes =
        parts.whole() == null
            ? List.<String>of()
            : parts.whole().hunks().stream().map(Hunk::hash).filter(marks::keeps).toList();
    if (!hashes.isEmpty()) {
      unfolded.removeAll(hashes);
      marks.mark(hashes, true);
      if (beyond.test(1)) {
        begin();
      }
    }
  }

  /** Unfolds the hunk that is selected, or folds it again; whether it can be. */
  boolean fold() {
    return list.getSelectionModel().getSelectedItem() instanceof DiffRow.Head head
        && (fold(head) || widen(head));
  }

  /** Shows more of what is around the hunk that one is in; whether it is in one. */
  boolean widen() {
    var here = here();
    return here != null && widen(here);
  }

  private boolean widen(DiffRow.Head head) {
    if (head.hidden() == 0) {
      return false;
    }
    if (head.text().isEmpty()) {
      context.down(parts.whole(), head.gap());
    } else {
      context.up(parts.whole(), head.gap());
    }
    return true;
  }

  boolean fold(DiffRow.Head head) {
    if (head.seen() == null) {
      return false;
    }
    if (!unfolded.remove(head.hash())) {
      unfolded.add(head.hash());
    }
    renew.run();
    return true;
  }
}
