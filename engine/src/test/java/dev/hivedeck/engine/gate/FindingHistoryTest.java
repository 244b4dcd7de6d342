package dev.hivedeck.engine.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.view.GateViews.Finding;
import dev.hivedeck.engine.protocol.view.GateViews.FindingAge;
import dev.hivedeck.engine.protocol.view.GateViews.GateResult;
import dev.hivedeck.engine.protocol.view.GateViews.Outcome;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a gate finds is new, still there, or gone. */
class FindingHistoryTest {
  private static GateResult lint(Outcome outcome, Finding... findings) {
    return new GateResult("lint", "attempt", outcome, "said", List.of(findings), 1);
  }

  private static GateResult compared(GateResult before, GateResult now) {
    return FindingHistory.compare(List.of(before), List.of(now)).getFirst();
  }

  @Test
  void linesMoveAndNumbersWithThem() {
    var now =
        compared(
            lint(
                Outcome.FAILED,
                new Finding("a.py", 3, "unused x (line 3)"),
                new Finding("a.py", 9, "no docstring"),
                new Finding("b.py", 1, "no docstring")),
            lint(
                Outcome.FAILED,
                new Finding("a.py", 7, "unused x (line 7)"),
                new Finding("a.py", 12, "no docstring"),
                new Finding("b.py", 1, "too long")));

    assertThat(now.findings())
        .extracting(Finding::age)
        .containsExactly(FindingAge.STILL, FindingAge.STILL, FindingAge.NEW);
    assertThat(now.fixed()).containsExactly(new Finding("b.py", 1, "no docstring"));
  }

  @Test
  void oneOfTwoAlikeIsTheNearest() {
    var now =
        compared(
            lint(Outcome.FAILED, new Finding("a.py", 10, "long"), new Finding("a.py", 90, "long")),
            lint(Outcome.FAILED, new Finding("a.py", 88, "long")));

    assertThat(now.findings()).extracting(Finding::age).containsExactly(FindingAge.STILL);
    assertThat(now.fixed()).containsExactly(new Finding("a.py", 10, "long"));
  }

  @Test
  void threeAlikeAfterTwoAreOneMore() {
    var two = lint(Outcome.FAILED, new Finding("a.py", 1, "x"), new Finding("a.py", 2, "x"));
    var three =
        lint(
            Outcome.FAILED,
            new Finding("a.py", 1, "x"),
            new Finding("a.py", 2, "x"),
            new Finding("a.py", 3, "x"));

    assertThat(compared(two, three).findings())
        .extracting(Finding::age)
        .containsExactly(FindingAge.STILL, FindingAge.STILL, FindingAge.NEW);
  }

  @Test
  void whatPassesHasFixedAll() {
    var now = compared(lint(Outcome.FAILED, new Finding("a.py", 1, "x")), lint(Outcome.PASSED));

    assertThat(now.fixed()).containsExactly(new Finding("a.py", 1, "x"));
  }

  @Test
  void whatFailsHasFixedNothingInFilesThatItDoesNotName() {
    var now =
        compared(
            lint(Outcome.FAILED, new Finding("a.py", 1, "x"), new Finding("b.py", 1, "x")),
            lint(Outcome.FAILED, new Finding("b.py", 7, "cannot be compiled")));

    assertThat(now.fixed()).containsExactly(new Finding("b.py", 1, "x"));
  }

  /** It did not end in time, or could not be run. */
  @Test
  void whatNamesNoPlaceHasFixedNothing() {
    var now =
        compared(
            lint(Outcome.FAILED, new Finding("a.py", 1, "x")),
            lint(Outcome.FAILED, new Finding(null, 0, "killed")));

    assertThat(now.fixed()).isEmpty();
    assertThat(now.findings()).extracting(Finding::age).containsOnlyNulls();
  }

  @Test
  void ofMoreThanAreKeptNothingIsSure() {
    var many =
        lint(
            Outcome.FAILED,
            IntStream.range(0, 50)
                .mapToObj(i -> new Finding("f" + i + ".py", 1, "x"))
                .toArray(Finding[]::new));
    var other = lint(Outcome.FAILED, new Finding("z.py", 1, "x"));

    assertThat(compared(many, other).findings()).extracting(Finding::age).containsOnlyNulls();
    assertThat(compared(other, many).fixed()).isEmpty();
  }

  @Test
  void anotherGateIsNoMeasure() {
    var before = new GateResult("unit", "attempt", Outcome.FAILED, "said", List.of(), 1);

    assertThat(compared(before, lint(Outcome.FAILED, new Finding("a.py", 1, "x"))).findings())
        .extracting(Finding::age)
        .containsOnlyNulls();
  }
}
