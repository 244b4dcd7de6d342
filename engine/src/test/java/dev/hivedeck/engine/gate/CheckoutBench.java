package dev.hivedeck.engine.gate;

import dev.hivedeck.engine.TestRepository;
import dev.hivedeck.engine.git.diff.CommitTree;
import dev.hivedeck.engine.git.diff.Diffs;
import dev.hivedeck.engine.git.repository.KeptWork;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.worktree.AttemptCommits;
import dev.hivedeck.engine.worktree.Worktrees;
import dev.hivedeck.engine.worktree.folder.AttemptFolders;
import dev.hivedeck.engine.worktree.folder.SizeLimits;
import dev.hivedeck.engine.worktree.isolation.Isolations;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What it costs that gates judge the commit, in a large repository. */
@Tag("bench")
class CheckoutBench {
  private static final int FILES = Integer.getInteger("hivedeck.files", 50_000);
  private static final int TIMES = 5;

  @TempDir Path folder;

  @Test
  void aLargeRepository() throws Exception {
    var sandbox = new TestRepository(folder);
    for (int i = 0; i < FILES; i++) {
      sandbox.write("src/%d/%d/file%d.txt".formatted(i / 2_500, i / 50, i), "line\n".repeat(40));
    }
    sandbox.write(".gitignore", "ignored/\n");
    sandbox.write("check.sh", "exit 0\n");
    sandbox.commit("Many files");
    sandbox.write("src/0/0/file0.txt", "changed\n");
    sandbox.commit("One change");
    var repository = Repository.open(sandbox.repository, null);
    var git = repository.git();
    String base = git.must("rev-parse", "HEAD~1");
    String head = repository.tip();
    var kept = new KeptWork(repository);
    var folders = new AttemptFolders(folder.resolve("trees"));
    var isolations =
        new Isolations(repository, () -> "clone", () -> false, new SizeLimits(() -> 100_000_000));
    var commits = new AttemptCommits(repository, kept, folders, isolations);
    var worktrees = new Worktrees(repository, commits, kept, folders, isolations);
    Path made = folder.resolve("made");
    sandbox.git("worktree", "add", "-q", "--detach", made.toString());
    // By turns: how long a disk takes to make files differs more from minute to minute.
    Path bare = folder.resolve("bare");
    var byTurns = new LinkedHashMap<String, Callable<?>>();
    byTurns.put(
        "beside it: git worktree add and remove",
        () -> {
          sandbox.git("worktree", "add", "-q", "--detach", bare.toString());
          return sandbox.git("worktree", "remove", "--force", bare.toString());
        });
    byTurns.put(
        "clean checkout, made and removed",
        () -> {
          try (var checkouts = worktrees.checkouts("bench", head, null)) {
            return checkouts.clean();
          }
        });
    measure(byTurns);
    measure(
        "proof that a folder holds the commit",
        () -> {
          try (var checkouts = worktrees.checkouts("bench", head, made)) {
            return checkouts.differences();
          }
        });
    try (var checkouts = worktrees.checkouts("bench", head, made)) {
      checkouts.differences();
      measure("tracked files put back between gates", checkouts::own);
    }
    measure("files that differ", () -> Diffs.files(git, base, head));
    var gate =
        new GateSpec(
            "g",
            GateSpec.Kind.RUN,
            "sh ./check.sh",
            List.of("attempt"),
            null,
            GateSpec.Place.EITHER,
            null);
    measure(
        "what is protected, once for each commit of main",
        () -> ProtectedPaths.of(List.of(gate), List.of(), null, CommitTree.of(git, head)));
  }

  private static void measure(String what, Callable<?> work) throws Exception {
    measure(Map.of(what, work));
  }

  /** The median of each. */
  private static void measure(Map<String, Callable<?>> works) throws Exception {
    var took = new LinkedHashMap<String, List<Long>>();
    for (int i = 0; i < TIMES; i++) {
      for (var work : works.entrySet()) {
        long began = System.nanoTime();
        work.getValue().call();
        long millis = (System.nanoTime() - began) / 1_000_000;
        took.computeIfAbsent(work.getKey(), _ -> new ArrayList<>()).add(millis);
      }
    }
    took.forEach(
        (what, times) ->
            System.out.printf(
                "%-50s %,6d ms%n", what, times.stream().sorted().toList().get(TIMES / 2)));
  }
}
