package dev.hivedeck.engine;

import dev.hivedeck.engine.change.ChangeLedger;
import dev.hivedeck.engine.change.MergeGates;
import dev.hivedeck.engine.execution.GateEvaluator;
import dev.hivedeck.engine.protocol.view.ChangeViews.Risk;
import dev.hivedeck.engine.protocol.view.GateViews.GateResult;
import java.util.List;
import java.util.function.Function;

/** The gates in force, before a merge. */
record MergeJudge(GateEvaluator gates, Function<ChangeLedger.Row, GateEvaluator.Judged> judged)
    implements MergeGates {

  @Override
  public List<GateResult> check(String base, String merge, ChangeLedger.Row change)
      throws InterruptedException {
    return gates
        .check("merge", base, merge, null, judged.apply(change).merging(), text -> {})
        .gates();
  }

  @Override
  public List<Risk> risks(String base, String merge) {
    return gates.risks(base, merge);
  }

  @Override
  public void endLeft(ChangeLedger.Row change) {
    gates.endLeft(judged.apply(change));
  }
}
