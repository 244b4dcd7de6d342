package dev.hivedeck.engine.alternative;

import dev.hivedeck.engine.change.ChangeLedger;
import dev.hivedeck.engine.plan.AlternativeLedger;
import dev.hivedeck.engine.plan.Choosable;
import dev.hivedeck.engine.plan.TaskLedger;
import dev.hivedeck.engine.protocol.Plural;
import dev.hivedeck.engine.protocol.alternative.AlternativeViews.Alternative;
import dev.hivedeck.engine.protocol.alternative.AlternativeViews.AlternativesState;
import dev.hivedeck.engine.protocol.alternative.AlternativeViews.Comparison;
import dev.hivedeck.engine.protocol.alternative.AlternativeViews.Result;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.ChangeViews.Obstacle;
import dev.hivedeck.engine.protocol.view.TaskViews.TaskState;
import dev.hivedeck.engine.store.Sql;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Alternatives side by side, as they are now. */
final class Comparisons {
  private Comparisons() {}

  /** What the attempts at a task took; the cost is null where that of one is not known. */
  private record Spent(int attempts, long seconds, @Nullable Double cost) {
    static final Spent NOTHING = new Spent(0, 0, 0.0);
  }

  /** All; those that wait for a choice first. */
  static List<Comparison> all(Sql sql, Instant now) throws SQLException {
    var all = new ArrayList<Comparison>();
    for (String original : AlternativeLedger.originals(sql)) {
      all.add(of(sql, original, now));
    }
    all.sort(Comparator.comparing((Comparison c) -> turn(c.state())).thenComparing(Comparison::id));
    return List.copyOf(all);
  }

  private static int turn(AlternativesState state) {
    return switch (state) {
      case CHOOSE -> 0;
      case FAILED -> 1;
      case WORKING -> 2;
      case CHOSEN -> 3;
      case MERGED -> 4;
    };
  }

  static Comparison of(Sql sql, String original, Instant now) throws SQLException {
    var task = TaskLedger.get(sql, original);
    var chosen = AlternativeLedger.chosen(sql, original);
    var lost = Choosable.lost(sql, original);
    var rows = new ArrayList<Alternative>();
    for (String id : AlternativeLedger.tasks(sql, original)) {
      rows.add(alternative(sql, id, chosen, now));
    }
    int working = (int) rows.stream().filter(r -> works(r.state())).count();
    int choosable = (int) rows.stream().filter(Alternative::choosable).count();
    var state =
        task.merged()
            ? AlternativesState.MERGED
            : chosen.isPresent() && lost.isEmpty()
                ? AlternativesState.CHOSEN
                : choosable > 0
                    ? AlternativesState.CHOOSE
                    : working > 0 ? AlternativesState.WORKING : AlternativesState.FAILED;
    boolean known = rows.stream().noneMatch(r -> r.cost() == null);
    return new Comparison(
        original,
        task.title(),
        state,
        lost.isPresent()
            ? instead(state, lost.get(), rows, working)
            : next(state, rows, working, choosable),
        chosen.orElse(null),
        working,
        known
            ? (Double) rows.stream().mapToDouble(r -> Objects.requireNonNull(r.cost())).sum()
            : null,
        rows);
  }

  private static String next(
      AlternativesState state, List<Alternative> rows, int working, int choosable) {
    String rest = working == 0 ? "" : ", or wait: %d still at work".formatted(working);
    return switch (state) {
      case WORKING -> Plural.of(working, "agent") + " at work";
      case CHOOSE ->
          choosable == 1 && working == 0
              ? "Choose it, or close it: it is the only one of %d that passed its gates"
                  .formatted(rows.size())
              : "Choose one of " + choosable + rest;
      case CHOSEN -> chosen(rows);
      case MERGED -> "On main";
      case FAILED -> "None of them can be chosen: retry one, or cancel the task";
    };
  }

  /** The chosen one came to nothing. */
  private static String instead(
      AlternativesState state, String lost, List<Alternative> rows, int working) {
    String word =
        rows.stream()
            .filter(r -> r.task().equals(lost))
            .map(r -> r.state().word())
            .findFirst()
            .orElse("");
    return switch (state) {
      case WORKING -> Plural.of(working, "agent") + " at work";
      case CHOOSE ->
          "%s was chosen and is %s: choose another one, or retry it".formatted(lost, word);
      default -> "%s was chosen and is %s: retry one, or cancel the task".formatted(lost, word);
    };
  }

  private static String chosen(List<Alternative> rows) {
    return rows.stream()
        .filter(Alternative::chosen)
        .findFirst()
        .map(r -> r.task() + " is chosen")
        .orElse("");
  }

  private static boolean works(TaskState state) {
    return switch (state) {
      case DONE, DEAD, CANCELLED -> false;
      default -> true;
    };
  }

  private static Alternative alternative(Sql sql, String id, Optional<String> chosen, Instant now)
      throws SQLException {
    var task = TaskLedger.view(sql, id);
    var change = ChangeLedger.ofTask(sql, id);
    var view = change.isEmpty() ? null : ChangeLedger.view(sql, change.get().id());
    var spent = spent(sql, id, now);
    boolean own = chosen.filter(id::equals).isPresent();
    return new Alternative(
        id,
        view != null ? view.agent() : task.worker() != null ? task.worker() : task.agent(),
        task.state(),
        task.reason(),
        spent.attempts(),
        spent.seconds(),
        spent.cost(),
        view == null ? null : result(view),
        own,
        Choosable.is(sql, id));
  }

  private static Result result(ChangeViews.Change view) {
    var verdict = view.verdict();
    return new Result(
        view.id(),
        view.state(),
        view.branch(),
        view.head(),
        view.files(),
        view.additions(),
        view.deletions(),
        view.lines(),
        view.health(),
        view.gates(),
        view.gates().stream().mapToInt(g -> g.findings().size()).sum(),
        verdict == null ? List.of() : verdict.obstacles().stream().map(Obstacle::text).toList());
  }

  private static Spent spent(Sql sql, String task, Instant now) throws SQLException {
    return sql.one(
            "SELECT count(*) AS attempts, coalesce(sum(coalesce(ended_at, ?1) - started_at), 0)"
                + " AS took, coalesce(sum(cost), 0) AS cost, coalesce(sum(unpriced > 0), 0) AS"
                + " unpriced FROM attempt WHERE task = ?2",
            row ->
                new Spent(
                    row.integer("attempts"),
                    row.number("took") / 1000,
                    row.number("unpriced") > 0 ? null : (Double) row.real("cost")),
            now,
            task)
        .orElse(Spent.NOTHING);
  }
}
