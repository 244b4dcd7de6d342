package dev.hivedeck.engine.change;

import dev.hivedeck.engine.git.repository.RecordedMerges;
import dev.hivedeck.engine.mainline.Incoming;
import dev.hivedeck.engine.mainline.Mainline;
import dev.hivedeck.engine.mainline.MergeProof;
import dev.hivedeck.engine.mainline.MergeResult;
import dev.hivedeck.engine.protocol.merge.MergeMethod;
import dev.hivedeck.engine.protocol.view.ChangeViews.Risk;
import dev.hivedeck.engine.protocol.view.GateViews.GateResult;
import dev.hivedeck.engine.protocol.view.GateViews.Outcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/** One try to merge a change: onto the present main, judged before main moves. */
final class MergeTrial {
  private final Mainline mainline;
  private final MergeGates gates;
  private final ChangeLedger.Row change;
  private final Incoming work;
  private final List<GateResult> results = new ArrayList<>();
  private final List<Risk> unapproved = new ArrayList<>();
  private final List<String> back = new ArrayList<>();
  private final boolean accepted;
  private MergeProof proof;
  private String merge;
  private String base;

  /**
   * @param accepted whether a person lets it be that the change does not explain all of its merge
   */
  MergeTrial(
      Mainline mainline,
      MergeGates gates,
      ChangeLedger.Row change,
      MergeMethod method,
      boolean accepted) {
    this.mainline = mainline;
    this.gates = gates;
    this.change = change;
    this.work = incoming(change, method);
    this.accepted = accepted;
  }

  /** Of the last merge that was tried, with what it was made of; null where none was made. */
  MergeRecord record() {
    return proof == null ? null : new MergeRecord(base, merge, proof);
  }

  /** Whether it was refused because its change does not explain it. */
  boolean isUnexplained() {
    return proof != null && !proof.holds() && !accepted;
  }

  /** What the gates said of the last merge that was tried. */
  List<GateResult> results() {
    return results;
  }

  /**
   * What needs a person's approval and was not there to be approved: main or the configuration has
   * moved since.
   */
  List<Risk> unapproved() {
    return unapproved;
  }

  /** Commits that somebody took off main and that it would bring back. */
  List<String> back() {
    return back;
  }

  /** The work of a change, as main tells of it. */
  private static Incoming incoming(ChangeLedger.Row change, MergeMethod method) {
    var trailers = new LinkedHashMap<String, String>();
    trailers.put("Hivedeck-Change", change.id());
    trailers.put("Hivedeck-Task", change.task());
    trailers.put("Hivedeck-Attempt", change.attempt());
    trailers.put("Hivedeck-Agent", change.agent());
    if (method == MergeMethod.REBASE) {
      trailers.put(RecordedMerges.TITLE, change.title());
    }
    String subject =
        method == MergeMethod.MERGE
            ? "Merge #%d %s: %s".formatted(change.number(), change.task(), change.title())
            : "%s (#%d)".formatted(change.title(), change.number());
    return new Incoming(change.head(), method, subject, trailers);
  }

  /** Merges; again on a main that has moved meanwhile, until it is on main or refused. */
  MergeResult run() throws InterruptedException {
    return mainline.merge(
        work,
        (tip, commit) -> {
          results.clear();
          unapproved.clear();
          back.clear();
          base = tip;
          merge = commit;
          proof = mainline.prove(tip, commit, change.head());
          if (isUnexplained()) {
            return false;
          }
          back.addAll(mainline.bringsBack(tip, change.head()));
          if (!back.isEmpty()) {
            return false;
          }
          gates.risks(tip, commit).stream()
              .filter(risk -> change.risks().stream().noneMatch(r -> r.path().equals(risk.path())))
              .forEach(unapproved::add);
          if (!unapproved.isEmpty()) {
            return false;
          }
          results.addAll(gates.check(tip, commit, change));
          return results.stream().noneMatch(g -> g.outcome() == Outcome.FAILED);
        });
  }
}
