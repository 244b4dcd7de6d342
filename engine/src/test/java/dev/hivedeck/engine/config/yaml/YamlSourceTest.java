package dev.hivedeck.engine.config.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class YamlSourceTest {
  /** The values are those that Jackson reads, whose rules the schema and all readers rely on. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "5",
        "-5",
        "+5",
        "0",
        "007",
        "0x1F",
        "0b11",
        "1_000",
        "1:30",
        "12345678901234567890123",
        "1.5",
        ".5",
        "-1.5e3",
        "1e3",
        "1.",
        "true",
        "True",
        "yes",
        "on",
        "No",
        "null",
        "~",
        "",
        "2001-01-01",
        "2001-01-01T10:00:00Z",
        "'5'",
        "\"true\"",
        "'~'",
        "text",
        "a b  c",
        "\"\"",
        "!!str 5",
        "! 5",
        "&anchor 5",
        "&anchor text",
        "|\n  two\n  lines\n",
        ">\n  two\n  lines\n",
        "[1, two, 3.0, ~, [], {}]",
        "{ a: 1, 'b': { c: yes }, 7: x, true: y, ~: z }"
      })
  void valuesAreWhatJacksonReads(String value) throws Exception {
    String text = "first: 1\nvalue: " + value + "\nlast: x\n";
    assertThat(new YamlSource("x.yaml", text, ErrorCode.CONFIG_INVALID).root())
        .isEqualTo(new YAMLMapper().readTree(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "# nothing\n", "---\n", "~\n"})
  void nothingIsAnEmptyFile(String text) {
    assertThat(new YamlSource("x.yaml", text, ErrorCode.CONFIG_INVALID).root().toString())
        .isEqualTo("{}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/b/1/d", "/b/1/d/e", "/b/1", "/b/2", "/b/x", "/a~1b", "/nothing", ""})
  void aPlaceHasTheLineOfItsKeyOrOfWhatIsAround(String pointer) {
    var source =
        new YamlSource(
            "x.yaml", "\n\na/b: 1\nb:\n- c: 1\n-\n  c: 2\n  d: 3\n", ErrorCode.CONFIG_INVALID);
    int line =
        switch (pointer) {
          case "/b/1/d", "/b/1/d/e" -> 8;
          case "/b/1" -> 7;
          case "/b/2", "/b/x" -> 4;
          default -> 3;
        };
    assertThat(source.line(pointer)).isEqualTo(line);
  }
}
