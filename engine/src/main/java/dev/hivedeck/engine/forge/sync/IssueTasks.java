package dev.hivedeck.engine.forge.sync;

import dev.hivedeck.engine.config.forge.GitHubConfig;
import dev.hivedeck.engine.dispatch.NewTasks;
import dev.hivedeck.engine.forge.Forge;
import dev.hivedeck.engine.forge.ForgeException;
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
import org.jspecify.annotations.Nullable;

/** Issues become tasks, each once; how the task ended goes back to the issue. */
final class IssueTasks {
  private static final String FROM = "From issue #%d, which ";
  private static final int TITLE = 200;
  private static final int PROMPT = 30_000;

  private final Store store;
  private final NewTasks newTasks;
  private final CommentMark marks;
  private final Supplier<String> ids;
  private final UnaryOperator<String> masked;

  /**
   * @param masked takes secrets out of what goes out
   */
  IssueTasks(
      Store store,
      NewTasks newTasks,
      CommentMark marks,
      Supplier<String> ids,
      UnaryOperator<String> masked) {
    this.store = store;
    this.newTasks = newTasks;
    this.marks = marks;
    this.ids = ids;
    this.masked = masked;
  }

  private record Taken(int number, String task) {}

  /** The issue of the linked repository that a task came from; 0 for none. */
  static int issue(Sql sql, String task) throws SQLException {
    return (int)
        sql.number(
            "SELECT number FROM forge_issue WHERE task = ? AND origin ="
                + " (SELECT api || ' ' || repository FROM forge_link)",
            task);
  }

  /**
   * @return why some are no tasks yet; empty where all are
   */
  Optional<HiveException> take(Forge forge, String origin, GitHubConfig.Issues wanted) {
    if (!wanted.wanted()) {
      return Optional.empty();
    }
    HiveException problem = null;
    for (var issue : forge.issues(wanted)) {
      boolean known =
          store.read(
              sql ->
                  sql.number(
                          "SELECT count(*) FROM forge_issue WHERE origin = ? AND number = ?",
                          origin,
                          issue.number())
                      > 0);
      if (!known) {
        try {
          take(issue, origin, wanted);
        } catch (HiveException e) {
          problem = e;
        }
      }
    }
    return Optional.ofNullable(problem);
  }

  /** The task and that it was taken are one transaction: it is taken once, whatever happens. */
  private void take(RemoteIssue issue, String origin, GitHubConfig.Issues wanted) {
    store.update(
        ids.get(),
        tx -> {
          String id = id(tx.sql(), issue);
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
                  "INSERT INTO forge_issue(origin, number, task, url) VALUES (?, ?, ?, ?)",
                  origin,
                  issue.number(),
                  id,
                  issue.url());
        });
  }

  /**
   * Of its task: the one that came from it, where the ledger does not know that any more, or else
   * one that nobody has.
   */
  private static String id(Sql sql, RemoteIssue issue) throws SQLException {
    String first = "GH-" + issue.number();
    String id = first;
    for (int n = 2; ; n++) {
      var there = TaskLedger.find(sql, id);
      if (there.isEmpty() || cameFrom(there.get().prompt(), issue)) {
        return id;
      }
      id = first + "-" + n;
    }
  }

  private static boolean cameFrom(@Nullable String prompt, RemoteIssue issue) {
    return prompt != null
        && !issue.url().isEmpty()
        && prompt.startsWith(FROM.formatted(issue.number()))
        && prompt.lines().findFirst().orElse("").endsWith(": " + issue.url());
  }

  private static String prompt(RemoteIssue issue) {
    return FROM.formatted(issue.number())
        + "%s wrote: %s%n%n%s"
            .formatted(issue.author(), issue.url(), cut(issue.body().strip(), PROMPT));
  }

  private static String cut(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most) + "…";
  }

  /**
   * Tells issues what became of their tasks.
   *
   * @param login whose token it is; empty where nobody says
   * @return what was refused; the others were told
   */
  Optional<ForgeException> tell(
      Forge forge, String login, String origin, GitHubConfig.Issues wanted) {
    ForgeException refused = null;
    for (var taken : untold(origin)) {
      var end = store.read(sql -> end(sql, taken.task()));
      if (end.isPresent()) {
        try {
          tell(forge, login, wanted, taken, end.get());
          told(origin, taken);
        } catch (ForgeException e) {
          if (e.stopsAll()) {
            throw e;
          }
          refused = e;
        }
      }
    }
    return Optional.ofNullable(refused);
  }

  /** What is said comes last: an issue that has heard of its end is closed by now. */
  private void tell(Forge forge, String login, GitHubConfig.Issues wanted, Taken taken, End end) {
    String mark = marks.of("task", taken.task());
    if (!forge.hasComment(taken.number(), mark, login)) {
      if (end.merged() && wanted.close()) {
        forge.closeIssue(taken.number());
      }
      forge.comment(taken.number(), masked.apply(end.text()) + "\n\n" + mark);
    }
  }

  private void told(String origin, Taken taken) {
    store.update(
        ids.get(),
        tx ->
            tx.sql()
                .update(
                    "UPDATE forge_issue SET told = 1 WHERE origin = ? AND number = ?",
                    origin,
                    taken.number()));
  }

  private List<Taken> untold(String origin) {
    return store.read(
        sql ->
            sql.list(
                "SELECT number, task FROM forge_issue WHERE told = 0 AND origin = ?"
                    + " ORDER BY number",
                row -> new Taken(row.integer("number"), row.text("task")),
                origin));
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
