package dev.hivedeck.engine.metric.collect;

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
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPInputStream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * Gets pages over HTTP, within a time and a size: however slowly the other side speaks, however
 * much it says, and however well it has packed it. Made when it is first needed.
 */
final class Fetcher implements AutoCloseable {
  private final Timers timers;
  private HttpClient client;

  /**
   * @param authorization null for none
   * @param largest of the body, unpacked
   * @param cut whether what is larger is cut off rather than refused
   * @param redirects how many are followed, on the same server
   */
  record Request(
      URI url,
      Map<String, String> headers,
      String authorization,
      Duration timeout,
      long largest,
      boolean cut,
      int redirects) {}

  /**
   * @param expires when the first of the certificates ends; empty without TLS
   */
  record Response(
      int status, String contentType, byte[] body, int redirects, Optional<Instant> expires) {}

  Fetcher(Timers timers) {
    this.timers = timers;
  }

  private synchronized HttpClient client() {
    if (client == null) {
      client =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .followRedirects(HttpClient.Redirect.NEVER)
              .executor(Executors.newVirtualThreadPerTaskExecutor())
              .build();
    }
    return client;
  }

  /** Interrupts a thread when its time is over, and not after it has done. */
  static final class Deadline implements AutoCloseable {
    private static final int RUNNING = 0;
    private static final int PASSED = 1;
    private static final int DONE = 2;

    private final AtomicInteger state = new AtomicInteger(RUNNING);
    private final Timers.Timer timer;

    Deadline(Timers timers, Duration timeout) {
      var thread = Thread.currentThread();
      this.timer =
          timers.after(
              timeout,
              () -> {
                synchronized (state) {
                  if (state.compareAndSet(RUNNING, PASSED)) {
                    thread.interrupt();
                  }
                }
              });
    }

    boolean passed() {
      return state.get() == PASSED;
    }

    @Override
    public void close() {
      timer.cancel();
      synchronized (state) {
        if (!state.compareAndSet(RUNNING, DONE)) {
          Thread.interrupted(); // it was this that interrupted
        }
      }
    }
  }

  /**
   * @throws FetchException with the reason, when there is no whole answer
   * @throws InterruptedException when the asking is to end
   */
  Response get(Request request) throws FetchException, InterruptedException {
    var deadline = new Deadline(timers, request.timeout());
    try {
      return follow(request);
    } catch (InterruptedException | IOException e) {
      if (deadline.passed()) {
        throw FetchException.late("no whole answer within " + words(request.timeout()));
      }
      if (e instanceof InterruptedException interrupted) {
        throw interrupted;
      }
      throw new FetchException(reason((IOException) e));
    } finally {
      deadline.close();
    }
  }

  static String words(Duration duration) {
    return duration.toMillis() % 1_000 == 0
        ? duration.toSeconds() + " s"
        : duration.toMillis() + " ms";
  }

  static String reason(IOException e) {
    Throwable cause = e;
    while (cause.getCause() != null && cause.getCause() != cause) {
      cause = cause.getCause();
    }
    if (cause instanceof UnresolvedAddressException) {
      return "its host is not known";
    }
    if (e instanceof ConnectException) {
      return "nothing listens there";
    }
    if (e instanceof HttpTimeoutException) {
      return "no answer in time";
    }
    if (e instanceof SSLException) {
      return "no secure connection: " + cause.getMessage();
    }
    return "the connection broke: " + (cause.getMessage() == null ? cause : cause.getMessage());
  }

  private Response follow(Request request)
      throws IOException, InterruptedException, FetchException {
    URI url = request.url();
    for (int redirects = 0; ; redirects++) {
      var builder = HttpRequest.newBuilder(url).timeout(request.timeout()).GET();
      try {
        request.headers().forEach(builder::setHeader);
        if (request.authorization() != null) {
          builder.setHeader("Authorization", request.authorization());
        }
      } catch (IllegalArgumentException e) { // its text has the secret in it
        throw new FetchException("its secret or a header has letters that HTTP cannot send");
      }
      builder.setHeader("Accept-Encoding", "gzip");
      builder.setHeader("User-Agent", "Hivedeck");
      var response = client().send(builder.build(), HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream body = response.body()) {
        var location = response.headers().firstValue("Location");
        if (response.statusCode() / 100 == 3 && location.isPresent() && request.redirects() > 0) {
          if (redirects == request.redirects()) {
            throw new FetchException("more than " + redirects + " redirects");
          }
          url = next(url, location.get());
          continue;
        }
        return new Response(
            response.statusCode(),
            response.headers().firstValue("Content-Type").orElse(""),
            read(response, body, request),
            redirects,
            response.sslSession().flatMap(Fetcher::expires));
      }
    }
  }

  /** Where it redirects to, if that is on the same server: to others nobody has consented. */
  private static URI next(URI url, String location) throws FetchException {
    try {
      URI next = url.resolve(location);
      if (next.getHost() == null || !Set.of("http", "https").contains(next.getScheme())) {
        throw new FetchException("it redirects to no address");
      }
      if (!origin(url).equals(origin(next))) {
        throw new FetchException(
            "it redirects to "
                + origin(next)
                + ", another server, which is not followed; write the address that is meant");
      }
      return next;
    } catch (IllegalArgumentException e) {
      throw new FetchException("it redirects to no address");
    }
  }

  private static String origin(URI url) {
    int port = url.getPort() >= 0 ? url.getPort() : url.getScheme().equals("https") ? 443 : 80;
    return url.getScheme() + "://" + url.getHost().toLowerCase(Locale.ROOT) + ":" + port;
  }

  private static byte[] read(HttpResponse<InputStream> response, InputStream body, Request request)
      throws IOException, FetchException {
    String coding =
        response.headers().firstValue("Content-Encoding").orElse("").toLowerCase(Locale.ROOT);
    InputStream plain =
        switch (coding) {
          case "", "identity" -> body;
          case "gzip", "x-gzip" -> new GZIPInputStream(body);
          default -> throw new FetchException("its answer is packed as " + coding);
        };
    byte[] bytes = plain.readNBytes((int) request.largest() + 1);
    if (bytes.length <= request.largest()) {
      return bytes;
    }
    if (request.cut()) {
      return Arrays.copyOf(bytes, (int) request.largest());
    }
    throw new FetchException("its answer is larger than " + request.largest() + " bytes");
  }

  private static Optional<Instant> expires(SSLSession session) {
    try {
      Instant first = null;
      for (Certificate certificate : session.getPeerCertificates()) {
        if (certificate instanceof X509Certificate x) {
          Instant end = x.getNotAfter().toInstant();
          first = first == null || end.isBefore(first) ? end : first;
        }
      }
      return Optional.ofNullable(first);
    } catch (SSLPeerUnverifiedException e) {
      return Optional.empty();
    }
  }

  @Override
  public synchronized void close() {
    if (client != null) {
      client.shutdownNow();
    }
  }
}
