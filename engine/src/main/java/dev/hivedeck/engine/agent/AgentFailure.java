package dev.hivedeck.engine.agent;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The ways in which an agent fails, told apart by what should follow. They are read from what an
 * agent says, since exit codes prove little: some end with 0 after they were not allowed to do
 * anything, others with the HTTP status modulo 256.
 */
public enum AgentFailure {
  /** It is not signed in, or its key is not taken. */
  SIGN_IN("sign-in"),
  /** Its account, or the rate of its requests, is used up until some time. */
  QUOTA("quota"),
  /** Who answers it has too much to do, or is broken. */
  OVERLOAD("overload"),
  /** Who answers it cannot be reached. */
  UNREACHABLE("unreachable"),
  /** The conversation became longer than its model can take. */
  CONTEXT("context"),
  /** It was not allowed to do its work. */
  REFUSED("refused"),
  /** It neither says nor does anything. */
  QUIET("quiet"),
  /** It takes turn after turn, or token after token, without end. */
  RUNAWAY("runaway"),
  /** It has spent what it may. */
  BUDGET("budget"),
  /** The conversation that it was to take up again is not there. */
  NO_SESSION("no-session"),
  /** It gave up, for whatever reason. */
  EXIT("exit");

  private static final Pattern NO_CONVERSATION =
      Pattern.compile(
          "no (previous )?(conversation|session|rollout|thread)s? (was )?found|session (id )?\\S* ?not found"
              + "|(invalid|unknown) session|error resuming session",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern TOO_LONG =
      Pattern.compile(
          "context.?length.?exceeded|prompt is too long|contextoverflow|context window"
              + "|maximum context|exceeds the maximum number of tokens|input is too long"
              + "|ran out of room",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern SIGNED_OUT =
      Pattern.compile(
          "invalid.{0,3}api.{0,3}key|unauthorized|authentication.?(error|failed)|not (logged|signed) in"
              + "|please (run )?/?log ?in|(set an|invalid) auth method|api key not valid|oauth token"
              + "|permission_denied.*api key|invalid bearer|credit balance is too low",
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

  /** Where it is searched for what went wrong; some quote whole documents. */
  private static final int LONGEST = 8_000;

  private final String word;

  AgentFailure(String word) {
    this.word = word;
  }

  /** As it is written down: kebab-case. */
  public String word() {
    return word;
  }

  /** The fault of that word, if it is one of these. */
  public static Optional<AgentFailure> of(String word) {
    return List.of(values()).stream().filter(f -> f.word.equals(word)).findFirst();
  }

  /**
   * What a message of an error means.
   *
   * @param status of HTTP, 0 when none is told
   */
  public static AgentFailure of(int status, String message) {
    String text = message == null ? "" : TextFormat.shorten(message, LONGEST);
    int code = status > 0 ? status : status(text);
    if (NO_CONVERSATION.matcher(text).find()) {
      return NO_SESSION;
    }
    if (TOO_LONG.matcher(text).find() || code == 413) {
      return CONTEXT;
    }
    if (code == 401 || code == 403) {
      return SIGN_IN;
    }
    if (code == 429) {
      return QUOTA;
    }
    if (code >= 500) {
      return OVERLOAD;
    }
    return List.of(RUNAWAY, SIGN_IN, QUOTA, OVERLOAD, UNREACHABLE).stream()
        .filter(agentFailure -> agentFailure.sounds(text))
        .findFirst()
        .orElse(EXIT);
  }

  private boolean sounds(String text) {
    return switch (this) {
      case SIGN_IN -> SIGNED_OUT.matcher(text).find();
      case QUOTA -> USED_UP.matcher(text).find();
      case OVERLOAD -> BUSY.matcher(text).find();
      case UNREACHABLE -> AWAY.matcher(text).find();
      case RUNAWAY -> IN_CIRCLES.matcher(text).find();
      default -> false;
    };
  }

  private static int status(String text) {
    var matcher = STATUS.matcher(text.toLowerCase(Locale.ROOT));
    return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
  }
}
