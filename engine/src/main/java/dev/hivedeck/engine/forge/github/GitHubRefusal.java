package dev.hivedeck.engine.forge.github;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.forge.ForgeException;
import dev.hivedeck.engine.forge.ForgeException.Kind;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Printable;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an answer means that is none.
 *
 * @see <a
 *     href="https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api">GitHub,
 *     best practices for using the REST API</a>
 */
final class GitHubRefusal {
  /** Longer nobody is made to wait by the other side. */
  private static final Duration LONGEST = Duration.ofHours(2);

  private static final Duration SECONDARY = Duration.ofSeconds(60);
  private static final int SHOWN = 300;

  private GitHubRefusal() {}

  /**
   * @param what was to be done, for example {@code read pull request 3}
   * @param body as far as there is one
   */
  static ForgeException of(String what, int status, HttpHeaders headers, String body, Instant now) {
    String said = said(body);
    String all = "GitHub answered " + status + " when Hivedeck was to " + what + said + ".";
    var limited = limited(status, headers, body, now);
    if (limited.isPresent()) {
      return limited(all, limited.get());
    }
    return switch (status) {
      case 401 ->
          new ForgeException(
              Kind.UNAUTHORIZED,
              ErrorCode.FORGE_DENIED,
              all,
              "The token is no longer valid. Sign in anew (gh auth login), or keep another with"
                  + " hivedeck secret set github-token; then hivedeck github sync.",
              null);
      case 403 -> denied(all, ErrorCode.FORGE_DENIED, forbidden(headers));
      case 404, 410 ->
          new ForgeException(
              Kind.MISSING,
              ErrorCode.FORGE_MISSING,
              all,
              "Look whether it is there and whether the token may see it: GitHub says the same"
                  + " where it may not.",
              null);
      case 405 ->
          new ForgeException(
              Kind.REJECTED,
              ErrorCode.FORGE_REJECTED,
              all,
              "Look at the pull request on GitHub: a rule of the branch keeps it back, or the"
                  + " repository does not allow this way of merging (merge: { method: … } in"
                  + " hive.yaml; Settings, Pull Requests on GitHub).",
              null);
      case 409, 422, 400 ->
          new ForgeException(
              Kind.REJECTED,
              ErrorCode.FORGE_REJECTED,
              all,
              "Look at the pull request on GitHub; what it says there has to be settled first.",
              null);
      default ->
          status / 100 == 3
              ? denied(
                  all,
                  ErrorCode.FORGE_MISSING,
                  "It has moved. Set the remote to its new address, then hivedeck github link.")
              : status / 100 == 5 || status == 408
                  ? new ForgeException(
                      Kind.OUTAGE,
                      ErrorCode.FORGE_OFFLINE,
                      all,
                      "It is tried again by itself; githubstatus.com says more.",
                      wait(headers, now).orElse(null))
                  : new ForgeException(
                      Kind.REJECTED,
                      ErrorCode.FORGE_REJECTED,
                      all,
                      "Update Hivedeck, or report this answer.",
                      null);
    };
  }

  /** What GraphQL says in an answer that was taken. */
  static ForgeException graphql(String what, JsonNode errors, Instant now) {
    var first = errors.path(0);
    String type = first.path("type").asText("");
    String all =
        ended(
            "GitHub could not "
                + what
                + ": "
                + Printable.line(cut(first.path("message").asText("it does not say why"))));
    return switch (type) {
      case "RATE_LIMITED", "RATE_LIMIT" -> limited(all, now.plus(SECONDARY));
      case "NOT_FOUND" ->
          new ForgeException(
              Kind.MISSING,
              ErrorCode.FORGE_MISSING,
              all,
              "Look whether it is there and whether the token may see it.",
              null);
      case "FORBIDDEN", "INSUFFICIENT_SCOPES" ->
          denied(all, ErrorCode.FORGE_DENIED, "Give the token the rights that it names.");
      default ->
          new ForgeException(
              Kind.OUTAGE, ErrorCode.FORGE_OFFLINE, all, "It is tried again by itself.", null);
    };
  }

