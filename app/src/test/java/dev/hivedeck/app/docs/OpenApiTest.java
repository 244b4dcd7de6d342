package dev.hivedeck.app.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.api.http.HttpRoute;
import dev.hivedeck.engine.api.http.HttpRoutes;
import dev.hivedeck.engine.protocol.RequestParser;
import java.io.IOException;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The OpenAPI document says what the table of routes and the records say. */
class OpenApiTest {
  /** What an agent asks for itself goes by MCP. */
  private static final Set<String> OF_AGENTS =
      Set.of("attempt.progress", "attempt.ask", "task.propose", "task.claim", "lesson.record");

  @Test
  void theDocumentIsWhatTheCodeServes() throws IOException {
    Page.isUpToDate("resources/src/main/resources/hivedeck/schema/openapi.yaml", OpenApi.yaml());
  }

  @Test
  void everyOperationHasANameOfItsOwn() {
    var names = new HashSet<String>();
    for (JsonNode path : OpenApi.document().get("paths")) {
      for (JsonNode operation : path) {
        assertThat(names.add(operation.path("operationId").asText()))
            .as(operation.path("operationId").asText())
            .isTrue();
        assertThat(operation.path("summary").asText()).isNotBlank();
      }
    }
    assertThat(names).hasSizeGreaterThan(60);
  }

  @Test
  void whateverAPersonCanCommandHasAPath() {
    var reachable =
        HttpRoutes.all().stream()
            .map(HttpRoute::body)
            .filter(Objects::nonNull)
            .map(HttpRoute.Body::type)
            .collect(Collectors.toSet());
    assertThat(RequestParser.commands().keySet())
        .filteredOn(word -> !OF_AGENTS.contains(word))
        .isSubsetOf(reachable);
  }
}
