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
              new Step(new BigDecimal("0.5"), Action.NOTIFY),
              new Step(new BigDecimal("0.2"), Action.FEWER_AGENTS),
              new Step(BigDecimal.ZERO, Action.ONLY_FIXES),
              new Step(BigDecimal.ZERO, Action.STOP_ROLLOUTS)));

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

  /** What follows once the budget left is at most so much. */
  public record Step(BigDecimal below, Action action) {}

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
      } else if (inForce && left > below + MARGIN) {
        proposals.add(new Proposal(step, true));
      }
    }
    return proposals;
  }
}
