package dev.hivedeck.engine.api.feed;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.api.Authenticator;
import dev.hivedeck.engine.api.IdleEngineApi;
import dev.hivedeck.engine.api.http.HttpApi;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.time.SystemTimers;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.java_websocket.client.WebSocketClient;
import org.java_websocket.handshake.ServerHandshake;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A question that hangs, because git does perhaps, keeps no other waiting. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class SlowQuestionTest {
  private final CountDownLatch hangs = new CountDownLatch(1);
  private final SystemTimers timers = new SystemTimers();

  /** Answers all but diffs at once. */
  private final IdleEngineApi door =
      new IdleEngineApi() {
        @Override
        public JsonNode query(Query query) {
          if (query instanceof Query.Diff) {
            try {
              hangs.await();
            } catch (InterruptedException e) {
              throw new HiveException(ErrorCode.INTERRUPTED, "Cut off.", "Ask again.");
            }
          }
          return Json.object().put("answered", query.getClass().getSimpleName());
        }
      };

  @AfterEach
  void release() {
    hangs.countDown();
  }

  private static String question(int id, String type) {
    return "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"query\",\"params\":{\"query\":{\"type\":\"%s\"}}}"
        .formatted(id, type);
  }

  @Test
  void othersOfItsLineGoPastItAndItIsAnsweredInTheEnd() throws Exception {
    try (var feed = door.feed(timers);
        var ear = Asker.at(feed)) {
      for (int i = 1; i <= 5; i++) {
        ear.say(question(i, "diff"));
      }
      ear.say(question(9, "permissions"));
      assertThat(ear.answer(9).at("/result/answered").asText()).isEqualTo("Permissions");
      hangs.countDown();
      for (int i = 1; i <= 5; i++) {
        assertThat(ear.answer(i).at("/result/answered").asText()).isEqualTo("Diff");
      }
    }
  }

  @Test
  void othersOfOtherLinesDoNotEvenNotice() throws Exception {
    try (var feed = door.feed(timers);
        var one = Asker.at(feed);
        var other = Asker.at(feed)) {
      for (int i = 1; i <= 8; i++) {
        one.say(question(i, "diff"));
      }
      other.say(question(1, "permissions"));
      assertThat(other.answer(1).at("/result/answered").asText()).isEqualTo("Permissions");
    }
  }

  @Test
  void tooManyThatHangAreRefusedAndTheLineGoesOn() throws Exception {
    try (var feed = door.feed(timers);
        var ear = Asker.at(feed)) {
      for (int i = 1; i <= 9; i++) {
        ear.say(question(i, "diff"));
      }
      assertThat(ear.refusal()).isEqualTo("too-many-slow");
      ear.say(question(20, "permissions"));
      assertThat(ear.answer(20).at("/result/answered").asText()).isEqualTo("Permissions");
    }
  }

  @Test
  void norDoTheyCloseTheHttpDoor() throws Exception {
    Authenticator authenticator = token -> Optional.of(Authenticator.Caller.person());
    try (var http = HttpApi.start(door, authenticator, 0, "test", Clock.systemUTC())) {
      var client = HttpClient.newHttpClient();
      var hanging = new ArrayList<CompletableFuture<HttpResponse<String>>>();
      for (int i = 0; i < 12; i++) {
        hanging.add(
            client.sendAsync(
                request(http, "/v1/changes/C-1/diff"), HttpResponse.BodyHandlers.ofString()));
      }
      var answer =
          client.send(request(http, "/v1/permissions"), HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(hanging).noneMatch(CompletableFuture::isDone);
      hangs.countDown();
      for (var one : hanging) {
        assertThat(one.get().statusCode()).isEqualTo(200);
      }
    }
  }

  private static HttpRequest request(HttpApi http, String path) {
    return HttpRequest.newBuilder(URI.create(http.address() + path))
        .header("Authorization", "Bearer x")
        .build();
  }

  /** A client that asks and waits for the answer of an id. */
  private static final class Asker extends WebSocketClient implements AutoCloseable {
    private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();
    private final CompletableFuture<String> refused = new CompletableFuture<>();

    private Asker(FeedServer feed) {
      super(URI.create(feed.address()));
    }

    static Asker at(FeedServer feed) throws Exception {
      var asker = new Asker(feed);
      assertThat(asker.connectBlocking(30, TimeUnit.SECONDS)).isTrue();
      asker.say(
          "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"hello\",\"params\":{\"token\":\"right\"}}");
      asker.answer(0);
      return asker;
    }

    void say(String text) {
      send(text);
    }

    private CompletableFuture<JsonNode> slot(int id) {
      return answers.computeIfAbsent(id, i -> new CompletableFuture<>());
    }

    JsonNode answer(int id) throws Exception {
      return slot(id).get(60, TimeUnit.SECONDS);
    }

    String refusal() throws Exception {
      return refused.get(60, TimeUnit.SECONDS);
    }

    @Override
    public void onMessage(String text) {
      var message = Json.read(text, JsonNode.class);
      if (message.has("error")) {
        refused.complete(message.at("/error/data/code").asText());
      }
      if (message.has("id")) {
        slot(message.get("id").asInt()).complete(message);
      }
    }

    @Override
    public void onOpen(ServerHandshake handshake) {}

    @Override
    public void onClose(int code, String reason, boolean remote) {}

    @Override
    public void onError(Exception e) {}
  }
}
