package dev.hivedeck.engine;

import dev.hivedeck.engine.attempt.AttemptLedger;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.git.repository.HeldCommits;
import dev.hivedeck.engine.git.repository.KeptWork;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.git.repository.RepositoryPlaces;
import dev.hivedeck.engine.mainline.GitMainline;
import dev.hivedeck.engine.maintenance.DatabaseNotes;
import dev.hivedeck.engine.maintenance.GitMonitor;
import dev.hivedeck.engine.maintenance.MainBranch;
import dev.hivedeck.engine.maintenance.MainCheckouts;
import dev.hivedeck.engine.maintenance.MissingMain;
import dev.hivedeck.engine.maintenance.NoteStore;
import dev.hivedeck.engine.maintenance.RepositoryNote;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.store.ReadOnlyLedger;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.time.TimeScale;
import dev.hivedeck.engine.worktree.AttemptCommits;
import dev.hivedeck.engine.worktree.WorktreeFolder;
import dev.hivedeck.engine.worktree.Worktrees;
import dev.hivedeck.engine.worktree.folder.AttemptFolders;
import dev.hivedeck.engine.worktree.folder.SizeLimits;
import dev.hivedeck.engine.worktree.folder.WorktreeHomes;
import dev.hivedeck.engine.worktree.isolation.Isolations;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The user's repository and what the engine has beside it.
 *
 * @param kept work that nobody loses
 * @param held commits that something still needs
 * @param commits what attempts left, taken over
 * @param worktrees the folders of attempts
 * @param checkouts the user's checkouts of main
 * @param monitor what happens to git while agents work
 * @param mainline main, and how it moves on
 */
record WorkspaceGit(
    Repository repository,
    KeptWork kept,
    HeldCommits held,
    AttemptCommits commits,
    Worktrees worktrees,
    MainCheckouts checkouts,
    GitMonitor monitor,
    GitMainline mainline) {

  /**
   * @param folder of the workspace's data
   * @param works whether an engine works here
   * @param moved called when git was changed by somebody else
   */
  static WorkspaceGit of(
      EngineOptions options,
      Repository repository,
      Path folder,
      Store store,
      Supplier<HiveConfig> config,
      boolean works,
      Runnable moved) {
    var kept = new KeptWork(repository);
    var place = new WorktreeFolder(repository);
    var homes =
        new WorktreeHomes(
            folder.resolve("worktrees"),
            () -> Optional.ofNullable(config.get().worktree().folder()).map(place::check));
    var folders = new AttemptFolders(homes);
    var isolations =
        new Isolations(
            repository,
            () -> config.get().isolation().kind(),
            () -> config.get().isolation().push(),
            new SizeLimits(() -> config.get().git().largest()));
    var commits = new AttemptCommits(repository, kept, folders, isolations);
    var worktrees =
        new Worktrees(
            repository, commits, kept, folders, isolations, () -> config.get().worktree().sparse());
    var held = new HeldCommits(repository);
    NoteStore notes = DatabaseNotes.of(store, options.ids());
    MainBranch.remember(config.get().main(), repository.main(), notes);
    RepositoryNote.remember(repository.root(), notes);
    var checkouts =
        new MainCheckouts(
            notes,
            repository,
            homes::hold,
            () -> config.get().git().update(),
            works,
            TimeScale.shorten(MainCheckouts.FINISH, options.speed()));
    var monitor =
        new GitMonitor(
            notes,
            since -> store.read(sql -> AttemptLedger.atWorkSince(sql, since)),
            repository,
            checkouts,
            kept,
            folder.resolve("put-aside"),
            homes::hold,
            options.timers().clock(),
            moved);
    var mainline = new GitMainline(repository, worktrees, held, monitor);
    return new WorkspaceGit(
        repository, kept, held, commits, worktrees, checkouts, monitor, mainline);
  }

  /**
   * @param folder where what is known of the workspace is
   * @throws HiveException as {@link Repository#open}, and says where main was
   */
  static Repository open(RepositoryPlaces places, String main, Path folder) {
    try (var ledger = ReadOnlyLedger.open(folder.resolve(Engine.DATABASE))) {
      var notes = DatabaseNotes.readOnly(ledger);
      String branch = MainBranch.of(main, notes);
      try {
        return Repository.open(places, branch);
      } catch (HiveException e) {
        throw branch != null && e.is(ErrorCode.NO_MAIN)
            ? MissingMain.exception(Repository.read(places, branch), notes)
            : e;
      }
    }
  }
}
