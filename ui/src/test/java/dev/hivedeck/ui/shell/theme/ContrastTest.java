package dev.hivedeck.ui.shell.theme;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import javafx.scene.paint.Color;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Words can be read on every ground they stand on, in both themes: 4.5 to 1 at least. */
class ContrastTest {
  private static final List<String> WORDS =
      List.of("text", "soft", "muted", "accent", "green", "amber", "red", "blue", "teal", "purple");
  private static final List<String> GROUNDS =
      List.of("canvas", "bar", "card", "raised", "sunken", "hover");

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void wordsOnGrounds(boolean dark) {
    var tokens = Theme.tokens(dark);
    for (var word : WORDS) {
      for (var ground : GROUNDS) {
        readable(tokens.get(word), tokens.get(ground), word + " on " + ground, 4.5);
      }
    }
    for (var word : List.of("text", "soft", "amber", "green", "red", "blue")) {
      readable(tokens.get(word), tokens.get("selected"), word + " on selected", 4.5);
    }
    for (var tone : List.of("green", "amber", "red", "blue", "teal", "purple")) {
      readable(tokens.get(tone), tokens.get(tone + "-soft"), tone + " on its ground", 4.5);
      readable(tokens.get("text"), tokens.get(tone + "-soft"), "text on " + tone, 4.5);
    }
    readable(tokens.get("on-primary"), tokens.get("primary"), "main buttons", 4.5);
    readable(tokens.get("on-fill"), tokens.get("green-fill"), "approving buttons", 4.5);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void bothThemesHaveTheSameTokens(boolean dark) {
    assertThat(Theme.tokens(dark).keySet()).isEqualTo(Theme.tokens(!dark).keySet());
  }

  private static void readable(Color word, Color ground, String what, double least) {
    assertThat(contrast(word, ground)).as(what).isGreaterThanOrEqualTo(least);
  }

  static double contrast(Color a, Color b) {
    double la = luminance(a);
    double lb = luminance(b);
    return (Math.max(la, lb) + 0.05) / (Math.min(la, lb) + 0.05);
  }

  private static double luminance(Color c) {
    return 0.2126 * linear(c.getRed())
        + 0.7152 * linear(c.getGreen())
        + 0.0722 * linear(c.getBlue());
  }

  private static double linear(double channel) {
    return channel <= 0.04045 ? channel / 12.92 : Math.pow((channel + 0.055) / 1.055, 2.4);
  }
}
