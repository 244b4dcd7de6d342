package dev.hivedeck.engine.change.batch;

import dev.hivedeck.engine.protocol.view.GateViews.GateResult;
import java.util.List;
import java.util.Set;

/** What gates say of changes that stand one on the other, and who is to blame where they fail. */
public sealed interface Judgement {

  /** How many from the first on may come to main. */
  int passing();

  /** What gates said of those; empty where there are none. */
  List<GateResult> results();

  /**
   * All pass.
   *
   * @param flakes gates that failed and passed when they were run again on the same commit
   */
  record Passed(int passing, List<GateResult> results, Set<String> flakes) implements Judgement {}

  /**
   * Main fails without them: nobody is to blame.
   *
   * @param main what gates said of it
   */
  record MainFails(List<GateResult> main) implements Judgement {
    @Override
    public int passing() {
      return 0;
    }

    @Override
    public List<GateResult> results() {
      return List.of();
    }
  }

  /**
   * One is to blame: what is before it passes, and fails with it.
   *
   * @param place of it, from 1 on
   * @param failed what gates said with it
   * @param flaky whether all that fail are known to fail by chance
   */
  record Blamed(int place, List<GateResult> results, List<GateResult> failed, boolean flaky)
      implements Judgement {
    @Override
    public int passing() {
      return place - 1;
    }
  }
}
