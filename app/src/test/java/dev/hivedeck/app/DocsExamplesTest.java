package dev.hivedeck.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.metric.exchange.PushReader;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.slo.Indicator;
import dev.hivedeck.engine.slo.policy.PolicyReader;
import dev.hivedeck.engine.slo.rule.RuleFile;
import dev.hivedeck.engine.slo.watch.ObjectiveReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The examples of the guide are read by what reads them in a workspace. */
class DocsExamplesTest {
  private static final Pattern YAML = Pattern.compile("(?ms)^```yaml\\n(.*?)^```");
  private static final Pattern PUSH = Pattern.compile("(?s)/v1/metrics -d '(.*?)'");

  private static List<String> blocks(Pattern pattern, String page) throws IOException {
    return pattern
        .matcher(Files.readString(Path.of("../docs", page)))
        .results()
        .map(m -> m.group(1))
        .toList();
  }

  @ParameterizedTest
  @CsvSource({"slo.md, 3, 0", "metrics.md, 2, 0", "notifications.md, 1, 1"})
  void yamlIsReadAsHivedeckReadsIt(String page, int ours, int others) throws IOException {
    int own = 0;
    int foreign = 0;
    for (String block : blocks(YAML, page)) {
      if (block.startsWith("receivers:")) {
        assertThat(new YAMLMapper().readTree(block)).isNotEmpty(); // Alertmanager's
        foreign++;
        continue;
      }
      own++;
      var config =
          HiveConfig.parse(page, block.startsWith("version:") ? block : "version: 1\n" + block);
      var slo = config.slo();
      slo.objectives()
          .forEach(
              (name, node) -> {
                var objective = ObjectiveReader.read(name, node);
                PolicyReader.read(name, node.path("policy"), slo.policies());
                if (objective.indicator() instanceof Indicator.Composite composite) {
                  assertThat(slo.objectives().keySet()).containsAll(composite.objectives());
                }
              });
      slo.alerts().forEach(RuleFile::alert);
    }
    assertThat(own).isEqualTo(ours);
    assertThat(foreign).isEqualTo(others);
  }

  @ParameterizedTest
  @CsvSource("slo.md, 2")
  void whatIsPushedIsTaken(String page, int samples) throws IOException {
    for (String body : blocks(PUSH, page)) {
      assertThat(PushReader.read(Json.read(body, JsonNode.class), 0)).hasSize(samples);
    }
    assertThat(blocks(PUSH, page)).hasSize(1);
  }
}
