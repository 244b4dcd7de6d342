package dev.hivedeck.ui.control.log;

/** What stands in one row of a log; all rows have the same height. */
sealed interface LogRow {
  LogEntry entry();

  /** The line of an entry; a new one when the entry has changed. */
  record Head(LogEntry entry, long told) implements LogRow {}

  /** A line of what there is more to it. */
  record More(LogEntry entry, Style style, String text) implements LogRow {}

  /** How such a line is shown. */
  enum Style {
    PROSE,
    CODE,
    NOTE,
    ADDED,
    REMOVED,
    PLACE,
    OPEN,
    DOING,
    DONE,
    /** A way to the file's diff. */
    JUMP
  }
}
