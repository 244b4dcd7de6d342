package dev.hivedeck.engine.budget;

import dev.hivedeck.engine.config.AgentSpec;
import dev.hivedeck.engine.protocol.Act;

/**
 * What an agent has used for an attempt: what its driver has added up, and what it has told so far
 * of the turn that goes on, charged to the budgets. For one thread at a time.
 */
public final class AgentSpending {
  private final BudgetTracker budgetTracker;
  private final AgentSpec agent;
  private final Spender spender;
  private Act.Spend spent = Act.Spend.NOTHING;
  private Act.Spend soFar = Act.Spend.NOTHING;
  private long unpriced;
  private boolean untold;
  private String model;

  public AgentSpending(BudgetTracker budgetTracker, AgentSpec agent, Spender spender) {
    this.budgetTracker = budgetTracker;
    this.agent = agent;
    this.spender = spender;
    this.model = agent.model();
  }

  /** The model whose price it is. */
  public void model(String name) {
    model = name;
  }

  /** Whether it uses something that it does not tell. */
  public void untold(boolean now) {
    untold = now;
  }

  /** Counts it towards the budgets, in the place of what was used so far. */
  public BudgetTracker.Verdict charge(Act.Spend spend) {
    return budgetTracker.spent(agent, spender, spend, soFar);
  }

  /** Counts what a turn has used so far towards the budgets, and keeps it in mind. */
  public BudgetTracker.Verdict soFar(Act.Spend used) {
    var verdict = charge(used);
    soFar = used;
    return verdict;
  }

  /** Adds up what it had used of a turn that it did not come to add up. */
  public void settle() {
    settle(soFar);
  }

  /** All that is known. */
  public Act.Spend total() {
    return spent.plus(known(soFar));
  }

  public void settle(Act.Spend spend) {
    spent = spent.plus(known(spend));
    unpriced += spend.cost() == null ? spend.tokens() : 0;
    soFar = Act.Spend.NOTHING;
  }

  /** Tokens without a known price; those that it has not told count as one. */
  public long unpriced() {
    return unpriced + (soFar.cost() == null ? soFar.tokens() : 0) + (untold ? 1 : 0);
  }

  private static Act.Spend known(Act.Spend spend) {
    return new Act.Spend(spend.in(), spend.cached(), spend.out(), spend.dollars());
  }

  /** By the table, where its driver names no price. */
  public Act.Spend priced(Act.Spend spend) {
    return budgetTracker
        .prices()
        .of(model)
        .map(
            price ->
                new Act.Spend(
                    spend.in(),
                    spend.cached(),
                    spend.out(),
                    price.of(spend.in(), spend.cached(), spend.out())))
        .orElse(spend);
  }
}
