package dev.hivedeck.engine.maintenance;

import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.mainline.CheckoutFinder;
import dev.hivedeck.engine.maintenance.Reconciler.Found;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Predicate;

/** A rebase of main that the user is in the middle of: a merge would make it fail. */
final class MainRebase {
  private final Repository repository;
  private final Predicate<Path> worktrees;

  /**
   * @param worktrees tells worktrees that are not the user's
   */
  MainRebase(Repository repository, Predicate<Path> worktrees) {
    this.repository = repository;
    this.worktrees = worktrees;
  }

  /** Where one is under way. */
  Optional<Path> place() {
    return CheckoutFinder.rebasing(repository, worktrees);
  }

  /** Why nothing is merged meanwhile. */
  Optional<HiveException> awaits() {
    return place()
        .map(
            place ->
                new HiveException(
                    ErrorCode.MAIN_REBASED,
                    words(place),
                    "End that there: git rebase --continue, or --abort. Merges go on by themselves"
                        + " then."));
  }

  /** It, as a person is told of it. */
  Optional<Found> found() {
    return place()
        .map(
            place ->
                Found.of(
                        "main-rebased",
                        "main-rebased",
                        words(place),
                        "Nothing is merged until it has ended: git rebase --continue, or --abort,"
                            + " there. Merges go on by themselves then.")
                    .at(place.toString()));
  }

  private String words(Path place) {
    return "%s is being rebased in %s; a merge would make that fail."
        .formatted(repository.main(), place);
  }
}
