package dev.hivedeck.engine.change.batch;

import dev.hivedeck.engine.protocol.merge.BatchViews.RunKind;
import dev.hivedeck.engine.protocol.view.GateViews.GateResult;
import dev.hivedeck.engine.protocol.view.GateViews.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Finds out who is to blame where gates fail on changes that stand one on the other: main at the
 * same base is judged first, then the same once more, as a gate may fail by chance; only then it is
 * bisected. A part fails if a gate fails on it twice.
 */
public final class Blame {
  /** So often what fails by chance at times is run again, and what is not known to does once. */
  private static final int TRIES = 3;

  private final Gates gates;
  private final Set<String> flaky;
  private final Set<String> commands;

  /** Runs gates. */
  @FunctionalInterface
  public interface Gates {
    /**
     * @param first on so many changes from the first on; 0 for main itself
     */
    List<GateResult> run(RunKind kind, int first) throws InterruptedException;

    /**
     * These failed and passed on the same commit.
     *
     * @param first the one with so many changes from the first on
     */
    default void byChance(int first, Set<String> flakes) throws InterruptedException {}
  }

  /**
   * @param flaky gates that are known to fail by chance
   * @param commands gates that run a command; the others say the same each time
   */
  public Blame(Gates gates, Set<String> flaky, Set<String> commands) {
    this.gates = gates;
    this.flaky = flaky;
    this.commands = commands;
  }

  public Judgement judge(int changes) throws InterruptedException {
    var whole = gates.run(RunKind.WHOLE, changes);
    var failed = failed(whole);
    if (failed.isEmpty()) {
      return new Judgement.Passed(changes, whole, Set.of());
    }
    if (changes == 1 && !commands.containsAll(failed)) {
      return new Judgement.Blamed(1, List.of(), whole, false);
    }
    var main = gates.run(RunKind.BASE, 0);
    if (failed(main).stream().anyMatch(failed::contains)) {
      return new Judgement.MainFails(main);
    }
    var again = again(changes, whole);
    if (failed(again).isEmpty()) {
      return new Judgement.Passed(changes, again, failed);
    }
    return bisect(changes, again);
  }

  private Judgement bisect(int changes, List<GateResult> whole) throws InterruptedException {
    var bisection = Bisection.of(changes);
    List<GateResult> passed = List.of();
    var failing = whole;
    while (true) {
      switch (bisection.next()) {
        case Bisection.Step.Culprit(int place) -> {
          return new Judgement.Blamed(place, passed, failing, flaky.containsAll(failed(failing)));
        }
        case Bisection.Step.Ask(int first) -> {
          var part = gates.run(RunKind.PART, first);
          if (!failed(part).isEmpty()) {
            part = again(first, part);
          }
          boolean passes = failed(part).isEmpty();
          passed = passes ? part : passed;
          failing = passes ? failing : part;
          bisection = bisection.told(first, passes);
        }
      }
    }
  }

  /** What gates say of the same, where one passes that passed in one of several runs. */
  private List<GateResult> again(int first, List<GateResult> before) throws InterruptedException {
    var best = before;
    int tries = flaky.containsAll(failed(before)) ? TRIES : 1;
    for (int i = 0; i < tries && !failed(best).isEmpty(); i++) {
      best = better(best, gates.run(RunKind.AGAIN, first));
    }
    var flakes = failed(before);
    flakes.removeAll(failed(best));
    if (!flakes.isEmpty()) {
      gates.byChance(first, flakes);
    }
    return best;
  }

  private static List<GateResult> better(List<GateResult> before, List<GateResult> after) {
    var best = new ArrayList<GateResult>();
    for (var old : before) {
      best.add(
          after.stream()
              .filter(now -> now.gate().equals(old.gate()))
              .filter(now -> old.outcome() == Outcome.FAILED && now.outcome() != Outcome.FAILED)
              .findFirst()
              .orElse(old));
    }
    return best;
  }

  /** Names of gates, in words. */
  public static String words(Set<String> gates) {
    return (gates.size() == 1 ? "gate " : "gates ") + String.join(", ", gates);
  }

  /** The gates that failed. */
  public static SortedSet<String> failed(List<GateResult> results) {
    return results.stream()
        .filter(r -> r.outcome() == Outcome.FAILED)
        .map(GateResult::gate)
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
