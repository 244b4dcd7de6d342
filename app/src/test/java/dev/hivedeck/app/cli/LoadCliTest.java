package dev.hivedeck.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.hivedeck.app.Shop;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests at a set rate, of which every answer is counted. */
class LoadCliTest {
  @TempDir Path folder;
  private Path repository;
  private HttpServer server;
  private String url;
  private final Map<String, AtomicInteger> asked = new ConcurrentHashMap<>();
  private final CountDownLatch late = new CountDownLatch(1);

  @BeforeEach
  void listen() throws IOException {
    System.setProperty("hivedeck.home", folder.resolve("home").toString());
    repository = new Shop(folder).configure("version: 1\n").commit().path();
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/",
        exchange -> {
          String what = exchange.getRequestMethod() + " " + exchange.getRequestURI();
          asked.computeIfAbsent(what, _ -> new AtomicInteger()).incrementAndGet();
          try {
            if (what.endsWith("/late")) {
              late.await();
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          exchange.sendResponseHeaders(what.endsWith("/bad") ? 503 : 200, -1);
          exchange.close();
        });
    server.start();
    url = "http://127.0.0.1:" + server.getAddress().getPort();
  }

  @AfterEach
  void end() {
    late.countDown();
    server.stop(0);
  }

  private CliRunner hd(String... arguments) {
    return CliRunner.in(repository, arguments);
  }

  @Test
  void everyAnswerIsCounted() {
    var figures = hd("load", url, "--rate", "50/s", "--for", "1s", "--json").json();
    assertThat(figures.get("sent").asInt()).isEqualTo(50);
    assertThat(figures.at("/statuses/200").asInt()).isEqualTo(50);
    assertThat(figures.get("complete").asBoolean()).isTrue();
    assertThat(figures.at("/latency/p99").asDouble()).isPositive();
    assertThat(asked.get("GET /").get()).isEqualTo(50);
  }

  @Test
  void recordedRequestsAreSentInTurn() throws IOException {
    var file = folder.resolve("requests.jsonl");
    Files.writeString(
        file, "{\"method\":\"POST\",\"path\":\"/x\",\"body\":{\"n\":1}}\n\n{\"path\":\"/bad\"}\n");
    var run = hd("load", url, "--rate", "20/s", "--for", "1s", "--recorded", file.toString());
    assertThat(run.out()).contains("20 sent", "200 × 10", "503 × 10");
    assertThat(asked.get("POST /x").get()).isEqualTo(10);
  }

  @Test
  void lateAnswersHoldNobodyBack() {
    Thread.startVirtualThread(
        () -> {
          while (asked.isEmpty() || asked.get("GET /late").get() < 20) {
            Thread.onSpinWait();
          }
          late.countDown();
        });
    var figures =
        hd("load", url, "--rate", "20/s", "--for", "1s", "--path", "/late", "--json").json();
    assertThat(figures.at("/statuses/200").asInt())
        .as("all were asked before one was answered")
        .isEqualTo(20);
    assertThat(figures.at("/latency/max").asDouble())
        .as("counted from when it was due")
        .isGreaterThan(500);
  }

  @Test
  void whatIsNotHereOrNoRateIsRefused() throws IOException {
    assertThat(hd("load", "http://192.0.2.1:80").err()).contains("is not on this machine");
    assertThat(hd("load", "https://127.0.0.1").err()).contains("no address that can be loaded");
    assertThat(hd("load", "orders").err()).contains("gateway does not lead to orders now");
    assertThat(hd("load", url, "--rate", "3000/s").err()).contains("no rate up to 2,000");
    assertThat(hd("load", url, "--rate", "much").err()).contains("no rate");
    assertThat(hd("load", url, "--for", "2h").err()).contains("no time up to an hour");
    assertThat(hd("load", url, "--path", "@evil.example/").err()).contains("does not begin with /");
    var file = folder.resolve("bad.jsonl");
    Files.writeString(file, "{\"path\":\"/x\"}\n{oops\n");
    assertThat(hd("load", url, "--recorded", file.toString()).err())
        .contains("bad.jsonl:2: it is no JSON");
    assertThat(hd("load", url, "--recorded", "none.jsonl").err()).contains("cannot be used");
    assertThat(asked).isEmpty();
  }
}
