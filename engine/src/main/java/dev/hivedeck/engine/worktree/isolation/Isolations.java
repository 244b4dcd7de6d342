package dev.hivedeck.engine.worktree.isolation;

import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.worktree.folder.AttemptFolders;
import dev.hivedeck.engine.worktree.folder.SizeLimits;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Chooses how attempts are isolated, and knows how one was that is there already. */
public final class Isolations {
  private final ClonedRepository cloned;
  private final LinkedWorktree linked;
  private final Supplier<String> wanted;
  private final SizeLimits limits;

  /**
   * @param wanted {@code clone} or {@code worktree}
   * @param push whether agents may push to the user's remotes
   * @param limits how much is taken of what is left in them
   */
  public Isolations(
      Repository repository, Supplier<String> wanted, BooleanSupplier push, SizeLimits limits) {
    this.cloned = new ClonedRepository(repository, push, limits);
    this.linked = new LinkedWorktree(repository);
    this.wanted = wanted;
    this.limits = limits;
  }

  /**
   * An isolation for the next attempt.
   *
   * @param why why it is another than was wanted; empty when it is not
   */
  public record Chosen(Isolation isolation, Optional<String> why) {}

  public Chosen choose() {
    if (wanted.get().equals(LinkedWorktree.WORD)) {
      return new Chosen(linked, Optional.empty());
    }
    var now = cloned.asOfNow();
    var why = now.unfit();
    return new Chosen(why.isPresent() ? linked : now, why);
  }

  /** How a folder was made; by a former version always as a worktree. */
  public Isolation of(Path folder, AttemptFolders.Notes notes) {
    return notes.isolation().orElse("").equals(ClonedRepository.WORD)
            || linked.admin(folder).isEmpty()
        ? cloned
        : linked;
  }

  public SizeLimits limits() {
    return limits;
  }

  public LinkedWorktree linked() {
    return linked;
  }
}
