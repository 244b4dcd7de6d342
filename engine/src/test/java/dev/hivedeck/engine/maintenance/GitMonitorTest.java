package dev.hivedeck.engine.maintenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.hivedeck.engine.TestRepository;
import dev.hivedeck.engine.git.repository.KeptWork;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.view.DriftViews.Drift;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What changes in the user's git without Hivedeck, and who is asked about it. */
class GitMonitorTest {
  @TempDir Path folder;
  private final MemoryNotes notes = new MemoryNotes();
  private List<String> atWork = List.of();
  private int told;
  private TestRepository sandbox;
  private Repository repository;
  private KeptWork kept;
  private GitMonitor watch;

  @BeforeEach
  void repository() {
    sandbox = new TestRepository(folder);
    start();
  }

  private void start() {
    repository = Repository.open(sandbox.repository, null);
    kept = new KeptWork(repository);
    Predicate<Path> trees = path -> path.startsWith(folder.resolve("trees"));
    watch =
        new GitMonitor(
            notes,
            since -> atWork,
            repository,
            new MainCheckouts(notes, repository, trees, () -> true, true, MainCheckouts.FINISH),
            kept,
            folder.resolve("aside"),
            trees,
            Clock.systemUTC(),
            () -> told++);
    watch.look();
  }

  private List<Drift> found() {
    watch.look();
    return watch.find().stream().map(Reconciler.Found::drift).toList();
  }

  private void settle(String remedy) {
    watch.find().getFirst().ways().get(remedy).run();
  }

  /** A commit that nothing checked out has made. */
  private String commit(String message) {
    return sandbox.git("commit-tree", "-p", "main", "-m", message, "main^{tree}");
  }

  private void moveMain(String commit) {
    // From a folder whose HEAD is another: git logs a move for a HEAD that is on the branch.
    Path elsewhere = folder.resolve("trees/T-1");
    if (!Files.exists(elsewhere)) {
      sandbox.git("worktree", "add", "-q", "-b", "hive/T-1", elsewhere.toString());
    }
    TestRepository.run(elsewhere, "git", "update-ref", "refs/heads/main", commit);
  }

  /** What an agent changes after a person looked is not what the person keeps. */
  @Test
  void onlyWhatWasShownIsKept() throws Exception {
    atWork = List.of("T-1.1 (a)");
    moveMain(commit("Shown"));
    sandbox.git("config", "filter.x.clean", "cat");
    assertThat(found()).extracting(Drift::kind).containsExactly("main-moved", "git-changed");
    var shown = watch.find();
    moveMain(commit("Not shown"));
    sandbox.git("config", "filter.x.clean", "sh not-shown");
    for (var drift : shown) {
      var keep = drift.ways().get("keep");
      assertThat(catchThrowableOfType(HiveException.class, keep::run).code())
          .as(drift.drift().kind())
          .isEqualTo("drift-changed");
    }
    assertThat(found())
        .hasSize(2)
        .extracting(Drift::digest)
        .doesNotContainAnyElementsOf(shown.stream().map(d -> d.drift().digest()).toList());
    settle("keep");
    settle("keep");
    assertThat(found()).isEmpty();
  }

