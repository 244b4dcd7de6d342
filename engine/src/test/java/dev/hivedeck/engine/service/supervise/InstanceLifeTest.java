package dev.hivedeck.engine.service.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.config.service.ServiceConfig.HealthRule;
import dev.hivedeck.engine.protocol.service.ServiceState;
import dev.hivedeck.engine.protocol.service.ServiceViews.CheckKind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of an instance, by what happens to it and when. */
class InstanceLifeTest {
  private static final Instant NOON = Instant.parse("2026-01-05T12:00:00Z");
  private static final HealthRule RULE =
      new HealthRule(
          CheckKind.TCP,
          "",
          Duration.ofSeconds(5),
          Duration.ofSeconds(2),
          2,
          3,
          Duration.ofSeconds(30));

  private static Instant at(long seconds) {
    return NOON.plusSeconds(seconds);
  }

  private static InstanceLife healthy() {
    return InstanceLife.at(NOON)
        .begun(NOON)
        .checked(true, "open", RULE, NOON)
        .checked(true, "open", RULE, NOON);
  }

  @Test
  void aRuleThatIsAnotherCountsAnewAndOneThatAsksNothingFindsItWell() {
    var once = InstanceLife.at(NOON).begun(NOON).checked(true, "open", RULE, NOON);
    assertThat(once.under(RULE, NOON).checked(true, "open", RULE, NOON).state())
        .isEqualTo(ServiceState.STARTING);
    assertThat(once.under(HealthRule.NONE, NOON).state()).isEqualTo(ServiceState.HEALTHY);
    assertThat(healthy().under(HealthRule.NONE, NOON).since()).isEqualTo(healthy().since());
    assertThat(InstanceLife.at(NOON).under(HealthRule.NONE, NOON).state())
        .isEqualTo(ServiceState.STOPPED);
  }

  @Test
  void itIsHealthyOnceAsManyChecksInARowWereGoodAsItTakes() {
    var once = InstanceLife.at(NOON).begun(NOON).checked(true, "open", RULE, NOON);
    assertThat(once.state()).isEqualTo(ServiceState.STARTING);
    assertThat(once.checked(false, "closed", RULE, NOON).checked(true, "open", RULE, NOON).state())
        .isEqualTo(ServiceState.STARTING);
    assertThat(once.checked(true, "open", RULE, NOON).state()).isEqualTo(ServiceState.HEALTHY);
  }

  @Test
  void itIsUnhealthyOnceAsManyInARowWereBadAndSaysWhatTheySay() {
    var life = healthy();
    life = life.checked(false, "answers 500", RULE, at(5));
    life = life.checked(false, "answers 500", RULE, at(10));
    assertThat(life.state()).isEqualTo(ServiceState.HEALTHY);
    life = life.checked(false, "answers 503", RULE, at(15));
    assertThat(life.state()).isEqualTo(ServiceState.UNHEALTHY);
    assertThat(life.why()).isEqualTo("answers 503");
    life = life.checked(true, "200", RULE, at(20)).checked(true, "200", RULE, at(25));
    assertThat(life.state()).isEqualTo(ServiceState.HEALTHY);
    assertThat(life.why()).isEmpty();
  }

  @Test
  void oneThatNeverAnswersIsUnhealthyWhenItsTimeToStartIsOver() {
    var life = InstanceLife.at(NOON).begun(NOON);
    assertThat(life.passed(RULE, at(29)).state()).isEqualTo(ServiceState.STARTING);
    assertThat(life.passed(RULE, at(30)).state()).isEqualTo(ServiceState.UNHEALTHY);
  }

  @Test
  void oneThatIsUnhealthyForAMinuteHangs() {
    var life = InstanceLife.at(NOON).begun(NOON).passed(RULE, at(30));
    assertThat(life.hangs(at(89))).isFalse();
    assertThat(life.hangs(at(90))).isTrue();
  }

  @Test
  void thePausesGrowAndAfterTheFifthCrashInARowItIsGivenUp() {
    var pauses = new ArrayList<Long>();
    var life = InstanceLife.at(NOON);
    while (life.state() != ServiceState.FAILED) {
      life = life.begun(NOON).crashed("ended with exit 1", 1, NOON);
      if (life.retryAt() != null) {
        pauses.add(Duration.between(NOON, life.retryAt()).toSeconds());
        life = life.retried(false, NOON);
      }
    }
    assertThat(pauses).isEqualTo(List.of(1L, 2L, 4L, 8L));
    assertThat(life.why()).isEqualTo("ended with exit 1, 5 times in a row");
    assertThat(life.retried(true, NOON).crashes()).isZero();
  }

  @Test
  void howItEndedLastIsToldUntilItIsHealthy() {
    var ended = InstanceLife.at(NOON).begun(NOON).crashed("ended with exit 3", 1, NOON);
    var begun = ended.retried(false, NOON).waits("waits for db").begun(NOON);
    assertThat(begun.why()).isEqualTo("ended with exit 3");
    assertThat(ended.retried(true, NOON).begun(NOON).why()).as("forgiven").isEmpty();
    assertThat(begun.checked(true, "", RULE, NOON).checked(true, "", RULE, NOON))
        .returns(ServiceState.HEALTHY, InstanceLife::state)
        .returns("", InstanceLife::why);
  }

  @Test
  void pausesEndAtHalfAMinute() {
    assertThat(RestartRule.pause(50)).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void oneThatWasWellForAMinuteBeginsToCountAnew() {
    var life =
        InstanceLife.at(NOON)
            .begun(NOON)
            .crashed("ended with exit 1", 1, NOON)
            .retried(false, NOON);
    life = life.begun(NOON).checked(true, "", RULE, NOON).checked(true, "", RULE, NOON);
    assertThat(life.passed(RULE, at(59)).crashes()).isEqualTo(1);
    assertThat(life.passed(RULE, at(60)).crashes()).isZero();
  }
}
