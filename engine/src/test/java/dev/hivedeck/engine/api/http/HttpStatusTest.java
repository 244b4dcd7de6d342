package dev.hivedeck.engine.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.api.Authenticator;
import dev.hivedeck.engine.api.IdleEngineApi;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a program reads from the status alone: whether the fault is its own. */
class HttpStatusTest {
  private volatile String code;

  private final IdleEngineApi door =
      new IdleEngineApi() {
        @Override
        public JsonNode query(Query query) {
          if (code != null) {
            throw new HiveException(ErrorCode.of(code).orElseThrow(), "It went wrong.", "Do this.");
          }
          return Json.tree(new Query.Standing(7, Map.of(), Map.of(), 0, 0, 0, true, List.of()));
        }
      };

  private HttpResponse<String> get(String path) throws Exception {
    Authenticator authenticator = token -> Optional.of(Authenticator.Caller.person());
    try (var http = HttpApi.start(door, authenticator, 0, "test", Clock.systemUTC())) {
      return HttpClient.newHttpClient()
          .send(
              HttpRequest.newBuilder(URI.create(http.address() + path))
                  .header("Authorization", "Bearer x")
                  .build(),
              HttpResponse.BodyHandlers.ofString());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "store-failed, 503",
    "store-ended, 503",
    "store-unreadable, 503",
    "disk-full, 503",
    "stopping, 503",
    "git-failed, 503",
    "git-slow, 503",
    "git-missing, 503",
    "git-killed, 503",
    "home-unwritable, 503",
    "repository-locked, 503",
    "objects-unsound, 503",
    "lock-held, 503",
    "no-main, 503",
    "duplicate-id, 400",
    "engine, 500",
    "no-task, 404",
    "not-now, 409",
    "not-trusted, 403",
    "bad-number, 400",
  })
  void faultsOfTheEngineAreNotTheCallers(String code, int status) throws Exception {
    this.code = code;
    var answer = get("/v1/permissions");
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(Json.read(answer.body(), JsonNode.class).get("code").asText()).isEqualTo(code);
  }

  @Test
  void headersThatAreTooLongAreRefusedBeforeAnybodyAsksWhoSentThem() throws Exception {
    Authenticator nobody = token -> Optional.empty();
    try (var http = HttpApi.start(door, nobody, 0, "test", Clock.systemUTC());
        var client = HttpClient.newHttpClient()) {
      for (String path : List.of("/v1/tasks", "/health", "/mcp")) {
        var answer =
            client.send(
                HttpRequest.newBuilder(URI.create(http.address() + path))
                    .header("X-Long", "a".repeat(200_000))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(431);
        assertThat(answer.body()).contains("headers-too-large", "at most 32,768 pass");
      }
    }
  }

  @Test
  void healthIsUpOrDown() throws Exception {
    assertThat(get("/health").statusCode()).isEqualTo(200);
    assertThat(get("/health").body()).contains("\"up\"", "\"seq\":7");
    code = "store-ended";
    var down = get("/v1/health");
    assertThat(down.statusCode()).isEqualTo(503);
    assertThat(down.body()).contains("\"down\"", "store-ended", "Do this.");
  }
}
