package dev.hivedeck.app.cli.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.app.cli.chaos.ChaosPlan.Fault;
import dev.hivedeck.app.cli.chaos.ChaosPlan.Kind;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a plan of a game day says, and what it may not say. */
class ChaosPlanTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  @Test
  void itHasWhatItSaysAndElseTheUsual() {
    var plan =
        ChaosPlan.parse(
            "chaos.yaml",
            """
            faults:
              - { do: kill, service: orders }
              - { at: 1m, do: slow, service: orders, for: 20s, delay: 500ms }
              - { at: 2m, do: starve, agent: codex }
            """);
    assertThat(plan.recover()).isEqualTo(Duration.ofMinutes(1));
    assertThat(plan.faults())
        .containsExactly(
            new Fault(Duration.ZERO, Kind.KILL, false, "orders", Duration.ZERO, SECOND),
            new Fault(
                Duration.ofMinutes(1),
                Kind.SLOW,
                false,
                "orders",
                Duration.ofSeconds(20),
                Duration.ofMillis(500)),
            new Fault(
                Duration.ofMinutes(2), Kind.STARVE, true, "codex", Duration.ofSeconds(10), SECOND));
    assertThat(plan.faults().getLast().words()).isEqualTo("starve agent codex for 10 s");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{ do: kill } | service: orders, or agent: codex",
        "{ do: kill, service: a, agent: b } | service: orders, or agent: codex",
        "{ do: burn, service: a } | kill",
        "{ do: kill, service: a, for: 5s } | a kill takes no time",
        "{ do: slow, agent: a } | slow is of services",
        "{ do: freeze, service: a, delay: 1s } | delay is of slow",
        "{ do: freeze, service: a, for: soon } | \"soon\" is no time",
        "{ do: freeze, service: a, for: 1h } | is too long",
        "{ do: freeze, service: a, at: 59m, for: 10m } | longer than an hour",
        "{ do: freeze, servise: a } | servise",
      })
  void whatMakesNoSenseIsRefusedAtItsLine(String fault, String said) {
    assertThatThrownBy(() -> ChaosPlan.parse("chaos.yaml", "faults:\n  - " + fault))
        .hasMessageContaining("chaos.yaml:")
        .hasMessageContaining(said);
  }
}
