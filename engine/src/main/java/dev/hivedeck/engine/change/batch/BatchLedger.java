package dev.hivedeck.engine.change.batch;

import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.merge.BatchViews.Batch;
import dev.hivedeck.engine.protocol.merge.BatchViews.BatchState;
import dev.hivedeck.engine.protocol.merge.BatchViews.Fate;
import dev.hivedeck.engine.protocol.merge.BatchViews.Member;
import dev.hivedeck.engine.protocol.merge.BatchViews.Run;
import dev.hivedeck.engine.protocol.merge.MergeEvent;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.util.List;

/** The ledger of batches. */
public final class BatchLedger {
  /** As many as are told. */
  static final int SHOWN = 50;

  /** As many are kept. */
  static final int KEPT = 1_000;

  /** So many are forgotten at once, that no other write waits for long. */
  static final int AT_ONCE = 200;

  private BatchLedger() {}

  /** The newest first. */
  public static List<Batch> latest(Sql sql) throws SQLException {
    return sql.list("SELECT * FROM merge_batch ORDER BY id DESC LIMIT ?", BatchLedger::view, SHOWN);
  }

  /** Begins one. */
  public static Batch begin(Tx tx, List<Member> members) throws SQLException {
    tx.sql()
        .update(
            "INSERT INTO merge_batch(at, state, base, members, runs, text, asked)"
                + " VALUES (?, ?, '', ?, '[]', '', '[]')",
            tx.now(),
            BatchState.RUNNING,
            Json.write(members));
    var batch =
        tx.sql()
            .one("SELECT * FROM merge_batch WHERE id = last_insert_rowid()", BatchLedger::view)
            .orElseThrow();
    tx.emit(MergeEvent.BATCH_BEGUN, null, batch);
    return batch;
  }

  /** Writes down how it stands with one by now. */
  public static void now(Tx tx, Batch batch) throws SQLException {
    save(tx, batch);
    tx.emit(MergeEvent.BATCH_CHANGED, null, batch);
  }

  /** Ends one. */
  public static void end(Tx tx, Batch batch, BatchState state, String text) throws SQLException {
    var ended =
        new Batch(
            batch.id(),
            state,
            batch.at(),
            tx.now(),
            batch.base(),
            batch.members(),
            batch.runs(),
            text,
            batch.asked());
    save(tx, ended);
    tx.emit(MergeEvent.BATCH_ENDED, "batch " + batch.id() + ": " + text, ended);
  }

  /** Ends what a previous engine left; its changes are settled one by one. */
  public static void stop(Tx tx) throws SQLException {
    var left = tx.sql().list("SELECT * FROM merge_batch WHERE ended_at IS NULL", BatchLedger::view);
    for (var batch : left) {
      end(
          tx,
          with(batch, batch.members().stream().map(BatchLedger::back).toList(), batch.runs()),
          BatchState.STOPPED,
          "cut off; its changes go on in their places");
    }
  }

  /**
   * Forgets the oldest.
   *
   * @return how many
   */
  static int tidy(Tx tx) throws SQLException {
    return tx.sql()
        .update(
            "DELETE FROM merge_batch WHERE id IN (SELECT id FROM merge_batch WHERE ended_at IS NOT"
                + " NULL AND id <= (SELECT max(id) FROM merge_batch) - ? ORDER BY id LIMIT ?)",
            KEPT,
            AT_ONCE);
  }

  private static Member back(Member member) {
    return member.fate() == Fate.IN ? member.ended(Fate.BESIDE, "") : member;
  }

  /** The same with other members and runs. */
  public static Batch with(Batch batch, List<Member> members, List<Run> runs) {
    return new Batch(
        batch.id(),
        batch.state(),
        batch.at(),
        batch.endedAt(),
        batch.base(),
        members,
        runs,
        batch.text(),
        batch.asked());
  }

  private static void save(Tx tx, Batch batch) throws SQLException {
    tx.sql()
        .update(
            "UPDATE merge_batch SET state = ?, base = ?, members = ?, runs = ?, text = ?,"
                + " asked = ?, ended_at = ? WHERE id = ?",
            batch.state(),
            batch.base(),
            Json.write(batch.members()),
            Json.write(batch.runs()),
            batch.text(),
            Json.write(batch.asked()),
            batch.endedAt(),
            Long.parseLong(batch.id().substring(2)));
  }

  private static Batch view(Sql.Row row) throws SQLException {
    return new Batch(
        "B-" + row.number("id"),
        row.word("state", BatchState.class),
        row.instant("at"),
        row.instant("ended_at"),
        row.text("base"),
        List.of(Json.read(row.text("members"), Member[].class)),
        List.of(Json.read(row.text("runs"), Run[].class)),
        row.text("text"),
        List.of(Json.read(row.text("asked"), String[].class)));
  }
}
