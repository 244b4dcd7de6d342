package dev.hivedeck.engine.change;

import dev.hivedeck.engine.change.batch.BatchLedger;
import dev.hivedeck.engine.change.batch.BatchProgress;
import dev.hivedeck.engine.change.batch.Blame;
import dev.hivedeck.engine.change.batch.Judgement;
import dev.hivedeck.engine.change.stack.StackLedger;
import dev.hivedeck.engine.mainline.BatchMerge;
import dev.hivedeck.engine.mainline.BatchMerge.Link;
import dev.hivedeck.engine.mainline.MergeResult;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.merge.BatchViews.BatchState;
import dev.hivedeck.engine.protocol.merge.BatchViews.Fate;
import dev.hivedeck.engine.protocol.merge.BatchViews.RunKind;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.protocol.view.GateViews.GateResult;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Merges several changes at once: one on the other in what main would be, judged together, and main
 * moves over those that pass. Who makes it fail is found and goes back to its agent; who was only
 * beside keeps its place. Used by the thread of the merge queue alone.
 */
final class MergeBatch {
  private static final Logger LOG = LoggerFactory.getLogger(MergeBatch.class);

  private final MergeRun single;
  private final MergeRecorder recorder;
  private final MergeRun.Surroundings around;

  /** Changes that go alone next. */
  private final Set<String> alone = new HashSet<>();

  MergeBatch(MergeRun single) {
    this.single = single;
    this.recorder = single.recorder();
    this.around = single.around();
  }

  /** Ends what a previous engine left of batches; its changes are settled one by one. */
  void settle() throws InterruptedException {
    recorder.written(around.ids().get(), BatchLedger::stop);
  }

  /**
   * Merges the first in line: as many at once as are wanted, or one.
   *
   * @param line at least one
   */
  void merge(List<ChangeLedger.Row> line) throws InterruptedException {
    var together =
        line.stream()
            .takeWhile(c -> !alone.contains(c.id()))
            .limit(around.config().get().batch())
            .toList();
    int most = around.config().get().batch();
    var after = line.subList(Math.max(1, together.size()), line.size());
    single.following(after.stream().takeWhile(c -> !alone.contains(c.id())).limit(most).toList());
    if (together.size() < 2) {
      var first = line.getFirst();
      alone.remove(first.id());
      single.merge(first);
      return;
    }
    String correlation = around.ids().get();
    var begun = new ArrayList<ChangeLedger.Row>();
    for (var change : together) {
      if (recorder.begin(correlation, change)) {
        begun.add(change);
      }
    }
    if (begun.size() == 1) {
      single.finish(correlation, begun.getFirst());
    } else if (!begun.isEmpty()) {
      new Together(correlation, begun.stream().map(single::trial).toList()).merge();
    }
  }

  /** One batch. */
  private final class Together implements BatchMerge.Check {
    private final String correlation;
    private final List<MergeTrial> trials;
    private final BatchProgress progress;
    private final Set<Integer> waiting = new HashSet<>();
    private Judgement judgement;

    Together(String correlation, List<MergeTrial> trials) {
      this.correlation = correlation;
      this.trials = trials;
      this.progress =
          new BatchProgress(
              around.timers().clock(),
              what -> recorder.written(correlation, what::run),
              trials.stream()
                  .map(MergeTrial::change)
                  .map(c -> BatchProgress.member(c.id(), c.title(), c.agent()))
                  .toList());
    }

    void merge() throws InterruptedException {
      try {
        progress.begin();
        ended(around.mainline().mergeAll(trials.stream().map(MergeTrial::work).toList(), this));
      } catch (InterruptedException e) {
        for (var trial : trials) {
          if (isMerging(trial)) {
            yielded(trial, null);
          }
        }
        throw e;
      } catch (HiveException e) {
        if (Thread.interrupted()) {
          throw new InterruptedException(); // as it stands, the next start finds out how it ended
        }
        failed(e);
      } catch (RuntimeException | Error e) {
        LOG.error("merging a batch", e);
        back("Hivedeck itself failed: " + e, true);
      }
    }

    // ── judging ───────────────────────────────────────────────────────────────────────────────

