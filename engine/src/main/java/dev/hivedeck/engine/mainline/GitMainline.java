package dev.hivedeck.engine.mainline;

import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.git.ObjectNames;
import dev.hivedeck.engine.git.repository.HeldCommits;
import dev.hivedeck.engine.git.repository.HiddenRefs;
import dev.hivedeck.engine.git.repository.MainLog;
import dev.hivedeck.engine.git.repository.RecordedMerges;
import dev.hivedeck.engine.git.repository.RecordedMerges.Landed;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.merge.MergeMethod;
import dev.hivedeck.engine.worktree.Worktrees;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Main in the user's repository. */
public final class GitMainline implements Mainline {
  /** How often main may move under a merge before it is left for later. */
  private static final int RACES = 8;

  /** Who holds a merge until main is there, or never will be. */
  private static final String MERGE = "merge";

  private final Repository repository;
  private final Git git;
  private final HiddenRefs refs;
  private final Worktrees worktrees;
  private final HeldCommits held;
  private final MainLedger ledger;
  private final MergeCommits commits;

  public GitMainline(
      Repository repository, Worktrees worktrees, HeldCommits held, MainLedger ledger) {
    this.repository = repository;
    this.git = repository.git();
    this.refs = new HiddenRefs(repository.refs());
    this.worktrees = worktrees;
    this.held = held;
    this.ledger = ledger;
    this.commits = new MergeCommits(repository);
  }

  /**
   * {@inheritDoc} The merge commit is made beside, and only when it passes the check main is moved
   * to it, if it has not moved meanwhile.
   */
  @Override
  public MergeResult merge(Incoming work, MergeResult.Check check) throws InterruptedException {
    for (int i = 0; i < RACES; i++) {
      String base = ledger.tip();
      var there =
          work.method() == MergeMethod.MERGE
              ? repository.mergeOf(work.head())
              : repository.broughtBy(work.head());
      if (there.isPresent()) {
        return new MergeResult.Merged(there.get());
      }
      switch (commits.make(base, work)) {
        case MergeCommits.WouldBe.Clash clash -> {
          return commits.conflict(base, work.head(), clash.files());
        }
        case MergeCommits.WouldBe.Apart _ -> {
          return new MergeResult.Unrelated();
        }
        case MergeCommits.WouldBe.Commits made -> {
          held.hold(MERGE, made.last());
          try {
            if (!check.passes(base, made.last())) {
              return new MergeResult.Refused();
            }
            if (move(base, made.last(), MainLog.words(work.subject(), made.count()))) {
              return new MergeResult.Merged(made.last());
            }
          } finally {
            held.settled(MERGE);
          }
        }
      }
    }
    throw moves();
  }

  @Override
  public BatchMerge.Ended mergeAll(List<Incoming> works, BatchMerge.Check check)
      throws InterruptedException {
    var batch = new BatchMerge(repository, held, commits, MERGE, this::move);
    for (int i = 0; i < RACES; i++) {
      var ended = batch.merge(ledger.tip(), works, check);
      if (ended.isPresent()) {
        return ended.get();
      }
    }
    throw moves();
  }

  @Override
  public WouldBe wouldBe(String onto, List<Incoming> works) {
    String tip = onto;
    for (var work : works) {
      boolean there = repository.broughtBy(work.head()).isPresent();
      if (!there && commits.make(tip, work) instanceof MergeCommits.WouldBe.Commits made) {
        tip = made.last();
      }
    }
    return new WouldBe(tip, repository.treeOf(tip));
  }

  private HiveException moves() {
    return new HiveException(
        ErrorCode.MAIN_MOVES,
        "Branch " + repository.main() + " kept moving while something was merged onto it.",
        "Try again when it is quiet.");
  }

  /**
   * Moves main, if it is still where it was.
   *
   * @return false when it is elsewhere by now
   */
  private boolean move(String base, String commit, String words) {
    return ledger.move(base, commit, () -> moved(base, commit, words));
  }

  private boolean moved(String base, String commit, String words) {
    String ref = "refs/heads/" + repository.main();
    var moved = git.run("update-ref", "-m", words, ref, commit, base);
    if (!moved.ok() && repository.tip().equals(base)) {
      throw git.failed(moved, "update-ref", repository.main());
    }
    return moved.ok();
  }

  /**
   * Brings work to main again that a commit took back because it was made on files of {@code
   * since}, and leaves what else is in that commit.
   *
   * @param main what main was before that commit
   * @return the new tip of main
   * @throws HiveException {@code conflict} when both touched the same lines; {@code main-moves}
   */
  public String bringBack(String commit, String since, String main) {
    Git here = repository.git(repository.root());
    for (int i = 0; i < RACES; i++) {
      String base = ledger.tip();
      // The commit as it was meant: on top of what its files were.
      String meant = here.must("commit-tree", commit + "^{tree}", "-p", since, "-m", "As meant");
      String both = tree(base, meant, main);
      String subject =
          "Bring back merged work that " + ObjectNames.abbreviated(commit) + " took back";
      String whole = here.must("commit-tree", both, "-p", commit, "-m", subject);
      if (!base.equals(commit)) {
        whole = here.must("commit-tree", tree(base, base, whole), "-p", base, "-m", subject);
      }
      if (move(base, whole, MainLog.words(subject, 1))) {
        return whole;
      }
    }
    throw moves();
  }

