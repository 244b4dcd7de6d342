package dev.hivedeck.engine.slo.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.config.edit.HiveFile;
import dev.hivedeck.engine.config.yaml.YamlSource;
import dev.hivedeck.engine.protocol.Config;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.slo.Budgeting;
import dev.hivedeck.engine.slo.BurnWindow;
import dev.hivedeck.engine.slo.BurnWindow.Severity;
import dev.hivedeck.engine.slo.Guard;
import dev.hivedeck.engine.slo.Indicator;
import dev.hivedeck.engine.slo.Indicator.Comparison;
import dev.hivedeck.engine.slo.Objective;
import dev.hivedeck.engine.slo.Target;
import dev.hivedeck.engine.slo.Window;
import dev.hivedeck.engine.slo.exchange.OpenSlo;
import dev.hivedeck.engine.slo.exchange.PrometheusSlo;
import dev.hivedeck.engine.slo.exchange.SlothRules;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.Period;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Objectives of others become objectives of {@code hive.yaml}, whole or not at all. */
class ObjectiveImportsTest {
  private static final Path FIXTURES =
      Path.of(System.getProperty("hivedeck.fixtures", "../../shared/fixtures"));
  private static final Duration MONTH = Duration.ofDays(30);

  private static final String SLOTH =
      """
      version: prometheus/v1
      service: shop
      labels: { team: web }
      slos:
        - name: orders
          objective: 99.9
          description: Orders are taken
          sli:
            events:
              error_query: sum(rate(http_requests_total{job="shop",code=~"5.."}[{{.window}}]))
              total_query: sum(rate(http_requests_total{job="shop"}[{{.window}}]))
          alerting:
            name: ShopErrors
            annotations: { runbook: https://example.org/shop }
            ticket_alert: { disable: true }
        - name: fast
          objective: 95
          sli:
            raw:
              error_ratio_query: |
                1 - (
                  sum(rate(http_seconds_bucket{job="shop",le="0.3"}[{{.window}}]))
                  /
                  sum(rate(http_seconds_count{job="shop"}[{{.window}}]))
                )
          alerting: { page_alert: { disable: true }, ticket_alert: { disable: true } }
      """;

  private static final String KUBERNETES =
      """
      apiVersion: sloth.slok.dev/v1
      kind: PrometheusServiceLevel
      metadata: { name: mail, namespace: monitoring }
      spec:
        service: mail
        slos:
          - name: orders
            objective: 99
            sli:
              events:
                errorQuery: >-
                  sum(rate(mails_total{job="mail"}[{{.window}}]))
                  - sum(rate(mails_total{job="mail",outcome="sent"}[{{.window}}]))
                totalQuery: sum(rate(mails_total{job="mail"}[{{ .window }}]))
            alerting: { name: MailErrors }
      """;

  private static final String PYRRA =
      """
      apiVersion: pyrra.dev/v1alpha1
      kind: ServiceLevelObjective
      metadata:
        name: checkout-latency
        labels: { pyrra.dev/service: checkout, role: alert-rules }
      spec:
        target: '99'
        window: 4w
        indicator:
          latency:
            success: { metric: 'checkout_seconds_bucket{le="1"}' }
            total: { metric: checkout_seconds_count }
      """;

  private static ObjectiveImports read(String text) {
    return ObjectiveImports.of("slo.yaml", text, MONTH, Json.object());
  }

  private static Map<String, Objective> objectives(ObjectiveImports imports) {
    var objectives = new LinkedHashMap<String, Objective>();
    for (var change : imports.changes()) {
      String name = change.at().substring("/objectives/".length());
      objectives.put(name, ObjectiveReader.read(name, change.value()));
    }
    return objectives;
  }

