package dev.hivedeck.engine.notify.channel;

import dev.hivedeck.engine.config.notify.NotifyReader;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Printable;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;

/**
 * Sends JSON by POST. Certificates are checked, redirects are not followed: who was named is told,
 * and nobody else.
 */
final class HttpSender implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(5);

  /** Longer nobody is made to wait by the other side. */
  private static final Duration LONGEST_WAIT = Duration.ofHours(1);

  /** Of an answer; the rest says no more. */
  private static final int READ = 2_000;

  private static final int SHOWN = 200;
  private static final String BASE64 = "whsec_";

  private final Clock clock;
  private final SSLContext trust;
  private final Duration longest;
  private final Set<HttpClient> clients = ConcurrentHashMap.newKeySet();

  /**
   * @param trust whose certificates are believed; null for those of the platform
   * @param longest within which the other side must say how it takes a message, and again within
   *     which it may say more; what it says then is not waited for
   */
  HttpSender(Clock clock, SSLContext trust, Duration longest) {
    this.clock = clock;
    this.trust = trust;
    this.longest = longest;
  }

  /**
   * One for each message, which is ended with it: a client leaves the connection open by which it
   * was sent too large a header.
   */
  private HttpClient client() {
    var builder =
        HttpClient.newBuilder()
            .connectTimeout(CONNECT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .version(HttpClient.Version.HTTP_1_1);
    if (trust != null) {
      builder.sslContext(trust);
    }
    return builder.build();
  }

  /**
   * Headers of a signature as the Standard Webhooks specification has it: HMAC-SHA256 over id, time
   * and body.
   *
   * @param secret as it is, or base64 after {@code whsec_}
   */
  static Map<String, String> signature(String secret, String id, Instant at, String body) {
    try {
      byte[] key =
          secret.startsWith(BASE64)
              ? Base64.getDecoder().decode(secret.substring(BASE64.length()))
              : secret.getBytes(StandardCharsets.UTF_8);
      var mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      String time = Long.toString(at.getEpochSecond());
      byte[] sum = mac.doFinal((id + "." + time + "." + body).getBytes(StandardCharsets.UTF_8));
      var headers = new LinkedHashMap<String, String>();
      headers.put("webhook-id", id);
      headers.put("webhook-timestamp", time);
      headers.put("webhook-signature", "v1," + Base64.getEncoder().encodeToString(sum));
      return headers;
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new HiveException(
          ErrorCode.SECRET_UNFIT,
          "The key of the signature cannot be used: " + e.getMessage(),
          "Keep another with hivedeck secret set; after whsec_ comes base64.",
          e);
    }
  }

  /**
   * @param key the same however often it is sent
   */
  Outcome post(String url, String key, Map<String, String> headers, Object body)
      throws InterruptedException {
    String problem = NotifyReader.problem(url);
    if (problem != null && !problem.contains("secret by itself")) {
      return new Outcome.Refused("The address cannot be used: it is no https address.");
    }
    var request =
        HttpRequest.newBuilder(URI.create(url))
            .timeout(longest)
            .header("Content-Type", "application/json")
            .header("User-Agent", "Hivedeck")
            .header("Idempotency-Key", key)
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    body instanceof String text ? text : Json.write(body)));
    headers.forEach(request::header);
    var client = client();
    clients.add(client);
    try {
      return judged(client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream()));
    } catch (HttpConnectTimeoutException | ConnectException e) {
      return new Outcome.Unreachable(reason(e));
    } catch (HttpTimeoutException e) {
      return new Outcome.Failed("No answer within " + span(longest) + ".", null, true);
    } catch (SSLException e) {
      return new Outcome.Unreachable("No trusted connection: " + Printable.line(e.getMessage()));
    } catch (IOException e) {
      return new Outcome.Failed("The connection broke: " + reason(e), null, true);
    } finally {
      client.shutdownNow();
      clients.remove(client);
    }
  }

  private static String span(Duration time) {
    return time.toMillis() < 1_000 ? time.toMillis() + " ms" : time.toSeconds() + " s";
  }

  private static String reason(IOException e) {
    if (e.getCause() instanceof UnresolvedAddressException
        || e.getCause() != null && e.getCause().getCause() instanceof UnresolvedAddressException) {
      return "The name of the host is not known.";
    }
    return e.getMessage() == null ? "Nobody is there." : Printable.line(e.getMessage());
  }

  private Outcome judged(HttpResponse<InputStream> answer) throws InterruptedException {
    int status = answer.statusCode();
    String said = status + words(answer);
    if (status / 100 == 2) {
      return new Outcome.Sent(said);
    }
    if (status / 100 == 3) {
      return new Outcome.Refused(
          said + ": redirects are not followed; write the address that it leads to.");
    }
    if (status == 408 || status == 429 || status / 100 == 5) {
      return new Outcome.Failed(said, wait(answer).orElse(null), status == 504);
    }
    return new Outcome.Refused(said);
  }

  /** What it says beside its status, if that comes soon: the status has decided already. */
  private String words(HttpResponse<InputStream> answer) throws InterruptedException {
    var read = new CompletableFuture<String>();
    Thread.ofVirtual()
        .name("answer")
        .start(
            () -> {
              try (var in = answer.body()) {
                read.complete(new String(in.readNBytes(READ), StandardCharsets.UTF_8));
              } catch (IOException | RuntimeException e) {
                read.complete("");
              }
            });
    try {
      String text = Printable.line(read.get(longest.toMillis(), TimeUnit.MILLISECONDS).strip());
      return text.isEmpty()
          ? ""
          : " " + (text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…");
    } catch (TimeoutException | ExecutionException e) {
      try {
        answer.body().close();
      } catch (IOException ignored) {
        // It is over either way.
      }
      return "";
    }
  }

  /** {@code Retry-After}: seconds, or a date. */
  private Optional<Duration> wait(HttpResponse<?> answer) {
    return answer
        .headers()
        .firstValue("Retry-After")
        .flatMap(this::wait)
        .filter(d -> d.isPositive())
        .map(d -> d.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : d);
  }

  private Optional<Duration> wait(String text) {
    if (text.strip().matches("\\d{1,9}")) {
      return Optional.of(Duration.ofSeconds(Long.parseLong(text.strip())));
    }
    try {
      var at = DateTimeFormatter.RFC_1123_DATE_TIME.parse(text.strip(), Instant::from);
      return Optional.of(Duration.between(clock.instant(), at));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /** Breaks off what is being sent. */
  @Override
  public void close() {
    clients.forEach(HttpClient::shutdownNow);
  }
}
