package dev.hivedeck.engine.config;

/**
 * What may be spent.
 *
 * @param tokens read and written; null for no limit
 * @param cost in US dollars; null for no limit
 */
public record BudgetLimit(Long tokens, Double cost) {
  public static final BudgetLimit NONE = new BudgetLimit(null, null);

  public boolean isNone() {
    return tokens == null && cost == null;
  }

  /**
   * How much of it is used, in percent; of two limits the one that is nearer. 0 without a limit.
   */
  public double used(long usedTokens, double usedCost) {
    double byTokens = tokens == null ? 0 : 100.0 * usedTokens / tokens;
    double byCost = cost == null ? 0 : 100.0 * usedCost / cost;
    return Math.max(byTokens, byCost);
  }
}
