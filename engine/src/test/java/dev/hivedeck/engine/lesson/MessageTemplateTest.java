package dev.hivedeck.engine.lesson;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What messages have in common. */
class MessageTemplateTest {
  private static final List<String> NAMES = List.of("ann", "T-7");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          It ended with exit 137                   | It ended with exit <*>
          ann ended as if finished                 | <*> ended as if finished
          expected "a b" but was "c"               | expected <*> but was <*>
          leaves a placeholder: `# TODO tests`     | leaves a placeholder: <*>
          is outside of services/api/**, config/** | is outside of <*> <*>
          Cannot read it, ann: it's gone           | Cannot read it, <*> it's gone
          """)
  void whatSurelyVariesIsLeftOpen(String message, String template) {
    assertThat(MessageTemplate.of(message, NAMES)).hasToString(template);
  }

  /** A template has room for every message that went into it, and only ever gets more open. */
  @Test
  void aTemplateCoversAllThatWentIntoIt() {
    var words = List.of("alpha", "beta", "gamma", "delta", "7", "/tmp/x");
    for (long seed = 0; seed < 300; seed++) {
      var random = new Random(seed);
      int length = 1 + random.nextInt(8);
      var messages = new ArrayList<MessageTemplate>();
      MessageTemplate common = null;
      for (int i = 0; i < 6; i++) {
        var text = new StringBuilder();
        for (int w = 0; w < length; w++) {
          text.append(words.get(random.nextInt(words.size()))).append("  ");
        }
        var message = MessageTemplate.of(text.toString(), NAMES);
        messages.add(message);
        common = common == null ? message : common.with(message);
      }
      for (var message : messages) {
        assertThat(common.with(message)).as("seed %d", seed).isEqualTo(common);
      }
      assertThat(MessageTemplate.parse(common.toString())).as("seed %d", seed).isEqualTo(common);
      assertThat(common.similarity(common)).isEqualTo(1);
    }
  }

  @Test
  void ofALongMessageTheBeginningCounts() {
    assertThat(MessageTemplate.of("word ".repeat(500), NAMES).words())
        .hasSize(MessageTemplate.LONGEST);
    assertThat(MessageTemplate.of("", NAMES).head()).isEqualTo(MessageTemplate.ANY);
  }
}
