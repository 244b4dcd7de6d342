package dev.hivedeck.engine.protocol.view;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What people are told, messages and channels, as clients see them. */
public final class NotifyViews {
  private NotifyViews() {}

  /**
   * What a person is told, in the inbox: one for as long as its alerts go on.
   *
   * @param severity {@code page}, {@code ticket} or what a foreign alert says; empty for none
   * @param state {@code firing} or {@code resolved}: how it is, also before that is told
   * @param source who raised the alert: {@code hivedeck}, or the name of another system
   * @param topic kind of the thing that it is about: {@code task}, {@code decision}, {@code
   *     objective}, {@code channel}, {@code alert}; empty for none
   * @param target that thing's id; empty for none, or for several
   * @param count how often it was told
   * @param at when it was told last
   * @param readAt when a person read it, which acknowledges its alerts; null before
   * @param shownAt when the desktop was asked to show it last; null for never
   */
  public record Notice(
      String id,
      String title,
      String text,
      String severity,
      String state,
      String source,
      String topic,
      String target,
      int count,
      Instant firstAt,
      Instant at,
      @Nullable Instant readAt,
      @Nullable Instant shownAt)
      implements View {

    /** The same notice in this state. */
    public Notice in(String state) {
      return new Notice(
          id, title, text, severity, state, source, topic, target, count, firstAt, at, readAt,
          shownAt);
    }

    /** The same notice, read and shown at these times. */
    public Notice marked(Instant readAt, Instant shownAt) {
      return new Notice(
          id, title, text, severity, state, source, topic, target, count, firstAt, at, readAt,
          shownAt);
    }
  }

  /**
   * A message to one channel.
   *
   * @param key the same however often it is sent: the receiver knows a repeat by it
   * @param severity of the gravest alert in it
   * @param firing whether it tells of alerts that fire, or only of their end
   * @param state {@code pending}, {@code failed} (tried again at {@code due}), {@code sent} or
   *     {@code dead} (not tried again by itself)
   * @param answer what the other side said last, or why it could not be reached; empty before
   * @param endedAt when it was sent or given up; null before
   */
  public record Notification(
      long id,
      String key,
      String channel,
      String title,
      String severity,
      boolean firing,
      String state,
      Instant createdAt,
      Instant due,
      int attempts,
      String answer,
      @Nullable Instant endedAt) {}

  /**
   * A way out.
   *
   * @param target where it leads, without what is secret in it; empty for the engine's own
   * @param state {@code ok}, {@code failing}, {@code dead letters} or {@code unused}
   * @param pending how many messages are on their way
   * @param dead how many were given up
   * @param sentAt when a message was sent last; null for never
   * @param problem what is wrong and what to do, empty when nothing is
   */
  public record Channel(
      String name,
      String type,
      String target,
      String state,
      long pending,
      long dead,
      @Nullable Instant sentAt,
      String problem) {}

  /**
   * What came of a test.
   *
   * @param sent whether the other side took it
   * @param answer in its words
   */
  public record Tested(String channel, boolean sent, String answer, long millis) {}

  /** How many alerts were taken in. */
  public record Received(int alerts) {}

  /** How many notices are read by that. */
  public record Read(int notices) {}
}
