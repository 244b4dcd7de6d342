package dev.hivedeck.engine.change;

import dev.hivedeck.engine.change.batch.Blame;
import dev.hivedeck.engine.change.batch.Judgement;
import dev.hivedeck.engine.git.repository.RecordedMerges;
import dev.hivedeck.engine.mainline.Incoming;
import dev.hivedeck.engine.mainline.Mainline;
import dev.hivedeck.engine.mainline.MergeProof;
import dev.hivedeck.engine.mainline.MergeResult;
import dev.hivedeck.engine.protocol.merge.MergeMethod;
import dev.hivedeck.engine.protocol.view.ChangeViews.Risk;
import dev.hivedeck.engine.protocol.view.GateViews.GateResult;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

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
  private final Supplier<Optional<String>> keeps;
  private Optional<String> kept = Optional.empty();
  private MergeProof proof;
  private Judgement judgement;
  private String merge;
  private String base;

  /**
   * @param accepted whether a person lets it be that the change does not explain all of its merge
   * @param keeps what keeps it from main at the time, in words: its canary is being taken back
   */
  MergeTrial(
      Mainline mainline,
      MergeGates gates,
      ChangeLedger.Row change,
      MergeMethod method,
      boolean accepted,
      Supplier<Optional<String>> keeps) {
    this.mainline = mainline;
    this.gates = gates;
    this.change = change;
    this.work = incoming(change, method);
    this.accepted = accepted;
    this.keeps = keeps;
  }

  /** Finds out who is to blame where gates fail. */
  @FunctionalInterface
  interface Judge {
    Judgement judge(String tip, String commit) throws InterruptedException;
  }

  /** Of the last merge that was tried, with what it was made of; null where none was made. */
  MergeRecord record() {
    return proof == null ? null : new MergeRecord(base, merge, proof);
  }

  ChangeLedger.Row change() {
    return change;
  }

  Incoming work() {
    return work;
  }

  /** Whether it was refused because its change does not explain it. */
  boolean isUnexplained() {
    return proof != null && !proof.holds() && !accepted;
  }

  /** Whether something keeps it from main now, whatever gates say of it. */
  boolean isKept() {
    kept = keeps.get();
    return kept.isPresent();
  }

  /** What kept it from main at the last look, in words. */
  Optional<String> kept() {
    return kept;
  }

  /** What the gates said of the last merge that was tried. */
  List<GateResult> results() {
    return List.copyOf(results);
  }

  /** What gates said of it together with others. */
  void judged(Judgement together) {
    results.addAll(together.results());
  }

  /** Why it was refused before gates ran a command. */
  String reason() {
    if (kept.isPresent()) {
      return kept.get();
    }
    if (isUnexplained()) {
      return "its change does not explain its merge";
    }
    if (!back.isEmpty()) {
      return "would bring back what was taken off main";
    }
    return unapproved.isEmpty()
        ? "failed gates of its own: " + String.join(", ", Blame.failed(results))
        : "needs your approval";
  }

  /** Who is to blame where gates failed; null where they were not asked. */
  Judgement judgement() {
    return judgement;
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
    return new Incoming(change.head(), method, subject, trailers, change.below());
  }

  /**
   * Merges; again on a main that has moved meanwhile, until it is on main or refused.
   *
   * @param judge asked of each merge that its change explains
   */
  MergeResult run(Judge judge) throws InterruptedException {
    return mainline.merge(
        work,
        (tip, commit) -> {
          if (!explained(tip, commit)) {
            return false;
          }
          judgement = judge.judge(tip, commit);
          results.addAll(
              judgement instanceof Judgement.Blamed blamed ? blamed.failed() : judgement.results());
          return judgement.passing() == 1 && !isKept(); // gates may have taken a while
        });
  }

  /** Whether its change explains all of a merge, and a person has approved what they must. */
  boolean explained(String tip, String commit) {
    results.clear();
    unapproved.clear();
    back.clear();
    judgement = null;
    proof = null;
    if (isKept()) {
      return false;
    }
    base = tip;
    merge = commit;
    proof = mainline.prove(tip, commit, change.head(), change.below());
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
    return unapproved.isEmpty();
  }

  /** Whether it may be merged together with others: whatever else fails is its own. */
  boolean joins(String tip, String commit) throws InterruptedException {
    if (!explained(tip, commit)) {
      return false;
    }
    results.addAll(gates.check(tip, commit, change, MergeGates.Which.BUILT_IN));
    return Blame.failed(results).isEmpty();
  }
}
