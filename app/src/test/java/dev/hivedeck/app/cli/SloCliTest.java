package dev.hivedeck.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.app.Shop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Objectives at the command line, with no engine running. */
class SloCliTest {
  @TempDir Path folder;
  private Path repository;

  @BeforeEach
  void workspace() throws IOException {
    System.setProperty("hivedeck.home", folder.resolve("home").toString());
    repository =
        new Shop(folder)
            .configure(
                """
                version: 1
                policies:
                  strict: [{ left: 50%, do: notify }]
                objectives:
                  orders:
                    indicator: { service: orders, good: 'requests_total{code!~"5.."}', total: requests_total }
                    target: 99.9%
                  low:
                    indicator: { bad: 'requests_total{code="500"}', total: requests_total }
                    target: 80%
                    policy: strict
                """)
            .commit()
            .path();
  }

  @Test
  void objectivesAreListedExportedImportedAndChecked() throws IOException {
    assertThat(CliRunner.in(repository, "slos").out())
        .contains("orders", "99.9%", "unknown", "It waits for your consent");
    assertThat(CliRunner.in(repository, "slo", "spent", "orders").err())
        .contains("orders is not evaluated", "hivedeck slos");
    CliRunner.in(repository, "trust", "--yes");
    assertThat(CliRunner.in(repository, "slos").out())
        .contains("orders", "99.9%", "unknown")
        .doesNotContain("consent");
    assertThat(CliRunner.in(repository, "alerts", "--json").json()).isEmpty();
    for (String none : List.of("0", "-1")) {
      assertThat(CliRunner.in(repository, "alerts", "--limit", none).err())
          .contains("--limit is " + none, "Write 1 or more");
    }
    var exported = CliRunner.in(repository, "slo", "export", "--format", "openslo");
    assertThat(exported.out()).contains("apiVersion: openslo/v1", "target: 0.999");
    var told = CliRunner.in(repository, "slo", "export", "--format", "openslo", "--json").json();
    assertThat(told.path("format").asText()).isEqualTo("openslo");
    assertThat(told.path("text").asText().strip()).isEqualTo(exported.out().strip());
    Path file = Files.writeString(folder.resolve("slo.yaml"), exported.out());
    var imported = CliRunner.in(repository, "slo", "import", file.toString(), "--json").json();
    assertThat(imported.path("changes")).as("they are there already").isEmpty();
    assertThat(imported.path("taken").path(0).path("state").asText()).isEqualTo("same");
    assertThat(CliRunner.in(repository, "slo", "export", "--format", "prometheus").out())
        .contains("14.4 * 0.001", "sloth_slo: orders");
    var checked = CliRunner.in(repository, "slo", "test", "--json");
    assertThat(checked.status()).as("one cannot page").isEqualTo(1);
    assertThat(checked.json().path(0).path("canFire").asBoolean()).isTrue();
    assertThat(checked.json().path(1).hasNonNull("page")).isFalse();
    for (String none : new String[] {"0", "-5", "NaN"}) {
      var refused = CliRunner.in(repository, "slo", "test", "--per-hour=" + none);
      assertThat(refused.status()).isEqualTo(2);
      assertThat(refused.err()).contains("--per-hour is " + Double.parseDouble(none), "above 0");
    }
  }

  @Test
  void objectivesOfOthersAreShownAndWrittenAllOrNone() throws IOException {
    Path hive = repository.resolve(".hivedeck/hive.yaml");
    String before = Files.readString(hive);
    String sloth =
        """
        version: prometheus/v1
        service: shop
        slos:
          - name: mails
            objective: 99
            sli:
              events:
                error_query: sum(rate(mails_total{code="1"}[{{.window}}]))
                total_query: sum(rate(mails_total[{{.window}}]))
            alerting: { name: MailsFail }
          - name: other
            objective: 99
            sli: { plugin: { id: somebody/availability } }
        """;
    String file = Files.writeString(folder.resolve("sloth.yaml"), sloth).toString();
    var shown = CliRunner.in(repository, "slo", "import", file);
    assertThat(shown.status()).isEqualTo(1);
    assertThat(shown.out())
        .contains("+  mails:", "1 new", "sloth.yaml:11: other:", "plugins are not read")
        .contains("sloth.yaml:10: mails slos/0/alerting/name: has no place");
    var refused = CliRunner.in(repository, "slo", "import", file, "--write");
    assertThat(refused.err()).contains("1 of 2", "line 11", "Nothing was written");
    assertThat(Files.readString(hive)).isEqualTo(before);
    var written = CliRunner.in(repository, "slo", "import", file, "--write", "--skip");
    assertThat(written.out()).contains("hivedeck trust");
    assertThat(Files.readString(hive)).startsWith(before).contains("  mails:", "mails_total{");
    assertThat(CliRunner.in(repository, "slo", "import", file, "--write", "--skip").out())
        .contains("0 new, 0 changed, 1 the same");
    assertThat(CliRunner.in(repository, "slo", "import", "none.yaml").err())
        .contains("none.yaml cannot be read");
    assertThat(CliRunner.in(repository, "slo", "import", file, "--window", "long").err())
        .contains("\"long\" is no time");
  }

