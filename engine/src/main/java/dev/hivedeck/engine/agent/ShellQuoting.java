package dev.hivedeck.engine.agent;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Words and commands as the shell of this machine takes them. */
public final class ShellQuoting {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:=@,+-]+");
  private static final Pattern PLAIN_POSIX = Pattern.compile("[A-Za-z0-9_@%+=:,./-]+");

  private ShellQuoting() {}

  /** For the shell, which replaces itself by the program. */
  public static String exec(List<String> command) {
    return (System.lineSeparator().equals("\n") ? "exec " : "") + words(command);
  }

  /** The same words to the shell, whatever is in them. */
  public static String words(List<String> words) {
    return words.stream()
        .map(word -> PLAIN.matcher(word).matches() ? word : quote(word))
        .collect(Collectors.joining(" "));
  }

  /** A line for the shell, as a command. */
  public static List<String> shell(String line) {
    return System.lineSeparator().equals("\n")
        ? List.of("/bin/sh", "-c", line)
        : List.of("cmd", "/c", line);
  }

  /** A word that a POSIX shell takes as it is, quoted only where it has to be. */
  public static String posix(String word) {
    return PLAIN_POSIX.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
  }

  private static String quote(String word) {
    return System.lineSeparator().equals("\n")
        ? "'" + word.replace("'", "'\\''") + "'"
        : "\"" + word.replace("\"", "\\\"") + "\"";
  }
}
