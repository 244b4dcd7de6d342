package dev.hivedeck.engine.git;

import dev.hivedeck.engine.protocol.Printable;
import java.util.Map;
import java.util.stream.Collectors;

/** Messages of commits: one line each, so that nobody's words can pass for a trailer. */
public final class CommitMessage {
  private CommitMessage() {}

  /**
   * @param trailers in the order given, each on a line of its own
   */
  public static String of(String subject, Map<String, String> trailers) {
    return Printable.line(subject)
        + "\n\n"
        + trailers.entrySet().stream()
            .map(e -> e.getKey() + ": " + Printable.line(e.getValue()))
            .collect(Collectors.joining("\n"))
        + "\n";
  }
}
