package dev.hivedeck.engine.rollout;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.rollout.RolloutEvent;
import dev.hivedeck.engine.protocol.rollout.RolloutState;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Rollout;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.RolloutSample;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The ledger of rollouts: what was last told of each, what it went through, and its samples. */
public final class RolloutLedger {
  private static final Pattern ID = Pattern.compile("R-(\\d{1,18})");

  /** So many rollouts have samples. */
  private static final int SAMPLED = 50;

  private RolloutLedger() {}

  /**
   * What is written down of one.
   *
   * @param view as it was told last
   * @param progress what it went through, as JSON of whoever carries it out
   */
  public record Row(Rollout view, String progress) {}

  /** All rollouts, the newest first. */
  public static List<Rollout> all(Sql sql) throws SQLException {
    return sql.list("SELECT * FROM rollout ORDER BY number DESC", RolloutLedger::view);
  }

  /** Those that are not over, the oldest first. */
  public static List<Row> open(Sql sql) throws SQLException {
    return sql.list(
        "SELECT * FROM rollout WHERE ended_at IS NULL ORDER BY number", RolloutLedger::row);
  }

  /** The last of each service, where that is over. */
  public static List<Row> lastEnded(Sql sql) throws SQLException {
    return sql.list(
        "SELECT * FROM rollout r WHERE ended_at IS NOT NULL AND number ="
            + " (SELECT max(number) FROM rollout WHERE service = r.service) ORDER BY number",
        RolloutLedger::row);
  }

  /**
   * One of them.
   *
   * @throws HiveException {@code no-thing}
   */
  public static Rollout one(Sql sql, String id) throws SQLException {
    return find(sql, id).view();
  }

  /**
   * What is written down of one.
   *
   * @throws HiveException {@code no-thing}
   */
  public static Row find(Sql sql, String id) throws SQLException {
    return sql.one("SELECT * FROM rollout WHERE number = ?", RolloutLedger::row, number(id))
        .orElseThrow(() -> missing(id));
  }

  private static long number(String id) {
    var form = ID.matcher(id);
    if (!form.matches()) {
      throw missing(id);
    }
    return Long.parseLong(form.group(1));
  }

  private static @Nullable Long changeNumber(Rollout view) {
    String change = view.change();
    return change == null ? null : Long.valueOf(change.substring(2));
  }

  /** The rollouts of a commit of a change, the newest first. */
  private static List<Rollout> ofChange(Sql sql, long change, String head) throws SQLException {
    return sql.list(
        "SELECT * FROM rollout WHERE change = ? AND head = ? ORDER BY number DESC",
        RolloutLedger::view,
        change,
        head);
  }

  /**
   * The rollout that says how a commit of a change did: the last that was judged to its end where
   * that was rolled back, which neither another one under way nor one that was aborted lifts; else
   * the last that was not aborted. Empty where there is none.
   *
   * @param change its number
   */
  public static Optional<Rollout> verdict(Sql sql, long change, String head) throws SQLException {
    var all =
        ofChange(sql, change, head).stream()
            .filter(view -> view.state() != RolloutState.ABORTED)
            .toList();
    return all.stream()
        .filter(view -> view.state().isOver())
        .findFirst()
        .filter(view -> view.state() == RolloutState.ROLLED_BACK)
        .or(() -> all.stream().findFirst());
  }

  /**
   * A rollout of a commit of a change that keeps it from main; empty where none does.
   *
   * @param change its number
   */
  public static Optional<Rollout> keeping(Sql sql, long change, String head) throws SQLException {
    return ofChange(sql, change, head).stream().filter(Rollout::keepsFromMain).findFirst();
  }

  /** How often rollouts of a change were rolled back. */
  public static long rolledBack(Sql sql, String change) throws SQLException {
    return sql
        .list(
            "SELECT told FROM rollout WHERE change = ?",
            RolloutLedger::view,
            Long.valueOf(change.substring(2)))
        .stream()
        .filter(view -> view.state() == RolloutState.ROLLED_BACK)
        .count();
  }

  private static HiveException missing(String id) {
    return new HiveException(
        ErrorCode.NO_THING,
        "There is no rollout " + id + ".",
        "hivedeck rollouts lists those there are.");
  }

  private static Rollout view(Sql.Row row) throws SQLException {
    return Json.read(row.text("told"), Rollout.class);
  }

  private static Row row(Sql.Row row) throws SQLException {
    return new Row(view(row), row.text("progress"));
  }

  /** The id of the next one. */
  public static String nextId(Sql sql) throws SQLException {
    return "R-" + (sql.number("SELECT max(number) FROM rollout") + 1);
  }

  /** Writes a rollout down, and tells of it. */
  public static void tell(Tx tx, RolloutEvent type, String text, Row row) throws SQLException {
    save(tx, row);
    tx.emit(type, text, row.view());
  }

  /** Writes down what it went through; nothing else of it is new. */
  public static void save(Tx tx, Row row) throws SQLException {
    var view = row.view();
    tx.sql()
        .update(
            "INSERT INTO rollout(number, service, ended_at, told, progress, change, head)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?)"
                + " ON CONFLICT(number) DO UPDATE SET ended_at = excluded.ended_at,"
                + " told = excluded.told, progress = excluded.progress",
            number(view.id()),
            view.service(),
            view.endedAt(),
            Json.write(view),
            row.progress(),
            changeNumber(view),
            view.commit());
  }

  /** Notes what was counted. */
  public static void sample(Tx tx, String id, RolloutSample sample) throws SQLException {
    tx.sql()
        .update(
            "INSERT OR REPLACE INTO rollout_sample(rollout, at, told) VALUES (?, ?, ?)",
            number(id),
            sample.at(),
            Json.write(sample));
  }

  /** Samples of long ago tell nobody anything: how it ended is kept with the rollout. */
  public static void tidy(Tx tx) throws SQLException {
    tx.sql()
        .update(
            "DELETE FROM rollout_sample WHERE rollout <= (SELECT max(number) FROM rollout) - ?",
            SAMPLED);
  }

  /** What was counted over time, the oldest first. */
  public static List<RolloutSample> samples(Sql sql, String id) throws SQLException {
    find(sql, id);
    return sql.list(
        "SELECT told FROM rollout_sample WHERE rollout = ? ORDER BY at",
        row -> Json.read(row.text("told"), RolloutSample.class),
        number(id));
  }
}
