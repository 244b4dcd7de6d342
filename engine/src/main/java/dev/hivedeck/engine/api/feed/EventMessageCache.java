package dev.hivedeck.engine.api.feed;

import dev.hivedeck.engine.protocol.Event;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Messages of events, encoded. Clients at the same place are sent the same bytes: they are put
 * together for the first of them.
 */
final class EventMessageCache {
  /** Bytes of messages that are kept for those who come to the same place later. */
  private static final int ROOM = 2 << 20;

  private final EventJsonCache eventJsonCache = new EventJsonCache();

  private final ArrayDeque<Message> recent = new ArrayDeque<>();
  private int kept;

  private record Message(List<Event> events, int collapsed, byte[] bytes) {
    boolean is(List<Event> others, int gone) {
      if (collapsed != gone || events.size() != others.size()) {
        return false;
      }
      for (int i = 0; i < others.size(); i++) {
        // The very same ones: one that stands for many may have the number of the last of them.
        if (events.get(i) != others.get(i)) {
          return false;
        }
      }
      return true;
    }
  }

  /** Whoever wants the same meanwhile waits for it, rather than do the same work. */
  synchronized byte[] of(List<Event> events, int collapsed) {
    for (var iterator = recent.descendingIterator(); iterator.hasNext(); ) {
      var message = iterator.next();
      if (message.is(events, collapsed)) {
        return message.bytes();
      }
    }
    byte[] bytes = write(events, collapsed).getBytes(StandardCharsets.UTF_8);
    if (bytes.length <= ROOM) {
      recent.add(new Message(events, collapsed, bytes));
      kept += bytes.length;
      while (kept > ROOM) {
        kept -= recent.remove().bytes().length;
      }
    }
    return bytes;
  }

  private String write(List<Event> events, int collapsed) {
    return events.stream()
        .map(eventJsonCache::of)
        .collect(
            Collectors.joining(
                ",",
                "{\"jsonrpc\":\"2.0\",\"method\":\"events\",\"params\":{\"events\":[",
                collapsed > 0 ? "],\"collapsed\":" + collapsed + "}}" : "]}}"));
  }
}
