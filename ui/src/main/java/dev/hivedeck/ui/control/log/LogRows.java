package dev.hivedeck.ui.control.log;

import dev.hivedeck.engine.protocol.Query.LogLine;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import javafx.collections.FXCollections;
import javafx.collections.ListChangeListener.Change;
import javafx.collections.ObservableList;

/**
 * The rows that a window of lines makes: one per entry that is wanted, and more below those that
 * are open. New lines are added at the end without touching the rest. Belongs to the FX thread.
 */
final class LogRows {
  private final ObservableList<LogLine> lines;
  private final ObservableList<LogRow> rows = FXCollections.observableArrayList();
  private final List<LogEntry> entries = new ArrayList<>();
  private final Map<String, LogEntry> begun = new HashMap<>();
  private Predicate<LogEntry> wanted = _ -> true;
  private LogDetail detail;

  LogRows(ObservableList<LogLine> lines, LogDetail detail) {
    this.lines = lines;
    this.detail = detail;
    lines.addListener(this::changed);
  }

  ObservableList<LogRow> rows() {
    return rows;
  }

  LogDetail detail() {
    return detail;
  }

  /** How many entries there are of each kind. */
  Map<String, Long> kinds() {
    var kinds = new TreeMap<String, Long>();
    entries.forEach(entry -> kinds.merge(entry.kind(), 1L, Long::sum));
    return kinds;
  }

  /** Shows only these from now on. */
  void show(Predicate<LogEntry> filter) {
    wanted = filter;
    project();
  }

  /** The width is another. */
  void fit(LogDetail other) {
    if (!other.equals(detail)) {
      detail = other;
      project();
    }
  }

  /** Opens an entry, or closes it. */
  void toggle(LogEntry entry) {
    int at = head(entry);
    if (at < 0 || !detail.any(entry)) {
      return;
    }
    entry.open(!entry.open());
    replace(at, entry);
  }

  private void changed(Change<? extends LogLine> change) {
    while (change.next()) {
      boolean more = change.wasAdded() && !change.wasRemoved();
      if (more && change.getFrom() > 0 && change.getTo() == lines.size()) {
        append(change.getAddedSubList());
      } else if (change.wasRemoved() && !change.wasAdded() && change.getFrom() == 0) {
        drop();
      } else {
        rebuild();
        return;
      }
    }
  }

  private void append(List<? extends LogLine> added) {
    var fresh = new ArrayList<LogEntry>();
    boolean late = false;
    for (var line : added) {
      var entry = take(line);
      if (entry.first() == line) {
        fresh.add(entry);
      } else if (!fresh.contains(entry)) {
        int at = head(entry);
        if (at >= 0) {
          replace(at, entry);
        } else {
          late |= wanted.test(entry); // by what is known of it now
        }
      }
    }
    if (late) {
      project();
      return;
    }
    var made = new ArrayList<LogRow>();
    fresh.stream().filter(wanted).forEach(entry -> made.addAll(rowsOf(entry)));
    rows.addAll(made);
  }

  /** The entry that a line belongs to: a new one, or the one that it tells of again. */
  private LogEntry take(LogLine line) {
    String twin = line.act() == null ? null : line.act().twin();
    var before = twin == null ? null : begun.get(twin);
    if (before != null) {
      before.again(line);
      return before;
    }
    var entry = new LogEntry(line);
    entries.add(entry);
    if (twin != null) {
      begun.put(twin, entry);
    }
    return entry;
  }

  /** The first lines are gone. */
  private void drop() {
    long from = lines.isEmpty() ? Long.MAX_VALUE : lines.getFirst().index();
    int gone = 0;
    while (gone < entries.size() && entries.get(gone).index() < from) {
      forget(entries.get(gone));
      gone++;
    }
    entries.subList(0, gone).clear();
    int past = 0;
    while (past < rows.size() && rows.get(past).entry().index() < from) {
      past++;
    }
    rows.remove(0, past);
  }

  private void forget(LogEntry entry) {
    String twin = entry.act() == null ? null : entry.act().twin();
    if (twin != null) {
      begun.remove(twin, entry);
    }
  }

  private void rebuild() {
    var chosen = new HashMap<Long, Boolean>();
    entries.stream()
        .filter(entry -> entry.chosen() != null)
        .forEach(entry -> chosen.put(entry.index(), entry.chosen()));
    entries.clear();
    begun.clear();
    lines.forEach(this::take);
    if (!chosen.isEmpty()) {
      entries.stream()
          .filter(entry -> chosen.containsKey(entry.index()))
          .forEach(entry -> entry.open(chosen.get(entry.index())));
    }
    project();
  }

  private void project() {
    var all = new ArrayList<LogRow>();
    entries.stream().filter(wanted).forEach(entry -> all.addAll(rowsOf(entry)));
    rows.setAll(all);
  }

  private List<LogRow> rowsOf(LogEntry entry) {
    var made = new ArrayList<LogRow>();
    made.add(new LogRow.Head(entry, entry.last().index()));
    if (entry.open() && detail.any(entry)) {
      made.addAll(detail.of(entry));
    }
    return made;
  }

  /** Where an entry stands, searched from the end: what ends began lately. */
  private int head(LogEntry entry) {
    for (int i = rows.size() - 1; i >= 0; i--) {
      if (rows.get(i).entry() == entry && rows.get(i) instanceof LogRow.Head) {
        return i;
      }
    }
    return -1;
  }

  private void replace(int at, LogEntry entry) {
    int end = at + 1;
    while (end < rows.size() && rows.get(end).entry() == entry) {
      end++;
    }
    var made = rowsOf(entry);
    rows.set(at, made.getFirst());
    if (end > at + 1) {
      rows.remove(at + 1, end);
    }
    if (made.size() > 1) {
      rows.addAll(at + 1, made.subList(1, made.size()));
    }
  }
}