  /** Git moves main at the end of a rebase, if nobody has moved it meanwhile. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void nothingIsMergedWhileMainIsRebased(boolean elsewhere) throws Exception {
    Path place = sandbox.repository;
    sandbox.git("checkout", "-q", "-b", "other");
    sandbox.write("same.txt", "theirs\n");
    sandbox.commit("Theirs");
    sandbox.git("checkout", "-q", "main");
    sandbox.write("same.txt", "mine\n");
    sandbox.commit("Mine");
    if (elsewhere) {
      place = folder.resolve("else");
      sandbox.git("checkout", "-q", "--detach");
      sandbox.git("worktree", "add", "-q", place.toString(), "main");
    }
    assertThat(watch.awaits()).isEmpty();
    new ProcessBuilder("git", "rebase", "-q", "other")
        .directory(place.toFile())
        .redirectErrorStream(true)
        .start()
        .waitFor();
    assertThat(watch.awaits().orElseThrow()).hasMessageContaining("being rebased in " + place);
    assertThat(catchThrowableOfType(HiveException.class, watch::tip).code())
        .isEqualTo("main-rebased");
    assertThat(found()).extracting(Drift::kind).contains("main-rebased");
    TestRepository.run(place, "git", "rebase", "--abort");
    assertThat(watch.awaits()).isEmpty();
    assertThat(found()).extracting(Drift::kind).doesNotContain("main-rebased");
    assertThat(watch.tip()).isEqualTo(repository.tip());
  }

  @Test
  void whatHappensWhileNobodyIsAtWorkIsTheUsersDoing() throws Exception {
    moveMain(commit("By hand"));
    sandbox.git("config", "filter.x.clean", "cat");
    assertThat(found()).isEmpty();
    assertThat(watch.tip()).isEqualTo(repository.tip());
  }

  @Test
  void aMoveOfMainWhileAnAgentIsAtWorkHoldsMergesAndNamesTheAgent() throws Exception {
    String before = repository.tip();
    atWork = List.of("T-1.1 (a)");
    moveMain(commit("Sneaky"));
    assertThat(found())
        .singleElement()
        .satisfies(
            drift -> {
              assertThat(drift.what()).contains("main moved", "T-1.1 (a)");
              assertThat(drift.repair()).as("nobody chooses unasked").isNull();
              assertThat(drift.remedies()).extracting("id").containsExactly("keep", "put-back");
            });
    assertThat(told).isEqualTo(1);
    assertThat(catchThrowableOfType(HiveException.class, watch::tip).code())
        .isEqualTo("main-moved");

    atWork = List.of();
    start();
    assertThat(found()).as("after a restart, too").hasSize(1);
    String moved = repository.tip();
    settle("put-back");
    assertThat(repository.tip()).isEqualTo(before);
    assertThat(watch.tip()).isEqualTo(before);
    assertThat(kept.list()).extracting("commit").contains(moved);
    assertThat(found()).isEmpty();
    assertThat(sandbox.git("status", "--porcelain", "-uno")).isEmpty();
  }

  /** As after the ledger was restored from a copy that was made while an agent was at work. */
  @Test
  void whatPuttingBackTakesOffMainIsSaid() throws Exception {
    atWork = List.of("T-1.1 (a)");
    for (String task : List.of("T-7", "T-8")) {
      String head = commit("Work");
      moveMain(
          sandbox.git(
              "commit-tree",
              "-p",
              "main",
              "-p",
              head,
              "-m",
              "Merge #7 %s: Make it\n\nHivedeck-Task: %s\n".formatted(task, task),
              "main^{tree}"));
    }
    assertThat(found())
        .singleElement()
        .satisfies(
            drift -> {
              assertThat(drift.why()).contains("restored from an older copy");
              assertThat(drift.remedies().getLast().words())
                  .isEqualTo(
                      "Put main back, which takes off 2 merges: T-7, T-8; what it is now is kept");
            });
    assertThat(catchThrowableOfType(HiveException.class, watch::tip).hint())
        .contains("takes off 2 merges: T-7, T-8");
  }

  @Test
  void itIsKeptWhenAPersonSaysSo() throws Exception {
    atWork = List.of("T-1.1 (a)");
    moveMain(commit("Meant"));
    assertThat(found()).hasSize(1);
    settle("keep");
    assertThat(found()).isEmpty();
    assertThat(watch.tip()).isEqualTo(repository.tip());
  }

  @Test
  void theUsersOwnCommitsGoOnWhileAgentsWork() {
    atWork = List.of("T-1.1 (a)");
    sandbox.write("mine.txt", "mine\n");
    sandbox.commit("My own");
    assertThat(found()).isEmpty();
    sandbox.git("commit", "-q", "--amend", "-m", "My own, better said");
    assertThat(found()).isEmpty();
    assertThat(watch.tip()).isEqualTo(repository.tip());
  }

  @Test
  void soDoesWhatARemoteBrought() throws Exception {
    atWork = List.of("T-1.1 (a)");
    String theirs = commit("Theirs");
    sandbox.git("update-ref", "refs/remotes/origin/main", theirs);
    moveMain(theirs);
    assertThat(found()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"reset -q --hard HEAD~1", "rebase -q -f --root", "commit -q --amend -m anew"})
  void whatItsUserTakesBackIsTheUsersDoing(String taking) {
    sandbox.write("merged.txt", "merged\n");
    sandbox.commit("As if merged");
    watch.look();
    atWork = List.of("T-1.1 (a)");
    sandbox.git(taking.split(" "));
    assertThat(found()).isEmpty();
  }

  @Test
  void thatTheUserMadeACommitOnceSaysNothingOfWhoGoesBackToIt() throws Exception {
    String before = repository.tip();
    sandbox.write("merged.txt", "merged\n");
    sandbox.commit("As if merged");
    watch.look();
    atWork = List.of("T-1.1 (a)");
    moveMain(before);
    assertThat(found()).singleElement().extracting(Drift::kind).isEqualTo("main-moved");
  }

  @Test
  void hivedecksOwnMovesAreKnownAlsoWhenACrashCutsThemOff() throws Exception {
    atWork = List.of("T-1.1 (a)");
    String merge = commit("Merge");
    watch.move(
        repository.tip(),
        merge,
        () -> {
          moveMain(merge);
          start();
          assertThat(found()).isEmpty();
          assertThat(watch.tip()).isEqualTo(merge);
          return true;
        });
  }

