package dev.hivedeck.ui.view.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.ui.shell.text.Texts;
import java.time.ZoneOffset;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rollouts as people say them. */
class RolloutWordsTest {
  @ParameterizedTest
  @CsvSource({
    "orders, orders, orders",
    "flag:new-checkout, flag new-checkout, Flag new-checkout",
    "agent:codex, agent codex, Agent codex"
  })
  void whatIsExposedIsSaidInWords(String service, String english, String german) {
    assertThat(new RolloutWords(new Texts(Locale.ENGLISH, ZoneOffset.UTC)).subject(service))
        .isEqualTo(english);
    assertThat(new RolloutWords(new Texts(Locale.GERMAN, ZoneOffset.UTC)).subject(service))
        .isEqualTo(german);
  }
}
