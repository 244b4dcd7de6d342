package dev.hivedeck.engine.time;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/** Moments as the people of this machine say them. */
public final class LocalTimes {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss");
  private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm");

  private LocalTimes() {}

  /** A time of day, with its day where that is not today. */
  public static String words(Instant moment, Instant now) {
    var zone = ZoneId.systemDefault();
    var local = moment.atZone(zone);
    return (local.toLocalDate().equals(now.atZone(zone).toLocalDate()) ? TIME : DAY).format(local);
  }
}
