package dev.hivedeck.ui.view.change.reading;

import dev.hivedeck.engine.protocol.reading.ReadingRegistration;
import dev.hivedeck.engine.protocol.reading.ReadingViews.Pace;
import dev.hivedeck.engine.protocol.reading.ReadingViews.Reading;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.ui.live.EntityStore;
import dev.hivedeck.ui.live.LiveModel;
import java.util.Collection;
import java.util.OptionalInt;
import javafx.util.Subscription;

/** How long it takes to read what is left of changes, by a person's own pace. */
public final class ReadingEstimate {
  private final EntityStore<Reading> readings;
  private final EntityStore<Pace> paces;

  public ReadingEstimate(LiveModel live) {
    readings = live.things(ReadingRegistration.TOPIC, Reading.class);
    paces = live.things(ReadingRegistration.PACE, Pace.class);
  }

  public Subscription watch(Runnable changed) {
    return Subscription.combine(readings.watch(changed), paces.watch(changed));
  }

  /** What is left to read of a change: all of it where that is not known. */
  public long lines(ChangeViews.Change change) {
    return readings.get(change.id()).map(r -> (long) r.unseen()).orElse(change.lines());
  }

  /** How many hunks are not seen yet; -1 where that is not known. */
  public int hunks(ChangeViews.Change change) {
    return readings.get(change.id()).map(r -> r.hunks() - r.seen()).orElse(-1);
  }

  /** Minutes for all of these; empty while the pace is not known. */
  public OptionalInt minutes(Collection<ChangeViews.Change> changes) {
    return paces
        .get(Pace.ID)
        .orElse(Pace.UNKNOWN)
        .minutes(changes.stream().mapToLong(this::lines).sum());
  }
}
