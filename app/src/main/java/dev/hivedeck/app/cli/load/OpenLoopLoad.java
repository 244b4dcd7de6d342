package dev.hivedeck.app.cli.load;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * Sends requests at a constant rate, whatever becomes of those before: late answers slow nothing
 * down, and count from when their request was due, so that what waited is not left out.
 */
final class OpenLoopLoad implements AutoCloseable {
  /** More are not open at once: whoever answers nothing would have all memory. */
  private static final int MOST_OPEN = 5_000;

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** One of the requests, sent in turn. */
  record Template(String method, URI uri, Map<String, String> headers, String body) {
    /**
     * Whether it can be sent.
     *
     * @throws IllegalArgumentException where a header cannot
     */
    void check() {
      request();
    }

    private HttpRequest request() {
      var request =
          HttpRequest.newBuilder(uri)
              .timeout(PATIENCE)
              .method(
                  method,
                  body.isEmpty()
                      ? HttpRequest.BodyPublishers.noBody()
                      : HttpRequest.BodyPublishers.ofString(body));
      headers.forEach(request::header);
      return request.build();
    }
  }

  private final List<HttpRequest> requests;
  private final double rate;
  private final Duration time;
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(PATIENCE)
          .followRedirects(HttpClient.Redirect.NEVER)
          .proxy(HttpClient.Builder.NO_PROXY)
          .build();
  private final LatencyCounts latencies = new LatencyCounts();
  private final Map<String, LongAdder> statuses = new ConcurrentHashMap<>();
  private final Map<String, LongAdder> failures = new ConcurrentHashMap<>();
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong open = new AtomicLong();
  private final AtomicLong skipped = new AtomicLong();
  private volatile long began = System.nanoTime();
  private volatile long lasted;
  private volatile boolean complete;
  private volatile boolean stopped;

  /**
   * @param rate requests a second
   * @param time that it goes on
   */
  OpenLoopLoad(List<Template> templates, double rate, Duration time) {
    this.requests = templates.stream().map(Template::request).toList();
    this.rate = rate;
    this.time = time;
  }

  /** Sends all of them, and waits for the answers that are open then, for a while. */
  void run() {
    began = System.nanoTime();
    long all = Math.round(rate * time.toNanos() / 1e9);
    for (long i = 0; i < all && !stopped; i++) {
      long due = began + Math.round(i * 1e9 / rate);
      for (long left = due - System.nanoTime();
          left > 0 && !stopped;
          left = due - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      if (!stopped) {
        send(requests.get((int) (i % requests.size())), due);
      }
    }
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (open.get() > 0 && System.nanoTime() < end && !stopped) {
      LockSupport.parkNanos(1_000_000);
    }
    complete = !stopped;
    lasted = System.nanoTime() - began;
  }

  private void send(HttpRequest request, long due) {
    if (open.get() >= MOST_OPEN) {
      skipped.incrementAndGet();
      return;
    }
    open.incrementAndGet();
    sent.incrementAndGet();
    Thread.startVirtualThread(() -> answered(request, due));
  }

  private void answered(HttpRequest request, long due) {
    try {
      var answer = client.send(request, BodyHandlers.discarding());
      latencies.add((System.nanoTime() - due) / 1_000);
      count(statuses, Integer.toString(answer.statusCode()));
    } catch (HttpTimeoutException e) {
      count(failures, "no answer in time");
    } catch (ConnectException e) {
      count(failures, "nobody listens");
    } catch (IOException e) {
      count(failures, "the connection broke");
    } catch (InterruptedException e) {
      count(failures, "stopped");
    } finally {
      open.decrementAndGet();
    }
  }

  private static void count(Map<String, LongAdder> counts, String what) {
    counts.computeIfAbsent(what, _ -> new LongAdder()).increment();
  }

  /** Ends it: nothing is sent any more. */
  void stop() {
    stopped = true;
  }

  /** The figures so far. */
  LoadFigures figures() {
    long nanos = lasted > 0 ? lasted : System.nanoTime() - began;
    return new LoadFigures(
        requests.getFirst().uri().toString(),
        rate,
        Math.round(nanos / 1e6) / 1e3,
        sent.get(),
        skipped.get(),
        open.get(),
        sums(statuses),
        sums(failures),
        new LoadFigures.Latency(
            latencies.quantile(0.5),
            latencies.quantile(0.9),
            latencies.quantile(0.95),
            latencies.quantile(0.99),
            latencies.longest()),
        complete);
  }

  private static Map<String, Long> sums(Map<String, LongAdder> counts) {
    return counts.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue().sum()));
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
