package dev.hivedeck.engine.time;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Points in time by the five fields of cron: minute, hour, day of the month, month, day of the
 * week. As in cron, where both kinds of days are restricted either will do.
 *
 * <p>Times of day go by the clock on the wall. One that is skipped when that is put forward comes
 * when it is put forward, and one that is shown twice counts once, unless it is every hour that
 * counts.
 */
public final class CronExpression {
  /** Of the 29th of February there is none for so long at most. */
  private static final int DAYS = 9 * 366;

  private static final Map<String, String> MACROS =
      Map.of(
          "@yearly", "0 0 1 1 *",
          "@annually", "0 0 1 1 *",
          "@monthly", "0 0 1 * *",
          "@weekly", "0 0 * * 0",
          "@daily", "0 0 * * *",
          "@midnight", "0 0 * * *",
          "@hourly", "0 * * * *");

  private static final List<String> MONTHS =
      List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");

  private static final List<String> WEEKDAYS =
      List.of("sun", "mon", "tue", "wed", "thu", "fri", "sat");

  private final String text;
  private final BitSet minutes;
  private final BitSet hours;
  private final BitSet days;
  private final BitSet months;
  private final BitSet weekdays;
  private final boolean everyHour;
  private final boolean eitherDay;

  /** One field, and what may stand in it. */
  private record Field(String name, int least, int most, List<String> names) {}

  private CronExpression(String text, String[] fields) {
    this.text = text;
    this.minutes = set(fields[0], new Field("minute", 0, 59, List.of()));
    this.hours = set(fields[1], new Field("hour", 0, 23, List.of()));
    this.days = set(fields[2], new Field("day of the month", 1, 31, List.of()));
    this.months = set(fields[3], new Field("month", 1, 12, MONTHS));
    this.weekdays = set(fields[4], new Field("day of the week", 0, 7, WEEKDAYS));
    if (weekdays.get(7)) {
      weekdays.set(0);
    }
    this.everyHour = fields[1].startsWith("*");
    this.eitherDay = !fields[2].startsWith("*") && !fields[4].startsWith("*");
  }

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException with what is wrong with it, in words
   */
  public static CronExpression parse(String text) {
    String given = text.strip().toLowerCase(Locale.ROOT);
    String[] fields = MACROS.getOrDefault(given, given).split("\\s+");
    if (fields.length != 5) {
      throw new IllegalArgumentException(
          given.startsWith("@")
              ? given + " is none of @hourly, @daily, @weekly, @monthly and @yearly"
              : "it has %d fields, and is to have five: minute, hour, day, month, weekday"
                  .formatted(given.isEmpty() ? 0 : fields.length));
    }
    var cron = new CronExpression(text.strip(), fields);
    if (cron.next(Instant.EPOCH, ZoneId.of("UTC")).isEmpty()) {
      throw new IllegalArgumentException("no month has such a day");
    }
    return cron;
  }

  private static BitSet set(String text, Field field) {
    var set = new BitSet();
    for (String part : text.split(",", -1)) {
      String[] step = part.split("/", -1);
      int by = step.length == 1 ? 1 : number(step[1], 1, field.most(), field, List.of());
      boolean star = step[0].equals("*");
      String[] range = step[0].split("-", -1);
      if (step.length > 2 || range.length > 2) {
        throw wrong(part, field);
      }
      int from = star ? field.least() : value(range[0], field);
      int to = star ? field.most() : value(range[range.length - 1], field);
      if (!star && range.length == 1 && step.length == 2) {
        to = field.most();
      }
      if (to < from && to == 0 && field.names() == WEEKDAYS) {
        to = 7; // Friday to Sunday
      }
      if (to < from) {
        throw wrong(part, field);
      }
      for (int i = from; i <= to; i += by) {
        set.set(i);
      }
    }
    return set;
  }

  private static int value(String text, Field field) {
    return number(text, field.least(), field.most(), field, field.names());
  }

  private static int number(String text, int least, int most, Field field, List<String> names) {
    if (names.contains(text)) {
      return names.indexOf(text) + least;
    }
    if (!text.matches("\\d{1,2}")
        || Integer.parseInt(text) < least
        || Integer.parseInt(text) > most) {
      throw wrong(text, field);
    }
    return Integer.parseInt(text);
  }

  private static IllegalArgumentException wrong(String part, Field field) {
    return new IllegalArgumentException(
        "\"%s\" is no %s; that is %d to %d, a range such as %d-%d, a list, or */%d"
            .formatted(
                part,
                field.name(),
                field.least(),
                field.most(),
                field.least() + 1,
                field.least() + 2,
                2));
  }

  /** The first that comes after a moment; empty where that is beyond the calendar. */
  public Optional<Instant> next(Instant after, ZoneId zone) {
    return between(after, Instant.MAX, zone, 1).stream().findFirst();
  }

  /**
   * Those after a moment, until another one, which may be one of them.
   *
   * @param most no more than that
   */
  public List<Instant> between(Instant after, Instant until, ZoneId zone, int most) {
    var found = new ArrayList<Instant>();
    LocalDate day = after.atZone(zone).toLocalDate().minusDays(1); // which may end twice
    for (int i = 0; i < DAYS && found.size() < most; day = day.plusDays(1)) {
      i = found.isEmpty() ? i + 1 : 0;
      // Where the clock is put back at midnight, an early time of the next day is before a late
      // one.
      for (Instant moment : of(day, zone)) {
        if (moment.isAfter(after) && (found.isEmpty() || moment.isAfter(found.getLast()))) {
          if (moment.isAfter(until)) {
            return found;
          }
          if (found.size() < most) {
            found.add(moment);
          }
        }
      }
      if (day.atStartOfDay(zone).toInstant().isAfter(until)) {
        return found;
      }
    }
    return found;
  }

  /** Those of a day, in order. */
  private TreeSet<Instant> of(LocalDate day, ZoneId zone) {
    var moments = new TreeSet<Instant>();
    if (!months.get(day.getMonthValue()) || !on(day)) {
      return moments;
    }
    for (int hour = hours.nextSetBit(0); hour >= 0; hour = hours.nextSetBit(hour + 1)) {
      for (int minute = minutes.nextSetBit(0);
          minute >= 0;
          minute = minutes.nextSetBit(minute + 1)) {
        add(day.atTime(hour, minute), zone, moments);
      }
    }
    return moments;
  }

  private boolean on(LocalDate day) {
    boolean inMonth = days.get(day.getDayOfMonth());
    boolean inWeek =
        weekdays.get(day.getDayOfWeek() == DayOfWeek.SUNDAY ? 0 : day.getDayOfWeek().getValue());
    return eitherDay ? inMonth || inWeek : inMonth && inWeek;
  }

  private void add(LocalDateTime time, ZoneId zone, TreeSet<Instant> moments) {
    var rules = zone.getRules();
    var offsets = rules.getValidOffsets(time);
    if (offsets.isEmpty()) {
      if (!everyHour) {
        moments.add(rules.getTransition(time).getInstant());
      }
      return;
    }
    offsets.stream()
        .limit(everyHour ? offsets.size() : 1)
        .forEach(offset -> moments.add(time.toInstant(offset)));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CronExpression o && text.equals(o.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /** As it was written. */
  @Override
  public String toString() {
    return text;
  }
}
