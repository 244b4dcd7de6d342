package dev.hivedeck.engine.config.notify;

import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;

/**
 * When nobody is to be disturbed by what is not urgent: every day from one time to another, which
 * may be on the next day.
 */
public record QuietHours(LocalTime from, LocalTime to, ZoneId zone) {

  /** When a message of this moment may be sent: now, or at the end of the quiet hours. */
  public Instant next(Instant now) {
    var local = now.atZone(zone);
    for (int back = 1; back >= 0; back--) {
      var start = local.toLocalDate().minusDays(back).atTime(from).atZone(zone);
      var end = end(start);
      if (!local.isBefore(start) && local.isBefore(end)) {
        return end.toInstant();
      }
    }
    return now;
  }

  private ZonedDateTime end(ZonedDateTime start) {
    boolean over = !to.isAfter(from);
    return start.toLocalDate().plusDays(over ? 1 : 0).atTime(to).atZone(zone);
  }
}
