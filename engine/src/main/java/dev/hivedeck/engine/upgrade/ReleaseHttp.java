package dev.hivedeck.engine.upgrade;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Plural;
import dev.hivedeck.engine.protocol.Printable;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.time.Timers;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLException;

/**
 * Gets what a server has of releases: within a size, and only as long as something comes. Redirects
 * are followed on the same server, and to those that the publisher has named.
 */
final class ReleaseHttp implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final int REDIRECTS = 5;
  private static final int DOCUMENT = 1 << 20;

  private final Timers timers;
  private final Duration longest;
  private final HttpClient client =
      HttpClient.newBuilder()
          .connectTimeout(CONNECT)
          .followRedirects(HttpClient.Redirect.NEVER)
          .version(HttpClient.Version.HTTP_1_1)
          .build();

  /**
   * @param longest that nothing may come for; a document must be there within it as a whole
   */
  ReleaseHttp(Timers timers, Duration longest) {
    this.timers = timers;
    this.longest = longest;
  }

  /**
   * A small file as a whole.
   *
   * @throws HiveException {@code release-offline}, {@code release-invalid}
   */
  byte[] document(URI url) {
    try (var answer = open(url, Map.of(), Set.of())) {
      if (answer.status() != 200) {
        throw refused(url, answer.status());
      }
      byte[] bytes = answer.body().readNBytes(DOCUMENT + 1);
      if (bytes.length > DOCUMENT) {
        throw new HiveException(
            ErrorCode.RELEASE_INVALID,
            "What " + url + " says has more than " + Plural.bytes(DOCUMENT) + ".",
            "Tell the project; get the new version where you got this one.");
      }
      return bytes;
    } catch (IOException e) {
      throw offline(url, e, "Try again when you are online. Nothing was changed.");
    }
  }

  /** What a server answers, whose body ends when nothing comes any more. */
  record Answer(HttpResponse<InputStream> response, InputStream body, StallTimer timer)
      implements AutoCloseable {
    int status() {
      return response.statusCode();
    }

    /** How long the body is to be; -1 where that is not said. */
    long length() {
      return response.headers().firstValueAsLong("Content-Length").orElse(-1);
    }

    /** Something came. */
    void goesOn() {
      timer.again();
    }

    @Override
    public void close() {
      timer.close();
      timer.over();
    }
  }

  /** Closes a body when its time is over. */
  static final class StallTimer implements AutoCloseable {
    private final Timers timers;
    private final Duration longest;
    private final InputStream body;
    private Timers.Timer timer;

    StallTimer(Timers timers, Duration longest, InputStream body) {
      this.timers = timers;
      this.longest = longest;
      this.body = body;
      this.timer = timers.after(longest, this::over);
    }

    synchronized void again() {
      timer.cancel();
      timer = timers.after(longest, this::over);
    }

    private void over() {
      try {
        body.close();
      } catch (IOException ignored) {
        // Who reads it hears of it.
      }
    }

    @Override
    public synchronized void close() {
      timer.cancel();
    }
  }

  /**
   * Asks, and follows redirects.
   *
   * @param hosts that they may lead to
   * @throws HiveException {@code release-invalid} where one leads elsewhere
   */
  Answer open(URI url, Map<String, String> headers, Set<String> hosts) throws IOException {
    ReleaseAddress.refuseOpen(url);
    var at = url;
    for (int redirects = 0; ; redirects++) {
      var answer = send(at, headers);
      var location = answer.response().headers().firstValue("Location");
      if (answer.status() / 100 != 3 || location.isEmpty()) {
        return answer;
      }
      answer.close();
      at = next(at, location.get(), hosts);
      if (redirects == REDIRECTS) {
        throw new IOException("more than " + REDIRECTS + " redirects");
      }
    }
  }

  private static URI next(URI at, String location, Set<String> hosts) {
    try {
      var next = at.resolve(location);
      if (ReleaseAddress.isAllowed(at, next, hosts)) {
        return next;
      }
    } catch (IllegalArgumentException e) {
      // It is told as one that leads elsewhere.
    }
    throw new HiveException(
        ErrorCode.RELEASE_INVALID,
        "%s redirects to %s: no https address, or one that the publisher has not named."
                .formatted(at.getHost(), Printable.line(location))
            + " It is not followed.",
        "Try again in another network: some send everybody to a page of theirs first.");
  }

  private Answer send(URI url, Map<String, String> headers) throws IOException {
    var request = HttpRequest.newBuilder(url).timeout(longest).header("User-Agent", "Hivedeck");
    headers.forEach(request::header);
    try {
      var response = client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
      return new Answer(
          response, response.body(), new StallTimer(timers, longest, response.body()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HiveException(
          ErrorCode.INTERRUPTED, "It was stopped before it was done.", "Start it again.", e);
    }
  }

  /** A status that is no answer. */
  static HiveException refused(URI url, int status) {
    return new HiveException(
        ErrorCode.RELEASE_OFFLINE,
        url + " answered with status " + status + ".",
        "Try again later. Nothing was changed.");
  }

  static HiveException offline(URI url, IOException e, String hint) {
    return new HiveException(
        ErrorCode.RELEASE_OFFLINE, url.getHost() + " cannot be asked: " + reason(e) + ".", hint, e);
  }

  static String reason(IOException e) {
    Throwable cause = e;
    while (cause.getCause() != null && cause.getCause() != cause) {
      cause = cause.getCause();
    }
    if (cause instanceof UnresolvedAddressException) {
      return "its name is not known here";
    }
    if (e instanceof HttpTimeoutException) {
      return "it does not answer";
    }
    if (e instanceof ConnectException) {
      return "nothing listens there";
    }
    if (e instanceof SSLException) {
      return "no secure connection: " + Printable.line(String.valueOf(cause.getMessage()));
    }
    return "the connection broke: " + Printable.line(String.valueOf(cause.getMessage()));
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
