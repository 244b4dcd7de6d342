package dev.hivedeck.ui.shell.widget;

import dev.hivedeck.ui.shell.text.DisplayText;
import dev.hivedeck.ui.shell.theme.TextShaping;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.DoubleSupplier;
import javafx.geometry.Insets;
import javafx.scene.control.Label;
import javafx.scene.text.Font;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one kind of label, as any words may come from outside: it shows them {@link DisplayText
 * plainly}, tells all on hover where they end in an ellipsis, and survives a text that cannot be
 * laid out.
 */
final class SafeLabel extends Label {
  private static final Logger LOG = LoggerFactory.getLogger(SafeLabel.class);

  /** How many lines it may take. */
  enum Shape {
    LINE,

    /** Few, then an ellipsis. */
    TITLE,

    /** As many as it needs. */
    PROSE
  }

  private static final int TITLE_LINES = 3;

  /** So wide that nothing wraps. */
  private static final double ONE_LINE = 100_000;

  /** A longer text is measured once for each width: panes ask many times, and it takes long. */
  private static final int LONG = 400;

  private static final int REMEMBERED = 6;

  private final Shape shape;
  private final Map<Measurement, Double> heights =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Measurement, Double> eldest) {
          return size() > REMEMBERED;
        }
      };

  /** All that a height depends on. */
  private record Measurement(double width, String text, Font font, Insets insets, boolean wraps) {}

  /** How little room it may be given, where it wants more. */
  private double least;

  SafeLabel(String text, Shape shape) {
    this.shape = shape;
    setWrapText(shape != Shape.LINE);
    textProperty().subscribe(this::plainly);
    setText(text);
    Widgets.tellWhole(this);
  }

  /** Keeps that much of it, or all where it is shorter, when room is scarce. */
  SafeLabel keep(double width) {
    least = width;
    setMinWidth(USE_COMPUTED_SIZE);
    return this;
  }

  private void plainly(String text) {
    var plain = shape == Shape.PROSE ? DisplayText.text(text) : DisplayText.line(text);
    if (plain != null && !plain.equals(text)) {
      // Better that it stands still than that it breaks the window: who binds it binds plain words.
      textProperty().unbind();
      setText(plain);
    }
  }

  @Override
  protected double computePrefWidth(double height) {
    return measured(() -> super.computePrefWidth(height));
  }

  @Override
  protected double computePrefHeight(double width) {
    if (getText() == null || getText().length() < LONG) {
      return height(width);
    }
    var measurement = new Measurement(width, getText(), getFont(), getInsets(), isWrapText());
    var known = heights.get(measurement);
    if (known == null) {
      known = height(width);
      heights.put(measurement, known);
    }
    return known;
  }

  private double height(double width) {
    return measured(
        () -> {
          double wanted = super.computePrefHeight(width);
          return shape == Shape.TITLE
              ? Math.min(wanted, super.computePrefHeight(ONE_LINE) * TITLE_LINES)
              : wanted;
        });
  }

  @Override
  protected double computeMinWidth(double height) {
    return measured(
        () ->
            least > 0
                ? Math.min(least, super.computePrefWidth(height))
                : super.computeMinWidth(height));
  }

  @Override
  protected double computeMinHeight(double width) {
    return measured(() -> super.computeMinHeight(width));
  }

  @Override
  protected void layoutChildren() {
    measured(
        () -> {
          super.layoutChildren();
          return 0;
        });
  }

  private double measured(DoubleSupplier way) {
    try {
      return way.getAsDouble();
    } catch (RuntimeException e) {
      LOG.warn("A text could not be laid out and is shown in plain letters", e);
      TextShaping.mend();
      setWrapText(false);
      textProperty().unbind();
      setText(DisplayText.bare(getText()));
      return way.getAsDouble();
    }
  }
}
