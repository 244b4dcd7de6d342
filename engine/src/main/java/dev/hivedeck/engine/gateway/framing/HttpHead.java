package dev.hivedeck.engine.gateway.framing;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The head of a message, line by line: what it says of the body, or why it is none. */
final class HttpHead {
  /** As many as a head may have. */
  private static final int MOST_LINES = 200;

  private static final int LONGEST_NUMBER = 18;

  /** Those of the IANA registry, and some that are in use. */
  private static final Set<String> METHODS =
      Set.of(
          "ACL",
          "BASELINE-CONTROL",
          "BIND",
          "CHECKIN",
          "CHECKOUT",
          "CONNECT",
          "COPY",
          "DELETE",
          "GET",
          "HEAD",
          "LABEL",
          "LINK",
          "LOCK",
          "MERGE",
          "MKACTIVITY",
          "MKCALENDAR",
          "MKCOL",
          "MKREDIRECTREF",
          "MKWORKSPACE",
          "MOVE",
          "OPTIONS",
          "ORDERPATCH",
          "PATCH",
          "POST",
          "PROPFIND",
          "PROPPATCH",
          "PURGE",
          "PUT",
          "QUERY",
          "REBIND",
          "REPORT",
          "SEARCH",
          "SUBSCRIBE",
          "TRACE",
          "UNBIND",
          "UNCHECKOUT",
          "UNLINK",
          "UNLOCK",
          "UNSUBSCRIBE",
          "UPDATE",
          "UPDATEREDIRECTREF",
          "VERSION-CONTROL",
          "NOTIFY",
          "M-SEARCH");

  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._~!$&'()*+,;=%:\\[\\]-]*");

  private static final Pattern NUMBER = Pattern.compile("[0-9]{1," + LONGEST_NUMBER + "}");

  private static final boolean[] TOKEN = new boolean[256];

  static {
    for (char c = '0'; c <= 'z'; c++) {
      TOKEN[c] = Character.isLetterOrDigit(c);
    }
    for (char c : "!#$%&'*+-.^_`|~".toCharArray()) {
      TOKEN[c] = true;
    }
  }

  /** What follows the head. */
  enum Body {
    NONE,
    LENGTH,
    CHUNKED,
    UNTIL_CLOSE,
    /** Whatever it is, it is not HTTP/1.1. */
    RAW
  }

  private final boolean request;
  private int lines;
  private int minor;
  private int status;
  private int hosts;
  private long length = -1;
  private boolean chunked;
  private boolean connect;
  private boolean preface;

  HttpHead(boolean request) {
    this.request = request;
  }

  /**
   * Takes a line.
   *
   * @param from its first byte
   * @param to after its last, which is LF
   * @return what is wrong with it; null for nothing
   */
  @Nullable Malformed line(byte[] bytes, int from, int to) {
    if (to - from < 2 || bytes[to - 2] != '\r') {
      return Malformed.LINE_END;
    }
    int end = to - 2;
    for (int i = from; i < end; i++) {
      if (bytes[i] == '\r') {
        return Malformed.LINE_END;
      }
    }
    if (++lines > MOST_LINES) {
      return Malformed.HEAD_SIZE;
    }
    if (lines == 1) {
      String line = new String(bytes, from, end - from, StandardCharsets.ISO_8859_1);
      return request ? requestLine(line) : statusLine(line);
    }
    return header(bytes, from, end);
  }

  /**
   * A head that did not come as lines, held to what one of lines is held to.
   *
   * @param headers names and values, in turn
   * @param mostBytes that it may have
   * @return why it could not be written as lines that are right; null where it could
   */
  static @Nullable Malformed check(
      String method, String target, List<String> headers, int mostBytes) {
    var head = new HttpHead(true);
    String first = method + " " + target + " HTTP/1.1";
    int size = first.length();
    var why = head.line(first);
    for (int i = 0; i < headers.size() && why == null; i += 2) {
      String name = headers.get(i);
      why = isToken(name) ? head.line(name + ":" + headers.get(i + 1)) : Malformed.HEADER_NAME;
      size += name.length() + headers.get(i + 1).length() + 4;
    }
    return why != null ? why : size > mostBytes ? Malformed.HEAD_SIZE : head.whole();
  }

