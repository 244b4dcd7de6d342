package dev.hivedeck.engine.config;

/**
 * What may be spent on what.
 *
 * @param attempt by one attempt, where its agent has no limit of its own
 * @param task by all attempts at a task
 * @param agent by one agent within a day
 * @param day by all within a day; days begin at midnight UTC
 * @param plan by all, ever, in this workspace
 */
public record Budgets(
    BudgetLimit attempt, BudgetLimit task, BudgetLimit agent, BudgetLimit day, BudgetLimit plan) {
  static final Budgets NONE =
      new Budgets(
          BudgetLimit.NONE, BudgetLimit.NONE, BudgetLimit.NONE, BudgetLimit.NONE, BudgetLimit.NONE);
}
