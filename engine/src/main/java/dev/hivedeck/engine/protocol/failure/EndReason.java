package dev.hivedeck.engine.protocol.failure;

import java.util.Arrays;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Why an attempt ended without verified work. On the wire and in the database it is its {@link
 * #word()}; what is not among the words of this version is {@link Other}, and implies nothing.
 */
public sealed interface EndReason permits FailureReason, ReleaseReason, EndReason.Other {

  /** What may follow a failure. */
  enum Retry {
    /** The same agent again, after a delay; then its fallback; then a dead letter. */
    USUAL,
    /** An agent of another provider, else a person. */
    ANOTHER_PROVIDER,
    /** Any fallback, else a person. */
    ANOTHER_AGENT,
    /** A person, for nothing else helps. */
    PERSON,
    /** The time at which the budget begins anew, else a person. */
    BUDGET,
    /** An agent of another provider, else the time at which the quota is lifted. */
    QUOTA,
    /** A while, some times over; then as usual. */
    OVERLOAD
  }

  /**
   * The code of an error that this task alone ran into, see {@link
   * dev.hivedeck.engine.protocol.HiveException}, or a word of another version.
   */
  record Other(String word) implements EndReason {}

  /** As it is written down: kebab-case. */
  String word();

  /** Whether the work so far is worth going on from: it was cut off, not given up. */
  default boolean cutOff() {
    return false;
  }

  /** Whether it says something of the agent; about a full disk, say, it can do nothing. */
  default boolean countsAgainstAgent() {
    return false;
  }

  /** Whether it says something of the program or its provider rather than of the task. */
  default boolean outage() {
    return false;
  }

  /** Whether it is better to begin a new conversation than to take up the old one. */
  default boolean staleConversation() {
    return false;
  }

  /** Whether the agent got nowhere: it went quiet, round in circles or out of time. */
  default boolean stuck() {
    return false;
  }

  default Retry retry() {
    return Retry.USUAL;
  }

  /** What a person is asked to do where {@link #retry()} comes to that; else empty. */
  default String remedy() {
    return "";
  }

  /** As {@link #of}; null for null, where nothing failed. */
  static @Nullable EndReason ofNullable(@Nullable String word) {
    return word == null ? null : of(word);
  }

  /** The reason of that word; any word is read. */
  static EndReason of(String word) {
    return Stream.concat(
            Arrays.<EndReason>stream(FailureReason.values()),
            Arrays.<EndReason>stream(ReleaseReason.values()))
        .filter(reason -> reason.word().equals(word))
        .findFirst()
        .orElseGet(() -> new Other(word));
  }
}
