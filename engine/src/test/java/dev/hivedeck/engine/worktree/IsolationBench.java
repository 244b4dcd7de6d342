package dev.hivedeck.engine.worktree;

import dev.hivedeck.engine.TestRepository;
import dev.hivedeck.engine.git.repository.KeptWork;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.worktree.folder.AttemptFolders;
import dev.hivedeck.engine.worktree.folder.SizeLimits;
import dev.hivedeck.engine.worktree.isolation.Isolations;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What it costs to make a folder for an attempt, to take its work over, and to clear up. */
@Tag("bench")
class IsolationBench {
  private static final int ROUNDS = 20;
  @TempDir Path folder;

  @Test
  void makingTakingAndRemoving() throws Exception {
    System.out.println("files   isolation   made, taken, removed: ms, the middle of " + ROUNDS);
    for (int files : new int[] {1, 1_000, 20_000}) {
      var sandbox = new TestRepository(folder.resolve("of" + files));
      for (int i = 1; i < files; i++) {
        sandbox.write("src/" + i / 100 + "/" + i + ".txt", "file " + i + "\n");
      }
      if (files > 1) {
        sandbox.commit("Many files");
      }
      for (String isolation : List.of("worktree", "clone")) {
        measure(sandbox, files, isolation);
      }
    }
  }

  private void measure(TestRepository sandbox, int files, String isolation) throws Exception {
    var repository = Repository.open(sandbox.repository, null);
    var kept = new KeptWork(repository);
    var folders = new AttemptFolders(folder.resolve("trees-" + files + isolation));
    var isolations =
        new Isolations(repository, () -> isolation, () -> false, new SizeLimits(() -> 100_000_000));
    var commits = new AttemptCommits(repository, kept, folders, isolations);
    var worktrees = new Worktrees(repository, commits, kept, folders, isolations);
    var times = List.of(new ArrayList<Long>(), new ArrayList<Long>(), new ArrayList<Long>());
    for (int i = 0; i < ROUNDS; i++) {
      long began = System.nanoTime();
      String task = isolation + "-" + i;
      var tree = worktrees.create(task, task + ".1", "", repository.tip(), text -> {});
      long made = System.nanoTime();
      Files.writeString(tree.path().resolve("new.txt"), task);
      long wrote = System.nanoTime();
      commits.commitAll(tree, task, java.util.Map.of("Hivedeck-Task", task), text -> {});
      long taken = System.nanoTime();
      worktrees.remove(tree, "over", text -> {});
      times.get(0).add(made - began);
      times.get(1).add(taken - wrote);
      times.get(2).add(System.nanoTime() - taken);
    }
    times.forEach(Collections::sort);
    System.out.printf(
        "%6d   %-9s   %d, %d, %d%n",
        files,
        isolation,
        times.get(0).get(ROUNDS / 2) / 1_000_000,
        times.get(1).get(ROUNDS / 2) / 1_000_000,
        times.get(2).get(ROUNDS / 2) / 1_000_000);
  }
}
