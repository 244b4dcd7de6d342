package dev.hivedeck.engine.config.notify;

import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;

/**
 * When nobody is to be disturbed by what is not urgent: every day from one time to another, which
 * may be on the next day. It is what a clock on the wall shows that counts, also in the nights when
 * it is put forward or back.
 */
public record QuietHours(LocalTime from, LocalTime to, ZoneId zone) {

  /** When a message of this moment may be sent: now, or at the end of the quiet hours. */
  public Instant next(Instant now) {
    var local = now.atZone(zone).toLocalDateTime();
    if (!covers(local.toLocalTime())) {
      return now;
    }
    var end = local.toLocalDate().atTime(to);
    if (!end.isAfter(local)) {
      end = end.plusDays(1);
    }
    var skipped = zone.getRules().getTransition(end);
    if (skipped != null && skipped.isGap()) {
      return next(skipped.getInstant()); // the clock never shows the end, perhaps the next begin
    }
    var first = end.atZone(zone).withEarlierOffsetAtOverlap().toInstant();
    return first.isAfter(now) ? first : end.atZone(zone).withLaterOffsetAtOverlap().toInstant();
  }

  private boolean covers(LocalTime time) {
    return from.isBefore(to)
        ? !time.isBefore(from) && time.isBefore(to)
        : !time.isBefore(from) || time.isBefore(to);
  }
}
