package dev.hivedeck.engine.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {
  private record Place(Path path) {}

  @Test
  void aPathIsWrittenAsPeopleWriteIt() {
    assertThat(Json.MAPPER.valueToTree(new Place(Path.of("/a b/ü:c"))).get("path").asText())
        .isEqualTo(Path.of("/a b/ü:c").toString());
    assertThat(Json.write(Map.of("at", Path.of("x")))).isEqualTo("{\"at\":\"x\"}");
  }
}
