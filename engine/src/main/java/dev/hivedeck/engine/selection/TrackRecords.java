package dev.hivedeck.engine.selection;

import dev.hivedeck.engine.plan.TaskLedger;
import dev.hivedeck.engine.protocol.failure.EndReason;
import dev.hivedeck.engine.protocol.view.AttemptViews.AttemptState;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * What is known of each agent at each kind of work. It is written in the transaction that ends an
 * attempt, and read from memory, which follows the commit: a few rows, however many tasks there
 * are.
 */
public final class TrackRecords {
  /** How far back a record is made from attempts, where there is none. */
  private static final int REMEMBERED = 2_000;

  private record Key(String kind, String agent) {}

  /** Set once read; replaced whole, by the writer. */
  private volatile Map<Key, TrackRecord> all;

  /**
   * Notes how an attempt ended.
   *
   * @param kind see {@link TaskLedger.Row#work()}
   * @param cost null when unknown; then what one costs others, lest not to tell it looks cheap
   */
  public void ended(Tx tx, String agent, String kind, boolean passed, Duration took, Double cost)
      throws SQLException {
    note(tx, new Key(kind, agent), passed, took, cost, tx.now());
  }

  private void note(Tx tx, Key key, boolean passed, Duration took, Double cost, Instant at)
      throws SQLException {
    var sql = tx.sql();
    long round = 1 + sql.number("SELECT max(round) FROM record WHERE kind = ?", key.kind());
    var before =
        sql.one(
                "SELECT * FROM record WHERE kind = ? AND agent = ?",
                TrackRecords::row,
                key.kind(),
                key.agent())
            .orElse(TrackRecord.NONE);
    double dollars = cost != null ? cost : usual(sql, key.kind());
    var now = before.with(passed, took, dollars, round, at);
    sql.update(
        "INSERT INTO record(agent, kind, verified, failed, seconds, cost, round, at, doubt,"
            + " doubt_verified, doubt_failed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            + " ON CONFLICT(kind, agent) DO UPDATE SET verified = excluded.verified,"
            + " failed = excluded.failed, seconds = excluded.seconds, cost = excluded.cost,"
            + " round = excluded.round, at = excluded.at, doubt = excluded.doubt,"
            + " doubt_verified = excluded.doubt_verified, doubt_failed = excluded.doubt_failed",
        key.agent(),
        key.kind(),
        now.evidence().verified(),
        now.evidence().failed(),
        now.evidence().seconds(),
        now.evidence().cost(),
        round,
        at,
        now.doubt().sum(),
        now.doubt().verified(),
        now.doubt().failed());
    tx.mirror(() -> put(key, now));
  }

  private static double usual(Sql sql, String kind) throws SQLException {
    return sql.one(
            "SELECT coalesce(sum(cost) / sum(verified + failed), 0) AS cost FROM record"
                + " WHERE kind = ?",
            row -> row.real("cost"),
            kind)
        .orElse(0.0);
  }

  private void put(Key key, TrackRecord now) {
    if (all != null) {
      var next = new HashMap<>(all);
      next.put(key, now);
      all = next;
    }
  }

  private static TrackRecord row(Sql.Row row) throws SQLException {
    return new TrackRecord(
        new Evidence(
            row.real("verified"),
            row.real("failed"),
            row.real("seconds"),
            row.real("cost"),
            row.number("round"),
            row.instant("at")),
        new ChangeDetector(
            row.real("doubt"), row.integer("doubt_verified"), row.integer("doubt_failed")));
  }

  private Map<Key, TrackRecord> all(Sql sql) throws SQLException {
    var known = all;
    if (known != null) {
      return known;
    }
    var read = new HashMap<Key, TrackRecord>();
    sql.list(
        "SELECT * FROM record",
        row -> read.put(new Key(row.text("kind"), row.text("agent")), row(row)));
    return read;
  }

  /** All that is known, as it weighs now. */
  public Standing standing(Tx tx) throws SQLException {
    // Only the writer keeps what it read: to others it could be of yesterday already.
    all = all(tx.sql());
    return new Standing(all, tx.now());
  }

