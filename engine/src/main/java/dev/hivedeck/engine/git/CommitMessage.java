package dev.hivedeck.engine.git;

import dev.hivedeck.engine.protocol.Printable;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Messages of commits; nobody's words can pass for a trailer of Hivedeck's. */
public final class CommitMessage {
  /** Lines that say of a commit what only Hivedeck says. */
  private static final Pattern OWN = Pattern.compile("(?im)^[ \\t]*hivedeck-[\\w-]*[ \\t]*:.*\\R?");

  private static final Pattern TRAILER = Pattern.compile("[A-Za-z0-9-]+[ \\t]*:.*|[ \\t].*");

  private CommitMessage() {}

  /**
   * One line each.
   *
   * @param trailers in the order given, each on a line of its own
   */
  public static String of(String subject, Map<String, String> trailers) {
    return of(subject, List.of(), trailers, List.of());
  }

  /**
   * @param points what it consists of, listed where there are several
   * @param authors who made it besides, as {@code name <address>}
   */
  public static String of(
      String subject, List<String> points, Map<String, String> trailers, List<String> authors) {
    String listed =
        points.size() < 2
            ? ""
            : points.stream()
                .map(point -> "* " + Printable.line(point) + "\n")
                .collect(Collectors.joining("", "", "\n"));
    return Printable.line(subject) + "\n\n" + listed + lines(trailers) + authors(authors);
  }

  /** Somebody's message, without what only Hivedeck says. */
  public static String plain(String message) {
    String plain = OWN.matcher(message).replaceAll("").strip();
    return (plain.isEmpty() ? "(no message)" : plain) + "\n";
  }

  /** The same, with trailers of Hivedeck's at its end. */
  public static String plain(String message, Map<String, String> trailers) {
    String plain = plain(message).strip();
    int last = plain.lastIndexOf("\n\n");
    boolean more =
        last > 0
            && plain.substring(last + 2).lines().allMatch(line -> TRAILER.matcher(line).matches());
    return plain + (more ? "\n" : "\n\n") + lines(trailers);
  }

  private static String lines(Map<String, String> trailers) {
    return trailers.entrySet().stream()
        .map(e -> e.getKey() + ": " + Printable.line(e.getValue()) + "\n")
        .collect(Collectors.joining());
  }

  private static String authors(List<String> authors) {
    return authors.stream()
        .map(author -> "Co-authored-by: " + Printable.line(author) + "\n")
        .collect(Collectors.joining());
  }
}
