package dev.hivedeck.engine.slo.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.config.notify.NotifyConfig;
import dev.hivedeck.engine.metric.LabelMatcher;
import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.slo.alert.Muting.Reason;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Why an alert is not told. */
class MutingTest {
  private static final Instant NOW = Instant.parse("2026-11-18T14:00:00Z");
  private static final Labels PAGE = Labels.of("objective", "api", "severity", "page");
  private static final Labels TICKET = Labels.of("objective", "api", "severity", "ticket");

  private static Reason reason(Labels alert, List<Silence> silences, Instant at, Labels... firing) {
    return new Muting(silences, Inhibition.all(NotifyConfig.STANDARD), List.of(firing), at)
        .of(alert);
  }

  private static Silence silence(LabelMatcher matcher) {
    return new Silence(
        1, List.of(matcher), NOW, NOW.plusSeconds(60), "ada", "move of the database");
  }

  @Test
  void aSilenceHoldsUntilItsEnd() {
    var silences = List.of(silence(LabelMatcher.equal("objective", "api")));
    assertThat(reason(PAGE, silences, NOW, PAGE)).isEqualTo(Reason.SILENCED);
    assertThat(reason(PAGE, silences, NOW.plusSeconds(60), PAGE)).isEqualTo(Reason.NONE);
    assertThat(reason(PAGE.with("objective", "web"), silences, NOW)).isEqualTo(Reason.NONE);
  }

  @Test
  void aSilenceOfAllIsRefused() {
    assertThatThrownBy(() -> silence(new LabelMatcher("a", LabelMatcher.Type.REGEX, ".*")))
        .isInstanceOfSatisfying(
            HiveException.class, e -> assertThat(e.code()).isEqualTo("silence-all"));
  }

  @Test
  void thePageOfAnObjectiveKeepsItsTicketsBack() {
    assertThat(reason(TICKET, List.of(), NOW, PAGE, TICKET)).isEqualTo(Reason.INHIBITED);
    assertThat(reason(PAGE, List.of(), NOW, PAGE, TICKET)).isEqualTo(Reason.NONE);
    assertThat(reason(TICKET, List.of(), NOW, TICKET)).isEqualTo(Reason.NONE);
    assertThat(reason(TICKET.with("objective", "web"), List.of(), NOW, PAGE))
        .isEqualTo(Reason.NONE);
  }

  @Test
  void alertsWithoutAnObjectiveHaveNoneAlike() {
    var page = Labels.of("severity", "page");
    var ticket = Labels.of("severity", "ticket");
    assertThat(reason(ticket, List.of(), NOW, page, ticket)).isEqualTo(Reason.NONE);
  }
}
