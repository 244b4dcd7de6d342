package dev.hivedeck.engine.rollout.canary;

import dev.hivedeck.engine.protocol.rollout.RolloutViews.Rollout;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.rollout.ChangeVersions;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Tx;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A change whose version, merge and base are as a test says. */
final class SimulatedChanges implements ChangeVersions {
  static final String COMMIT = "c0ffee0c0ffee0c0ffee0c0ffee0c0ffee0c0ffe";

  Health health = new Health(Condition.AWAY, "C-4 is set up");
  Standing standing = new Standing(ChangeState.OPEN, COMMIT, null, "");
  Optional<String> refusal = Optional.empty();
  Base base = new Base(false, "4a11", "orders begins anew from main");
  final List<String> done = new ArrayList<>();
  @Nullable String evidence;

  /** How often it was to run. */
  int runs;

  @Override
  public Exposed choose(Sql sql, String service, String change) {
    return new Exposed(change, COMMIT);
  }

  @Override
  public void run(Rollout rollout) {
    runs++;
    if (!done.contains("run")) {
      done.add("run");
    }
  }

  @Override
  public Health health(Rollout rollout) {
    return health;
  }

  @Override
  public void end(Rollout rollout) {
    done.add("end");
  }

  @Override
  public Standing standing(Rollout rollout) {
    return standing;
  }

  @Override
  public Optional<String> merge(Tx tx, Rollout rollout) {
    done.add("merge");
    if (refusal.isEmpty()) {
      standing = new Standing(ChangeState.QUEUED, standing.head(), null, "");
    }
    return refusal;
  }

  @Override
  public Base base(Rollout rollout, String merge) {
    return base;
  }

  @Override
  public void beginAnew(Tx tx, Rollout rollout) {
    done.add("anew");
  }

  @Override
  public void takenBack(Tx tx, Rollout rollout, @Nullable String said) {
    done.add("taken back");
    evidence = said;
  }

  @Override
  public void close() {
    done.add("close");
  }
}
