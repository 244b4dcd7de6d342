package dev.hivedeck.engine.change.batch;

/**
 * The search for the change that makes a batch fail. Changes stand one on the other, so the first
 * so many of them are what main would be; none of them is main itself.
 *
 * @param passing the first so many pass
 * @param failing the first so many fail
 */
public record Bisection(int passing, int failing) {

  public Bisection {
    if (passing < 0 || failing <= passing) {
      throw new IllegalArgumentException(passing + " pass and " + failing + " fail");
    }
  }

  /** Main passes, all of them fail. */
  public static Bisection of(int changes) {
    return new Bisection(0, changes);
  }

  /** What is to be known next. */
  public sealed interface Step {
    /** Whether the first so many pass. */
    record Ask(int first) implements Step {}

    /** The one, counted from 1, that makes what passes before it fail. */
    record Culprit(int place) implements Step {}
  }

  public Step next() {
    return failing == passing + 1
        ? new Step.Culprit(failing)
        : new Step.Ask((passing + failing) / 2);
  }

  /**
   * @param first what was {@linkplain Step.Ask asked}
   */
  public Bisection told(int first, boolean passes) {
    return passes ? new Bisection(first, failing) : new Bisection(passing, first);
  }
}
