package dev.hivedeck.engine.rollout;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Rollout;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Changes as canaries: their commits are checked out and run as versions of a service, and merged
 * once they are promoted. Of what runs nothing is written down: it is begun again after a restart.
 */
public interface ChangeVersions extends AutoCloseable {

  /** How far the version of a change is. */
  enum Condition {
    /** It is not there: being made, or stopped by a person. Nothing is said of it. */
    AWAY,
    /** All its instances are well. */
    HEALTHY,
    /** It was well, and is not now: what it does not answer counts. */
    UNWELL,
    /** It is no use to wait for it. */
    BROKEN
  }

  /**
   * How it stands with the version of a change.
   *
   * @param why in words; empty where that needs none
   */
  record Health(Condition condition, String why) {}

  /**
   * What is to be exposed of a change.
   *
   * @param change its id
   * @param commit of it
   */
  record Exposed(String change, String commit) {}

  /**
   * How it stands with a change.
   *
   * @param head its commit
   * @param merge the commit that brought it to main; null before
   * @param reason why it is in this state, in words; empty where that needs none
   */
  record Standing(ChangeState state, String head, @Nullable String merge, String reason) {}

  /**
   * How it stands with the service of {@code hive.yaml} after a merge.
   *
   * @param done whether all its instances run what was merged, and are well
   * @param anew the commit that it could be begun anew for; null where it waits for something else
   * @param why it is not done, in words
   */
  record Base(boolean done, @Nullable String anew, String why) {}

  /**
   * What would be exposed of a change that people name.
   *
   * @throws HiveException {@code no-change}, {@code no-thing}, {@code not-now} where it cannot be
   *     exposed now
   */
  Exposed choose(Sql sql, String service, String change) throws SQLException;

  /** Has the version of a rollout run; nothing where it does, or is being made. */
  void run(Rollout rollout);

  /** How it stands with the version of a rollout. */
  Health health(Rollout rollout);

  /** Ends the version of a rollout soon, and removes what was made for it. */
  void end(Rollout rollout);

  /** How it stands with the change of a rollout. */
  Standing standing(Rollout rollout);

  /**
   * Gives the change of a rollout to the merge queue.
   *
   * @return why not, in words; empty where it is there
   */
  Optional<String> merge(Tx tx, Rollout rollout) throws SQLException;

  /**
   * How it stands with the service once the change was merged.
   *
   * @param merge the commit that brought it to main
   */
  Base base(Rollout rollout, String merge);

  /** Begins the service of a rollout anew. */
  void beginAnew(Tx tx, Rollout rollout) throws SQLException;

  /**
   * A canary was taken back: its change leaves the merge queue.
   *
   * @param evidence for its agent, who gets it back; null where it is to stay as it is
   */
  void takenBack(Tx tx, Rollout rollout, @Nullable String evidence) throws SQLException;

  /** Removes what was made; the next engine makes it again where that is needed. */
  @Override
  void close();
}
