package dev.hivedeck.app.cli.steer;

import dev.hivedeck.engine.protocol.Command.LineComment;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads comments on lines as they are typed: {@code FILE:7:TEXT}, {@code FILE:7-9:TEXT}. */
final class LineCommentReader {
  private static final Pattern FORM =
      Pattern.compile(
          "(?<file>[^:]+):(?<from>\\d{1,9})(?:-(?<to>\\d{1,9}))?:(?<text>.*)", Pattern.DOTALL);

  private LineCommentReader() {}

  static LineComment comment(String typed) {
    var m = read(typed);
    return new LineComment(m.group("file"), line(m), m.group("text"), first(m), null);
  }

  static LineComment suggestion(String typed) {
    var m = read(typed);
    return new LineComment(m.group("file"), line(m), "", first(m), m.group("text"));
  }

  private static int line(Matcher m) {
    return Integer.parseInt(m.group("to") == null ? m.group("from") : m.group("to"));
  }

  private static Integer first(Matcher m) {
    return m.group("to") == null ? null : Integer.valueOf(m.group("from"));
  }

  private static Matcher read(String typed) {
    var m = FORM.matcher(typed);
    if (!m.matches()) {
      throw new HiveException(
          ErrorCode.BAD_USAGE,
          "\"" + typed + "\" is no line comment.",
          "Write FILE:LINE:TEXT, or FILE:FROM-TO:TEXT.");
    }
    if (Integer.parseInt(m.group("from")) == 0) {
      throw new HiveException(
          ErrorCode.BAD_USAGE,
          "\"" + typed + "\" names line 0.",
          "Lines count from 1. What is about the whole change needs no --line.");
    }
    return m;
  }
}
