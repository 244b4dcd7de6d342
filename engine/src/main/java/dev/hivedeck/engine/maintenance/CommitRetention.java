package dev.hivedeck.engine.maintenance;

import dev.hivedeck.engine.git.repository.HeldCommits;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.store.Ledger;
import dev.hivedeck.engine.store.Sql;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that every commit that the ledger still needs has a ref, and that no other has: what a
 * crash left, or somebody deleted, is put right.
 */
public final class CommitRetention {
  private static final Logger LOG = LoggerFactory.getLogger(CommitRetention.class);

  private final Ledger ledger;
  private final HeldCommits held;
  private final Supplier<Set<String>> others;
  private final Consumer<Set<String>> lost;

  /**
   * @param others what is needed besides, by what is noted and no part of the ledger's own tables
   * @param lost hears of commits that the ledger needs and the repository does not have any more
   */
  public CommitRetention(
      Ledger ledger, HeldCommits held, Supplier<Set<String>> others, Consumer<Set<String>> lost) {
    this.ledger = ledger;
    this.held = held;
    this.others = others;
    this.lost = lost;
  }

  /**
   * Whatever is wrong with the repository, that is told elsewhere and keeps nobody from working.
   */
  public void hold() {
    try {
      var gone = held.keep(this::needed);
      if (!gone.isEmpty()) {
        lost.accept(gone);
      }
    } catch (HiveException e) {
      LOG.warn("commits are held later: {}", e.getMessage());
    }
  }

  private Set<String> needed() {
    var all = new HashSet<>(others.get());
    all.addAll(ledger.read(CommitRetention::needed));
    return all;
  }

  /** What changes, tasks and running attempts are to be gone on with from. */
  private static Set<String> needed(Sql sql) throws SQLException {
    return Set.copyOf(
        sql.list(
            "SELECT head AS id FROM change WHERE state NOT IN ('merged', 'closed')"
                + " UNION SELECT head FROM rollout WHERE head IS NOT NULL AND ended_at IS NULL"
                + " UNION SELECT base FROM change WHERE state NOT IN ('merged', 'closed')"
                + " UNION SELECT start FROM task WHERE start IS NOT NULL AND merged = 0"
                + " UNION SELECT start FROM attempt WHERE start IS NOT NULL AND ended_at IS NULL"
                + " UNION SELECT head FROM attempt WHERE head IS NOT NULL AND ended_at IS NULL"
                + " UNION SELECT checkpoint FROM attempt"
                + " WHERE checkpoint IS NOT NULL AND ended_at IS NULL",
            row -> row.text("id")));
  }
}
