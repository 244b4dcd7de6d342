package dev.hivedeck.engine.forge.sync;

import java.util.List;

/** What is done next about a change and its pull request. */
public sealed interface ForgeStep {

  /** Nothing, for now. */
  record Rest(String why) implements ForgeStep {}

  /** The branch is pushed and a pull request opened, or one that is there is taken over. */
  record Publish() implements ForgeStep {}

  /** The pull request gets the change's commit. */
  record Push() implements ForgeStep {}

  /**
   * The change goes back to its agent.
   *
   * @param reasons at least one, in words
   */
  record SendBack(List<String> reasons) implements ForgeStep {
    public SendBack {
      reasons = List.copyOf(reasons);
    }
  }

  /** It waits for a person. */
  record Ask(String problem, String remedy) implements ForgeStep {}

  /** GitHub is told to merge it. */
  record Merge() implements ForgeStep {}

  /** It was merged there; that counts once main is found to have the commit. */
  record Settle(String merge) implements ForgeStep {}

  /** The pull request is closed, with a word why. */
  record Close(String why) implements ForgeStep {}

  /** Both sides are at their end. */
  record Done() implements ForgeStep {}
}