  private String tree(String attributes, String ours, String theirs) {
    String[] command = {"merge-tree", "--write-tree", "--name-only", "--no-messages", ours, theirs};
    var merged = MainAttributes.with(repository, attributes, there -> there.run(command));
    if (merged.exit() == 1) {
      throw new HiveException(
          ErrorCode.CONFLICT,
          "Both sides changed the same lines: "
              + merged.out().lines().skip(1).distinct().limit(5).toList(),
          "Bring it back by hand: git show "
              + ObjectNames.abbreviated(theirs)
              + " has the merged work.");
    }
    if (!merged.ok()) {
      throw git.failed(merged, command);
    }
    return merged.out().lines().findFirst().orElseThrow();
  }

  @Override
  public Optional<String> mergeOf(String head) {
    return repository.broughtBy(head);
  }

  @Override
  public MergeProof prove(String base, String merge, String head, String below) {
    String ours = MergeCommits.on(repository, base, below);
    var both = ThreeWayMerge.merge(repository, base, ours, head);
    return MergeProof.of(git, base, merge, head, both.clean() ? both.tree() : null, below);
  }

  @Override
  public MergeResult replay(String onto, Incoming work) {
    return switch (commits.replay(onto, work)) {
      case MergeCommits.WouldBe.Commits made -> new MergeResult.Merged(made.last());
      case MergeCommits.WouldBe.Clash clash -> commits.conflict(onto, work.head(), clash.files());
      case MergeCommits.WouldBe.Apart _ -> new MergeResult.Unrelated();
    };
  }

  @Override
  public void moveBranch(String branch, String from, String to) {
    String ref = "refs/heads/" + branch;
    if (from.equals(refs.matching(ref).get(ref)) && worktrees.elsewhere(ref).isEmpty()) {
      git.run("update-ref", "-m", "hivedeck: put on what is below it now", ref, to, from);
    }
  }

  @Override
  public String tip() {
    return repository.tip();
  }

  @Override
  public boolean onMain(String commit) {
    return repository.contains(commit, repository.tip());
  }

  @Override
  public Optional<Landed> landed(String merge) {
    return repository.contains(merge, repository.tip())
        ? RecordedMerges.by(repository, merge)
        : Optional.empty();
  }

  @Override
  public String tree(String merge) {
    return repository.contains(merge, repository.tip())
        ? git.must("rev-parse", merge + "^{tree}").strip()
        : "";
  }

  @Override
  public String revert(String merge, String base, String message) {
    return repository.commit(message, repository.treeOf(base), List.of(merge));
  }

  @Override
  public Differing differing(String base, String head) {
    return new Differing(repository.stat(base, head), repository.facts(base, head));
  }

  @Override
  public List<String> bringsBack(String base, String head) {
    return repository.bringsBack(base, head, ledger.takenOff());
  }

  @Override
  public Optional<HiveException> awaits() {
    return ledger.awaits();
  }

  /** {@inheritDoc} Room and rights to write, git, and a main that is there and can be moved. */
  @Override
  public void probe() {
    worktrees.probe();
    git.mustWith(
        "start\nupdate refs/heads/%1$s %2$s %2$s\nprepare\nabort\n"
            .formatted(repository.main(), ledger.tip()),
        "update-ref",
        "--stdin");
  }

  @Override
  public Set<String> branches() {
    return refs.matching(HiddenRefs.MADE).keySet().stream()
        .map(name -> name.substring(HiddenRefs.MADE.length()))
        .collect(Collectors.toSet());
  }

  @Override
  public void clear(String task, String branch) {
    String checkpoint = HiddenRefs.checkpoint(task);
    String head = "refs/heads/" + branch;
    String made = HiddenRefs.made(branch);
    var tips = refs.matching(head, made, checkpoint);
    String tip = tips.get(head);
    boolean stays =
        !tips.containsKey(made)
            || tip != null && (!repository.onMain(tip) || worktrees.elsewhere(head).isPresent());
    var deletions = new ArrayList<String>();
    if (tips.containsKey(checkpoint)) {
      deletions.add("delete " + checkpoint);
    }
    if (!stays && tip != null) {
      deletions.add("delete " + head + " " + tip);
    }
    if (!stays) { // else the next look may find it free
      deletions.add("delete " + made);
    }
    if (!deletions.isEmpty()) {
      git.mustWith(String.join("\n", deletions) + "\n", "update-ref", "--stdin");
    }
  }
}
