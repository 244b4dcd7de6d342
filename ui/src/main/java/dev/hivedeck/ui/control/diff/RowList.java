package dev.hivedeck.ui.control.diff;

import java.util.List;
import javafx.scene.control.ListView;
import javafx.scene.control.SelectionMode;
import javafx.scene.control.skin.VirtualFlow;

/** Rows of a diff, of which several may be chosen, and which stay where they are. */
final class RowList extends ListView<DiffRow> {
  RowList() {
    getStyleClass().addAll("plain-list", "diff-lines");
    getSelectionModel().setSelectionMode(SelectionMode.MULTIPLE);
  }

  void select(int row) {
    getSelectionModel().clearAndSelect(row);
    scrollTo(Math.max(0, row - 4));
  }

  /** The lines of the new side that are selected. */
  int[] lines() {
    return getSelectionModel().getSelectedItems().stream()
        .filter(r -> r instanceof DiffRow.Line || r instanceof DiffRow.Pair)
        .mapToInt(DiffRow::newLine)
        .filter(line -> line > 0)
        .sorted()
        .toArray();
  }

  /** Only what differs is set, and what stands at the top stays there. */
  void place(List<DiffRow> made) {
    var rows = getItems();
    int first = first();
    var top = first < 0 || first >= rows.size() ? null : rows.get(first);
    int same = 0;
    while (same < rows.size() && same < made.size() && rows.get(same).equals(made.get(same))) {
      same++;
    }
    int end = rows.size();
    int other = made.size();
    while (end > same && other > same && rows.get(end - 1).equals(made.get(other - 1))) {
      end--;
      other--;
    }
    if (end == same && other == same) {
      return;
    }
    boolean news = same == 0;
    if (news && end == rows.size()) {
      rows.setAll(made);
    } else {
      rows.remove(same, end);
      rows.addAll(same, made.subList(same, other));
    }
    if (!news && top != null) {
      scrollTo(same > first ? first : Math.max(0, rows.indexOf(top)));
    }
  }

  /** The row that is seen first; -1 for none. */
  private int first() {
    return lookup(".virtual-flow") instanceof VirtualFlow<?> flow
            && flow.getFirstVisibleCell() != null
        ? flow.getFirstVisibleCell().getIndex()
        : -1;
  }
}
