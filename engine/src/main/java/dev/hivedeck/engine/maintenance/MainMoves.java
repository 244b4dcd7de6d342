package dev.hivedeck.engine.maintenance;

import dev.hivedeck.engine.git.ObjectNames;
import dev.hivedeck.engine.git.repository.RecordedMerges;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.mainline.CheckoutFinder;
import dev.hivedeck.engine.maintenance.Reconciler.Found;
import dev.hivedeck.engine.protocol.Plural;
import dev.hivedeck.engine.protocol.view.DriftViews.Remedy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** What a move of main means that no merge made: whose it was, and what would be lost by it. */
final class MainMoves {
  /** So many tips that main was taken from are remembered: attempts that began there are over. */
  private static final int MOST_OFF = 50;

  private final Repository repository;
  private final Predicate<Path> worktrees;
  private volatile Losses losses;

  /** A move of main that an agent may have made. */
  record Moved(String from, String to, List<String> who) {
    /** Once it is elsewhere; who began after the move was not there when it was made. */
    Moved then(String tip, List<String> others) {
      return tip.equals(to) ? this : new Moved(from, tip, GitMonitor.both(who, others));
    }
  }

  /**
   * What was found out of a move.
   *
   * @param words empty when nothing is lost
   */
  private record Losses(Moved of, String words) {}

  /**
   * @param worktrees tells worktrees that are not the user's
   */
  MainMoves(Repository repository, Predicate<Path> worktrees) {
    this.repository = repository;
    this.worktrees = worktrees;
  }

  /**
   * What main was taken from by now.
   *
   * @param before what it was taken from until then
   * @param known where it was
   */
  List<String> takenOff(List<String> before, String known, String tip) {
    var all = new ArrayList<>(before);
    all.remove(known);
    all.removeAll(repository.gone(all));
    all.removeIf(commit -> repository.contains(commit, tip));
    all.add(known);
    return List.copyOf(all.subList(Math.max(0, all.size() - MOST_OFF), all.size()));
  }

  /** Whether the user moved it, as far as that can be told. */
  boolean ordinary(String from, String to) {
    boolean forward = repository.has(from) && repository.contains(from, to);
    return CheckoutFinder.ledTo(repository, worktrees, to, !forward)
        || forward && repository.onRemote(to);
  }

  String what(Moved m) {
    return "%s moved from %s to %s while %s was at work."
        .formatted(
            repository.main(),
            brief(m.from()),
            brief(m.to()),
            Plural.some(m.who(), GitMonitor.NAMED));
  }

  static String brief(String commit) {
    return ObjectNames.abbreviated(commit);
  }

  /**
   * What main would lose if it was put back, which is the user's where the ledger was restored from
   * a copy: as the commits themselves say.
   */
  String loses(Moved m) {
    var last = losses;
    if (last == null || !last.of().equals(m)) {
      var merges = RecordedMerges.between(repository, m.from(), m.to());
      var tasks = merges.stream().map(RecordedMerges.RecordedMerge::task).distinct().toList();
      String words =
          merges.isEmpty()
              ? ""
              : Plural.of(merges.size(), "merge") + ": " + Plural.some(tasks, GitMonitor.NAMED);
      last = new Losses(m, words);
      losses = last;
    }
    return last.words();
  }

  /**
   * The move, as a person is told of it.
   *
   * @param keepIt runs when they keep it
   * @param putBack runs when they have it put back
   */
  Found found(Moved m, Runnable keepIt, Runnable putBack) {
    var keep = new Remedy("keep", "Keep it: build on it");
    if (!repository.has(m.from())) {
      String gone =
          "Commit %s is gone from the repository, so it cannot be put back: git branch -f %s and a"
              + " commit that you know. Nothing is merged onto it unasked.";
      return Found.of(
              "main-moved",
              "main-moved",
              what(m),
              gone.formatted(brief(m.from()), repository.main()))
          .shown(m.to())
          .or(keep, keepIt);
    }
    String why = "No checkout of yours made that move. Nothing is merged onto it unasked.";
    String back = "Put " + repository.main() + " back; what it is now is kept";
    String loses = loses(m);
    if (!loses.isEmpty()) {
      why += " A ledger that was restored from an older copy does not know what was merged since.";
      back =
          "Put %s back, which takes off %s; what it is now is kept"
              .formatted(repository.main(), loses);
    }
    return Found.of("main-moved", "main-moved", what(m), why)
        .shown(m.to())
        .or(keep, keepIt)
        .or(new Remedy("put-back", back), putBack);
  }
}
