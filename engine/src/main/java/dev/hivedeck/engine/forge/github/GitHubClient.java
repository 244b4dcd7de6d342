package dev.hivedeck.engine.forge.github;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.forge.ForgeException;
import dev.hivedeck.engine.forge.ForgeException.Kind;
import dev.hivedeck.engine.forge.RateLimit;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Printable;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests as GitHub wants them: one after another, with what it said last by its ETag, which
 * counts towards no limit where nothing has changed. Redirects are not followed: the token goes to
 * the address that was linked, and nowhere else.
 */
final class GitHubClient implements AutoCloseable {
  /** The version of the API that is spoken. */
  static final String VERSION = "2022-11-28";

  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final long MOST = 32L << 20;

  /** Bytes of answers that are kept, all together. */
  private static final long REMEMBERED = 16L << 20;

  private final GitHubAddress address;
  private final Supplier<String> token;
  private final Clock clock;
  private final Duration longest;
  private final HttpClient client;

  /** What was answered last, by the address. */
  private final Map<String, Answered> answers = new LinkedHashMap<>(16, 0.75f, true);

  private long remembered;

  /** By what is counted apart: {@code core} and {@code graphql}. */
  private final Map<String, RateLimit> limits = new ConcurrentHashMap<>();

  private record Answered(String etag, JsonNode body, int bytes) {}

