package dev.hivedeck.engine.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whose token reads what. */
class AccessTest {
  private static final Map<String, Access.Caller> CALLERS =
      Map.of("person", Access.Caller.person(), "first", Access.Caller.attempt("T-1.1"));

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
        new QuietDoor() {
          @Override
          public JsonNode query(Query query) {
            return Json.object().put("log", ((Query.Log) query).attempt());
          }
        };
    Access access = presented -> Optional.ofNullable(presented).map(CALLERS::get);
    try (var http = HttpApi.start(door, access, 0, "test", Clock.systemUTC())) {
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
            org.assertj.core.api.Assertions.catchThrowable(
                () -> Access.Caller.attempt("T-1.1").mustBeAllowed(new Query.Log("T-2.1", 0, 1))))
        .hasMessageContaining("T-2.1");
    Access.Caller.attempt("T-1.1").mustBeAllowed(new Query.Log("T-1.1", 0, 1));
    Access.Caller.attempt("T-1.1").mustBeAllowed(new Query.Prompt("T-2"));
    Access.Caller.person().mustBeAllowed(new Query.Log("T-2.1", 0, 1));
  }
}
