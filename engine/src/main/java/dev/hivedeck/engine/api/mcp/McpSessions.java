package dev.hivedeck.engine.api.mcp;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * Which conversations are open, and with which attempt. An attempt has few at once: a client that
 * connects anew leaves the one before behind, and the one unused for longest makes room.
 */
final class McpSessions {
  static final int MOST = 4;

  /** An attempt may think for long between two calls. */
  static final Duration IDLE = Duration.ofHours(1);

  private final Clock clock;
  private final Map<String, Open> open = new ConcurrentHashMap<>();

  private record Open(String id, String attempt, Instant used, Runnable close) {}

  McpSessions(Clock clock) {
    this.clock = clock;
  }

  /**
   * @param close ends it; may be called from any thread
   */
  void opened(String id, String attempt, Runnable close) {
    var others =
        open.values().stream()
            .filter(o -> o.attempt().equals(attempt))
            .sorted(Comparator.comparing(Open::used))
            .toList();
    others.stream().limit(Math.max(0, others.size() - MOST + 1)).forEach(this::close);
    open.put(id, new Open(id, attempt, clock.instant(), close));
  }

  /** With which attempt a session is, which is thereby used; empty when it is not open. */
  Optional<String> use(String id) {
    var now = clock.instant();
    return Optional.ofNullable(
            open.computeIfPresent(id, (key, o) -> new Open(key, o.attempt(), now, o.close())))
        .map(Open::attempt);
  }

  /** The client has said goodbye. */
  void gone(String id) {
    open.remove(id);
  }

  /** Closes those of an attempt. */
  void ended(String attempt) {
    close(o -> o.attempt().equals(attempt));
  }

  /** Closes those that nobody has used for long. */
  void tidy() {
    var before = clock.instant().minus(IDLE);
    close(o -> o.used().isBefore(before));
  }

  void closeAll() {
    close(o -> true);
  }

  int size() {
    return open.size();
  }

  private void close(Predicate<Open> which) {
    List.copyOf(open.values()).stream().filter(which).forEach(this::close);
  }

  private void close(Open session) {
    if (open.remove(session.id()) != null) {
      session.close().run();
    }
  }
}
