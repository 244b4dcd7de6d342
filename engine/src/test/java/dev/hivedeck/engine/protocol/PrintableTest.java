package dev.hivedeck.engine.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrintableTest {
  @ParameterizedTest
  @CsvSource({
    "1b, \\e",
    "07, \\a",
    "00, \\0",
    "0a, \\n",
    "0d, \\r",
    "09, \\t",
    "7f, \\x7f",
    "85, \\x85",
    "9b, \\x9b",
    "ad, \\xad",
    "200b, \\u200b",
    "200d, \\u200d",
    "202e, \\u202e",
    "2028, \\u2028",
    "2029, \\u2029",
    "2066, \\u2066",
    "feff, \\ufeff",
    "3164, \\u3164",
    "a0, \\xa0",
    "1680, \\u1680",
    "2003, \\u2003",
    "2800, \\u2800",
    "3000, \\u3000",
    "e000, \\ue000",
    "378, \\u0378",
    "fffc, \\ufffc",
    "fffe, \\ufffe",
    "16fe4, \\U00016fe4",
    "1d159, \\U0001d159",
    "1d173, \\U0001d173",
    "fe0f, \\ufe0f",
    "d800, \\ud800",
    "e0041, \\U000e0041"
  })
  void whatSteersOrHidesIsWrittenOut(String hex, String shown) {
    String hidden = Character.toString(Integer.parseInt(hex, 16));
    assertThat(Printable.line("a" + hidden + "b")).isEqualTo("a" + shown + "b");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "npm test", "Grüße, 世界, שלום, عربى", "✅ ⚠️ 👩‍💻 👍🏽", "a\\e[2K", "« é »"})
  void whatIsPlainStaysAsItIs(String text) {
    assertThat(Printable.line(text)).isSameAs(text);
    assertThat(Printable.text(text)).isSameAs(text);
  }

  @Test
  void blanksThatPushTheRestOutOfSightAreCounted() {
    assertThat(Printable.exact("ls" + " ".repeat(3_000) + "; rm x")).isEqualTo("ls␣×3000; rm x");
    assertThat(Printable.exact("a" + " ".repeat(8) + "b")).isEqualTo("a" + " ".repeat(8) + "b");
    assertThat(Printable.exact("a\u2003".repeat(2))).isEqualTo("a\\u2003a\\u2003");
    assertThat(Printable.exact(null)).isNull();
  }

  @Test
  void severalLinesStaySeveral() {
    assertThat(Printable.text("a\n\tb\r\nc\rd")).isEqualTo("a\n\tb\r\nc\\rd");
    assertThat(Printable.line(null)).isNull();
  }

  /** Whatever a document says: with nothing hidden in it, and read back as it was. */
  @Test
  void jsonSaysTheSame() {
    var random = new Random(7);
    for (int round = 0; round < 2_000; round++) {
      var text = new StringBuilder();
      for (int i = 0; i < 12; i++) {
        int c = random.nextInt(random.nextBoolean() ? 0x300 : Character.MAX_CODE_POINT);
        text.appendCodePoint(c >= 0xd800 && c <= 0xdfff ? 'x' : c);
      }
      String json = Printable.json(Json.write(Map.of("t", text.toString())));
      assertThat(Printable.line(json)).isEqualTo(json);
      assertThat(Json.read(json, JsonNode.class).get("t").asText()).isEqualTo(text.toString());
    }
  }
}
