package dev.hivedeck.engine.forge.sync;

import dev.hivedeck.engine.config.forge.GitHubConfig.MergedBy;
import dev.hivedeck.engine.forge.ForgeException;
import dev.hivedeck.engine.forge.RateLimit;
import dev.hivedeck.engine.protocol.forge.ForgeEvent;
import dev.hivedeck.engine.protocol.forge.ForgeViews.ForgeStatus;
import dev.hivedeck.engine.protocol.forge.ForgeViews.Reach;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The ledger of the link with a forge; there is one at most. */
final class LinkLedger {
  private LinkLedger() {}

  /**
   * What a person linked.
   *
   * @param tokenFrom where the token is asked for
   * @param failures one after another, since GitHub was last reached
   */
  record Link(
      String repository,
      String host,
      String api,
      String tokenFrom,
      MergedBy mergedBy,
      @Nullable Instant syncedAt,
      @Nullable Instant retryAt,
      int failures) {
    /** Whose rows belong to it. */
    String origin() {
      return LinkLedger.origin(api, repository);
    }
  }

  /** By which rows say what repository they are of. */
  static String origin(String api, String repository) {
    return api + " " + repository;
  }

  static Optional<Link> link(Sql sql) throws SQLException {
    return sql.one(
        "SELECT * FROM forge_link",
        row ->
            new Link(
                row.text("repository"),
                row.text("host"),
                row.text("api"),
                row.text("token_from"),
                row.word("merged_by", MergedBy.class),
                row.instant("synced_at"),
                row.instant("retry_at"),
                row.integer("failures")));
  }

  static ForgeStatus status(Sql sql) throws SQLException {
    return sql.one(
            "SELECT * FROM forge_link",
            row ->
                new ForgeStatus(
                    ForgeStatus.ID,
                    row.word("reach", Reach.class),
                    row.text("repository"),
                    row.text("api"),
                    row.text("token_from"),
                    row.text("login"),
                    row.text("problem"),
                    row.text("remedy"),
                    row.isNull("remaining") ? null : row.integer("remaining"),
                    row.isNull("most") ? null : row.integer("most"),
                    row.instant("resets_at"),
                    row.instant("synced_at"),
                    row.instant("retry_at")))
        .orElse(ForgeStatus.NONE);
  }

  /** Of another repository nothing is kept: its numbers mean other things here. */
  static void link(Tx tx, Link link, @Nullable String login) throws SQLException {
    ForgeLedger.forgetOthers(tx, link.origin());
    tx.sql()
        .update(
            "INSERT INTO forge_link(id, repository, host, api, token_from, login, merged_by,"
                + " linked_at, reach) VALUES (1, ?, ?, ?, ?, ?, ?, ?, 'new') ON CONFLICT(id) DO"
                + " UPDATE SET repository = excluded.repository, host = excluded.host, api ="
                + " excluded.api, token_from = excluded.token_from, login = excluded.login,"
                + " merged_by = excluded.merged_by, linked_at = excluded.linked_at, reach ="
                + " excluded.reach, problem = NULL, remedy = NULL, retry_at = NULL, failures = 0",
            link.repository(),
            link.host(),
            link.api(),
            link.tokenFrom(),
            login,
            link.mergedBy(),
            tx.now());
    told(tx, "linked with " + link.repository() + " on " + link.host());
  }

  static void unlink(Tx tx) throws SQLException {
    tx.sql().update("DELETE FROM forge_link");
    told(tx, "no longer linked with GitHub");
  }

  /** Who merges is as it is configured now. */
  static void mergedBy(Tx tx, MergedBy by) throws SQLException {
    tx.sql().update("UPDATE forge_link SET merged_by = ?", by);
  }

  /**
   * A whole look has ended well.
   *
   * @param problem what is wrong all the same; null for nothing
   */
  static void reached(
      Tx tx, @Nullable RateLimit limit, @Nullable String problem, @Nullable String remedy)
      throws SQLException {
    limit(tx, limit);
    tx.sql()
        .update(
            "UPDATE forge_link SET reach = 'reached', problem = ?, remedy = ?, synced_at = ?,"
                + " retry_at = NULL, failures = 0",
            problem,
            remedy,
            tx.now());
    told(tx, null);
  }

  static void failed(Tx tx, @Nullable RateLimit limit, ForgeException e) throws SQLException {
    var link = link(tx.sql());
    if (link.isEmpty()) {
      return;
    }
    int failures = link.get().failures() + 1;
    limit(tx, limit);
    tx.sql()
        .update(
            "UPDATE forge_link SET reach = ?, problem = ?, remedy = ?, retry_at = ?, failures = ?",
            switch (e.kind()) {
              case OUTAGE -> Reach.OFFLINE;
              case LIMITED -> Reach.LIMITED;
              case UNAUTHORIZED, DENIED, MISSING, REJECTED -> Reach.REFUSED;
            },
            e.getMessage(),
            e.fault().hint(),
            e.again(tx.now(), failures),
            failures);
    told(tx, failures == 1 ? e.getMessage() : null);
  }

  private static void limit(Tx tx, @Nullable RateLimit limit) throws SQLException {
    if (limit != null) {
      tx.sql()
          .update(
              "UPDATE forge_link SET remaining = ?, most = ?, resets_at = ?",
              limit.remaining(),
              limit.limit(),
              limit.resetsAt());
    }
  }

  private static void told(Tx tx, @Nullable String text) throws SQLException {
    tx.emit(ForgeEvent.CHANGED, text, status(tx.sql()));
  }
}