  @Test
  void configurationHooksAttributesReplacedObjectsAndKeptWorkAreWatched() throws Exception {
    var work = kept.keep("T-9", "T-9.1", repository.tip());
    watch.look();
    Path git = sandbox.repository.resolve(".git");
    String config = Files.readString(git.resolve("config"));
    atWork = List.of("T-1.1 (a)");
    sandbox.git("config", "filter.x.clean", "cat");
    Files.createDirectories(git.resolve("hooks"));
    Files.writeString(git.resolve("hooks/post-commit"), "#!/bin/sh\n");
    Files.createDirectories(git.resolve("info"));
    Files.writeString(git.resolve("info/attributes"), "* filter=x\n");
    sandbox.git("update-ref", "-d", work.ref());
    sandbox.write("false.md", "false\n");
    sandbox.git(
        "replace",
        sandbox.git("rev-parse", "HEAD:README.md"),
        sandbox.git("hash-object", "-w", "false.md"));
    assertThat(found())
        .singleElement()
        .satisfies(
            drift -> {
              assertThat(drift.kind()).isEqualTo("git-changed");
              assertThat(drift.what()).contains("T-1.1 (a)", "config", "hooks/post-commit");
            });
    assertThat(catchThrowableOfType(HiveException.class, watch::tip).code())
        .isEqualTo("main-moved");

    settle("put-back");
    assertThat(Files.readString(git.resolve("config"))).isEqualTo(config);
    assertThat(git.resolve("hooks/post-commit")).doesNotExist();
    assertThat(git.resolve("info/attributes")).doesNotExist();
    assertThat(kept.list()).extracting("ref").containsExactly(work.ref());
    assertThat(sandbox.git("replace", "-l")).isEmpty();
    assertThat(found()).isEmpty();
  }

  /** Who began after it has no part in it, and nobody reads a list of hundreds. */
  @Test
  void whoBeganLaterIsNotNamed() throws Exception {
    Path config = sandbox.repository.resolve(".git/config");
    String before = Files.readString(config);
    atWork = List.of("T-1.1 (a)");
    Files.writeString(config, before + "[filter \"y\"]\n\tclean = evil\n");
    String told = found().getFirst().what();
    assertThat(told).contains("while T-1.1 (a) was at work");
    atWork = IntStream.range(2, 40).mapToObj(i -> "T-" + i + ".1 (a)").toList();
    assertThat(found().getFirst().what()).isEqualTo(told);
    Files.writeString(config, before + "[filter \"z\"]\n\tclean = evil\n");
    assertThat(found().getFirst().what()).contains("T-1.1 (a)").hasSizeLessThan(150);
    settle("keep");
    assertThat(found()).isEmpty();
  }

  /**
   * Git takes two sections in one line; only one that is a branch's and nothing else is passed
   * over.
   */
  @Test
  void nothingHidesBehindTheSectionOfABranch() throws Exception {
    Path config = sandbox.repository.resolve(".git/config");
    String before = Files.readString(config);
    for (String more :
        List.of(
            "[branch \"x\"] [includeIf \"gitdir:/**\"]\n\tpath = /tmp/evil\n",
            "[branch \"x\"] [filter \"lfs\"]\n\tclean = evil\n",
            "[branch \"x\"]\n\tremote = o\n[core] [filter \"y\"]\n\tclean = evil\n",
            "[branch \"x\"] # \"]\n[filter \"y\"]\n\tclean = evil\n")) {
      atWork = List.of("T-1.1 (a)");
      Files.writeString(config, before + more);
      assertThat(found()).as(more).singleElement();
      settle("put-back");
      assertThat(found()).isEmpty();
    }
  }

  @Test
  void whereMainWasPutBackToIsNoPlaceThatItIsMovedToUnasked() throws Exception {
    atWork = List.of("T-1.1 (a)");
    moveMain(commit("Moved"));
    assertThat(found()).singleElement();
    settle("put-back");
    assertThat(found()).isEmpty();
    assertThat(notes.get("main.next")).as("a move of Hivedeck's own that is under way").isEmpty();
  }

  @Test
  void aLookBetweenTheWordAndTheMoveTakesNothingOfIt() throws Exception {
    atWork = List.of("T-1.1 (a)");
    String merge = commit("Merge");
    watch.move(
        repository.tip(),
        merge,
        () -> {
          assertThat(found()).isEmpty();
          moveMain(merge);
          assertThat(found()).as("Hivedeck's own move, not yet written down").isEmpty();
          return true;
        });
  }

  @Test
  void whatGitWritesThereInADaysWorkIsNoMatter() {
    atWork = List.of("T-1.1 (a)");
    sandbox.git("config", "branch.main.remote", "origin");
    kept.keep("T-1", "T-1.1", repository.tip());
    assertThat(found()).isEmpty();
    watch.dropping(kept.list().stream().map(k -> k.ref()).toList());
    kept.drop(kept.list().stream().map(k -> k.ref()).toList());
    assertThat(found()).isEmpty();
  }
}
