package dev.hivedeck.engine.forge.sync;

import dev.hivedeck.engine.config.forge.GitHubConfig;
import dev.hivedeck.engine.dispatch.NewTasks;
import dev.hivedeck.engine.forge.Forge;
import dev.hivedeck.engine.forge.RemoteIssue;
import dev.hivedeck.engine.plan.TaskLedger;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.view.TaskViews.TaskState;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Store;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Issues become tasks, each once by its number; how the task ended goes back to the issue. */
final class IssueTasks {
  private static final int TITLE = 200;
  private static final int PROMPT = 30_000;

  private final Store store;
  private final NewTasks newTasks;
  private final Supplier<String> ids;
  private final UnaryOperator<String> masked;

  /**
   * @param masked takes secrets out of what goes out
   */
  IssueTasks(Store store, NewTasks newTasks, Supplier<String> ids, UnaryOperator<String> masked) {
    this.store = store;
    this.newTasks = newTasks;
    this.ids = ids;
    this.masked = masked;
  }

  private record Taken(int number, String task) {}

  /** The issue that a task came from; 0 for none. */
  static int issue(Sql sql, String task) throws SQLException {
    return (int) sql.number("SELECT number FROM forge_issue WHERE task = ?", task);
  }

  /**
   * @return why some are no tasks yet; empty where all are
   */
  Optional<HiveException> take(Forge forge, GitHubConfig.Issues wanted) {
    if (!wanted.wanted()) {
      return Optional.empty();
    }
    HiveException problem = null;
    for (var issue : forge.issues(wanted)) {
      boolean known =
          store.read(
              sql ->
                  sql.number("SELECT count(*) FROM forge_issue WHERE number = ?", issue.number())
                      > 0);
      if (!known) {
        try {
          take(issue, wanted);
        } catch (HiveException e) {
          problem = e;
        }
      }
    }
    return Optional.ofNullable(problem);
  }

  /** The task and that it was taken are one transaction: it is taken once, whatever happens. */
  private void take(RemoteIssue issue, GitHubConfig.Issues wanted) {
    store.write(
        ids.get(),
        tx -> {
          String id = "GH-" + issue.number();
          if (TaskLedger.find(tx.sql(), id).isEmpty()) {
            newTasks.add(
                tx,
                new Command.AddTask(
                    id,
                    cut(issue.title().strip(), TITLE),
                    prompt(issue),
                    wanted.agent(),
                    null,
                    null,
                    null,
                    null,
                    wanted.kind()));
          }
          tx.sql()
              .update(
                  "INSERT INTO forge_issue(number, task, url) VALUES (?, ?, ?)",
                  issue.number(),
                  id,
                  issue.url());
          return null;
        });
  }

  private static String prompt(RemoteIssue issue) {
    return "From issue #%d, which %s wrote: %s%n%n%s"
        .formatted(issue.number(), issue.author(), issue.url(), cut(issue.body().strip(), PROMPT));
  }

  private static String cut(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most) + "…";
  }

  /** Tells issues what became of their tasks. */
  void tell(Forge forge, GitHubConfig.Issues wanted) {
    for (var taken : untold()) {
      var end = store.read(sql -> end(sql, taken.task()));
      if (end.isPresent()) {
        String mark = PullText.mark("task", taken.task());
        if (!forge.hasComment(taken.number(), mark)) {
          forge.comment(taken.number(), masked.apply(end.get().text()) + "\n\n" + mark);
        }
        if (end.get().merged() && wanted.close()) {
          forge.closeIssue(taken.number());
        }
        store.write(
            ids.get(),
            tx -> {
              tx.sql().update("UPDATE forge_issue SET told = 1 WHERE number = ?", taken.number());
              return null;
            });
      }
    }
  }

  private List<Taken> untold() {
    return store.read(
        sql ->
            sql.list(
                "SELECT number, task FROM forge_issue WHERE told = 0 ORDER BY number",
                row -> new Taken(row.integer("number"), row.text("task"))));
  }

  private record End(boolean merged, String text) {}

  private static Optional<End> end(Sql sql, String task) throws SQLException {
    var row = TaskLedger.find(sql, task);
    if (row.isEmpty()) {
      return Optional.empty();
    }
    if (sql.number("SELECT merged FROM task WHERE id = ?", task) > 0) {
      var merge =
          sql.one(
              "SELECT c.merge, p.number FROM change c LEFT JOIN pull_request p ON p.change ="
                  + " c.number WHERE c.task = ?",
              r ->
                  r.isNull("number")
                      ? r.text("merge")
                      : r.text("merge") + " (#" + r.number("number") + ")",
              task);
      return Optional.of(
          new End(true, "Done: it is on main" + merge.map(m -> " as " + m).orElse("") + "."));
    }
    return row.get().state() == TaskState.CANCELLED
        ? Optional.of(new End(false, "Hivedeck does not work on this: its task was cancelled."))
        : Optional.empty();
  }
}
