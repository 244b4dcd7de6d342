package dev.hivedeck.engine.agent.dialect;

import dev.hivedeck.engine.agent.TextFormat;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds in the words of an error when a limit will be lifted: providers say it in many ways. */
public final class RateLimitReset {
  /** More than this nobody waits for, so it is a misreading. */
  private static final Duration LONGEST = Duration.ofDays(35);

  /** Further into a message nobody says it. */
  private static final int FAR = 2_000;

  private static final Pattern EPOCH = Pattern.compile("\\|(\\d{10})(?:\\d{3})?\\b");
  private static final Pattern STAMP =
      Pattern.compile(
          "\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(?::\\d{2}(?:\\.\\d+)?)?(?:Z|[+-]\\d{2}:\\d{2})");
  private static final Pattern SPAN =
      Pattern.compile(
          "(?:in|after|retry-after\"?:?)\\s*\"?((?:\\d+(?:\\.\\d+)?\\s*"
              + "(?:days?|d|hours?|hrs?|h|minutes?|mins?|m|seconds?|secs?|s|ms)?\\b[,\\s]*(?:and\\s+)?)+)",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern PART =
      Pattern.compile(
          "(\\d+(?:\\.\\d+)?)\\s*(days?|d|hours?|hrs?|h|minutes?|mins?|ms|m|seconds?|secs?|s)?\\b",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern CLOCK =
      Pattern.compile(
          "(?:resets?|again|until)\\s+(?:at\\s+)?(\\d{1,2})(?::(\\d{2}))?\\s*(am|pm)?\\b",
          Pattern.CASE_INSENSITIVE);

  private RateLimitReset() {}

  /**
   * @return null when the words do not tell, or it has passed
   */
  public static Instant in(String words, Clock clock) {
    return in(words, clock.instant(), clock.getZone());
  }

  private static Instant in(String words, Instant now, ZoneId zone) {
    if (words == null) {
      return null;
    }
    Instant at = first(TextFormat.shorten(words, FAR), now, zone);
    return at != null && at.isAfter(now) && at.isBefore(now.plus(LONGEST)) ? at : null;
  }

  private static Instant first(String words, Instant now, ZoneId zone) {
    Matcher epoch = EPOCH.matcher(words);
    if (epoch.find()) {
      return Instant.ofEpochSecond(Long.parseLong(epoch.group(1)));
    }
    Matcher stamp = STAMP.matcher(words);
    if (stamp.find()) {
      try {
        return OffsetDateTime.parse(stamp.group()).toInstant();
      } catch (DateTimeParseException e) {
        return null;
      }
    }
    Matcher span = SPAN.matcher(words);
    if (span.find()) {
      return now.plus(span(span.group(1)));
    }
    Matcher clock = CLOCK.matcher(words);
    return clock.find() ? next(clock, now, zone) : null;
  }

  private static Duration span(String text) {
    double millis = 0;
    for (Matcher part = PART.matcher(text); part.find(); ) {
      String unit = part.group(2) == null ? "s" : part.group(2).toLowerCase(java.util.Locale.ROOT);
      double of =
          unit.equals("ms")
              ? 1
              : switch (unit.charAt(0)) {
                case 'd' -> 86_400_000;
                case 'h' -> 3_600_000;
                case 'm' -> 60_000;
                default -> 1_000;
              };
      millis += Double.parseDouble(part.group(1)) * of;
    }
    return Duration.ofMillis((long) millis);
  }

  /** The next time that a clock on the wall shows it. */
  private static Instant next(Matcher clock, Instant now, ZoneId zone) {
    int hour = Integer.parseInt(clock.group(1));
    if (clock.group(3) != null) {
      hour = hour % 12 + (clock.group(3).equalsIgnoreCase("pm") ? 12 : 0);
    } else if (clock.group(2) == null) {
      return null; // a bare number is no time
    }
    try {
      var time = LocalTime.of(hour, clock.group(2) == null ? 0 : Integer.parseInt(clock.group(2)));
      var today = now.atZone(zone).with(time);
      return (today.toInstant().isAfter(now) ? today : today.plusDays(1)).toInstant();
    } catch (DateTimeException e) {
      return null;
    }
  }
}
