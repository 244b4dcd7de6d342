package dev.hivedeck.engine.gateway.framing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The cases that llhttp, the parser of Node.js, is tested with (MIT; see LICENSE beside them). */
public final class LlhttpCases {
  private static final Pattern CASE =
      Pattern.compile(
          "<!--\\s*meta=(\\{[^>]*?})\\s*-->\\s*```http\\n(.*?)```\\s*```log\\n(.*?)```",
          Pattern.DOTALL);
  private static final Pattern ERROR = Pattern.compile("error code=(\\d+) reason=\"([^\"]*)");
  private static final Pattern HEX = Pattern.compile("\\\\x([0-9a-fA-F]{2})");
  private static final Pattern REQUEST_LINE =
      Pattern.compile("(?m)^([A-Z-]+ \\S+ HTTP/1\\.1)\r\n(?!\n)");

  private LlhttpCases() {}

  /**
   * A case.
   *
   * @param lenient whether it is for a mode that is not strict, so that nothing is said of ours
   * @param error what the strict mode says is wrong; empty for nothing
   */
  public record Case(String name, String bytes, boolean lenient, String error) {
    @Override
    public String toString() {
      return name;
    }
  }

  public static List<Case> requests() {
    return all("request");
  }

  public static List<Case> responses() {
    return all("response");
  }

  private static List<Case> all(String kind) {
    var folder = Path.of("src/test/resources/http/llhttp", kind);
    try (var files = Files.list(folder)) {
      var cases = new ArrayList<Case>();
      for (var file : files.sorted().toList()) {
        cases(kind + "/" + file.getFileName(), Files.readString(file), cases);
      }
      return cases;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void cases(String file, String text, List<Case> cases) {
    Matcher found = CASE.matcher(text);
    while (found.find()) {
      int heading = text.lastIndexOf("\n#", found.start()) + 1;
      String name = text.substring(heading, text.indexOf('\n', heading)).replaceAll("^#+ *", "");
      Matcher error = ERROR.matcher(found.group(3));
      boolean wrong = error.find() && !error.group(1).matches("2[12]"); // those are pauses
      cases.add(
          new Case(
              file + ": " + name,
              bytes(found.group(2)),
              found.group(1).contains("lenient"),
              wrong ? error.group(2) : ""));
    }
  }

  private static String bytes(String block) {
    String text = block.replaceAll("\n\\z", "").replaceAll("\\\\\n", "").replace("\n", "\r\n");
    text = text.replace("\\r", "\r").replace("\\n", "\n").replace("\\t", "\t");
    text = text.replace("\\f", "\f");
    text = HEX.matcher(text).replaceAll(m -> hex(m.group(1)));
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  private static String hex(String digits) {
    return Matcher.quoteReplacement(Character.toString(Integer.parseInt(digits, 16)));
  }

  /** With the Host that HTTP/1.1 asks for, and llhttp does not. */
  public static String withHost(String request) {
    return request.toLowerCase(java.util.Locale.ROOT).contains("\r\nhost:")
        ? request
        : REQUEST_LINE.matcher(request).replaceAll("$1\r\nHost: a.example\r\n");
  }
}