  /**
   * @param token asked for with each request
   * @param longest that an answer may take, whole
   */
  GitHubClient(GitHubAddress address, Supplier<String> token, Clock clock, Duration longest) {
    this.address = address;
    this.token = token;
    this.clock = clock;
    this.longest = longest;
    this.client =
        HttpClient.newBuilder()
            .connectTimeout(CONNECT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .version(HttpClient.Version.HTTP_1_1)
            .build();
  }

  /** What the last answers said of the limit; of several the one that is nearest. */
  Optional<RateLimit> limit() {
    Instant now = clock.instant();
    var all = limits.values();
    var running = all.stream().filter(l -> l.resetsAt().isAfter(now)).toList();
    return (running.isEmpty() ? all : running)
        .stream().min(Comparator.comparingDouble(l -> l.remaining() / Math.max(1.0, l.limit())));
  }

  /**
   * @param what is to be done, in words
   * @param path below the API's base
   */
  JsonNode get(String what, String path) {
    return exchanged(what, "GET", address.api() + path, null);
  }

  JsonNode send(String what, String method, String path, JsonNode body) {
    return exchanged(what, method, address.api() + path, body.toString());
  }

  JsonNode post(String what, String path) {
    return exchanged(what, "POST", address.api() + path, null);
  }

  /** Answers with {@code data}. */
  JsonNode graphql(String what, String query, JsonNode variables) {
    var body = Json.object().put("query", query);
    body.set("variables", variables);
    var answer = exchanged(what, "POST", address.graphql(), body.toString());
    var errors = answer.path("errors");
    if (errors.isArray() && !errors.isEmpty()) {
      throw GitHubRefusal.graphql(what, errors, clock.instant());
    }
    if (!answer.path("data").isObject()) {
      throw garbled(what, "it has no data");
    }
    return answer.path("data");
  }

  private synchronized JsonNode exchanged(
      String what, String method, String url, @Nullable String body) {
    var known = method.equals("GET") ? answers.get(url) : null;
    var request =
        HttpRequest.newBuilder(URI.create(url))
            .timeout(longest)
            .header("Accept", "application/vnd.github+json")
            .header("Authorization", "Bearer " + token.get())
            .header("User-Agent", "Hivedeck")
            .header("X-GitHub-Api-Version", VERSION);
    if (known != null) {
      request.header("If-None-Match", known.etag());
    }
    if (body == null) {
      request.method(method, HttpRequest.BodyPublishers.noBody());
    } else {
      request.header("Content-Type", "application/json");
      request.method(method, HttpRequest.BodyPublishers.ofString(body));
    }
    var answer = exchange(what, request.build());
    note(answer);
    int status = answer.statusCode();
    if (status == 304 && known != null) {
      return known.body();
    }
    String text = new String(answer.body(), StandardCharsets.UTF_8);
    if (status / 100 != 2) {
      throw GitHubRefusal.of(what, status, answer.headers(), text, clock.instant());
    }
    var node = parsed(what, text);
    if (method.equals("GET")) {
      answer
          .headers()
          .firstValue("etag")
          .ifPresent(etag -> remember(url, new Answered(etag, node, answer.body().length)));
    }
    return node;
  }

  /** What was not asked for longest makes room. */
  private void remember(String url, Answered answered) {
    var before = answers.put(url, answered);
    remembered += answered.bytes() - (before == null ? 0 : before.bytes());
    var oldest = answers.values().iterator();
    while (remembered > REMEMBERED && oldest.hasNext()) {
      remembered -= oldest.next().bytes();
      oldest.remove();
    }
  }

  private static JsonNode parsed(String what, String text) {
    if (text.isBlank()) {
      return Json.object();
    }
    try {
      return Json.MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw garbled(what, "it is no JSON, as from a proxy or a sign-in page, or it breaks off");
    }
  }

  static ForgeException garbled(String what, String why) {
    return new ForgeException(
        Kind.OUTAGE,
        ErrorCode.FORGE_OFFLINE,
        "What came back when Hivedeck was to " + what + " is no answer of GitHub: " + why + ".",
        "It is tried again by itself. Look at the address (hivedeck github status) and at proxies.",
        null);
  }

  /** The whole answer within the time: one that trickles in is no answer. */
  private HttpResponse<byte[]> exchange(String what, HttpRequest request) {
    var sent =
        client.sendAsync(
            request,
            HttpResponse.BodyHandlers.limiting(HttpResponse.BodyHandlers.ofByteArray(), MOST));
    try {
      return sent.get(longest.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      sent.cancel(true);
      throw offline(what, "no whole answer came within " + words(longest));
    } catch (InterruptedException e) {
      sent.cancel(true);
      Thread.currentThread().interrupt();
      throw offline(what, "it was cut off");
    } catch (CancellationException e) {
      throw offline(what, "it was cut off");
    } catch (ExecutionException e) {
      throw offline(what, reason(e.getCause()));
    }
  }

  private static String words(Duration time) {
    return time.toMillis() < 1_000 ? time.toMillis() + " ms" : time.toSeconds() + " s";
  }

  private static String reason(@Nullable Throwable cause) {
    if (cause instanceof SSLException) {
      return "there is no trusted connection: "
          + Printable.line(String.valueOf(cause.getMessage()));
    }
    for (Throwable t = cause; t != null; t = t.getCause()) {
      if (t instanceof UnresolvedAddressException) {
        return "the name of the host is not known";
      }
    }
    return cause instanceof IOException && cause.getMessage() != null
        ? "the connection broke: " + Printable.line(cause.getMessage())
        : "nobody is there";
  }

  private ForgeException offline(String what, String why) {
    return new ForgeException(
        Kind.OUTAGE,
        ErrorCode.FORGE_OFFLINE,
        "GitHub was not reached to " + what + ": " + why + ".",
        "Work goes on here, and what is missing there is caught up with by itself. Is this machine"
            + " online, and does "
            + address.api()
            + " open?",
        null);
  }

  private void note(HttpResponse<?> answer) {
    var headers = answer.headers();
    var most = GitHubRefusal.number(headers, "x-ratelimit-limit");
    var left = GitHubRefusal.number(headers, "x-ratelimit-remaining");
    var reset = GitHubRefusal.number(headers, "x-ratelimit-reset");
    String resource = headers.firstValue("x-ratelimit-resource").orElse("core");
    boolean ours = resource.equals("core") || resource.equals("graphql");
    if (ours && most.isPresent() && left.isPresent() && reset.isPresent()) {
      limits.put(
          resource,
          new RateLimit(
              most.get().intValue(), left.get().intValue(), Instant.ofEpochSecond(reset.get())));
    }
  }

  /** Breaks off what is being sent. */
  @Override
  public void close() {
    client.shutdownNow();
  }
}
