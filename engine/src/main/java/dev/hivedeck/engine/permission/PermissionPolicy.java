package dev.hivedeck.engine.permission;

import dev.hivedeck.engine.agent.Permission;
import dev.hivedeck.engine.agent.Question;
import dev.hivedeck.engine.agent.QuestionAnswer;
import dev.hivedeck.engine.attempt.Claim;
import dev.hivedeck.engine.protocol.Command.SetPermission;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.event.PermissionEvent;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.DecisionViews;
import dev.hivedeck.engine.protocol.view.PermissionRequest;
import dev.hivedeck.engine.protocol.view.PermissionViews;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.store.Tx;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;

/**
 * What agents may do in this workspace: standing rules answer at once, else a person is asked. A
 * person's "always" becomes a rule.
 */
public final class PermissionPolicy {
  private final Store store;
  private final BiFunction<Claim, Question, CompletableFuture<QuestionAnswer>> ask;

  /**
   * @param ask puts a question to a person in the name of an attempt
   */
  public PermissionPolicy(
      Store store, BiFunction<Claim, Question, CompletableFuture<QuestionAnswer>> ask) {
    this.store = store;
    this.ask = ask;
  }

  /**
   * Answers in the name of the person, or asks them.
   *
   * @return completes when it is settled; an attempt that is over gets no answer
   */
  public CompletableFuture<Permission.Answer> permit(
      Claim claim, Permission wanted, Path worktree) {
    var rule = store.read(sql -> match(sql, claim.agent(), wanted));
    if (rule.isPresent()) {
      store.submit(
          claim.correlation(),
          tx -> tx.sql().update("UPDATE permission SET used = used + 1 WHERE id = ?", id(rule)));
      return CompletableFuture.completedFuture(
          rule.get().allow() ? Permission.Answer.ALWAYS : Permission.Answer.NO);
    }
    return ask.apply(claim, question(claim, wanted, worktree)).thenApply(PermissionPolicy::answer);
  }

  private static long id(Optional<PermissionViews.PermissionRule> rule) {
    return Long.parseLong(rule.orElseThrow().id());
  }

  private static Question question(Claim claim, Permission wanted, Path worktree) {
    var judged = PermissionRisk.of(wanted, worktree);
    var request =
        new PermissionRequest(
            claim.agent(),
            wanted.tool(),
            wanted.what(),
            wanted.where() == null ? worktree.toString() : wanted.where(),
            judged.risk().word(),
            judged.why(),
            wanted.detail() == null ? "" : wanted.detail());
    return new Question(
        PermissionRequest.KIND,
        request.question(),
        request.detail(),
        PermissionRequest.OPTIONS,
        PermissionRequest.NO);
  }

  private static Permission.Answer answer(QuestionAnswer questionAnswer) {
    return switch (questionAnswer.option()) {
      case PermissionRequest.ONCE -> Permission.Answer.ONCE;
      case PermissionRequest.ALWAYS -> Permission.Answer.ALWAYS;
      default -> Permission.Answer.NO;
    };
  }

  /**
   * Makes a rule of a person's "always", in the transaction that records it: for exactly what was
   * shown, whatever wildcards it holds.
   */
  public static void remember(Tx tx, DecisionViews.Decision decision, String option)
      throws SQLException {
    var request = PermissionRequest.of(decision);
    if (request.isPresent() && option.equals(PermissionRequest.ALWAYS)) {
      set(tx, new SetPermission(null, request.get().tool(), request.get().what(), true, true));
    }
  }

  // ── the rules ───────────────────────────────────────────────────────────────────────────────

  /** All standing rules, the latest first. */
  public static List<PermissionViews.PermissionRule> all(Sql sql) throws SQLException {
    return sql.list("SELECT * FROM permission ORDER BY at DESC, id DESC", PermissionPolicy::rule);
  }

  /** Adds a rule, or changes the one for the same. */
  public static PermissionViews.PermissionRule set(Tx tx, SetPermission rule) throws SQLException {
    if (rule.tool() == null
        || rule.tool().isBlank()
        || rule.what() == null
        || rule.what().isBlank()) {
      throw new HiveException(
          ErrorCode.BAD_PERMISSION,
          "A rule needs a tool and what it may be used for.",
          "For example tool bash, what \"npm test*\"; a * stands for anything.");
    }
    tx.sql()
        .update(
            "INSERT INTO permission(agent, tool, what, allow, literal, at)"
                + " VALUES (?, ?, ?, ?, ?, ?)"
                + " ON CONFLICT(tool, what, literal, coalesce(agent, '')) DO UPDATE SET"
                + " allow = excluded.allow, at = excluded.at",
            rule.agent(),
            rule.tool(),
            rule.what(),
            rule.allow(),
            rule.literal(),
            tx.now());
    var made =
        tx.sql()
            .one(
                "SELECT * FROM permission WHERE tool = ? AND what = ? AND literal = ?"
                    + " AND coalesce(agent, '') = ?",
                PermissionPolicy::rule,
                rule.tool(),
                rule.what(),
                rule.literal(),
                rule.agent() == null ? "" : rule.agent())
            .orElseThrow();
    tx.emit(
        PermissionEvent.SET,
        made.id(),
        (rule.agent() == null ? "all agents" : rule.agent())
            + (rule.allow() ? " may use " : " may not use ")
            + rule.tool()
            + ": "
            + rule.what()
            + (rule.literal() && rule.what().contains("*") ? " (exactly so)" : ""),
        null);
    return made;
  }

  /**
   * @throws HiveException {@code no-permission}
   */
  public static void remove(Tx tx, String id) throws SQLException {
    var rule =
        tx.sql()
            .one("SELECT * FROM permission WHERE id = ?", PermissionPolicy::rule, id)
            .orElseThrow(
                () ->
                    new HiveException(
                        ErrorCode.NO_PERMISSION,
                        "There is no rule " + id + ".",
                        "hivedeck permissions lists those there are."));
    tx.sql().update("DELETE FROM permission WHERE id = ?", id);
    tx.emit(
        PermissionEvent.REMOVED,
        rule.id(),
        "agents are asked again for " + rule.tool() + ": " + rule.what(),
        null);
  }

  /** The rule that answers; a no is stronger than a yes. */
  private static Optional<PermissionViews.PermissionRule> match(
      Sql sql, String agent, Permission wanted) throws SQLException {
    return all(sql).stream()
        .filter(rule -> rule.covers(agent, wanted.tool(), wanted.what()))
        .min((a, b) -> Boolean.compare(a.allow(), b.allow()));
  }

  private static PermissionViews.PermissionRule rule(Sql.Row row) throws SQLException {
    return new PermissionViews.PermissionRule(
        Long.toString(row.number("id")),
        row.text("agent"),
        row.text("tool"),
        row.text("what"),
        row.flag("allow"),
        row.flag("literal"),
        row.instant("at"),
        row.number("used"));
  }
}
