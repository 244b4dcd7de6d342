package dev.hivedeck.engine.budget;

import dev.hivedeck.engine.attempt.Claim;

/**
 * For what an agent spends.
 *
 * @param attempt at the task, or another run that is for it, by a name of its own
 * @param correlation of what is told of it
 */
public record Spender(String task, String attempt, String correlation) {
  public static Spender of(Claim claim) {
    return new Spender(claim.task(), claim.attempt(), claim.correlation());
  }
}
