package dev.hivedeck.engine.change;

import dev.hivedeck.engine.git.survey.ChangeSurvey;
import dev.hivedeck.engine.protocol.view.ChangeViews.Risk;
import dev.hivedeck.engine.protocol.view.GateViews.GateResult;
import java.util.List;
import java.util.Set;

/** Judges a merge before main moves to it. */
public interface MergeGates {
  /** Which gates of the merge checkpoint run. */
  enum Which {
    ALL,
    /** Those that read what a change changes; they say the same each time. */
    BUILT_IN,
    /** Those that run a command where it is checked out. */
    COMMANDS
  }

  /** Runs gates of the merge checkpoint. */
  List<GateResult> check(String base, String merge, ChangeLedger.Row change, Which which)
      throws InterruptedException;

  /** What they judge by; equal where they would say the same of the same commits. */
  Object rules(ChangeLedger.Row change, Which which);

  /** The names of those that run a command. */
  Set<String> commands();

  /** Why a person must approve what the merge brings to main. */
  List<Risk> risks(String base, String merge);

  /** What the difference of two commits means to others. */
  ChangeSurvey survey(String base, String head);

  /** Ends what gates left running when the engine was killed during a merge. */
  void endLeft(ChangeLedger.Row change);
}
