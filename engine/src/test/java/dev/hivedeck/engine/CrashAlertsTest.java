package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.hivedeck.engine.CrashAlerts.Step;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What watches alerts is killed while one is pending, fires, is kept and has ended, and at any
 * moment of a look: all is told as if it had never been, each at its time and once.
 */
class CrashAlertsTest {
  private static final int STEPS = 260;

  /** While a rule is pending, the objective's page too fires; it fires; is kept; has ended. */
  private static final List<Integer> KILLS = List.of(23, 30, 47, 55, 240);

  @TempDir Path folder;

  private static List<Step> steps() {
    var steps = new ArrayList<Step>();
    long good = 0;
    long bad = 0;
    for (int i = 1; i <= STEPS; i++) {
      boolean fails = i > 12 && i <= 25;
      good += fails ? 50 : 100;
      bad += fails ? 50 : 0;
      steps.add(new Step(i, i > 20 && i <= 45 ? 9 : 1, good, bad));
    }
    return steps;
  }

  private final class Child {
    final Process process;
    final Writer to;
    final BufferedReader from;

    Child(Path home, String... more) throws IOException {
      var command =
          new ArrayList<>(
              List.of(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:TieredStopAtLevel=1",
                  "--enable-native-access=ALL-UNNAMED",
                  "-cp",
                  System.getProperty("java.class.path"),
                  CrashAlerts.class.getName(),
                  home.toString()));
      command.addAll(List.of(more));
      process =
          new ProcessBuilder(command).redirectError(folder.resolve("errors").toFile()).start();
      to = process.outputWriter();
      from = process.inputReader();
    }

    void begin(Step step) throws IOException {
      to.write(step + "\n");
      to.flush();
    }

    void look(Step step) throws IOException {
      begin(step);
      assertThat(from.readLine()).as(() -> errors()).isEqualTo("done " + step);
    }

    /** Whether it looked, and was not killed over it. */
    boolean lives(Step step) throws IOException {
      try {
        begin(step);
      } catch (IOException e) {
        return false;
      }
      return from.readLine() != null;
    }

    void kill() throws InterruptedException {
      process.destroyForcibly().waitFor();
    }
  }

