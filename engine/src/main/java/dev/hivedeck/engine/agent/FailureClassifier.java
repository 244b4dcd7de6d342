package dev.hivedeck.engine.agent;

import dev.hivedeck.engine.protocol.failure.FailureReason;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Tells {@linkplain FailureReason why an agent failed} from what it says, since exit codes prove
 * little: some end with 0 after they were not allowed to do anything, others with the HTTP status
 * modulo 256.
 */
public final class FailureClassifier {
  private static final Pattern NO_CONVERSATION =
      Pattern.compile(
          "no (previous )?(conversation|session|rollout|thread)s? (was )?found|session (id )?\\S*"
              + " ?not found|(invalid|unknown) session|error resuming session",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern TOO_LONG =
      Pattern.compile(
          "context.?length.?exceeded|prompt is too long|contextoverflow|context window"
              + "|maximum context|exceeds the maximum number of tokens|input is too long"
              + "|ran out of room",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern SIGNED_OUT =
      Pattern.compile(
          "invalid.{0,3}api.{0,3}key|unauthorized|authentication.?(error|failed)|not"
              + " (logged|signed) in|please (run )?/?log ?in|(set an|invalid) auth method|api key"
              + " not valid|oauth token|permission_denied.*api key|invalid bearer|credit balance is"
              + " too low",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern USED_UP =
      Pattern.compile(
          "usage limit|rate.?limit|quota|too many requests|resource.?exhausted|limit reached"
              + "|hit your .{0,20}limit",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern BUSY =
      Pattern.compile(
          "overloaded|internal server error|bad gateway|service unavailable|server_error"
              + "|high demand|gateway timeout|temporarily unavailable",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern AWAY =
      Pattern.compile(
          "econnrefused|enotfound|eai_again|econnreset|etimedout|connection refused|fetch failed"
              + "|error sending request|could not resolve|network is unreachable"
              + "|stream disconnected|unable to connect"
              // a connection that was cut while it answered, in the words of undici, node, the
              // makers' own libraries, Python's, Go's and Rust's
              + "|(?:^|[:\\[] ?)terminated\\.?\\]?\\s*$|other side closed|socket hang up"
              + "|premature (?:close|end)|und_err_\\w+|epipe|network (?:error|connection was lost)"
              + "|connection (?:error|(?:was )?(?:reset|aborted|closed|lost|terminated))"
              + "|stream (?:was )?(?:closed|ended|cut|interrupted|aborted)"
              + "|unexpected (?:eof|end of (?:stream|file|response))|incomplete chunked read"
              + "|peer closed connection|server disconnected|error decoding response body"
              + "|request timed out|read timed out",
          Pattern.CASE_INSENSITIVE | Pattern.MULTILINE);
  private static final Pattern IN_CIRCLES =
      Pattern.compile("loop detected|potential loop", Pattern.CASE_INSENSITIVE);
  private static final Pattern STATUS =
      Pattern.compile(
          "\\b(?:status(?: code)?:?|http|code\"?:)\\s*(\\d{3})\\b", Pattern.CASE_INSENSITIVE);

  /** In this order. */
  private static final Map<FailureReason, Pattern> IN_WORDS = new LinkedHashMap<>();

  static {
    IN_WORDS.put(FailureReason.RUNAWAY, IN_CIRCLES);
    IN_WORDS.put(FailureReason.SIGN_IN, SIGNED_OUT);
    IN_WORDS.put(FailureReason.QUOTA, USED_UP);
    IN_WORDS.put(FailureReason.OVERLOAD, BUSY);
    IN_WORDS.put(FailureReason.UNREACHABLE, AWAY);
  }

  /** Where it is searched for what went wrong; some quote whole documents. */
  private static final int LONGEST = 8_000;

  private FailureClassifier() {}

  /**
   * What a message of an error means.
   *
   * @param status of HTTP, 0 when none is told
   */
  public static FailureReason of(int status, String message) {
    String text = message == null ? "" : TextFormat.shorten(message, LONGEST);
    int code = status > 0 ? status : status(text);
    if (NO_CONVERSATION.matcher(text).find()) {
      return FailureReason.NO_SESSION;
    }
    if (TOO_LONG.matcher(text).find() || code == 413) {
      return FailureReason.CONTEXT;
    }
    if (code == 401 || code == 403) {
      return FailureReason.SIGN_IN;
    }
    if (code == 429) {
      return FailureReason.QUOTA;
    }
    if (code >= 500) {
      return FailureReason.OVERLOAD;
    }
    return IN_WORDS.entrySet().stream()
        .filter(sounds -> sounds.getValue().matcher(text).find())
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse(FailureReason.EXIT);
  }

  private static int status(String text) {
    var matcher = STATUS.matcher(text.toLowerCase(Locale.ROOT));
    return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
  }
}