  private @Nullable Malformed line(String text) {
    if (text.chars().anyMatch(c -> c > 0xff)) {
      return Malformed.HEADER_VALUE;
    }
    byte[] bytes = (text + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
    return line(bytes, 0, bytes.length);
  }

  private static boolean isToken(String name) {
    return !name.isEmpty() && name.chars().allMatch(c -> c < TOKEN.length && TOKEN[c]);
  }

  private @Nullable Malformed requestLine(String line) {
    if (line.equals("PRI * HTTP/2.0")) {
      preface = true;
      return null;
    }
    int first = line.indexOf(' ');
    int last = line.lastIndexOf(' ');
    if (first <= 0 || last <= first + 1 || line.indexOf(' ', first + 1) != last) {
      return Malformed.FIRST_LINE;
    }
    String method = line.substring(0, first);
    if (!METHODS.contains(method)) {
      return Malformed.METHOD;
    }
    connect = method.equals("CONNECT");
    String target = line.substring(first + 1, last);
    if (!isTarget(target, method)) {
      return Malformed.TARGET;
    }
    return version(line.substring(last + 1)) ? null : Malformed.VERSION;
  }

  private static boolean isTarget(String target, String method) {
    for (int i = 0; i < target.length(); i++) {
      char c = target.charAt(i);
      if (c <= ' ' || c >= 0x7f || "\"<>\\^`{|}#".indexOf(c) >= 0) {
        return false;
      }
    }
    return switch (method) {
      case "CONNECT" -> target.matches("[A-Za-z0-9.:\\[\\]-]+:\\d{1,5}");
      case "OPTIONS" -> target.equals("*") || isPath(target);
      default -> isPath(target);
    };
  }

  private static boolean isPath(String target) {
    return target.startsWith("/") || target.matches("(?i)https?://[^/?@]+([/?].*)?");
  }

  private boolean version(String text) {
    minor = text.equals("HTTP/1.1") ? 1 : 0;
    return minor == 1 || text.equals("HTTP/1.0");
  }

  private @Nullable Malformed statusLine(String line) {
    if (line.length() < 12
        || !version(line.substring(0, 8))
        || line.charAt(8) != ' '
        || line.length() > 12 && line.charAt(12) != ' ') {
      return Malformed.STATUS;
    }
    for (int i = 9; i < 12; i++) {
      if (line.charAt(i) < '0' || line.charAt(i) > '9') {
        return Malformed.STATUS;
      }
      status = 10 * status + line.charAt(i) - '0';
    }
    for (int i = 12; i < line.length(); i++) {
      if (!isText(line.charAt(i))) {
        return Malformed.STATUS;
      }
    }
    return status < 100 ? Malformed.STATUS : null;
  }

  private static boolean isText(int c) {
    return c == '\t' || c >= ' ' && c != 0x7f;
  }

  private @Nullable Malformed header(byte[] bytes, int from, int end) {
    if (bytes[from] == ' ' || bytes[from] == '\t') {
      return Malformed.FOLDED;
    }
    int colon = from;
    while (colon < end && TOKEN[bytes[colon] & 0xff]) {
      colon++;
    }
    if (colon == from || colon == end || bytes[colon] != ':') {
      return Malformed.HEADER_NAME;
    }
    for (int i = colon + 1; i < end; i++) {
      if (!isText(bytes[i] & 0xff)) {
        return Malformed.HEADER_VALUE;
      }
    }
    String name =
        new String(bytes, from, colon - from, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
    return switch (name) {
      case "content-length" -> length(value(bytes, colon, end));
      case "transfer-encoding" -> encoding(value(bytes, colon, end));
      case "host" -> {
        hosts++;
        String host = value(bytes, colon, end);
        yield HOST.matcher(host).matches() ? null : Malformed.HOST;
      }
      default -> null;
    };
  }

  private static String value(byte[] bytes, int colon, int end) {
    return new String(bytes, colon + 1, end - colon - 1, StandardCharsets.ISO_8859_1).strip();
  }

  private @Nullable Malformed length(String value) {
    if (length >= 0 || !NUMBER.matcher(value).matches()) {
      return Malformed.LENGTH;
    }
    length = Long.parseLong(value);
    return chunked ? Malformed.LENGTH_AND_ENCODING : null;
  }

  private @Nullable Malformed encoding(String value) {
    if (chunked || !value.equalsIgnoreCase("chunked")) {
      return Malformed.ENCODING;
    }
    chunked = true;
    return length >= 0 ? Malformed.LENGTH_AND_ENCODING : null;
  }

  /** What is wrong with it as a whole; null for nothing. */
  @Nullable Malformed whole() {
    if (lines == 0) {
      return request ? Malformed.FIRST_LINE : Malformed.STATUS;
    }
    if (preface) {
      return null;
    }
    if (chunked && minor == 0) {
      return Malformed.ENCODING;
    }
    boolean framed = chunked || length >= 0;
    if (request) {
      return hosts > 1 || hosts == 0 && minor == 1
          ? Malformed.HOST
          : connect && framed && length != 0 ? Malformed.LENGTH : null;
    }
    boolean bodiless = status < 200 || status == 204;
    return bodiless && (chunked || length > 0) ? Malformed.LENGTH : null;
  }

  /** The status of an answer. */
  int status() {
    return status;
  }

  long length() {
    return length;
  }

  /**
   * What follows.
   *
   * @param toHead whether it answers a request for the head alone
   */
  Body body(boolean toHead) {
    if (preface || !request && status == 101) {
      return Body.RAW;
    }
    if (!request && (toHead || status < 200 || status == 204 || status == 304)) {
      return Body.NONE;
    }
    if (chunked) {
      return Body.CHUNKED;
    }
    if (length >= 0) {
      return length == 0 ? Body.NONE : Body.LENGTH;
    }
    return request ? Body.NONE : Body.UNTIL_CLOSE;
  }
}
