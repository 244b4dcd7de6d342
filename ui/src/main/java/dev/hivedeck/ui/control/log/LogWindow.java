package dev.hivedeck.ui.control.log;

import dev.hivedeck.engine.protocol.Query.LogLine;
import dev.hivedeck.engine.protocol.Query.LogPage;
import java.util.List;
import java.util.Optional;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;

/**
 * A bounded, gapless stretch of a log: lines {@code from} to {@code to}, of {@code total}. It moves
 * along the log by pages that join on at either end; pages that do not join are fetched anew.
 * Belongs to the FX thread.
 */
final class LogWindow {
  /** How many lines one asks for at once. */
  static final int PAGE = 500;

  /** How many lines are held. */
  static final int BOUND = 5_000;

  /** How many characters they may have together, about. */
  static final long WEIGHT = 8_000_000;

  /** A range to ask for. */
  record Range(long from, int limit) {}

  private final ObservableList<LogLine> lines = FXCollections.observableArrayList();
  private long from;
  private long total;
  private long weight;

  ObservableList<LogLine> lines() {
    return lines;
  }

  long from() {
    return from;
  }

  long to() {
    return from + lines.size();
  }

  long total() {
    return total;
  }

  void clear() {
    lines.clear();
    from = 0;
    total = 0;
    weight = 0;
  }

  /** Begins anew with these lines. */
  void begin(LogPage page) {
    from = page.from();
    total = end(page);
    weight = weigh(page.lines());
    lines.setAll(page.lines());
    trim(true);
  }

  /**
   * Takes what joins on.
   *
   * @param keepEnd whether the end is what is being read, so that the beginning goes when there is
   *     too much; else the other way round
   * @return how many lines came before the first one
   */
  int take(LogPage page, boolean keepEnd) {
    total = Math.max(total, end(page));
    if (page.lines().isEmpty()) {
      if (page.from() == to()) {
        total = to(); // There is less than was said; do not ask for it again and again.
      }
      return 0;
    }
    var pageEnd = page.from() + page.lines().size();
    if (page.from() <= to() && pageEnd > to()) {
      var full = !keepEnd && (lines.size() >= BOUND || weight >= WEIGHT);
      if (!full) {
        var after = page.lines().subList((int) (to() - page.from()), page.lines().size());
        weight += weigh(after);
        lines.addAll(after);
      }
      trim(keepEnd);
      return 0;
    }
    if (page.from() < from && pageEnd >= from) {
      var before = page.lines().subList(0, (int) (from - page.from()));
      weight += weigh(before);
      lines.addAll(0, before);
      from = page.from();
      trim(false);
      return before.size();
    }
    return 0;
  }

  /** What follows the last line, when there is more. */
  Optional<Range> missing() {
    return to() < total
        ? Optional.of(new Range(to(), (int) Math.min(PAGE, total - to())))
        : Optional.empty();
  }

  /** What stands before the first line, when there is more. */
  Optional<Range> older() {
    var start = Math.max(0, from - PAGE);
    return from > 0 ? Optional.of(new Range(start, (int) (from - start))) : Optional.empty();
  }

  /** Whether so much is missing at the end that beginning anew is cheaper than catching up. */
  boolean farBehind() {
    return total - to() > 2L * PAGE;
  }

  private void trim(boolean keepEnd) {
    int surplus = 0;
    while (lines.size() - surplus > 1 && (lines.size() - surplus > BOUND || weight > WEIGHT)) {
      weight -= LogEntry.weight(lines.get(keepEnd ? surplus : lines.size() - 1 - surplus));
      surplus++;
    }
    if (surplus == 0) {
      return;
    }
    if (keepEnd) {
      lines.remove(0, surplus);
      from += surplus;
    } else {
      lines.remove(lines.size() - surplus, lines.size());
    }
  }

  private static long weigh(List<LogLine> lines) {
    return lines.stream().mapToLong(LogEntry::weight).sum();
  }

  private static long end(LogPage page) {
    return Math.max(page.total(), page.from() + page.lines().size());
  }
}
