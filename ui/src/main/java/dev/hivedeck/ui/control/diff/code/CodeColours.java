package dev.hivedeck.ui.control.diff.code;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import javafx.scene.Group;
import javafx.scene.paint.Paint;
import javafx.scene.text.Font;
import javafx.scene.text.Text;

/**
 * The colours of code, as the theme has them: each is asked of the style sheet once, not once for
 * each word that is shown.
 */
public final class CodeColours extends Group {
  private static final int SAMPLE = 20;

  private final Map<Syntax.Kind, Text> samples = new EnumMap<>(Syntax.Kind.class);
  private final Text mark = sample("code-mark");
  private final Text letter = sample("code-plain");
  private final Text added = sample("word-added");
  private final Text removed = sample("word-removed");
  private double width;
  private double high;
  private double baseline;
  private int digits;

  /**
   * @param changed runs when they are others
   */
  public CodeColours(Runnable changed) {
    setManaged(false);
    setMouseTransparent(true);
    for (var kind : Syntax.Kind.values()) {
      var sample = sample("code-" + kind.name().toLowerCase(Locale.ROOT));
      samples.put(kind, sample);
      sample.fillProperty().subscribe((_, _) -> changed.run());
    }
    letter
        .fontProperty()
        .subscribe(
            (_, _) -> {
              width = 0;
              changed.run();
            });
    added.fillProperty().subscribe((_, _) -> changed.run());
    getChildren().setAll(samples.values());
    getChildren().addAll(mark, letter, added, removed);
  }

  private static Text sample(String style) {
    var text = new Text();
    text.getStyleClass().add(style);
    return text;
  }

  Paint of(Syntax.Kind kind) {
    return samples.get(kind).getFill();
  }

  /** Of what is said beside code. */
  Paint mark() {
    return mark.getFill();
  }

  /** Behind words that differ. */
  Paint word(boolean now) {
    return (now ? added : removed).getFill();
  }

  /** How many digits the numbers of lines have. */
  public int digits() {
    return digits;
  }

  /** Whether they are others than before. */
  public boolean digits(int most) {
    boolean other = most != digits;
    digits = most;
    return other;
  }

  Font font() {
    return letter.getFont();
  }

  /** How wide a letter of code is, in pixels. */
  public double letter() {
    measure();
    return width;
  }

  /** How high a line of code is. */
  public double high() {
    measure();
    return high;
  }

  /** Where letters stand in a line, from its top. */
  double baseline() {
    measure();
    return baseline;
  }

  private void measure() {
    if (width <= 0) {
      var sample = new Text("0".repeat(SAMPLE));
      sample.setFont(letter.getFont());
      width = sample.getLayoutBounds().getWidth() / SAMPLE;
      high = sample.getLayoutBounds().getHeight();
      baseline = sample.getBaselineOffset();
    }
  }
}
