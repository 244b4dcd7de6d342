package dev.hivedeck.engine.protocol.failure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each reason implies, and that any word can be read. */
class EndReasonTest {
  private static String traits(EndReason reason) {
    return String.join(
        " ",
        Stream.of(
                reason.cutOff() ? "cut-off" : "",
                reason.countsAgainstAgent() ? "counts" : "",
                reason.outage() ? "outage" : "",
                reason.staleConversation() ? "stale" : "",
                reason.stuck() ? "stuck" : "")
            .filter(trait -> !trait.isEmpty())
            .toList());
  }

  @ParameterizedTest
  @CsvSource({
    "gate, counts, USUAL",
    "exit, counts, USUAL",
    "crash, cut-off counts, USUAL",
    "timeout, cut-off counts stuck, USUAL",
    "quiet, cut-off counts stuck, USUAL",
    "runaway, counts stale stuck, USUAL",
    "flood, cut-off counts, USUAL",
    "over-limit, cut-off counts, USUAL",
    "context, cut-off counts stale, USUAL",
    "nothing-changed, counts, USUAL",
    "no-session, stale, USUAL",
    "refused, counts, ANOTHER_AGENT",
    "budget, cut-off counts, BUDGET",
    "not-found, outage, ANOTHER_PROVIDER",
    "sign-in, outage, ANOTHER_PROVIDER",
    "quota, cut-off outage, QUOTA",
    "overload, cut-off outage, OVERLOAD",
    "unreachable, cut-off outage, OVERLOAD",
    "no-sandbox, '', PERSON",
    "setup-failed, '', USUAL",
    "given-up, '', USUAL",
    "engine, '', USUAL",
    "asked, '', USUAL",
    "lost, '', USUAL",
    "stopped, '', USUAL",
  })
  void everyReasonImpliesWhatFollows(String word, String traits, EndReason.Retry retry) {
    var reason = EndReason.of(word);
    assertThat(reason).isNotInstanceOf(EndReason.Other.class);
    assertThat(reason.word()).isEqualTo(word);
    assertThat(traits(reason)).isEqualTo(traits);
    assertThat(reason.retry()).isEqualTo(retry);
  }

  @Test
  void noReasonIsMissingFromTheTableAbove() throws NoSuchMethodException {
    var table =
        getClass()
            .getDeclaredMethod(
                "everyReasonImpliesWhatFollows", String.class, String.class, EndReason.Retry.class)
            .getAnnotation(CsvSource.class)
            .value();
    assertThat(Stream.of(table).map(row -> row.split(",")[0]))
        .containsExactlyElementsOf(
            Stream.concat(
                    Arrays.<EndReason>stream(FailureReason.values()),
                    Arrays.<EndReason>stream(ReleaseReason.values()))
                .map(EndReason::word)
                .toList());
  }

  /** Whoever is asked reads what to do. */
  @Test
  void whatMayComeToAPersonSaysWhatToDo() {
    var persons =
        List.of(
            EndReason.Retry.PERSON,
            EndReason.Retry.ANOTHER_AGENT,
            EndReason.Retry.ANOTHER_PROVIDER,
            EndReason.Retry.BUDGET);
    for (var reason : FailureReason.values()) {
      assertThat(reason.remedy().isEmpty())
          .as("%s", reason)
          .isEqualTo(!persons.contains(reason.retry()));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"disk-full", "a-word-of-another-version", "", "GATE"})
  void otherWordsAreReadAsTheyAreAndImplyNothing(String word) {
    var reason = EndReason.of(word);
    assertThat(reason).isEqualTo(new EndReason.Other(word));
    assertThat(traits(reason)).isEmpty();
    assertThat(reason.retry()).isEqualTo(EndReason.Retry.USUAL);
  }
}
