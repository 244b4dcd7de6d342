package dev.hivedeck.engine.change;

import dev.hivedeck.engine.protocol.view.ChangeViews.Risk;
import dev.hivedeck.engine.protocol.view.GateViews.GateResult;
import java.util.List;

/** Judges a merge before main moves to it. */
public interface MergeGates {
  /** Runs the gates of the merge checkpoint. */
  List<GateResult> check(String base, String merge, ChangeLedger.Row change)
      throws InterruptedException;

  /** Why a person must approve what the merge brings to main. */
  List<Risk> risks(String base, String merge);

  /** Ends what gates left running when the engine was killed during a merge. */
  void endLeft(ChangeLedger.Row change);
}
