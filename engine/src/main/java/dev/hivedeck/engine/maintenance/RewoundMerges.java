package dev.hivedeck.engine.maintenance;

import dev.hivedeck.engine.git.repository.KeptWork;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.maintenance.Reconciler.Found;
import dev.hivedeck.engine.protocol.Plural;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.protocol.view.DriftViews.Remedy;
import dev.hivedeck.engine.store.Ledger;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Merges that are no longer on main, as its user moved it. What was in them is kept, their changes
 * and tasks say so from then on, and a person chooses what becomes of them.
 */
public final class RewoundMerges {
  /** So many changes are named. */
  private static final int NAMED = 4;

  private final Ledger ledger;
  private final Repository repository;
  private final KeptWork kept;
  private final Settling settling;
  private volatile OnMain onMain;

  /** What git said of merges, at a tip of main. */
  private record OnMain(String tip, int merges, Set<String> lost) {}

  /** A change that was merged. */
  private record Merged(
      String id, String task, String attempt, String head, String merge, boolean takenOff) {}

  /** What becomes of a change that was merged. */
  public enum Resolution {
    /** Main has it no more. */
    TAKEN_OFF,
    /** Main has it after all. */
    ON_MAIN,
    /** It is merged once more. */
    AGAIN,
    /** Its agent makes it once more. */
    ANEW,
    CLOSED
  }

  /** Writes down what becomes of a change. */
  @FunctionalInterface
  public interface Settling {
    /**
     * @param how why it was taken off main, or by which commit main has it; else null
     */
    void settle(String change, Resolution resolution, String how);
  }

  public RewoundMerges(Ledger ledger, Repository repository, KeptWork kept, Settling settling) {
    this.ledger = ledger;
    this.repository = repository;
    this.kept = kept;
    this.settling = settling;
  }

  private List<Merged> merged() {
    return ledger.read(
        sql ->
            sql.list(
                "SELECT number, task, attempt, head, merge, state FROM change WHERE state IN"
                    + " ('merged', 'blocked') AND merge IS NOT NULL ORDER BY merged_at, number",
                row ->
                    new Merged(
                        "C-" + row.number("number"),
                        row.text("task"),
                        row.text("attempt"),
                        row.text("head"),
                        row.text("merge"),
                        row.word("state", ChangeState.class) == ChangeState.BLOCKED)));
  }

  private static List<Merged> those(List<Merged> all, boolean takenOff) {
    return all.stream().filter(m -> m.takenOff() == takenOff).toList();
  }

  /** Compares what was merged with main, keeps what it has no more and writes that down. */
  public void look() {
    var all = merged();
    for (var gone : lost(those(all, false))) {
      String why = "it is no longer on " + repository.main() + ", which was moved by hand";
      if (repository.has(gone.merge())) {
        why += "; kept as " + kept.keep(gone.task(), gone.attempt(), gone.merge()).ref();
      }
      settling.settle(gone.id(), Resolution.TAKEN_OFF, why);
    }
    var before = those(all, true);
    if (!before.isEmpty()) {
      var away = away(before);
      before.stream()
          .filter(m -> !away.contains(m))
          .forEach(m -> settling.settle(m.id(), Resolution.ON_MAIN, m.merge()));
    }
  }

  /** Those that main has neither the merge nor the work of: an amended merge loses nothing. */
  private List<Merged> away(List<Merged> some) {
    var merges = Set.copyOf(repository.notOnMain(some.stream().map(Merged::merge).toList()));
    var gone = some.stream().filter(m -> merges.contains(m.merge())).toList();
    var heads = Set.copyOf(repository.notOnMain(gone.stream().map(Merged::head).toList()));
    var away = gone.stream().filter(m -> heads.contains(m.head())).toList();
    var there = repository.gone(away.stream().map(Merged::head).toList());
    return away.stream()
        .filter(m -> there.contains(m.head()) || !repository.onMain(m.head()))
        .toList();
  }

  /** Asked anew only when main went elsewhere than on. */
  private List<Merged> lost(List<Merged> merged) {
    String tip = repository.tip();
    var last = onMain;
    boolean same = last != null && last.tip().equals(tip) && last.merges() == merged.size();
    boolean on =
        last != null
            && last.lost().isEmpty()
            && last.merges() <= merged.size()
            && repository.has(last.tip())
            && repository.contains(last.tip(), tip);
    if (!same) {
      var since = on ? merged.subList(last.merges(), merged.size()) : merged;
      var lost = away(since).stream().map(Merged::id).collect(Collectors.toSet());
      onMain = new OnMain(tip, merged.size(), lost);
    }
    var ids = onMain.lost();
    return merged.stream().filter(m -> ids.contains(m.id())).toList();
  }

  /** The changes whose merges main did not have at the last look, by their ids. */
  public Set<String> off() {
    var last = onMain;
    return last == null ? Set.of() : last.lost();
  }

  // ── what is told ────────────────────────────────────────────────────────────────────────────

  public List<Found> find() {
    if (repository.tipIfThere().isEmpty()) {
      return List.of(); // that it is gone is told elsewhere
    }
    var all = merged();
    var gone = new ArrayList<>(those(all, true));
    boolean noted = !gone.isEmpty();
    gone.addAll(lost(those(all, false)));
    if (gone.isEmpty()) {
      return List.of();
    }
    String main = repository.main();
    String some = Plural.some(gone.stream().map(Merged::id).toList(), NAMED);
    var found =
        Found.of(
                "main-rewound",
                "main-rewound",
                "%s no longer on %s: %s."
                    .formatted(
                        gone.size() == 1 ? "One merge is" : gone.size() + " merges are",
                        main,
                        some),
                "The branch was moved by hand; git reflog %s shows when.%s"
                    .formatted(main, noted ? " What was in them is kept." : ""))
            .of(gone.stream().map(Merged::id).toList());
    return List.of(
        found
            .or(new Remedy("put-back", "Merge them again"), each(Resolution.AGAIN))
            .or(new Remedy("retry", "Have them made anew"), each(Resolution.ANEW))
            .or(new Remedy("close", "Leave them off " + main), each(Resolution.CLOSED))
            .or(
                new Remedy("keep", "They are on " + main + " in other commits: merged"),
                each(Resolution.ON_MAIN)));
  }

  private Runnable each(Resolution resolution) {
    return () -> {
      look();
      String how = resolution == Resolution.ON_MAIN ? repository.tip() : null;
      those(merged(), true).forEach(m -> settling.settle(m.id(), resolution, how));
    };
  }
}
