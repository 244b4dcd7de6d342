package dev.hivedeck.ui.view.change;

import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.reading.ReadingCommand;
import dev.hivedeck.engine.protocol.reading.ReadingQuery;
import dev.hivedeck.engine.protocol.reading.ReadingRegistration;
import dev.hivedeck.engine.protocol.reading.ReadingViews.Reading;
import dev.hivedeck.engine.protocol.reading.ReadingViews.ReadingFile;
import dev.hivedeck.engine.protocol.reading.ReadingViews.ReadingHunk;
import dev.hivedeck.engine.protocol.reading.ReadingViews.ReadingOrder;
import dev.hivedeck.ui.control.diff.Marks;
import dev.hivedeck.ui.live.EntityStore;
import dev.hivedeck.ui.shell.ScreenContext;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What a person has seen of the change that is shown, as the engine keeps it. */
final class SeenMarks implements Marks {
  private final ScreenContext context;
  private final EntityStore<Reading> readings;
  private final Runnable changed;
  private String change;
  private Reading known;
  private List<ReadingFile> files = List.of();
  private final Map<String, Instant> seen = new HashMap<>();
  private Instant since;
  private Object asked = new Object();

  /**
   * @param changed runs when other hunks are seen, or files are in another order
   */
  SeenMarks(ScreenContext context, Runnable changed) {
    this.context = context;
    this.changed = changed;
    readings = context.live().things(ReadingRegistration.TOPIC, Reading.class);
  }

  /** Of this change, as it is now. */
  void show(String id) {
    boolean other = !id.equals(change);
    var now = readings.get(id).orElse(null);
    if (!other && Objects.equals(now, known)) {
      return;
    }
    if (other) {
      change = id;
      clear();
    }
    known = now;
    if (now == null) {
      clear();
      changed.run();
    } else {
      ask();
    }
  }

  private void clear() {
    files = List.of();
    seen.clear();
    since = null;
    asked = new Object();
  }

  private void ask() {
    var mine = new Object();
    asked = mine;
    context
        .steering()
        .query(new ReadingQuery.OfChange(change))
        .thenAccept(
            answer -> {
              if (mine == asked) {
                take(Json.as(answer, ReadingOrder.class).files());
              }
            });
  }

  private void take(List<ReadingFile> order) {
    files = order;
    seen.clear();
    since = null;
    for (var file : order) {
      for (var hunk : file.hunks()) {
        seen.put(hunk.hash(), hunk.seenAt());
        if (hunk.seenAt() != null && (since == null || hunk.seenAt().isAfter(since))) {
          since = hunk.seenAt();
        }
      }
    }
    changed.run();
  }

  /** The files in the order in which to read them; empty where that is not known. */
  List<ReadingFile> files() {
    return files;
  }

  /** How far all is read; null where that is not known. */
  Reading reading() {
    return known;
  }

  /** How far a file is read, as it is shown now. */
  int seen(ReadingFile file) {
    return (int)
        file.hunks().stream().map(ReadingHunk::hash).filter(h -> seen.get(h) != null).count();
  }

  @Override
  public boolean keeps(String hash) {
    return hash != null && seen.containsKey(hash);
  }

  @Override
  public Instant seen(String hash) {
    return seen.get(hash);
  }

  @Override
  public Instant since() {
    return since;
  }

  /** Shown at once; what the engine says of it follows. */
  @Override
  public void mark(Collection<String> hashes, boolean mark) {
    var list = hashes.stream().filter(h -> mark == (seen.get(h) == null)).distinct().toList();
    if (list.isEmpty()) {
      return;
    }
    list.forEach(h -> seen.put(h, mark ? context.live().now().get() : null));
    changed.run();
    context
        .steering()
        .execute(
            mark
                ? new ReadingCommand.MarkSeen(change, list, null)
                : new ReadingCommand.MarkUnseen(change, list, null))
        .exceptionally(
            _ -> {
              ask(); // It was refused: shown is what is kept.
              return null;
            });
  }
}
