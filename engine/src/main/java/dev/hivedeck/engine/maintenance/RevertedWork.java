package dev.hivedeck.engine.maintenance;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.hivedeck.engine.git.ObjectNames;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.mainline.Reversals;
import dev.hivedeck.engine.maintenance.Reconciler.Found;
import dev.hivedeck.engine.protocol.Plural;
import dev.hivedeck.engine.protocol.view.DriftViews.Remedy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Commits that take merged work back, as they were made of files that were older than main. */
final class RevertedWork {
  private static final String TAKEN = "taken-back";
  private static final String BEHIND = "checkouts-behind";

  /** So many times that a checkout was behind are remembered. */
  private static final int REMEMBERED = 8;

  private final Repository repository;
  private final Reversals reversals;
  private final StoredList<TakenBack> taken;

  /** When files were older than main: what was made of them may come to main much later. */
  private final StoredList<Behind> behind;

  /** Main went from one commit to another before a checkout did. */
  private record Behind(String path, String since, String main) {}

  /**
   * A commit that takes merged work back.
   *
   * @param since what the files were that it was made of
   * @param main what main was before it
   */
  private record TakenBack(
      String commit, String since, String main, String path, List<String> files) {}

  RevertedWork(NoteStore notes, Repository repository) {
    this.repository = repository;
    this.reversals = new Reversals(repository);
    this.taken = new StoredList<>(notes, TAKEN, new TypeReference<>() {});
    this.behind = new StoredList<>(notes, BEHIND, new TypeReference<>() {});
  }

  /** Main went to {@code main} while the files of a checkout were of {@code since}. */
  synchronized void behind(Path checkout, String since, String main) {
    var one = new Behind(checkout.toString(), since, main);
    var all = new ArrayList<>(behind.all());
    all.removeIf(b -> b.path().equals(one.path()) && b.since().equals(since));
    all.add(one);
    if (!all.equals(behind.all())) {
      behind.write(all.subList(Math.max(0, all.size() - REMEMBERED), all.size()));
    }
  }

  /** A commit made on files of {@code since} while main was at {@code main} already. */
  synchronized void by(Path checkout, String since, String main, String tip) {
    boolean lagged = !since.equals(main) && repository.contains(since, main);
    if (!lagged || repository.contains(tip, main) || !repository.contains(since, tip)) {
      return;
    }
    var latest = reversals.latest(main, tip);
    if (latest.isEmpty()) {
      return;
    }
    String commit = latest.get();
    var files = reversals.lacks(since, main, commit);
    if (!files.isEmpty()) {
      taken.add(new TakenBack(commit, since, main, checkout.toString(), List.copyOf(files)));
    }
  }

  /** Finds one that was made when a checkout was behind, and came to main on another way. */
  synchronized void look(String before, String tip) {
    if (before.equals(tip) || !repository.has(before)) {
      return;
    }
    for (var b : behind.all()) {
      boolean told = taken.all().stream().anyMatch(t -> t.main().equals(b.main()));
      if (told || !repository.has(b.main()) || !repository.contains(b.main(), tip)) {
        continue;
      }
      reversals
          .first(b.since(), b.main(), before, tip)
          .map(
              r -> new TakenBack(r.commit(), b.since(), b.main(), b.path(), List.copyOf(r.files())))
          .ifPresent(taken::add);
    }
  }

  private synchronized void settle(TakenBack one) {
    taken.remove(one);
  }

  List<Found> find(MainCheckouts.BringBack back) {
    var found = new ArrayList<Found>();
    for (var t : taken.all()) {
      if (!repository.has(t.commit()) || !repository.contains(t.commit(), repository.tip())) {
        continue; // it is not on main any more
      }
      found.add(
          Found.of(
                  "taken-back:" + t.commit(),
                  "work-taken-back",
                  "Commit %s on %s takes merged work back: %s."
                      .formatted(
                          ObjectNames.abbreviated(t.commit()),
                          repository.main(),
                          Plural.some(t.files(), 1)),
                  "It was made of what %s held while that was behind %s."
                      .formatted(t.path(), repository.main()))
              .at(t.path())
              .repair(
                  "Bring the merged work back with a new commit; what else it changed stays",
                  () -> {
                    back.bringBack(t.commit(), t.since(), t.main());
                    settle(t);
                  })
              .or(new Remedy("keep", "Leave main as it is"), () -> settle(t)));
    }
    return found;
  }
}
