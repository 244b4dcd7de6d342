package dev.hivedeck.engine.api.feed;

import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.Json;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** Events as JSON; each is written once, however many clients hear of it. */
final class EventJsonCache {
  private static final int KEPT = 512;

  /** What is longer is rare, and not worth the memory. */
  private static final int LONGEST_KEPT = 8 << 10;

  private record Written(Event event, String text) {}

  private final AtomicReferenceArray<Written> recent = new AtomicReferenceArray<>(KEPT);

  String of(Event event) {
    int place = (int) (event.seq() % KEPT);
    var written = recent.get(place);
    // The very same event: one that stands for many may have the number of the last of them.
    if (written != null && written.event() == event) {
      return written.text();
    }
    String text = Json.write(event);
    if (text.length() <= LONGEST_KEPT) {
      recent.set(place, new Written(event, text));
    }
    return text;
  }
}