  @Test
  void documentsOfEachFormatAreTakenFromOneText() {
    var imports = read(String.join("---\n", SLOTH, KUBERNETES, PYRRA));
    assertThat(imports.taken())
        .extracting(Config.Taken::name, Config.Taken::format, Config.Taken::line)
        .containsExactly(
            tuple("shop-orders", "sloth", 5),
            tuple("fast", "sloth", 16),
            tuple("mail-orders", "sloth", 34),
            tuple("checkout-latency", "pyrra", 44));
    var found = objectives(imports);
    assertThat(found.get("shop-orders"))
        .isEqualTo(
            new Objective(
                "shop-orders",
                "Orders are taken",
                "shop",
                "availability",
                new Indicator.Ratio(
                    null,
                    "http_requests_total{job=\"shop\",code=~\"5..\"}",
                    "http_requests_total{job=\"shop\"}"),
                Target.parse("99.9%"),
                new Window.Rolling(MONTH),
                Budgeting.OCCURRENCES,
                BurnWindow.standard().subList(0, 2),
                Guard.DEFAULT,
                "https://example.org/shop",
                Map.of("team", "web")));
    assertThat(found.get("fast").indicator())
        .isEqualTo(new Indicator.Latency("http_seconds{job=\"shop\"}", 0.3));
    assertThat(found.get("fast").alerts()).isEmpty();
    assertThat(found.get("mail-orders").indicator())
        .isEqualTo(
            new Indicator.Ratio(
                "mails_total{job=\"mail\",outcome=\"sent\"}", null, "mails_total{job=\"mail\"}"));
    var latency = found.get("checkout-latency");
    assertThat(latency.indicator()).isEqualTo(new Indicator.Latency("checkout_seconds", 1));
    assertThat(latency.alerts())
        .extracting(w -> w.factor(Duration.ofDays(28)).doubleValue())
        .allSatisfy(f -> assertThat(Math.abs(f - Math.rint(f))).isLessThan(1e-9))
        .extracting(Math::rint)
        .containsExactly(14.0, 7.0, 2.0, 1.0);
    assertThat(imports.left())
        .extracting(Config.Left::line, Config.Left::objective, Config.Left::key)
        .containsExactly(
            tuple(13, "orders", "slos/0/alerting/name"),
            tuple(42, "orders", "spec/slos/0/alerting/name"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "error_ratio_query: max(errors:ratio[{{.window}}])|cannot be counted|slo.yaml",
        "error_ratio_query: sum by (code) (rate(a[5m])) / sum(rate(b[5m]))|cannot be counted|",
        "error_ratio_query: sum(rate(a[5m])|not|",
      })
  void whatCannotBeCountedIsLeftWithItsLineAndReasonAndTheOthersAreTaken(String line) {
    String[] parts = line.split("\\|");
    String text =
        SLOTH.replaceFirst(
            "(?s)error_ratio_query: \\|.*?\\n {4}alerting",
            Matcher.quoteReplacement(parts[0] + "\n    alerting"));
    var imports = read(text);
    assertThat(imports.taken()).extracting(Config.Taken::name).containsExactly("orders");
    assertThat(imports.left())
        .filteredOn(l -> l.key().isEmpty())
        .singleElement()
        .satisfies(
            left -> {
              assertThat(left.line()).isEqualTo(16);
              assertThat(left.objective()).isEqualTo("fast");
              assertThat(left.why()).contains(parts[1]);
            });
    assertThatThrownBy(() -> imports.checked(false))
        .isInstanceOf(HiveException.class)
        .hasMessageContaining("1 of 2")
        .hasMessageContaining("line 16");
    assertThat(imports.checked(true).changes()).hasSize(1);
  }

  @Test
  void whatIsNoObjectiveIsToldByItsLine() {
    assertThat(read("kind: Deployment\napiVersion: apps/v1\n").left())
        .containsExactly(
            new Config.Left(
                1,
                "",
                "",
                "Deployment of apps/v1 is none of the formats that objectives are read from"));
    assertThat(read("groups: [{name: a, rules: [{alert: Down, expr: up == 0}]}]").left())
        .singleElement()
        .satisfies(l -> assertThat(l.why()).contains("below rules"));
    var grouped = PYRRA.replace("latency:\n", "latency:\n      grouping: [route]\n");
    assertThat(read(grouped).left())
        .extracting(Config.Left::why)
        .anyMatch(w -> w.contains("route"));
    assertThatThrownBy(() -> read("a: [1\nb: 2"))
        .isInstanceOf(HiveException.class)
        .hasMessageContaining("slo.yaml:2");
    assertThatThrownBy(() -> read("\n# nothing\n"))
        .isInstanceOf(HiveException.class)
        .hasMessageContaining("nothing in it");
    assertThat(read(PYRRA.replace("'99'", "'100'")).left())
        .filteredOn(l -> l.key().isEmpty())
        .singleElement()
        .satisfies(l -> assertThat(l.why()).contains("no error budget"));
  }

  @Test
  void aNameThatIsAnotherServicesIsNotTaken() {
    var there =
        Json.object()
            .set(
                "orders",
                ObjectiveWriter.write(
                    new ObjectiveFixture(new SplittableRandom(1)).next("orders")));
    var imports = ObjectiveImports.of("slo.yaml", SLOTH, MONTH, there);
    assertThat(imports.left()).anyMatch(l -> l.key().isEmpty() && l.line() == 5);
    assertThat(imports.taken()).extracting(Config.Taken::name).containsExactly("fast");
  }

  static LongStream seeds() {
    return LongStream.range(0, 20);
  }

  /** There and back, what is counted, promised and told is the same; a second time does nothing. */
  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void objectivesComeBackFromOpenSloThroughTheFile(long seed) {
    var fixture = new ObjectiveFixture(new SplittableRandom(seed));
    var all = new ArrayList<Objective>();
    for (int i = 0; i < 4; i++) {
      all.add(fixture.next("o" + i));
    }
    String hive =
        "version: 1\n# kept\nobjectives:\n  mine: # and this\n    target: 99%\n"
            + "    indicator: { bad: 'a{b=\"c\"}', total: a }\n";
    String text = OpenSlo.write(all);
    var first = imports(hive, text);
    assertThat(first.left()).as("seed %d", seed).isEmpty();
    String after = HiveFile.edited(hive, first.checked(false).changes());
    HiveFile.valid(after);
    assertThat(after).contains("# kept", "# and this");
    var config = HiveConfig.parse(HiveConfig.FILE, after);
    assertThat(
            config.objectives().entrySet().stream()
                .filter(e -> !e.getKey().equals("mine"))
                .map(e -> ObjectiveReader.read(e.getKey(), e.getValue())))
        .as("seed %d", seed)
        .containsExactlyElementsOf(all);
    var second = imports(after, text);
    assertThat(second.changes()).as("seed %d", seed).isEmpty();
    assertThat(second.taken()).extracting(Config.Taken::state).containsOnly("same");
  }

  /** Rules have no words for all of it, but what is counted, promised and told comes back. */
  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void objectivesComeBackFromPrometheusRules(long seed) {
    var fixture = new ObjectiveFixture(new SplittableRandom(seed));
    var all = new ArrayList<Objective>();
    while (all.size() < 3) {
      var next = fixture.next("o" + all.size());
      if (next.window() instanceof Window.Rolling r
          && r.duration().toDays() * 86_400 == r.duration().toSeconds()) {
        all.add(next);
      }
    }
    var rules =
        SlothRules.write(all.stream().map(o -> PrometheusSlo.of(o, Instant.EPOCH)).toList());
    var found = objectives(read(rules));
    for (var objective : all) {
      var got = found.get(objective.name());
      assertThat(got).as("seed %d: %s\n%s", seed, objective, read(rules).left()).isNotNull();
      assertThat(got.service()).isEqualTo(objective.service());
      assertThat(meaning(got)).as("seed %d", seed).isEqualTo(meaning(objective));
      assertThat(got.target()).isEqualTo(objective.target());
      assertThat(got.window()).isEqualTo(objective.window());
      assertThat(got.labels()).isEqualTo(objective.labels());
      assertThat(got.runbook()).isEqualTo(objective.alerts().isEmpty() ? "" : objective.runbook());
      assertThat(got.alerts()).as("seed %d", seed).isEqualTo(objective.alerts());
    }
  }

  /** Good events told by the bad ones are the same events. */
  private static Object meaning(Objective objective) {
    return objective.indicator() instanceof Indicator.Ratio r && r.bad() == null
        ? new Indicator.Ratio(null, r.good().replace("code!~", "code=~"), r.total())
        : objective.indicator();
  }

  private static ObjectiveImports imports(String hive, String text) {
    JsonNode there =
        new YamlSource(HiveConfig.FILE, hive, ErrorCode.CONFIG_INVALID).root().path("objectives");
    return ObjectiveImports.of("slo.yaml", text, MONTH, there);
  }

  @ParameterizedTest
  @ValueSource(strings = {"openslo/slos.yaml", "sloth/out-base.yaml.tpl", "sloth/in-base.yaml"})
  void filesOfOthersAreTaken(String name) throws IOException {
    Path file = FIXTURES.resolve(name);
    assumeThat(file).exists();
    String text =
        Files.readString(file)
            .replace("{{ .version }}", "v1")
            .replaceAll("\\{\\{\"(\\{\\{.*?}})\"}}", "$1");
    var imports = read(text);
    assertThat(imports.left()).allMatch(l -> !l.key().isEmpty());
    assertThat(imports.taken()).isNotEmpty();
    if (name.startsWith("sloth")) {
      assertThat(objectives(imports).get("slo1").target().percent()).isEqualTo("99.9%");
    } else {
      assertThat(objectives(imports).get("web-availability").window())
          .isEqualTo(
              new Window.Calendar(
                  Period.ofDays(7),
                  LocalDateTime.of(2022, 1, 1, 12, 0).atZone(ZoneId.of("America/New_York"))));
    }
  }

  /** Objectives by chance, each of which {@code hive.yaml} can say. */
  private record ObjectiveFixture(SplittableRandom random) {
    Objective next(String name) {
      var indicator = indicator();
      return new Objective(
          name,
          random.nextBoolean() ? "" : "What: it \"means\"",
          "service-" + random.nextInt(3),
          indicator instanceof Indicator.Latency
              ? "latency"
              : indicator instanceof Indicator.Threshold ? "value" : "availability",
          indicator,
          Target.ofPercent(BigDecimal.valueOf(random.nextInt(1, 99_999), 3)),
          window(),
          switch (random.nextInt(4)) {
            case 0 -> new Budgeting.TimeSlices(Duration.ofMinutes(5), new BigDecimal("0.95"));
            case 1 -> new Budgeting.RatioTimeSlices(Duration.ofMinutes(1));
            default -> Budgeting.OCCURRENCES;
          },
          alerts(),
          random.nextInt(3) == 0 ? new Guard(5, 0.99) : Guard.DEFAULT,
          random.nextBoolean() ? "" : "https://example.org/run?a=b&c=d#e",
          random.nextBoolean() ? Map.of() : Map.of("team", "a,b", "tier", "1"));
    }

    private Indicator indicator() {
      return switch (random.nextInt(4)) {
        case 0 -> new Indicator.Ratio("requests_total{code!~\"5..\"}", null, "requests_total");
        case 1 ->
            new Indicator.Ratio(
                null, "mails_total{job=\"m\",code=\"4\\\"2\"}", "mails_total{job=\"m\"}");
        case 2 -> new Indicator.Latency("seconds{job=\"m\"}", random.nextInt(1, 5_000) / 1e3);
        default ->
            new Indicator.Threshold(
                "max by (queue) (lag_seconds) + 1",
                Comparison.values()[random.nextInt(4)],
                random.nextInt(100) / 4.0);
      };
    }

    private Window window() {
      var zone = ZoneId.of(random.nextBoolean() ? "UTC" : "Europe/Berlin");
      return switch (random.nextInt(5)) {
        case 0 -> Window.Calendar.of(Period.ofMonths(random.nextInt(1, 14)), zone);
        case 1 -> Window.Calendar.of(Period.ofDays(random.nextInt(1, 30)), zone);
        case 2 ->
            new Window.Calendar(
                Period.ofWeeks(1), LocalDateTime.of(2022, 1, 1, 12, 30, 5).atZone(zone));
        case 3 -> new Window.Rolling(Duration.ofHours(random.nextInt(1, 500)));
        default -> new Window.Rolling(Duration.ofDays(random.nextInt(1, 90)));
      };
    }

    private List<BurnWindow> alerts() {
      return switch (random.nextInt(4)) {
        case 0 -> List.of();
        case 1 ->
            List.of(
                new BurnWindow(
                    Severity.PAGE,
                    Duration.ofMinutes(random.nextInt(60, 6_000)),
                    Duration.ofMinutes(random.nextInt(1, 60)),
                    BigDecimal.valueOf(random.nextInt(1, 50), 2)),
                BurnWindow.of(Severity.TICKET, Duration.ofDays(1), "0.1"));
        default -> BurnWindow.standard();
      };
    }
  }
}
