package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.config.HivedeckHome;
import dev.hivedeck.engine.git.repository.RepositoryPlaces;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.NotifyViews;
import dev.hivedeck.engine.security.SecretStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Alerts are told by real channels, through the door that everybody uses. */
class NotificationsTest {
  @TempDir Path folder;

  private record Request(String path, Map<String, List<String>> headers, String body) {
    String header(String name) {
      return headers.entrySet().stream()
          .filter(e -> e.getKey().equalsIgnoreCase(name))
          .map(e -> e.getValue().getFirst())
          .findFirst()
          .orElse("");
    }
  }

  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private volatile int status = 200;
  private HttpServer server;

  @BeforeEach
  void listen() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        x -> {
          var body = new String(x.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          requests.add(
              new Request(x.getRequestURI().getPath(), Map.copyOf(x.getRequestHeaders()), body));
          byte[] answer = "taken".getBytes(StandardCharsets.UTF_8);
          x.sendResponseHeaders(status, answer.length);
          x.getResponseBody().write(answer);
          x.close();
        });
    server.start();
  }

  @AfterEach
  void close() {
    server.stop(0);
  }

  private String url(String path) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  private static void fire(Engine engine, boolean ended) {
    var now = Instant.parse("2026-01-01T00:00:00Z");
    engine.execute(
        new Command.ReceiveAlerts(
            "prometheus",
            List.of(
                new Command.ReceivedAlert(
                    Map.of("alertname", "DiskFull", "severity", "page"),
                    Map.of("summary", "The disk of db-1 is full"),
                    now,
                    ended ? now.plusSeconds(60) : null,
                    true))),
        null);
  }

  private static List<NotifyViews.Notice> inbox(Engine engine) {
    return engine.snapshot(Set.of(Topic.NOTICE)).things().get(Topic.NOTICE).stream()
        .map(NotifyViews.Notice.class::cast)
        .toList();
  }

  private static List<NotifyViews.Notification> sent(Engine engine, String channel) {
    var all = new ArrayList<NotifyViews.Notification>();
    engine
        .query(new Query.Notifications(null, 100))
        .forEach(n -> all.add(Json.as(n, NotifyViews.Notification.class)));
    all.removeIf(n -> !n.channel().equals(channel));
    return all;
  }

  private TestRepository repository() {
    var repository = new TestRepository(folder);
    repository.write(
        ".hivedeck/hive.yaml",
        """
        version: 1
        notify:
          channels:
            ops: { type: webhook, url: "%s", sign: secret:ops-key }
            chat: { type: slack, url: secret:chat-url }
            am: { type: alertmanager, url: "%s" }
          routes:
            - { match: 'severity="page"', to: [ops, chat, am, desktop], groupWait: 0s, groupInterval: 1s }
            - { match: 'alertname="NotificationsDead"', to: [inbox], groupWait: 0s }
        """
            .formatted(url("/hook"), url("/am")));
    repository.commit("Channels");
    return repository;
  }

  private SecretStore secrets(TestRepository repository) {
    return new SecretStore(
        new HivedeckHome(repository.home)
            .workspaceFolder(RepositoryPlaces.locate(repository.repository).root()));
  }

  @Test
  void anAlertIsToldByEachChannelOfItsRouteInItsOwnForm() throws Exception {
    var repository = repository();
    var secrets = secrets(repository);
    secrets.set("ops-key", "a key that is not short");
    secrets.set("chat-url", url("/chat/T0/B0/hush"));
    try (Engine engine = repository.open()) {
      TestRepository.trust(engine);
      fire(engine, false);
      TestRepository.await("all are told", engine, () -> requests.size() >= 3);
      var hook = request("/hook");
      var told = Json.read(hook.body(), JsonNode.class);
      assertThat(told.at("/status").asText()).isEqualTo("firing");
      assertThat(told.at("/version").asText()).isEqualTo("4");
      assertThat(told.at("/alerts/0/labels/alertname").asText()).isEqualTo("DiskFull");
      assertThat(hook.header("webhook-id"))
          .isEqualTo(hook.header("Idempotency-Key"))
          .isEqualTo(sent(engine, "ops").getFirst().key());
      var mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec("a key that is not short".getBytes(StandardCharsets.UTF_8), "x"));
      var signed = hook.header("webhook-id") + "." + hook.header("webhook-timestamp") + ".";
      assertThat(hook.header("webhook-signature"))
          .isEqualTo(
              "v1,"
                  + Base64.getEncoder()
                      .encodeToString(
                          mac.doFinal((signed + hook.body()).getBytes(StandardCharsets.UTF_8))));
      assertThat(Json.read(request("/chat/T0/B0/hush").body(), JsonNode.class).at("/text").asText())
          .isEqualTo("The disk of db-1 is full");
      var forwarded = Json.read(request("/am/api/v2/alerts").body(), JsonNode.class);
      assertThat(forwarded.at("/0/labels/severity").asText()).isEqualTo("page");
      assertThat(inbox(engine)).extracting(NotifyViews.Notice::state).containsExactly("firing");
      assertThat(inbox(engine).getFirst().shownAt()).isNotNull();
      assertThat(engine.query(new Query.Alerts(5)).at("/0/source").asText())
          .isEqualTo("prometheus");

      String alert = engine.query(new Query.Alerts(5)).at("/0/id").asText();
      assertThat(engine.execute(new Command.AcknowledgeAlert(alert), null).toString())
          .isEqualTo("{\"notices\":1}");
      assertThat(engine.execute(new Command.AcknowledgeAlert(alert), null).toString())
          .isEqualTo("{\"notices\":0}");
      assertThat(muted(engine)).isEqualTo("acknowledged");
      var silence =
          engine.execute(new Command.Silence("alertname=\"DiskFull\"", 60, "at work"), null);
      TestRepository.await("it is silenced", engine, () -> muted(engine).equals("silenced"));
      engine.execute(new Command.EndSilence(silence.path("id").asLong()), null);
      TestRepository.await("it is as before", engine, () -> muted(engine).equals("acknowledged"));

      fire(engine, true);
      TestRepository.await(
          "the end is told",
          engine,
          () -> requests.stream().anyMatch(r -> r.body().contains("\"status\":\"resolved\"")));
      TestRepository.await(
          "the inbox knows", engine, () -> inbox(engine).getFirst().state().equals("resolved"));
      assertThat(inbox(engine)).hasSize(1);
      assertThat(engine.query(new Query.Alerts(5)).at("/0/state").asText()).isEqualTo("resolved");
      assertThat(muted(engine)).isEmpty();
      assertThat(inbox(engine).getFirst().readAt()).as("acknowledged").isNotNull();
      assertThatThrownBy(() -> engine.execute(new Command.AcknowledgeAlert(alert), null))
          .isInstanceOfSatisfying(
              HiveException.class, e -> assertThat(e.code()).isEqualTo("not-now"));
      assertThat(engine.query(new Query.Channels()).toString())
          .contains("\"secret chat-url\"")
          .doesNotContain("hush");
    }
  }

  private static String muted(Engine engine) {
    return engine.query(new Query.Alerts(5)).at("/0/muted").asText();
  }

  private Request request(String path) {
    return requests.stream().filter(r -> r.path().equals(path)).findFirst().orElseThrow();
  }

  @Test
  void whatIsRefusedIsDeadSaysSoAndIsSentAgainByAPerson() {
    var repository = repository();
    secrets(repository).set("chat-url", url("/chat"));
    try (Engine engine = repository.open()) {
      TestRepository.trust(engine);
      status = 404;
      fire(engine, false);
      TestRepository.await(
          "both are dead",
          engine,
          () ->
              sent(engine, "ops").stream().anyMatch(n -> n.state().equals("dead"))
                  && sent(engine, "chat").stream().anyMatch(n -> n.state().equals("dead")));
      var ops = sent(engine, "ops").getFirst();
      assertThat(ops.answer()).contains("no secret ops-key").contains("hivedeck secret set");
      assertThat(sent(engine, "chat").getFirst().answer()).isEqualTo("404 taken");
      TestRepository.await(
          "the inbox says so",
          engine,
          () -> inbox(engine).stream().anyMatch(n -> n.title().contains("did not take")));
      status = 200;
      secrets(repository).set("ops-key", "now there is one");
      engine.execute(new Command.RetryNotification(ops.id()), null);
      TestRepository.await(
          "it is sent", engine, () -> sent(engine, "ops").getFirst().state().equals("sent"));
      assertThat(request("/hook").header("Idempotency-Key")).isEqualTo(ops.key());
      assertThatThrownBy(() -> engine.execute(new Command.RetryNotification(ops.id()), null))
          .isInstanceOfSatisfying(
              HiveException.class, e -> assertThat(e.code()).isEqualTo("not-now"));
      assertThatThrownBy(() -> engine.execute(new Command.TestChannel("opps"), null))
          .isInstanceOfSatisfying(
              HiveException.class, e -> assertThat(e.code()).isEqualTo("no-channel"));
      var tested =
          Json.as(engine.execute(new Command.TestChannel("ops"), null), NotifyViews.Tested.class);
      assertThat(tested.sent()).isTrue();
      assertThat(tested.answer()).isEqualTo("200 taken");
    }
  }

  @Test
  void withoutConsentNothingLeavesTheEngine() {
    var repository = repository();
    try (Engine engine = repository.open()) {
      fire(engine, false);
      TestRepository.await("the inbox has it", engine, () -> !inbox(engine).isEmpty());
      assertThat(engine.query(new Query.Channels())).hasSize(2);
      assertThat(sent(engine, "ops")).isEmpty();
      assertThat(requests).isEmpty();
    }
  }

  @Test
  void whatIsWrongInTheConfigurationIsSaidWithItsLine() {
    String yaml =
        """
        version: 1
        notify:
          channels:
            ops: { type: webhook, url: "http://example.com/x" }
            chat: { type: slack, url: "https://hooks.slack.com/services/T/B/x" }
            mail: { type: email, host: h.example.com, from: a, to: [b@example.com], password: hush }
          routes:
            - { match: "severity", to: [opps] }
            - { to: [ops], repeatInterval: soon, escalate: [ { to: [ops] } ] }
          quiet: { from: "25:00", to: "07:00", zone: Mars/Base }
        """;
    assertThatThrownBy(() -> HiveConfig.parse("hive.yaml", yaml))
        .isInstanceOfSatisfying(
            HiveException.class,
            e ->
                assertThat(e.getMessage())
                    .contains("hive.yaml:4: http to example.com can be read on the way")
                    .contains("hive.yaml:5: this address is a secret by itself")
                    .contains("hive.yaml:6: a secret would stand here in clear")
                    .contains("hive.yaml:6: \"a\" is no mail address")
                    .contains("hive.yaml:8: there is no channel opps (did you mean ops?)")
                    .contains("hive.yaml:8: \"severity\" are no conditions on labels")
                    .contains("hive.yaml:9: \"soon\" is no time")
                    .contains("hive.yaml:9: this step says neither after nor repeats")
                    .contains("hive.yaml:10: \"25:00\" is no time of day")
                    .contains("hive.yaml:10: \"Mars/Base\" is no time zone"));
  }
}
