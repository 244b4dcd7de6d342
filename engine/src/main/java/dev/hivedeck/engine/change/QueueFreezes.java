package dev.hivedeck.engine.change;

import dev.hivedeck.engine.change.batch.RedMainLedger;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.merge.MergeEvent;
import dev.hivedeck.engine.protocol.merge.MergeViews.Freeze;
import dev.hivedeck.engine.protocol.merge.MergeViews.FreezeKind;
import dev.hivedeck.engine.protocol.merge.MergeViews.QueueState;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;

/** When nothing is merged until a person says so: they froze the queue, or a proof failed. */
final class QueueFreezes {
  private QueueFreezes() {}

  /** Those in force, the oldest first. */
  static List<Freeze> open(Sql sql) throws SQLException {
    return sql.list(
        "SELECT * FROM queue_freeze WHERE ended_at IS NULL ORDER BY id",
        row ->
            new Freeze(
                Long.toString(row.number("id")),
                row.word("kind", FreezeKind.class),
                row.text("reason"),
                row.instant("at")));
  }

  static QueueState state(Sql sql) throws SQLException {
    return new QueueState(QueueState.ID, open(sql), RedMainLedger.now(sql));
  }

  /** Why nothing is merged, in words; empty when something may be. */
  static String why(List<Freeze> freezes) {
    return freezes.stream()
        .map(
            f ->
                switch (f.kind()) {
                  case BY_HAND -> "you froze the merge queue: " + f.reason();
                  case UNPROVEN ->
                      f.reason()
                          + "; look at it, then hivedeck queue unfreeze says why it may go on";
                })
        .collect(Collectors.joining("; "));
  }

  static void begin(Tx tx, FreezeKind kind, String reason) throws SQLException {
    tx.sql()
        .update(
            "INSERT INTO queue_freeze(kind, reason, at) VALUES (?, ?, ?)", kind, reason, tx.now());
    told(tx, MergeEvent.FROZEN, "merge queue frozen: " + reason);
  }

  /** A person freezes it; once is enough. */
  static void byHand(Tx tx, String reason) throws SQLException {
    if (reason == null || reason.isBlank()) {
      throw new HiveException(
          ErrorCode.NO_COMMENT,
          "A frozen queue without a reason leaves others guessing.",
          "Say why nothing may be merged, for example: release 2.4 is cut.");
    }
    if (open(tx.sql()).stream().anyMatch(f -> f.kind() == FreezeKind.BY_HAND)) {
      throw new HiveException(
          ErrorCode.EXISTS, "You froze the merge queue already.", "hivedeck queue says why.");
    }
    begin(tx, FreezeKind.BY_HAND, reason.strip());
  }

  /** All that is in force ends. */
  static void end(Tx tx, String reason) throws SQLException {
    var open = open(tx.sql());
    if (open.isEmpty()) {
      throw new HiveException(
          ErrorCode.NOT_PAUSED, "The merge queue is not frozen.", "hivedeck queue shows the line.");
    }
    boolean unproven = open.stream().anyMatch(f -> f.kind() == FreezeKind.UNPROVEN);
    if (unproven && (reason == null || reason.isBlank())) {
      throw new HiveException(
          ErrorCode.NO_COMMENT,
          "The queue stopped because a merge is not explained by its change.",
          "Look at it (hivedeck queue merges), then say why it may go on.");
    }
    String said = reason == null ? "" : reason.strip();
    if (unproven) {
      MergeLedger.accept(tx, said);
    }
    tx.sql()
        .update(
            "UPDATE queue_freeze SET ended_at = ?, ended_reason = ? WHERE ended_at IS NULL",
            tx.now(),
            said);
    told(tx, MergeEvent.UNFROZEN, "merge queue goes on" + (said.isEmpty() ? "" : ": " + said));
  }

  static void told(Tx tx, MergeEvent type, String text) throws SQLException {
    tx.emit(type, text, state(tx.sql()));
  }
}
