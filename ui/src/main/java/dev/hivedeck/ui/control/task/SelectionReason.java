package dev.hivedeck.ui.control.task;

import dev.hivedeck.engine.protocol.view.AttemptViews;
import dev.hivedeck.ui.shell.text.Texts;
import java.time.Duration;
import java.util.ArrayList;

/** Why an agent got a task, in words. */
public final class SelectionReason {
  private SelectionReason() {}

  /**
   * "92% of 14 recent attempts at tests verified, 3 m, $0.10 – tried instead of codex to learn".
   */
  public static String words(Texts texts, AttemptViews.Choice choice) {
    boolean any = choice.work().isEmpty();
    var parts = new ArrayList<String>();
    if (choice.among().isEmpty()) {
      parts.add(texts.text("choice.only"));
    } else if (choice.known()) {
      var share = texts.percent(choice.verified());
      var tries = texts.count(Math.round(choice.tries()));
      parts.add(
          any
              ? texts.text("choice.record.any", share, tries)
              : texts.text("choice.record", share, tries, choice.work()));
    } else {
      parts.add(any ? texts.text("choice.new.any") : texts.text("choice.new", choice.work()));
    }
    if (choice.known() && choice.seconds() > 0) {
      parts.add(texts.roughly(Duration.ofSeconds(Math.round(choice.seconds()))));
    }
    if (choice.known() && choice.cost() > 0) {
      parts.add(texts.money(choice.cost()));
    }
    if (choice.boundary().equals("owns")) {
      parts.add(texts.text("choice.owns"));
    }
    return String.join(", ", parts)
        + (choice.instead() == null ? "" : " – " + texts.text("choice.instead", choice.instead()));
  }
}
