package dev.hivedeck.engine.git.remote;

import dev.hivedeck.engine.protocol.Printable;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Why git did not do with a remote what it was asked, by what it says. */
public enum RemoteTrouble {
  /** Nobody answers, or not to the end: it may be tried again. */
  OFFLINE,
  /** The remote does not know who asks, or does not let them. */
  DENIED,
  /** There is no such remote, repository or branch. */
  MISSING,
  /** The remote does not take what was pushed. */
  REJECTED;

  private static final Pattern CREDENTIALS = Pattern.compile("://[^/@\\s]+@");
  private static final Pattern BREAK = Pattern.compile("\\s*[\\r\\n]+\\s*(remote: )?");
  private static final int SHOWN = 300;

  private static final List<String> UNREACHED =
      List.of("resolve", "timed out", "connection refused", "unreachable", "no route");
  private static final List<String> REFUSALS =
      List.of("rejected", "protected branch", "non-fast-forward", "stale info");
  private static final List<String> ABSENT =
      List.of(
          "not found",
          "does not exist",
          "couldn't find remote ref",
          "does not appear to be a git",
          "no such remote");
  private static final List<String> DENIALS =
      List.of("authentication failed", "permission denied", "could not read", "403", "denied");
  private static final List<String> CUT_OFF =
      List.of("connection", "hung up", "unable to access", "early eof");

  /**
   * @param said what git printed
   */
  public static RemoteTrouble of(String said) {
    String low = said.toLowerCase(Locale.ROOT);
    if (any(low, UNREACHED)) {
      return OFFLINE;
    }
    if (any(low, REFUSALS)) {
      return REJECTED;
    }
    if (any(low, ABSENT)) {
      return MISSING;
    }
    if (any(low, DENIALS)) {
      return DENIED;
    }
    return !any(low, CUT_OFF) && low.contains("failed to push some refs") // as by a hook
        ? REJECTED
        : OFFLINE;
  }

  /** What git printed, on one line that can be shown: no credentials of an address in it. */
  public static String shown(String said) {
    String joined = BREAK.matcher(said.strip()).replaceAll("; ");
    String line = Printable.line(CREDENTIALS.matcher(joined).replaceAll("://…@"));
    return line.length() <= SHOWN ? line : line.substring(0, SHOWN) + "…";
  }

  private static boolean any(String text, List<String> words) {
    return words.stream().anyMatch(text::contains);
  }
}
