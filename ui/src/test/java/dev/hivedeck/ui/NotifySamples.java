package dev.hivedeck.ui;

import dev.hivedeck.engine.protocol.view.NotifyViews;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Notices of every kind, the newest last. */
public final class NotifySamples {
  private static final Instant NOW = Sample.NOW;

  private NotifySamples() {}

  /** One that was told so many minutes ago; it is read where {@code read} says so. */
  public static NotifyViews.Notice notice(
      int number,
      String title,
      String severity,
      String state,
      String topic,
      String target,
      int minutes,
      boolean read) {
    var at = NOW.minus(Duration.ofMinutes(minutes));
    return new NotifyViews.Notice(
        "N-" + number,
        title,
        topic.equals("objective")
            ? title + "\nAt this speed the budget of 30 days is gone in 2.1 days."
            : title,
        severity,
        state,
        "hivedeck",
        topic,
        target,
        1 + number % 3,
        at,
        at,
        read ? at.plusSeconds(30) : null,
        null);
  }

  public static List<NotifyViews.Notice> several() {
    return List.of(
        notice(
            1,
            "Resolved: catalog-api fresh in 10 min burns its error budget 3 times faster than"
                + " allowed",
            "ticket",
            "resolved",
            "objective",
            "catalog-api fresh in 10 min",
            1_500,
            true),
        notice(
            2,
            "T-123 \"Health checks\" failed for good",
            "ticket",
            "firing",
            "task",
            "T-123",
            190,
            true),
        notice(
            3,
            "core-api waits for an answer: Split the orders table by tenant?",
            "ticket",
            "firing",
            "decision",
            "Q-3",
            15,
            false),
        notice(
            4,
            "Channel chat takes no messages; hivedeck notify list says why.",
            "ticket",
            "firing",
            "channel",
            "chat",
            9,
            false),
        notice(
            5,
            "orders-api answers in 400 ms burns its error budget 15 times faster than allowed",
            "page",
            "firing",
            "objective",
            "orders-api answers in 400 ms",
            2,
            false));
  }
}
