package dev.hivedeck.engine.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.api.http.HttpApi;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.AgentViews;
import dev.hivedeck.engine.protocol.view.AttemptViews;
import dev.hivedeck.engine.protocol.view.View;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose token reads what. */
class AuthenticatorTest {
  private static final Map<String, Authenticator.Caller> CALLERS =
      Map.of(
          "person", Authenticator.Caller.person(), "first", Authenticator.Caller.attempt("T-1.1"));

  @ParameterizedTest
  @CsvSource({
    "person, T-1.1, 200",
    "person, T-2.1, 200",
    "first, T-1.1, 200",
    "first, T-2.1, 403",
    "first, T-1.10, 403",
    "first, T-1.1%2F..%2FT-2.1, 403",
    "nobody, T-1.1, 401"
  })
  void aLogIsForThePersonAndItsOwnAttempt(String token, String attempt, int status)
      throws Exception {
    var door =
        new IdleEngineApi() {
          @Override
          public JsonNode query(Query query) {
            return Json.object().put("log", ((Query.Log) query).attempt());
          }
        };
    Authenticator authenticator = presented -> Optional.ofNullable(presented).map(CALLERS::get);
    try (var http = HttpApi.start(door, authenticator, 0, "test", Clock.systemUTC())) {
      var request =
          HttpRequest.newBuilder(URI.create(http.address() + "/v1/attempts/" + attempt + "/log"))
              .header("Authorization", "Bearer " + token)
              .build();
      try (var client = HttpClient.newHttpClient()) {
        var answer = client.send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
      }
    }
  }

  @Test
  void itIsTheSameWhereItIsAskedByTheFeed() throws Exception {
    assertThat(
            catchThrowable(
                () ->
                    Authenticator.Caller.attempt("T-1.1")
                        .mustBeAllowed(new Query.Log("T-2.1", 0, 1))))
        .hasMessageContaining("T-2.1");
    Authenticator.Caller.attempt("T-1.1").mustBeAllowed(new Query.Log("T-1.1", 0, 1));
    Authenticator.Caller.attempt("T-1.1").mustBeAllowed(new Query.Prompt("T-1"));
    Authenticator.Caller.person().mustBeAllowed(new Query.Log("T-2.1", 0, 1));
  }

  /** A prompt tells what earlier attempts printed, and activity is the newest line of a log. */
  @ParameterizedTest
  @CsvSource({
    "first, tasks/T-1/prompt, 200",
    "first, tasks/T-2/prompt, 403",
    "first, tasks/T/prompt, 403",
    "person, tasks/T-2/prompt, 200"
  })
  void aPromptIsForThePersonAndItsOwnTask(String token, String path, int status) throws Exception {
    try (var http = HttpApi.start(new TellingDoor(), ACCESS, 0, "test", Clock.systemUTC())) {
      assertThat(get(http, token, path).statusCode()).isEqualTo(status);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"agents", "agents/b", "attempts", "attempts/T-2.1", "events"})
  void whatAnotherAttemptPrintedLastIsForThePerson(String path) throws Exception {
    try (var http = HttpApi.start(new TellingDoor(), ACCESS, 0, "test", Clock.systemUTC())) {
      assertThat(get(http, "person", path).body()).contains("theirs", "T-2.1");
      assertThat(get(http, "first", path).body()).contains("T-2.1").doesNotContain("theirs");
      if (!path.contains("/")) {
        assertThat(get(http, "first", path).body()).contains("own words");
      }
    }
  }

  @Test
  void theFeedTellsAnAttemptNoMore() {
    var quiet = AttemptApi.of(new TellingDoor(), Authenticator.Caller.attempt("T-1.1"));
    var heard = new ArrayList<Event>();
    quiet.subscribe(0, heard::addAll);
    assertThat(Json.write(heard)).contains("own words", "T-2.1").doesNotContain("theirs");
    assertThat(heard.getFirst()).as("what tells nothing of others").isSameAs(TellingDoor.OWN);
    assertThat(catchThrowable(() -> quiet.follow(page -> {}))).hasMessageContaining("T-1.1");
    assertThat(catchThrowable(() -> quiet.query(new Query.Brief("T-2.1"))))
        .hasMessageContaining("T-2.1");
    for (var query : List.of(new Query.Channels(), new Query.Notifications(null, 10))) {
      assertThat(catchThrowable(() -> quiet.query(query)))
          .hasMessageContaining("may not read what the receivers of messages answered");
    }
  }

  private static final Authenticator ACCESS =
      presented -> Optional.ofNullable(presented).map(CALLERS::get);

  private static HttpResponse<String> get(HttpApi http, String token, String path)
      throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create(http.address() + "/v1/" + path))
            .header("Authorization", "Bearer " + token)
            .build();
    try (var client = HttpClient.newHttpClient()) {
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    }
  }

  /** One of two agents at work, each of which has just printed something. */
  private static final class TellingDoor extends IdleEngineApi {
    private static final Event OWN = event(1, attempt("T-1.1", "own words"));
    private static final Event THEIRS = event(2, attempt("T-2.1", "theirs"));

    private static ObjectNode attempt(String id, String activity) {
      return Json.object().put("id", id).put("agent", "x").put("activity", activity);
    }

    private static ObjectNode agent(String name, String attempt, String activity) {
      return attempt(name, activity).put("attempt", attempt);
    }

    private static Event event(long seq, JsonNode data) {
      String id = data.get("id").asText();
      return Event.of(seq, Instant.EPOCH, "c", "attempt.progressed", Topic.ATTEMPT, id, null, data);
    }

    @Override
    public JsonNode query(Query query) {
      return switch (query) {
        case Query.Thing thing when thing.topic() == Topic.AGENT -> agent("b", "T-2.1", "theirs");
        case Query.Thing thing -> attempt(thing.id(), "theirs");
        case Query.Events all -> Json.tree(List.of(OWN, THEIRS));
        default -> Json.object();
      };
    }

    @Override
    public Snapshot snapshot(Set<Topic> topics) {
      List<View> views =
          topics.contains(Topic.AGENT)
              ? List.of(
                  Json.as(agent("a", "T-1.1", "own words"), AgentViews.Agent.class),
                  Json.as(agent("b", "T-2.1", "theirs"), AgentViews.Agent.class))
              : List.of(
                  Json.as(attempt("T-1.1", "own words"), AttemptViews.Attempt.class),
                  Json.as(attempt("T-2.1", "theirs"), AttemptViews.Attempt.class));
      return new Snapshot(2, Map.of(topics.iterator().next(), views));
    }

    @Override
    public Subscription subscribe(long after, Consumer<List<Event>> consumer) {
      consumer.accept(List.of(OWN, THEIRS));
      return () -> {};
    }
  }
}
