package dev.hivedeck.engine.config.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.protocol.HiveException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What hive.yaml says of metrics is read, or refused with its line and what to write. */
class MetricsConfigTest {
  private static MetricsConfig read(String yaml) {
    return HiveConfig.parse("hive.yaml", "version: 1\n" + yaml).metrics();
  }

  @Test
  void everyKeyIsRead() {
    var config =
        read(
            """
            metrics:
              public: true
              scrape:
                - { url: "http://localhost:8080/metrics" }
                - name: api
                  url: https://api.example.org/metrics
                  every: 1m
                  timeout: 3s
                  labels: { team: shop }
                  honor-labels: true
                  bearer: env:API_TOKEN
                  samples: 7
                  bytes: 5000
              prometheus:
                - { name: prod, url: "http://prometheus:9090", queries: { up_all: up }, backfill: 2h }
              otlp: { endpoint: "http://localhost:4318", headers: { x-key: env:KEY } }
            checks:
              page: { http: "https://shop.example.org", expect: { status: [200, 204], contains: ok, below: 500ms } }
              db: { tcp: "db:5432", every: 30s }
            """);
    assertThat(config.isPublic()).isTrue();
    assertThat(config.scrapes().getFirst().name()).isEqualTo("localhost:8080");
    assertThat(config.scrapes().getFirst().every()).isEqualTo(Duration.ofSeconds(30));
    var api = config.scrapes().getLast();
    assertThat(api.labels()).isEqualTo(Map.of("team", "shop"));
    assertThat(api.honorLabels()).isTrue();
    assertThat(api.timeout()).isEqualTo(Duration.ofSeconds(3));
    assertThat(api.sampleLimit()).isEqualTo(7);
    assertThat(config.servers().getFirst().backfill()).isEqualTo(Duration.ofHours(2));
    assertThat(config.otlp().headers()).isEqualTo(Map.of("x-key", "env:KEY"));
    var page = config.checks().getFirst();
    assertThat(page.expect().status()).isEqualTo(Set.of(200, 204));
    assertThat(page.expect().below()).isEqualTo(Duration.ofMillis(500));
    assertThat(config.checks().getLast().port()).isEqualTo(5432);
    assertThat(MetricsReader.references(config)).containsExactly("env:API_TOKEN", "env:KEY");
    assertThat(read("")).isEqualTo(MetricsConfig.NONE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "metrics: { scrape: [ { url: nowhere } ] }|no address",
        "metrics: { scrape: [ { url: 'http://u:p@h/m' } ] }|a password stands in the address",
        "metrics: { scrape: [ { url: 'ftp://h/m' } ] }|no address",
        "metrics: { scrape: [ { url: 'http://h/m', every: 1s } ] }|from 10s to 4m",
        "metrics: { scrape: [ { url: 'http://h/m', timeout: 2m } ] }|longer than every",
        "metrics: { scrape: [ { url: 'http://h/m', every: often } ] }|no time",
        "metrics: { scrape: [ { url: 'http://h/m', bearer: abc123 } ] }|bearer",
        "metrics: { scrape: [ { url: 'http://h/m', labels: { job: x } } ] }|set already",
        "metrics: { scrape: [ { url: 'http://h/m', labels: { a-b: x } } ] }|no name of a label",
        "metrics: { scrape: [ { url: 'http://h/m' }, { url: 'http://h/n' } ] }|named \"h\"",
        "metrics: { scrap: [] }|scrap",
        "metrics: { prometheus: [ { name: a, url: 'http://h', queries: { a-b: up } } ] }|no name of a metric",
        "metrics: { prometheus: [ { name: a, url: 'http://h', queries: { a: up }, backfill: 30d } ] }|seven days",
        "checks: { a: { } }|one of http and tcp",
        "checks: { a: { http: 'http://h', tcp: 'h:1' } }|one of http and tcp",
        "checks: { a: { tcp: 'h' } }|a host and a port",
        "checks: { a: { tcp: 'h:99999' } }|a host and a port",
        "checks: { a: { tcp: 'h:1', expect: { status: 200 } } }|nothing more can be expected",
        "checks: { a: { http: 'http://h', expect: { status: 20 } } }|status",
      })
  void whatIsWrongIsRefusedWithItsLine(String yaml, String why) {
    assertThatThrownBy(() -> read(yaml + "\n"))
        .isInstanceOfSatisfying(
            HiveException.class, e -> assertThat(e.code()).isEqualTo("config-invalid"))
        .hasMessageContaining("hive.yaml:2")
        .hasMessageContaining(why);
  }
}
