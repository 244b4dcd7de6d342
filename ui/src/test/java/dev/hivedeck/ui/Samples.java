package dev.hivedeck.ui;

import dev.hivedeck.engine.protocol.Views;

/** Things of the sample, in another state. */
public final class Samples {
  private Samples() {}

  /** The same change, waiting for a review. */
  public static Views.Change wanted(Views.Change c) {
    return new Views.Change(
        c.id(),
        c.number(),
        c.task(),
        c.title(),
        c.agent(),
        c.attempt(),
        Views.ChangeState.OPEN,
        null,
        c.branch(),
        c.base(),
        c.head(),
        null,
        c.files(),
        c.additions(),
        c.deletions(),
        c.commits(),
        c.gates(),
        c.comments(),
        "wanted",
        c.openedAt(),
        c.updatedAt(),
        null,
        null,
        c.risks(),
        c.health(),
        c.healthReasons());
  }
}
