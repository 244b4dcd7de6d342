package dev.hivedeck.engine.slo.policy;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.event.PolicyEvent;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.SloViews;
import dev.hivedeck.engine.protocol.view.View;
import dev.hivedeck.engine.protocol.view.Word;
import dev.hivedeck.engine.slo.Assessment;
import dev.hivedeck.engine.slo.BudgetPolicy;
import dev.hivedeck.engine.slo.BudgetPolicy.Action;
import dev.hivedeck.engine.slo.BudgetPolicy.Step;
import dev.hivedeck.engine.slo.Counts.Quality;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Acts of error-budget policies. Each begins and ends in the transaction of the evaluation that
 * asked for it, with an event that says why; a person may lift those of an objective for a time.
 */
public final class PolicyLedger {
  private static final Duration LONGEST = Duration.ofDays(30);

  private PolicyLedger() {}

  /**
   * What keeps changes from main.
   *
   * @param why in words
   * @param kinds of tasks whose changes merge all the same
   */
  public record Freeze(String why, Set<String> kinds) {
    public Freeze {
      kinds = Set.copyOf(kinds);
    }
  }

  // ── what is in force ────────────────────────────────────────────────────────────────────────

  /** The share of agents that may work, 1 when no policy says less. */
  public static double agents(Sql sql) throws SQLException {
    return sql
        .list(
            "SELECT min(agents) AS agents FROM policy_act"
                + " WHERE action = 'fewer-agents' AND lifted = 0 HAVING count(*) > 0",
            row -> row.real("agents"))
        .stream()
        .findFirst()
        .orElse(1.0);
  }