    @Override
    public boolean stands(int index, List<Link> below) {
      var parent =
          around.store().read(sql -> StackLedger.below(sql, trials.get(index).change().number()));
      boolean stands =
          parent.isEmpty()
              || parent.get().state() == ChangeState.MERGED
              || below.stream().anyMatch(l -> change(l).number() == parent.get().number());
      if (stands) {
        waiting.remove(index);
      } else {
        waiting.add(index);
      }
      return stands;
    }

    @Override
    public boolean joins(Link link) throws InterruptedException {
      judgement = null;
      return trials.get(link.index()).joins(link.onto(), link.commit());
    }

    @Override
    public int passing(String base, List<Link> links) throws InterruptedException {
      var flaky = single.flaky();
      var ids = links.stream().map(link -> change(link).id()).toList();
      progress.base(base, ids);
      var together =
          new Blame.Gates() {
            @Override
            public List<GateResult> run(RunKind kind, int first) throws InterruptedException {
              return Together.this.run(kind, base, links.subList(0, first), links);
            }

            @Override
            public void byChance(int first, Set<String> flakes) throws InterruptedException {
              single.flaked(correlation, links.get(first - 1).commit(), flakes);
            }
          };
      judgement =
          new Blame(single.known(correlation, base, together), flaky, around.gates().commands())
              .judge(links.size());
      asked(flaky);
      if (links.stream().anyMatch(link -> trials.get(link.index()).isKept())) {
        judgement = new Judgement.Passed(0, List.of(), Set.of()); // the others are judged without
      }
      return judgement.passing();
    }

    private List<GateResult> run(RunKind kind, String base, List<Link> part, List<Link> all)
        throws InterruptedException {
      progress.runs(kind, part.stream().map(link -> change(link).id()).toList());
      String commit = part.isEmpty() ? base : part.getLast().commit();
      var which = MergeGates.Which.COMMANDS;
      var last = all.getLast();
      if (kind == RunKind.WHOLE) {
        var made = trials.get(last.index()).record();
        var whole = single.whole(base, made, change(last), which);
        if (whole.ahead()) {
          progress.asked("it was judged while gates ran on what went before it");
        }
        progress.ran(whole.results());
        return whole.results();
      }
      var results = around.gates().check(base, commit, change(last), which);
      progress.ran(results);
      return results;
    }

    private void asked(Set<String> flaky) throws InterruptedException {
      if (judgement instanceof Judgement.Blamed blamed) {
        progress.asked("main passed at the same base");
        for (String gate : Blame.failed(blamed.failed())) {
          progress.asked(
              gate
                  + (flaky.contains(gate)
                      ? " fails by chance at times, and was run again"
                      : " failed twice on the same commit, and is not known to fail by chance"));
        }
      } else if (judgement instanceof Judgement.Passed passed && !passed.flakes().isEmpty()) {
        progress.asked("main passed at the same base");
        progress.asked(
            "%s failed by chance: it passed when it was run again"
                .formatted(String.join(", ", passed.flakes())));
      }
    }

    private ChangeLedger.Row change(Link link) {
      return trials.get(link.index()).change();
    }

    // ── what comes of it ──────────────────────────────────────────────────────────────────────

    private void ended(BatchMerge.Ended ended) throws InterruptedException {
      for (var link : ended.landed()) {
        var trial = trials.get(link.index());
        trial.judged(judgement);
        single.landed(correlation, trial.change(), link.commit(), trial);
        progress.member(trial.change().id(), Fate.MERGED, "");
      }
      for (var left : ended.left()) {
        left(left);
      }
      switch (judgement) {
        case null -> progress.end(BatchState.STOPPED, "none of them could be part of it");
        case Judgement.Passed _ when !ended.back().isEmpty() -> kept(ended.back());
        case Judgement.Passed _ ->
            progress.end(BatchState.MERGED, merged(ended.landed()) + " merged");
        case Judgement.MainFails fails -> mainFails(ended.back(), fails);
        case Judgement.Blamed blamed -> blamed(ended, blamed);
      }
    }

    private String merged(List<Link> links) {
      return links.stream()
          .map(link -> "#" + change(link).number())
          .collect(Collectors.joining(", "));
    }

    /** One of them is kept from main since it was judged: what is left is judged again. */
    private void kept(List<Link> back) throws InterruptedException {
      for (var link : back) {
        var trial = trials.get(link.index());
        yielded(trial, trial.kept().orElse("was only beside one that may not come to main now"));
      }
      progress.end(BatchState.STOPPED, "one of them may not come to main now");
    }

