package dev.hivedeck.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.hivedeck.app.Shop;
import dev.hivedeck.engine.metric.EngineMetric;
import dev.hivedeck.engine.metric.promql.Parser;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Metrics at the command line, with no engine running. */
class MetricsCliTest {
  @TempDir Path folder;
  private Path repository;

  @BeforeEach
  void workspace() throws IOException {
    System.setProperty("hivedeck.home", folder.resolve("home").toString());
    repository = new Shop(folder).configure("version: 1\n").commit().path();
  }

  @Test
  void whatIsAskedIsAnsweredOrRefused() {
    assertThat(CliRunner.in(repository, "metrics").out()).contains("No samples of the last hour");
    assertThat(CliRunner.in(repository, "metrics", "--json").json()).isEmpty();
    assertThat(CliRunner.in(repository, "metrics", "query", "1 + 1").out().strip()).isEqualTo("2");
    var range = CliRunner.in(repository, "metrics", "query", "2", "--range", "2m", "--json").json();
    assertThat(range.at("/result/0/values")).hasSize(3);
    assertThat(CliRunner.in(repository, "metrics", "query", "sum(").status()).isNotZero();
    assertThat(CliRunner.in(repository, "metrics", "query", "1", "--range", "long").status())
        .isNotZero();
    assertThat(CliRunner.in(repository, "metrics", "targets").out()).contains("docs/metrics.md");
  }

  @Test
  void whatPrometheusAndGrafanaNeedIsGivenOut() throws IOException {
    var config =
        new YAMLMapper().readTree(CliRunner.in(repository, "metrics", "scrape-config").out());
    assertThat(config.at("/scrape_configs/0/static_configs/0/targets/0").asText())
        .isEqualTo("127.0.0.1:7071");
    var dashboard = CliRunner.in(repository, "metrics", "dashboard", "--json").json();
    var named = new HashSet<String>();
    var labels = new HashSet<String>();
    for (JsonNode panel : dashboard.path("panels")) {
      for (JsonNode target : panel.path("targets")) {
        Pattern.compile("by \\(([a-z_, ]+)\\)")
            .matcher(target.path("expr").asText())
            .results()
            .forEach(r -> labels.addAll(Arrays.asList(r.group(1).split(", *"))));
        Pattern.compile("\\{\\{([a-z_]+)}}")
            .matcher(target.path("legendFormat").asText())
            .results()
            .forEach(r -> labels.add(r.group(1)));
        String query = target.path("expr").asText().replace("$__rate_interval", "1m");
        Parser.parse(query);
        Pattern.compile("hivedeck_[a-z_]+")
            .matcher(query)
            .results()
            .forEach(r -> named.add(r.group()));
      }
    }
    var known = Arrays.stream(EngineMetric.values()).map(EngineMetric::metric).toList();
    labels.remove("le");
    assertThat(Arrays.stream(EngineMetric.values()).flatMap(m -> m.labels().stream()).distinct())
        .as("labels of the dashboard")
        .containsAll(labels);
    assertThat(config.at("/scrape_configs/0/metrics_path").asText("/metrics"))
        .isEqualTo("/metrics");
    assertThat(named)
        .isNotEmpty()
        .allMatch(
            name ->
                known.contains(name)
                    || known.contains(name.replaceAll("_(bucket|sum|count)$", "")));
  }
}
