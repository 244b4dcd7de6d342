package dev.hivedeck.engine.slo.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.config.notify.NotifyConfig;
import dev.hivedeck.engine.metric.LabelMatcher;
import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.view.Muted;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Why an alert is not told. */
class MutingTest {
  private static final Instant NOW = Instant.parse("2026-11-18T14:00:00Z");
  private static final Labels PAGE = Labels.of("objective", "api", "severity", "page");
  private static final Labels TICKET = Labels.of("objective", "api", "severity", "ticket");

  private static Muted reason(Labels alert, List<Silence> silences, Instant at, Labels... firing) {
    var standard = NotifyConfig.STANDARD.inhibitions().stream().map(Inhibition::of).toList();
    return new Muting(silences, standard, List.of(firing), at).of(alert);
  }

  private static Silence silence(LabelMatcher matcher) {
    return new Silence(
        1, List.of(matcher), NOW, NOW.plusSeconds(60), "ada", "move of the database");
  }

  @Test
  void aSilenceHoldsUntilItsEnd() {
    var silences = List.of(silence(LabelMatcher.equal("objective", "api")));
    assertThat(reason(PAGE, silences, NOW, PAGE)).isEqualTo(Muted.SILENCED);
    assertThat(reason(PAGE, silences, NOW.plusSeconds(60), PAGE)).isEqualTo(Muted.NONE);
    assertThat(reason(PAGE.with("objective", "web"), silences, NOW)).isEqualTo(Muted.NONE);
  }

  @Test
  void aSilenceOfAllIsRefused() {
    assertThatThrownBy(() -> silence(new LabelMatcher("a", LabelMatcher.Type.REGEX, ".*")))
        .isInstanceOfSatisfying(
            HiveException.class, e -> assertThat(e.code()).isEqualTo("silence-all"));
  }

  @Test
  void thePageOfAnObjectiveKeepsItsTicketsBack() {
    assertThat(reason(TICKET, List.of(), NOW, PAGE, TICKET)).isEqualTo(Muted.INHIBITED);
    assertThat(reason(PAGE, List.of(), NOW, PAGE, TICKET)).isEqualTo(Muted.NONE);
    assertThat(reason(TICKET, List.of(), NOW, TICKET)).isEqualTo(Muted.NONE);
    assertThat(reason(TICKET.with("objective", "web"), List.of(), NOW, PAGE)).isEqualTo(Muted.NONE);
  }

  @Test
  void alertsWithoutAnObjectiveHaveNoneAlike() {
    var page = Labels.of("severity", "page");
    var ticket = Labels.of("severity", "ticket");
    assertThat(reason(ticket, List.of(), NOW, page, ticket)).isEqualTo(Muted.NONE);
  }

  /** As Alertmanager defines it, said without an index. */
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {91, 92, 93})
  void whateverFiresAnAlertIsKeptBackByAnotherOneOnly(long seed) {
    var random = new Random(seed);
    var inhibition =
        new Inhibition(
            List.of(new LabelMatcher("severity", LabelMatcher.Type.REGEX, "page|both")),
            List.of(new LabelMatcher("severity", LabelMatcher.Type.REGEX, "ticket|both")),
            List.of("objective"));
    var firing = new ArrayList<Labels>();
    for (int i = 0; i < 60; i++) {
      firing.add(
          Labels.of(
              "objective",
              "o" + random.nextInt(12),
              "severity",
              List.of("page", "both", "ticket").get(random.nextInt(3)),
              "nth",
              "" + random.nextInt(2)));
    }
    var muting = new Muting(List.of(), List.of(inhibition), firing, NOW);
    for (var alert : firing) {
      boolean held =
          !alert.get("severity").equals("page")
              && firing.stream()
                  .filter(other -> !other.equals(alert))
                  .filter(other -> !other.get("severity").equals("ticket"))
                  .anyMatch(other -> other.get("objective").equals(alert.get("objective")));
      assertThat(muting.of(alert))
          .as("seed %d: %s", seed, alert)
          .isEqualTo(held ? Muted.INHIBITED : Muted.NONE);
    }
  }
}
