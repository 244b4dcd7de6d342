package dev.hivedeck.engine.slo;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What is agreed for a budget that runs low (<a
 * href="https://sre.google/workbook/error-budget-policy/">Site Reliability Workbook</a>, appendix
 * B). It proposes; whoever is asked decides, and each step is undone when the budget is back.
 *
 * @param steps what follows below which share
 */
public record BudgetPolicy(List<Step> steps) {
  /**
   * At 50 % it is told, at 20 % the hive slows down, at 0 % only fixes merge and no rollout goes
   * on.
   */
  public static final BudgetPolicy DEFAULT =
      new BudgetPolicy(
          List.of(
              Step.of(new BigDecimal("0.5"), Action.NOTIFY),
              Step.of(new BigDecimal("0.2"), Action.FEWER_AGENTS),
              Step.of(BigDecimal.ZERO, Action.ONLY_FIXES),
              Step.of(BigDecimal.ZERO, Action.STOP_ROLLOUTS)));

  /** A person is told at 50 %, no more. */
  public static final BudgetPolicy TELL =
      new BudgetPolicy(List.of(Step.of(new BigDecimal("0.5"), Action.NOTIFY)));

  /** Nothing follows. */
  public static final BudgetPolicy NONE = new BudgetPolicy(List.of());

  /**
   * How far above its threshold a budget must be before a step is undone, so that none flutters.
   */
  private static final double MARGIN = 0.02;

  public enum Action {
    NOTIFY,
    FEWER_AGENTS,
    ONLY_FIXES,
    STOP_ROLLOUTS
  }

  /**
   * What follows once the budget left is at most so much.
   *
   * @param below share of the budget, from 0 to 1
   * @param agents with {@link Action#FEWER_AGENTS}: the share of agents that may still work
   * @param kinds with {@link Action#ONLY_FIXES}: of tasks whose changes merge all the same
   */
  public record Step(BigDecimal below, Action action, double agents, List<String> kinds) {
    /** Half of the agents go on working. */
    public static final double HALF = 0.5;

    /** What mends things. */
    public static final List<String> FIXES = List.of("fix", "bug-fix");

    public Step {
      kinds = List.copyOf(kinds);
    }

    public static Step of(BigDecimal below, Action action) {
      return new Step(below, action, HALF, FIXES);
    }
  }

  /** A step to take, or one to take back. */
  public record Proposal(Step step, boolean undo) {}

  public BudgetPolicy {
    steps = List.copyOf(steps);
  }

  /**
   * What to propose.
   *
   * @param left the share of the budget that is left; when that is not known nothing changes
   * @param taken steps that are in force
   */
  public List<Proposal> propose(double left, Set<Action> taken) {
    var proposals = new ArrayList<Proposal>();
    if (Double.isNaN(left)) {
      return proposals;
    }
    var seen = EnumSet.noneOf(Action.class);
    for (var step : steps) {
      double below = step.below().doubleValue();
      boolean inForce = taken.contains(step.action()) && seen.add(step.action());
      if (!taken.contains(step.action()) && left <= below) {
        proposals.add(new Proposal(step, false));
      } else if (inForce && left > below + Math.min(MARGIN, (1 - below) / 2)) {
        proposals.add(new Proposal(step, true));
      }
    }
    return proposals;
  }
}