    /** What mends main may be among them: each goes alone. */
    private void mainFails(List<Link> back, Judgement.MainFails fails) throws InterruptedException {
      String why = "main itself fails " + Blame.words(Blame.failed(fails.main()));
      for (var link : back) {
        alone.add(change(link).id());
        yielded(trials.get(link.index()), "waits: " + why + "; it goes alone next");
      }
      progress.asked("main failed at the same base");
      progress.end(BatchState.MAIN_FAILS, why + ": nobody is to blame");
    }

    private void blamed(BatchMerge.Ended ended, Judgement.Blamed blamed)
        throws InterruptedException {
      var culprit = ended.back().getFirst();
      var change = change(culprit);
      String gates = Blame.words(Blame.failed(blamed.failed()));
      String before = merged(ended.landed());
      single.blamed(
          correlation,
          change,
          blamed,
          "\nWithout your work main passes%s. What you add to it: git diff %s %s"
              .formatted(
                  before.isEmpty() ? "" : " with " + before + " on it",
                  culprit.onto(),
                  culprit.commit()));
      progress.member(change.id(), Fate.CULPRIT, gates + " failed with it");
      for (var link : ended.back().subList(1, ended.back().size())) {
        yielded(
            trials.get(link.index()),
            "was only beside #%d, which failed %s".formatted(change.number(), gates));
      }
      progress.end(
          BatchState.FAILED,
          "#%d is the culprit, found in %d runs: %s failed with it%s"
              .formatted(
                  change.number(),
                  progress.count(),
                  gates,
                  before.isEmpty() ? "" : "; " + before + " merged"));
    }

    private void left(BatchMerge.Left left) throws InterruptedException {
      var trial = trials.get(left.index());
      var change = trial.change();
      String why =
          switch (left.why()) {
            case MergeResult.Merged(String commit) -> {
              single.landed(correlation, change, commit, null);
              yield "is on main already";
            }
            case MergeResult.Conflict conflict when left.first() -> {
              recorder.conflicted(correlation, change, conflict);
              yield "conflicts with main";
            }
            case MergeResult.Conflict _ -> {
              recorder.yielded(correlation, change, "waits: conflicts with what goes before it");
              yield "conflicts with what goes before it";
            }
            case MergeResult.Unrelated _ -> {
              recorder.unrelated(correlation, change);
              yield "has no commit in common with main";
            }
            case MergeResult.Refused _ when waiting.contains(left.index()) -> {
              recorder.yielded(correlation, change, "waits for what is below it");
              yield "waits for what is below it";
            }
            case MergeResult.Refused _ -> {
              single.refused(correlation, trial);
              yield trial.reason();
            }
          };
      progress.member(change.id(), Fate.LEFT, why);
    }

    // ── what goes wrong ───────────────────────────────────────────────────────────────────────

    private void failed(HiveException e) throws InterruptedException {
      boolean main = e.is(ErrorCode.MAIN_MOVED) || e.is(ErrorCode.MAIN_REBASED);
      LOG.warn("merging a batch: {}", e.getMessage());
      back(e.getMessage() + " " + e.hint(), !main);
      if (!main) {
        var outage = single.outage();
        if (outage.isPresent()) {
          throw outage.get();
        }
      }
    }

    /** All that are not on main after all. */
    private void back(String why, boolean each) throws InterruptedException {
      for (var trial : trials) {
        if (isMerging(trial) && !single.landedAfterAll(correlation, trial.change(), trial)) {
          if (each) {
            alone.add(trial.change().id());
          }
          yielded(trial, "waits: " + why);
        }
      }
      progress.end(BatchState.STOPPED, why);
    }

    /** Whether nothing is written down yet of how it ended. */
    private boolean isMerging(MergeTrial trial) {
      String id = trial.change().id();
      return around.store().read(sql -> ChangeLedger.get(sql, id).state()) == ChangeState.MERGING;
    }

    private void yielded(MergeTrial trial, String why) throws InterruptedException {
      recorder.yielded(correlation, trial.change(), why);
      progress.member(trial.change().id(), Fate.BESIDE, why == null ? "" : why);
    }
  }
}
