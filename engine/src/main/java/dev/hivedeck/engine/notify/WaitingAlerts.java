package dev.hivedeck.engine.notify;

import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.protocol.rollout.HoldReason;
import dev.hivedeck.engine.protocol.rollout.RolloutState;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Rollout;
import dev.hivedeck.engine.rollout.RolloutLedger;
import dev.hivedeck.engine.store.Sql;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;

/** Work that goes on only once a person does something. */
public final class WaitingAlerts {
  /** More at once say no more. */
  private static final int MOST = 200;

  private WaitingAlerts() {}

  /** Tasks that failed all retries and fallbacks. */
  public static final class DeadTasks implements AlertSource {
    @Override
    public String name() {
      return "TaskDead";
    }

    @Override
    public List<RoutedAlert> firing(Sql sql, Instant now) throws SQLException {
      if (sql.number("SELECT tasks FROM tally WHERE state = 'dead'") == 0) {
        return List.of();
      }
      return sql.list(
          "SELECT id, title, reason FROM task WHERE state = 'dead' ORDER BY place LIMIT ?",
          row -> {
            String id = row.text("id");
            return RoutedAlert.firing(
                Labels.of("alertname", name(), "severity", "ticket", "task", id),
                id
                    + " \""
                    + row.text("title")
                    + "\" failed for good"
                    + (row.text("reason") == null ? "" : ": " + row.text("reason")),
                now,
                "task",
                id);
          },
          MOST);
    }
  }

  /** Rollouts that a person has to go on with, since nothing is clear or so it was configured. */
  public static final class HeldRollouts implements AlertSource {
    @Override
    public String name() {
      return "RolloutWaits";
    }

    @Override
    public List<RoutedAlert> firing(Sql sql, Instant now) throws SQLException {
      return RolloutLedger.open(sql).stream()
          .map(RolloutLedger.Row::view)
          .filter(r -> r.held() != null && r.held() != HoldReason.PERSON)
          .limit(MOST)
          .map(r -> alert(name(), r, r.canary() + " of " + r.service() + " waits for you", now))
          .toList();
    }
  }

  /** Canaries that were taken back, until another one is exposed, for a day at most. */
  public static final class RolledBack implements AlertSource {
    private static final Duration KNOWN = Duration.ofDays(1);

    @Override
    public String name() {
      return "RolledBack";
    }

    @Override
    public List<RoutedAlert> firing(Sql sql, Instant now) throws SQLException {
      return RolloutLedger.lastEnded(sql).stream()
          .map(RolloutLedger.Row::view)
          .filter(r -> r.state() == RolloutState.ROLLED_BACK)
          .filter(r -> r.endedAt() != null && r.endedAt().plus(KNOWN).isAfter(now))
          .limit(MOST)
          .map(r -> alert(name(), r, r.canary() + " of " + r.service() + " was taken back", now))
          .toList();
    }
  }

  private static RoutedAlert alert(String name, Rollout rollout, String what, Instant now) {
    return RoutedAlert.firing(
        Labels.of("alertname", name, "severity", "ticket", "rollout", rollout.id()),
        what + ": " + rollout.why(),
        now,
        "rollout",
        rollout.id());
  }

  /** Decisions that wait for a person for longer than a while. */
  public static final class Decisions implements AlertSource {
    private final Supplier<Duration> after;

    public Decisions(Supplier<Duration> after) {
      this.after = after;
    }

    @Override
    public String name() {
      return "DecisionWaits";
    }

    @Override
    public List<RoutedAlert> firing(Sql sql, Instant now) throws SQLException {
      return sql.list(
          "SELECT number, agent, question FROM decision WHERE state = 'open' AND level = 3"
              + " AND opened_at <= ? ORDER BY number LIMIT ?",
          row -> {
            String id = "D-" + row.number("number");
            return RoutedAlert.firing(
                Labels.of("alertname", name(), "severity", "ticket", "decision", id),
                row.text("agent") + " waits for an answer: " + row.text("question"),
                now,
                "decision",
                id);
          },
          now.minus(after.get()),
          MOST);
    }
  }
}
