package dev.hivedeck.engine.agent.discovery;

import java.util.regex.Pattern;

/** Words for a POSIX shell. */
final class Quoting {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@%+=:,./-]+");

  private Quoting() {}

  /** A word that the shell takes as it is, quoted only where it has to be. */
  static String word(String text) {
    return PLAIN.matcher(text).matches() ? text : "'" + text.replace("'", "'\\''") + "'";
  }
}