  /** Why fewer agents work, in words; empty when no policy asks for it. */
  public static Optional<String> slowed(Sql sql) throws SQLException {
    var why = reasons(sql, Action.FEWER_AGENTS);
    return why.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "%s: %.0f%% of the agents may work".formatted(why.getFirst(), 100 * agents(sql)));
  }

  /** What keeps changes from main; what each of several policies lets pass must suit all. */
  public static Optional<Freeze> freeze(Sql sql) throws SQLException {
    var why = reasons(sql, Action.ONLY_FIXES);
    if (why.isEmpty()) {
      return Optional.empty();
    }
    Set<String> kinds = null;
    for (var each :
        sql.list(
            "SELECT kinds FROM policy_act WHERE action = 'only-fixes' AND lifted = 0",
            row -> List.of(Json.read(row.text("kinds"), String[].class)))) {
      if (kinds == null) {
        kinds = new HashSet<>(each);
      } else {
        kinds.retainAll(each);
      }
    }
    return Optional.of(
        new Freeze(
            why.getFirst() + ": only fixes are merged (" + String.join(", ", kinds) + ")", kinds));
  }

  private static List<String> reasons(Sql sql, Action action) throws SQLException {
    return sql.list(
        "SELECT objective, budget_left FROM policy_act"
            + " WHERE action = ? AND lifted = 0 ORDER BY began",
        row -> budget(row.text("objective"), row.real("budget_left")),
        Word.kebab(action));
  }

  /** All acts, also those that are lifted. */
  public static List<SloViews.PolicyAct> acts(Sql sql) throws SQLException {
    return sql.list(
        "SELECT a.*, l.ends, l.author, l.comment FROM policy_act a"
            + " LEFT JOIN policy_lift l ON l.objective = a.objective AND a.lifted = 1"
            + " ORDER BY a.began, a.objective, a.action",
        row ->
            new SloViews.PolicyAct(
                row.text("objective"),
                row.text("action"),
                row.instant("began"),
                row.real("budget_left"),
                row.instant("ends"),
                row.text("author"),
                row.text("comment")));
  }

  // ── taking and undoing ──────────────────────────────────────────────────────────────────────

  /**
   * Brings acts up to how objectives stand.
   *
   * @param policies of the objectives that there are
   * @param unknown objectives that cannot be read now: theirs stay
   */
  public static void apply(
      Tx tx, Map<String, BudgetPolicy> policies, List<Assessment> standings, Set<String> unknown)
      throws SQLException {
    resume(tx);
    for (var act : acts(tx.sql())) {
      var policy = policies.get(act.objective());
      if (policy == null && !unknown.contains(act.objective())) {
        undo(tx, act.objective(), act.action(), "the objective is gone");
      } else if (policy != null) {
        var step =
            policy.steps().stream()
                .filter(s -> Word.kebab(s.action()).equals(act.action()))
                .findFirst();
        if (step.isPresent()) {
          follow(tx, act.objective(), step.get());
        } else {
          undo(tx, act.objective(), act.action(), "its policy asks for it no more");
        }
      }
    }
    for (var assessment : standings) {
      String name = assessment.objective().name();
      if (assessment.counts().quality() == Quality.IMPOSSIBLE) {
        continue; // nobody knows what is left
      }
      // Where nothing happened in the whole window nothing is burnt.
      double left = assessment.counts().hasData() ? assessment.budget().left() : 1;
      var taken = taken(tx.sql(), name);
      for (var proposal : policies.getOrDefault(name, BudgetPolicy.NONE).propose(left, taken)) {
        if (proposal.undo()) {
          undo(tx, name, Word.kebab(proposal.step().action()), budget(name, left));
        } else if (isSure(assessment)) {
          take(tx, name, proposal.step(), left);
        }
      }
    }
  }

  /** Few events are no verdict: with one error of ten a budget is spent, and nothing is known. */
  private static boolean isSure(Assessment assessment) {
    var objective = assessment.objective();
    return assessment.counts().bad() >= objective.guard().events()
        || assessment.counts().total() >= objective.enough();
  }

  private static Set<Action> taken(Sql sql, String objective) throws SQLException {
    var taken = EnumSet.noneOf(Action.class);
    taken.addAll(
        sql.list(
            "SELECT action FROM policy_act WHERE objective = ?",
            row -> Word.parse(Action.class, row.text("action").replace('-', '_')),
            objective));
    return taken;
  }

  private static void take(Tx tx, String objective, Step step, double left) throws SQLException {
    boolean lifted =
        tx.sql().number("SELECT count(*) FROM policy_lift WHERE objective = ?", objective) > 0;
    tx.sql()
        .update(
            "INSERT INTO policy_act(objective, action, began, budget_left, agents, kinds, lifted)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?)",
            objective,
            Word.kebab(step.action()),
            tx.now(),
            left,
            step.agents(),
            Json.write(step.kinds()),
            lifted ? 1 : 0);
    tell(
        tx,
        lifted ? PolicyEvent.WAIVED : PolicyEvent.APPLIED,
        objective,
        budget(objective, left) + ": " + meaning(step) + (lifted ? ", were it not lifted" : ""));
  }

  /** What is in force is what the policy says now, not what it said when the act began. */
  private static void follow(Tx tx, String objective, Step step) throws SQLException {
    String kinds = Json.write(step.kinds());
    int changed =
        tx.sql()
            .update(
                "UPDATE policy_act SET agents = ?, kinds = ? WHERE objective = ? AND action = ?"
                    + " AND (agents IS NOT ? OR kinds IS NOT ?)",
                step.agents(),
                kinds,
                objective,
                Word.kebab(step.action()),
                step.agents(),
                kinds);
    if (changed > 0) {
      tell(tx, PolicyEvent.CHANGED, objective, "the policy has changed: " + meaning(step));
    }
  }

  private static void undo(Tx tx, String objective, String action, String why) throws SQLException {
    tx.sql().update("DELETE FROM policy_act WHERE objective = ? AND action = ?", objective, action);
    tell(tx, PolicyEvent.UNDONE, objective, why + ": " + action + " is over");
  }

  /** What was lifted for a time is in force again. */
  private static void resume(Tx tx) throws SQLException {
    for (String objective :
        tx.sql()
            .list(
                "SELECT objective FROM policy_lift WHERE ends <= ?",
                row -> row.text("objective"),
                tx.now())) {
      endLift(tx, objective, "the time is over");
    }
  }

  private static void endLift(Tx tx, String objective, String why) throws SQLException {
    tx.sql().update("DELETE FROM policy_lift WHERE objective = ?", objective);
    tx.sql().update("UPDATE policy_act SET lifted = 0 WHERE objective = ?", objective);
    tell(
        tx,
        PolicyEvent.RESUMED,
        objective,
        "the policy of " + objective + " is in force again: " + why);
  }

  // ── what a person says ──────────────────────────────────────────────────────────────────────

  /**
   * Lifts what the policy of an objective does, for a time.
   *
   * @throws HiveException {@code lift-length}, {@code lift-comment} or {@code no-act}
   */
  public static List<SloViews.PolicyAct> lift(Tx tx, String objective, long seconds, String comment)
      throws SQLException {
    if (seconds < 1 || seconds > LONGEST.toSeconds()) {
      throw new HiveException(
          ErrorCode.LIFT_LENGTH,
          "A policy is lifted for between a second and " + LONGEST.toDays() + " days.",
          "Take policy: none in hive.yaml to do without one.");
    }
    if (comment == null || comment.isBlank()) {
      throw new HiveException(
          ErrorCode.LIFT_COMMENT, "Why it is lifted is missing.", "Say it: others will ask.");
    }
    mustAct(tx.sql(), objective);
    Instant ends = tx.now().plusSeconds(seconds);
    tx.sql()
        .update(
            "INSERT OR REPLACE INTO policy_lift(objective, ends, author, comment)"
                + " VALUES (?, ?, ?, ?)",
            objective,
            ends,
            View.YOU,
            comment.strip());
    tx.sql().update("UPDATE policy_act SET lifted = 1 WHERE objective = ?", objective);
    tell(
        tx,
        PolicyEvent.LIFTED,
        objective,
        "the policy of " + objective + " is lifted until " + ends + ": " + comment.strip());
    return of(tx.sql(), objective);
  }

  /**
   * Puts what was lifted in force again.
   *
   * @throws HiveException {@code no-lift}
   */
  public static List<SloViews.PolicyAct> resume(Tx tx, String objective) throws SQLException {
    if (tx.sql().number("SELECT count(*) FROM policy_lift WHERE objective = ?", objective) == 0) {
      throw new HiveException(
          ErrorCode.NO_LIFT,
          "The policy of " + objective + " is not lifted.",
          "hivedeck slo policy lists what is.");
    }
    endLift(tx, objective, "you said so");
    return of(tx.sql(), objective);
  }

  private static void mustAct(Sql sql, String objective) throws SQLException {
    if (of(sql, objective).isEmpty()) {
      throw new HiveException(
          ErrorCode.NO_ACT,
          "No policy of an objective " + objective + " is in force: there is nothing to lift.",
          "hivedeck slo policy lists what is in force.");
    }
  }

  private static List<SloViews.PolicyAct> of(Sql sql, String objective) throws SQLException {
    var of = new ArrayList<>(acts(sql));
    of.removeIf(act -> !act.objective().equals(objective));
    return of;
  }

  // ── words ───────────────────────────────────────────────────────────────────────────────────

  private static void tell(Tx tx, PolicyEvent type, String objective, String text)
      throws SQLException {
    tx.emit(type, objective, text, null);
  }

  private static String budget(String objective, double left) {
    return left <= 0
        ? objective + " has no error budget left"
        : String.format(
            Locale.ROOT, "%s has %.0f%% of its error budget left", objective, 100 * left);
  }

  private static String meaning(Step step) {
    return switch (step.action()) {
      case NOTIFY -> "look at what spends it";
      case FEWER_AGENTS ->
          String.format(Locale.ROOT, "%.0f%% of the agents may work", 100 * step.agents());
      case ONLY_FIXES -> "only fixes are merged (" + String.join(", ", step.kinds()) + ")";
      case STOP_ROLLOUTS -> "no rollout goes on";
    };
  }
}
