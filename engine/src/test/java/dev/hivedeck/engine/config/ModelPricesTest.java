package dev.hivedeck.engine.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What models cost: whose price a name has, and what it comes to. */
class ModelPricesTest {
  private static final ModelPrices OWN =
      HiveConfig.parse(
              "hive.yaml",
              """
              version: 1
              prices:
                Mine: { in: 2, out: 8, cached: 0.5 }
                mine-large: { in: 20, out: 80 }
                shop/mine: { in: 3, out: 9, cached: 1 }
                gpt-5: { in: 100, out: 200, cached: 10 }
              """)
          .prices();

  @ParameterizedTest
  @CsvSource({
    // in and cached and out count each for itself; what is cached is among what is read
    "mine,              1000000,       0,       0,  2.0",
    "mine,              1000000, 1000000,       0,  0.5",
    "mine,                    0,       0, 1000000,  8.0",
    "mine,              1000000,  400000,  500000,  5.4",
    // without a price for what is cached it costs like the rest
    "mine-large,        1000000,  400000,       0, 20.0",
    // the longest name that fits, however it is written and whatever comes after it
    "MINE-2026-11,      1000000,       0,       0,  2.0",
    "mine-large-latest, 1000000,       0,       0, 20.0",
    // a provider counts only where the price names it
    "any/mine,          1000000,       0,       0,  2.0",
    "shop/mine-2,       1000000,       0,       0,  3.0",
    "a/b/mine,          1000000,       0,       0,  2.0",
    // what a team writes goes before the table of the same name
    "gpt-5,             1000000,       0,       0, 100.0"
  })
  void aModelCostsWhatTheLongestNameSays(
      String model, long in, long cached, long out, double dollars) {
    var price = OWN.of(model).orElseThrow();
    assertThat(price.of(in, cached, out)).isCloseTo(dollars, Offset.offset(1e-9));
  }

  @ParameterizedTest
  @ValueSource(strings = {"unheard-of", "my-mine", "min", ""})
  void ofAnyOtherNobodyKnows(String model) {
    assertThat(OWN.of(model)).isEmpty();
  }

  @Test
  void ofNoneNobodyKnows() {
    assertThat(OWN.of(null)).isEmpty();
  }

  /** Of the table that comes along: prices.yaml. */
  @ParameterizedTest
  @CsvSource({
    "claude-sonnet-4-5-20250929, 3, 0.30, 15",
    "anthropic/claude-opus-4-5, 5, 0.50, 25",
    "gpt-5-codex, 1.25, 0.125, 10",
    "gpt-5-mini-2025, 0.25, 0.025, 2",
    "gemini-2.5-flash-lite, 0.10, 0.01, 0.40"
  })
  void aTableComesAlong(String model, double in, double cached, double out) {
    assertThat(ModelPrices.STANDARD.of(model)).hasValue(new ModelPrices.Price(in, cached, out));
  }
}
