package dev.hivedeck.engine.protocol.view;

import org.jspecify.annotations.Nullable;

/** Budgets as clients see them. */
public final class BudgetViews {

  private BudgetViews() {}

  /**
   * How much of a budget is used.
   *
   * @param scope {@code day}, {@code agent} (one agent within a day) or {@code plan} (all, ever)
   * @param agent which agent; null for all
   * @param limitTokens that may be used; null without a limit
   * @param limitCost in dollars that may be spent; null without a limit
   * @param usedTokens that were used
   * @param usedCost in dollars that was spent
   * @param percent of the limit that is nearer; 0 without any
   */
  public record BudgetUse(
      String scope,
      @Nullable String agent,
      @Nullable Long limitTokens,
      @Nullable Double limitCost,
      long usedTokens,
      double usedCost,
      int percent) {

    /** Whose it is: {@code today}, {@code this workspace}, {@code core-api today}. */
    public String words() {
      return agent != null ? agent + " today" : scope.equals("day") ? "today" : "this workspace";
    }
  }
}
