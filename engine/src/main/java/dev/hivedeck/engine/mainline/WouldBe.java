package dev.hivedeck.engine.mainline;

import java.util.List;

/** What main would be with more work on it, made beside it. */
sealed interface WouldBe {

  /**
   * It would end on this commit.
   *
   * @param count how many are made
   */
  record Commits(String last, int count) implements WouldBe {}

  /** Git cannot bring both sides together. */
  record Clash(List<String> files) implements WouldBe {}

  /** Both sides have no commit in common. */
  record Apart() implements WouldBe {}
}
