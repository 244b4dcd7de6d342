package dev.hivedeck.engine.service.log;

import java.util.Locale;
import java.util.regex.Pattern;

/** How grave a line is, by the words that loggers put into it. */
final class LogLevel {
  static final String INFO = "info";
  static final String WARN = "warn";
  static final String ERROR = "error";

  /** As loggers write it: in capitals, before a colon or in brackets, or as a JSON field. */
  private static final Pattern WORDS =
      Pattern.compile(
          "\\b(ERROR|FATAL|SEVERE|CRITICAL|PANIC|WARN|WARNING)\\b"
              + "|^\\W*(?i:(error|fatal|panic|warn|warning))\\b"
              + "|(?i:level\"?\\s*[=:]\\s*\"?(error|fatal|warn|warning))\\b"
              + "|^(Traceback|Exception|Caused by)\\b");

  private static final int LOOKED_AT = 200;

  private LogLevel() {}

  /** The level of a line. */
  static String of(String text) {
    var found = WORDS.matcher(text.substring(0, Math.min(text.length(), LOOKED_AT)));
    if (!found.find()) {
      return INFO;
    }
    return found.group().toLowerCase(Locale.ROOT).contains("warn") ? WARN : ERROR;
  }
}