  private String errors() {
    try {
      return Files.readString(folder.resolve("errors"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Test
  void aKilledEngineNeitherTellsTwiceNorTakesBackNorForgets() throws Exception {
    long seed = System.nanoTime();
    var random = new Random(seed);
    var steps = steps();
    List<String> wanted;
    Path steady = Files.createDirectories(folder.resolve("steady"));
    try (var alerts = new CrashAlerts(steady, steps.getFirst().at())) {
      var states = new TreeSet<String>();
      for (var step : steps) {
        alerts.look(step);
        states.addAll(alerts.states());
      }
      wanted = alerts.told();
      assertThat(states)
          .containsExactlyInAnyOrder(
              "rule:hive.yaml/LagHigh inactive",
              "rule:hive.yaml/LagHigh pending",
              "rule:hive.yaml/LagHigh firing");
    }
    assertThat(wanted)
        .anyMatch(t -> t.contains("alert.firing") && t.contains("outbox-team"))
        .anyMatch(t -> t.contains("alert.resolved") && t.contains("outbox-team"))
        .anyMatch(t -> t.contains("alert.resolved") && t.contains("ErrorBudgetBurn"));

    var amid = new TreeSet<Integer>();
    while (amid.size() < TestSize.times(2)) {
      amid.add(14 + random.nextInt(45));
    }
    Path killed = Files.createDirectories(folder.resolve("killed"));
    var child = new Child(killed);
    try {
      for (var step : steps) {
        if (amid.contains(step.number())) {
          child.begin(step);
          Thread.sleep(random.nextInt(15)); // anywhere in what it does
          child.kill();
          child = new Child(killed);
        }
        child.look(step);
        if (KILLS.contains(step.number())) {
          child.kill();
          child = new Child(killed);
        }
      }
    } finally {
      child.kill();
    }
    try (var alerts = new CrashAlerts(killed, steps.getLast().at())) {
      assertThat(alerts.told()).as("seed %d, killed at %s", seed, amid).isEqualTo(wanted);
    }
  }

  /** Steps of an absence, and when a rule's alert fires that is to be told three steps later. */
  private static final int AWAY = 120;

  private static final int FIRING = 28;

  private CrashAlerts back(Path home) {
    var steps = steps().subList(0, FIRING);
    try (var alerts = new CrashAlerts(home, steps.getFirst().at())) {
      steps.forEach(alerts::look);
      assertThat(alerts.states()).anyMatch(s -> s.contains("LagHigh firing"));
      assertThat(toldOfLag(alerts)).isEmpty();
    }
    return new CrashAlerts(home, steps.getLast().at().plusSeconds(10 * AWAY));
  }

  private static List<String> toldOfLag(CrashAlerts alerts) {
    return alerts.told().stream().filter(t -> t.contains(" inbox ") && t.contains("Lag")).toList();
  }

  /** Nobody could say yet that it is over; that may come, but not for ever. */
  @Test
  void whatIsUnknownAfterALongAbsenceIsToldAfterAMinute() throws IOException {
    try (var alerts = back(Files.createDirectories(folder.resolve("stays")))) {
      var last = steps().get(FIRING - 1);
      for (int i = 0; i <= 6; i++) {
        assertThat(toldOfLag(alerts)).as("after %d s", 10 * i).isEmpty();
        alerts.look(new Step(FIRING + AWAY + i, 1, last.good(), last.bad()).at());
      }
      assertThat(toldOfLag(alerts)).hasSize(1);
    }
  }

  /** What another side was sent: kills the sender before it has answered, or just after. */
  private static final class Receiver implements AutoCloseable {
    private final HttpServer server;
    private final Map<String, List<String>> bodies = new ConcurrentHashMap<>();
    private final Set<Integer> before;
    private final Set<Integer> after;
    private final AtomicInteger count = new AtomicInteger();
    private volatile Child sender;

    /**
     * @param before requests, by their number, that are never answered
     * @param after those that are, when the sender has no time to note it
     */
    Receiver(Set<Integer> before, Set<Integer> after) throws IOException {
      this.before = before;
      this.after = after;
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.createContext("/", this::take);
      server.start();
    }

    private void take(HttpExchange exchange) throws IOException {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      String key = exchange.getRequestHeaders().getFirst("Idempotency-Key");
      bodies.computeIfAbsent(key, k -> new CopyOnWriteArrayList<>()).add(body);
      int number = count.incrementAndGet();
      if (before.contains(number)) {
        sender.process.destroyForcibly();
        exchange.close();
        return;
      }
      exchange.sendResponseHeaders(200, -1);
      exchange.close();
      if (after.contains(number)) {
        sender.process.destroyForcibly();
      }
    }

    String url() {
      return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }

  /** Until both alerts have ended, and that is told. */
  private static final int TOLD = 100;

  @Test
  void aMessageWhoseSenderIsKilledComesAgainWithItsKeyAndTheInboxHasItOnce() throws Exception {
    var steps = steps().subList(0, TOLD);
    List<String> wanted;
    List<String> notices;
    int messages;
    Path steady = Files.createDirectories(folder.resolve("steady"));
    try (var receiver = new Receiver(Set.of(), Set.of());
        var alerts = new CrashAlerts(steady, steps.getFirst().at(), receiver.url())) {
      steps.forEach(alerts::look);
      wanted = alerts.told();
      notices = alerts.notices();
      messages = receiver.bodies.size();
      assertThat(messages).isGreaterThanOrEqualTo(3);
      assertThat(receiver.bodies.values()).allMatch(b -> b.size() == 1);
    }

    Path killed = Files.createDirectories(folder.resolve("killed"));
    int deaths = 0;
    try (var receiver = new Receiver(Set.of(1, 2, 5), Set.of(4))) {
      var child = new Child(killed, receiver.url());
      receiver.sender = child;
      try {
        for (var step : steps) {
          while (!child.lives(step)) { // it was killed over this step, or just before
            deaths++;
            child.kill();
            child = new Child(killed, receiver.url());
            receiver.sender = child;
          }
        }
      } finally {
        child.kill();
      }
      assertThat(deaths).as(() -> errors()).isGreaterThanOrEqualTo(3);
      try (var alerts = new CrashAlerts(killed, steps.getLast().at(), receiver.url())) {
        assertThat(alerts.told()).isEqualTo(wanted);
        assertThat(alerts.notices()).as("each notice once").isEqualTo(notices);
        var sent = alerts.sent();
        assertThat(sent).hasSize(messages);
        assertThat(receiver.bodies.keySet().stream().map(key -> key + " sent"))
            .as("each came, each is noted as sent, and there is no other")
            .containsExactlyInAnyOrderElementsOf(sent);
        assertThat(receiver.bodies.values())
            .as("a repeat says the same")
            .allMatch(all -> Set.copyOf(all).size() == 1);
        assertThat(receiver.bodies.values().stream().mapToInt(List::size).max().orElseThrow())
            .as("what was not answered comes again, twice even")
            .isEqualTo(3);
      }
    }
  }
}
