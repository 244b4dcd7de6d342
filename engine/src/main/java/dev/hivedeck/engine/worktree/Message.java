package dev.hivedeck.engine.worktree;

import java.util.Map;
import java.util.stream.Collectors;

/** Messages of commits. */
final class Message {
  private Message() {}

  /**
   * @param trailers in the order given, each on a line of its own
   */
  static String of(String subject, Map<String, String> trailers) {
    return subject
        + "\n\n"
        + trailers.entrySet().stream()
            .map(e -> e.getKey() + ": " + e.getValue())
            .collect(Collectors.joining("\n"))
        + "\n";
  }
}
