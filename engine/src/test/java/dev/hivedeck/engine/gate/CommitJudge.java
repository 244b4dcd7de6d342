package dev.hivedeck.engine.gate;

import dev.hivedeck.engine.TestRepository;
import dev.hivedeck.engine.git.repository.KeptWork;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.time.Timers;
import dev.hivedeck.engine.worktree.AttemptCommits;
import dev.hivedeck.engine.worktree.Worktrees;
import dev.hivedeck.engine.worktree.folder.AttemptFolders;
import dev.hivedeck.engine.worktree.folder.SizeLimits;
import dev.hivedeck.engine.worktree.isolation.Isolations;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Judges the last commit of a repository in real checkouts. */
record CommitJudge(TestRepository sandbox, Path folder, Timers timers, Consumer<String> log) {

  /** Marks the processes of these gates alone: tests run side by side, and end what carries it. */
  String key() {
    return "gate-" + folder.getFileName();
  }

  /**
   * @param made the folder that the commit was made in, or null
   */
  Checkpoint.Results judge(String point, Path made, List<GateSpec> gates, String... owns)
      throws InterruptedException {
    var repository = Repository.open(sandbox.repository, null);
    var kept = new KeptWork(repository);
    var folders = new AttemptFolders(folder.resolve("trees"));
    var isolations =
        new Isolations(repository, () -> "clone", () -> false, new SizeLimits(() -> 100_000_000));
    var commits = new AttemptCommits(repository, kept, folders, isolations);
    var worktrees = new Worktrees(repository, commits, kept, folders, isolations);
    try (var checkouts = worktrees.checkouts("gates", sandbox.git("rev-parse", "HEAD"), made)) {
      return new Checkpoint(timers)
          .run(
              point,
              gates,
              new GateSubject(
                  repository.git(),
                  checkouts,
                  sandbox.git("rev-parse", "HEAD~1"),
                  sandbox.git("rev-parse", "HEAD"),
                  List.of(owns),
                  at -> Map.of("HIVEDECK_ATTEMPT_KEY", key())),
              log);
    }
  }
}
