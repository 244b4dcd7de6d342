package dev.hivedeck.ui.control.diff;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query.DiffLine;
import dev.hivedeck.engine.protocol.Query.FileDiff;
import dev.hivedeck.engine.protocol.Query.FileDiffs;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.ui.shell.text.Texts;

/** The lines of a file as far as they are read: where there are many, they come in parts. */
final class PartReader {
  private final Texts texts;
  private final DiffSource source;
  private final Runnable changed;

  /** The file with all of its lines that were read by now; null when it is to be read anew. */
  private FileDiff whole;

  private FileDiff wanted;
  private boolean rest;
  private boolean reading;
  private HiveException.Fault failed;
  private Object asked = new Object();

  /**
   * @param source of the lines that did not come with the file; null where all did
   * @param changed runs when there is more, or when it failed
   */
  PartReader(Texts texts, DiffSource source, Runnable changed) {
    this.texts = texts;
    this.source = source;
    this.changed = changed;
  }

  /**
   * Reads this file; null for none.
   *
   * @return whether it is another than before
   */
  boolean read(FileDiff file) {
    if (whole != null && file != null && file.equals(wanted)) {
      return false;
    }
    wanted = file;
    asked = new Object();
    reading = false;
    failed = null;
    whole = file;
    rest = file != null && file.cut() && source != null;
    more();
    return true;
  }

  FileDiff whole() {
    return whole;
  }

  /** Whether there is more than was read. */
  boolean rest() {
    return rest;
  }

  /** Why the last part could not be read; null where it could. */
  HiveException.Fault failed() {
    return failed;
  }

  /** What was read is of another state by now. */
  void forget() {
    whole = null;
  }

  /** Reads on. */
  void more() {
    if (!rest || reading || whole == null) {
      return;
    }
    reading = true;
    failed = null;
    var mine = asked;
    source
        .lines(wanted.path(), whole.lines())
        .whenComplete(
            (answer, failure) -> {
              if (mine == asked && whole != null) {
                reading = false;
                if (failure == null) {
                  take(Json.as(answer, FileDiffs.class));
                } else {
                  failed = DiffView.fault(texts, failure);
                }
                changed.run();
              }
            });
  }

  private void take(FileDiffs part) {
    if (part.files().isEmpty()) {
      failed =
          HiveException.Fault.of(
              ErrorCode.NO_FILE,
              texts.text("files.gone", wanted.path()),
              texts.text("files.failed.hint"));
    } else {
      whole = whole.with(part.files().getFirst().hunks());
      rest = part.truncated();
    }
  }

  /** The number of the last line that was read. */
  int last() {
    var hunks = whole.hunks();
    if (hunks.isEmpty() || hunks.getLast().lines().isEmpty()) {
      return 0;
    }
    var line = hunks.getLast().lines().getLast();
    return Math.max(line.oldLine(), line.newLine());
  }

  /** Lines of the new side as they are; null where some are not shown. */
  String text(int first, int line) {
    var lines =
        whole.hunks().stream()
            .flatMap(h -> h.lines().stream())
            .filter(l -> l.newLine() >= first && l.newLine() <= line)
            .map(DiffLine::text)
            .toList();
    return lines.size() == line - first + 1 ? String.join("\n", lines) : null;
  }
}