  /** As {@link Standing#peers}, as of the latest attempt. */
  Evidence peers(Sql sql, String agent) throws SQLException {
    var all = all(sql);
    var latest =
        all.values().stream()
            .map(r -> r.evidence().at())
            .max(Instant::compareTo)
            .orElse(Instant.EPOCH);
    return new Standing(all, latest).peers(agent);
  }

  /** What is known at a moment. */
  public static final class Standing {
    private final Map<Key, TrackRecord> all;
    private final Map<String, Long> rounds = new HashMap<>();
    private final Instant now;

    private Standing(Map<Key, TrackRecord> all, Instant now) {
      this.all = all;
      this.now = now;
      all.forEach((key, r) -> rounds.merge(key.kind(), r.evidence().round(), Math::max));
    }

    private Evidence asOf(String kind, TrackRecord record) {
      return record.evidence().asOf(rounds.getOrDefault(kind, 0L), now);
    }

    /** An agent's attempts at a kind of work. */
    Evidence of(String agent, String kind) {
      return asOf(kind, all.getOrDefault(new Key(kind, agent), TrackRecord.NONE));
    }

    /** All attempts of all agents at a kind of work. */
    public Evidence ofAll(String kind) {
      var sum = Evidence.NONE;
      for (var e : all.entrySet()) {
        if (e.getKey().kind().equals(kind)) {
          sum = sum.plus(asOf(kind, e.getValue()));
        }
      }
      return sum;
    }

    /** An agent's attempts at all other kinds. */
    Evidence elsewhere(String agent, String kind) {
      var sum = Evidence.NONE;
      for (var e : all.entrySet()) {
        if (e.getKey().agent().equals(agent) && !e.getKey().kind().equals(kind)) {
          sum = sum.plus(asOf(e.getKey().kind(), e.getValue()));
        }
      }
      return sum;
    }

    /**
     * What the other agents needed at the kinds of work that this one did, in the shares in which
     * it did them; empty evidence where nobody else did any of it.
     */
    Evidence peers(String agent) {
      double verified = 0;
      double seconds = 0;
      double cost = 0;
      double weight = 0;
      for (var e : all.entrySet()) {
        if (e.getKey().agent().equals(agent)) {
          String kind = e.getKey().kind();
          var own = asOf(kind, e.getValue());
          var others = ofAll(kind);
          double tries = others.tries() - own.tries();
          if (tries >= 1) {
            verified += own.tries() * (others.verified() - own.verified()) / tries;
            seconds += own.tries() * (others.seconds() - own.seconds()) / tries;
            cost += own.tries() * (others.cost() - own.cost()) / tries;
            weight += own.tries();
          }
        }
      }
      return new Evidence(verified, weight - verified, seconds, cost, 0, now);
    }
  }

  private record Past(
      Key key, boolean passed, EndReason reason, Duration took, Double cost, Instant at) {}

  /** Makes the records from the latest attempts, where there are attempts but no records. */
  public void catchUp(Tx tx) throws SQLException {
    if (tx.sql().number("SELECT count(*) FROM record") > 0) {
      return;
    }
    var past =
        tx.sql()
            .list(
                "SELECT * FROM (SELECT a.agent, a.state, a.reason, a.started_at, a.ended_at,"
                    + " a.cost, a.unpriced, t.kind, t.capabilities FROM attempt a JOIN task t ON"
                    + " t.id = a.task WHERE a.state IN ('succeeded', 'failed') AND a.ended_at IS"
                    + " NOT NULL ORDER BY a.started_at DESC LIMIT ?) ORDER BY ended_at",
                row ->
                    new Past(
                        new Key(
                            TaskLedger.work(row.text("kind"), row.text("capabilities")),
                            row.text("agent")),
                        row.word("state", AttemptState.class) == AttemptState.SUCCEEDED,
                        EndReason.ofNullable(row.text("reason")),
                        Duration.between(row.instant("started_at"), row.instant("ended_at")),
                        row.number("unpriced") > 0 ? null : (Double) row.real("cost"),
                        row.instant("ended_at")),
                REMEMBERED);
    for (var p : past) {
      if (p.passed() || p.reason().countsAgainstAgent()) {
        note(tx, p.key(), p.passed(), p.took(), p.cost(), p.at());
      }
    }
  }
}