  private static ForgeException limited(String all, Instant until) {
    return new ForgeException(
        Kind.LIMITED,
        ErrorCode.FORGE_LIMITED,
        all,
        "It goes on by itself at " + until + ". Nothing is lost meanwhile.",
        until);
  }

  private static ForgeException denied(String all, ErrorCode code, String remedy) {
    return new ForgeException(Kind.DENIED, code, all, remedy, null);
  }

  /** When the limit ends; empty where this is none. */
  private static Optional<Instant> limited(
      int status, HttpHeaders headers, String body, Instant now) {
    if (status != 403 && status != 429) {
      return Optional.empty();
    }
    var asked = wait(headers, now);
    if (asked.isPresent()) {
      return asked;
    }
    var reset = number(headers, "x-ratelimit-reset");
    if (number(headers, "x-ratelimit-remaining").filter(n -> n == 0).isPresent()
        && reset.isPresent()) {
      // A second more, for GitHub counts in whole ones.
      return Optional.of(bounded(Instant.ofEpochSecond(reset.get() + 1), now));
    }
    boolean secondary = body.toLowerCase(Locale.ROOT).contains("rate limit");
    return secondary || status == 429 ? Optional.of(now.plus(SECONDARY)) : Optional.empty();
  }

  /** {@code Retry-After}: seconds, or a date. */
  private static Optional<Instant> wait(HttpHeaders headers, Instant now) {
    return headers
        .firstValue("retry-after")
        .flatMap(
            text -> {
              if (text.strip().matches("\\d{1,9}")) {
                return Optional.of(now.plusSeconds(Long.parseLong(text.strip())));
              }
              try {
                return Optional.of(
                    DateTimeFormatter.RFC_1123_DATE_TIME.parse(text.strip(), Instant::from));
              } catch (DateTimeException e) {
                return Optional.<Instant>empty();
              }
            })
        .map(at -> bounded(at, now));
  }

  private static Instant bounded(Instant at, Instant now) {
    return at.isAfter(now.plus(LONGEST)) ? now.plus(LONGEST) : at.isBefore(now) ? now : at;
  }

  static Optional<Long> number(HttpHeaders headers, String name) {
    return headers
        .firstValue(name)
        .filter(text -> text.strip().matches("\\d{1,15}"))
        .map(text -> Long.parseLong(text.strip()));
  }

  private static String forbidden(HttpHeaders headers) {
    String wanted =
        headers
            .firstValue("x-accepted-github-permissions")
            .or(() -> headers.firstValue("x-accepted-oauth-scopes"))
            .map(Printable::line)
            .filter(text -> !text.isBlank())
            .map(text -> " It wants: " + cut(text) + ".")
            .orElse("");
    String single =
        headers.firstValue("x-github-sso").isPresent()
            ? " The organization asks for single sign-on: authorize the token for it."
            : "";
    return "The token may not do that."
        + wanted
        + single
        + " Give it the right to read and write code, pull requests and issues.";
  }

  /** GitHub's own words, for people; nothing where there are none. */
  private static String said(String body) {
    try {
      @Nullable JsonNode node = body.isBlank() ? null : Json.MAPPER.readTree(body);
      if (node == null || !node.path("message").isTextual()) {
        return "";
      }
      var text = new StringBuilder(node.path("message").asText());
      for (var error : node.path("errors")) {
        String more = error.isTextual() ? error.asText() : error.path("message").asText("");
        if (!more.isBlank()) {
          text.append("; ").append(more);
        } else if (error.has("field")) {
          text.append("; ")
              .append(error.path("field").asText())
              .append(' ')
              .append(error.path("code").asText());
        }
      }
      return ": " + Printable.line(cut(text.toString())).replaceFirst("\\.$", "");
    } catch (JsonProcessingException e) {
      return "";
    }
  }

  private static String cut(String text) {
    return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
  }

  /** A text that ends with a full stop gets no second one. */
  private static String ended(String text) {
    return text.endsWith(".") ? text : text + ".";
  }
}