  @Test
  void alertsThatPageWhereAllIsWellAreNamedWithTheirLine() throws IOException {
    Files.writeString(
        repository.resolve(".hivedeck/hive.yaml"),
        """
        version: 1
        objectives:
          written:
            indicator: { bad: a_total, total: b_total }
            target: 99%
            window: 1d
            alerts:
              - { severity: page, window: 1h, share: 10% }
              - { severity: page, window: 1h, share: 2% }
              - { severity: ticket, window: 3d, share: 100% }
          usual: { indicator: { bad: a_total, total: b_total }, target: 99%, window: 1d }
          week: { indicator: { bad: a_total, total: b_total }, target: 99%, window: 7d }
        """);
    var checked = CliRunner.in(repository, "slo", "test", "--json").json();
    assertThat(checked.path(0).path("why").asText())
        .contains("line 9: it alerts at 0.48 times", "line 10: its long window is longer")
        .doesNotContain("line 8");
    assertThat(checked.path(1).path("why").asText()).contains("has no alerts", "below alerts");
    assertThat(checked.path(2).path("why").asText()).isEmpty();
    assertThat(checked.path(2).hasNonNull("ticket")).as("both of its pairs page").isFalse();
  }

  @Test
  void whatAFormatHasNoWordsForIsLeftOutOnRequestAndNamed() throws IOException {
    Files.writeString(
        repository.resolve(".hivedeck/hive.yaml"),
        """
        version: 1
        objectives:
          orders: { indicator: { bad: a_total, total: b_total }, target: 99% }
          mails: { indicator: { bad: c_total, total: d_total }, target: 99% }
          chain: { indicator: { all: [orders, mails] }, target: 98% }
        """);
    for (String format : List.of("openslo", "prometheus", "promtool")) {
      var refused = CliRunner.in(repository, "slo", "export", "--format", format);
      assertThat(refused.status()).isNotZero();
      assertThat(refused.err()).contains("chain", "made of others", "--skip");
      var skipped = CliRunner.in(repository, "slo", "export", "--format", format, "--skip");
      assertThat(skipped.status()).isZero();
      assertThat(skipped.out()).doesNotContain("chain");
      if (!format.equals("promtool")) { // which has tests only where a series can be made up
        assertThat(skipped.out()).contains("orders", "mails");
      }
      assertThat(skipped.err()).contains("Left out: chain: ", "made of others");
    }
    var one = CliRunner.in(repository, "slo", "export", "--format", "openslo", "mails");
    assertThat(one.out()).contains("mails").doesNotContain("orders");
    assertThat(one.err()).isEmpty();
    assertThat(CliRunner.in(repository, "slo", "export", "--format", "openslo", "mial").err())
        .contains("no objective mial", "orders, mails, chain");
    assertThat(
            CliRunner.in(repository, "slo", "export", "--format", "openslo", "chain", "--skip")
                .err())
        .contains("None of the objectives can be exported");
  }

  @Test
  void rulesThatCannotFireAreFound() throws IOException {
    Path hive = repository.resolve(".hivedeck/hive.yaml");
    Files.writeString(
        hive,
        """
        version: 1
        alerts:
          AttemptsFail: { expr: 'rate(hivedeck_attempts_total{outcome="failed"}[1h]) > 0' }
          WrongLabel: { expr: 'hivedeck_attempts_total{result="failed"} > 0' }
          Absent: { expr: lag_secnds > 30 }
          Contradicts: { expr: hivedeck_tasks_total > 5 < 3 }
        """);
    var tested = CliRunner.in(repository, "slo", "test", "--json");
    assertThat(tested.status()).isEqualTo(1);
    assertThat(tested.json().findValuesAsText("rule"))
        .containsExactly("AttemptsFail", "WrongLabel", "Absent", "Contradicts");
    assertThat(tested.json().findValuesAsText("state"))
        .containsExactly("can-fire", "cannot-fire", "cannot-fire", "cannot-fire");
    assertThat(tested.json().path(2).path("why").asText()).contains("lag_secnds");
    Files.writeString(hive, "version: 1\nalerts: { A: { expr: absent(up) } }\n");
    assertThat(CliRunner.in(repository, "slo", "test").out()).contains("can fire");
  }

  @Test
  void thePastOfAnObjectiveIsToldAndAWrongQuestionSaysWhatToDo() {
    assertThat(CliRunner.in(repository, "trust", "--yes").status()).isZero();
    assertThat(CliRunner.in(repository, "slo", "spent", "orders").out())
        .contains("No event of orders was bad");
    assertThat(CliRunner.in(repository, "slo", "explain", "orders").out())
        .contains("Nothing was counted in this time.");
    var replay =
        CliRunner.in(
            repository, "slo", "replay", "orders", "--target", "99.5", "--since", "7d", "--json");
    assertThat(replay.json().path("then").path("target").asText()).isEqualTo("99.5%");
    assertThat(replay.json().path("now").path("target").asText()).isEqualTo("99.9%");
    var named = CliRunner.in(repository, "slo", "replay", "low", "--target", "90", "--json");
    assertThat(named.json().path("then").path("target").asText())
        .as("its policy has a name: %s", named.err())
        .isEqualTo("90%");
    assertThat(
            CliRunner.in(repository, "slo", "history", "orders", "--since", "1h", "--json")
                .json()
                .path("points"))
        .isNotEmpty();
    assertThat(CliRunner.in(repository, "slo", "spent", "none").err()).contains("orders, low");
    assertThat(CliRunner.in(repository, "slo", "spent", "orders", "--since", "soon").err())
        .contains("\"soon\"", "7d");
    assertThat(CliRunner.in(repository, "slo", "replay", "orders", "--target", "100").err())
        .contains("no error budget");
  }
}
