package dev.hivedeck.ui.shell;

import java.util.function.DoubleSupplier;
import javafx.scene.control.Label;
import javafx.scene.text.Text;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one kind of label, as any words may come from outside: it shows them {@link Plain plainly},
 * tells all on hover where they end in an ellipsis, and survives a text that cannot be laid out.
 */
final class Words extends Label {
  private static final Logger LOG = LoggerFactory.getLogger(Words.class);

  private final boolean lines;

  /**
   * @param lines whether it may take several
   */
  Words(String text, boolean lines) {
    this.lines = lines;
    setWrapText(lines);
    textProperty().subscribe(this::plainly);
    setText(text);
    setOnMouseEntered(_ -> setTooltip(cut() ? Parts.tooltip(getText()) : null));
  }

  private void plainly(String text) {
    var plain = lines ? Plain.text(text) : Plain.line(text);
    if (plain != null && !plain.equals(text) && !textProperty().isBound()) {
      setText(plain);
    }
  }

  /** Whether not all of it is to be seen. */
  boolean cut() {
    return lookup(".text") instanceof Text shown && !shown.getText().equals(getText());
  }

  @Override
  protected double computePrefWidth(double height) {
    return measured(() -> super.computePrefWidth(height));
  }

  @Override
  protected double computePrefHeight(double width) {
    return measured(() -> super.computePrefHeight(width));
  }

  @Override
  protected double computeMinWidth(double height) {
    return measured(() -> super.computeMinWidth(height));
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
      if (!textProperty().isBound()) {
        setText(Plain.bare(getText()));
      }
      return way.getAsDouble();
    }
  }
}
