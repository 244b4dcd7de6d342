package dev.hivedeck.ui.shell.widget;

import static dev.hivedeck.ui.shell.widget.Widgets.button;
import static dev.hivedeck.ui.shell.widget.Widgets.prose;
import static dev.hivedeck.ui.shell.widget.Widgets.row;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import java.util.ArrayList;
import java.util.List;
import javafx.animation.PauseTransition;
import javafx.geometry.Pos;
import javafx.scene.control.Button;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import javafx.util.Duration;

/** What stands where there is nothing to show: empty, loading or failed. */
public final class EmptyState {
  private EmptyState() {}

  /** Teaches the next step. */
  public static VBox empty(Icon icon, String title, String text, Button... steps) {
    var placard = new VBox(8);
    placard.getStyleClass().add("placard");
    placard.setAlignment(Pos.CENTER);
    var heading = Widgets.label(title);
    heading.getStyleClass().add("placard-title");
    var words = prose(text, "soft");
    words.setMaxWidth(440);
    words.setAlignment(Pos.CENTER);
    words.setTextAlignment(javafx.scene.text.TextAlignment.CENTER);
    placard.getChildren().addAll(icon.node(), heading, words);
    if (steps.length > 0) {
      var buttons = row(8, steps);
      buttons.setAlignment(Pos.CENTER);
      buttons.getStyleClass().add("placard-steps");
      placard.getChildren().add(buttons);
    }
    return placard;
  }

  /** Says what failed, why and what to do, with the code to search for. */
  public static VBox failed(
      Texts texts, HiveException.Fault fault, Runnable retry, Button... more) {
    var steps = new ArrayList<Button>();
    steps.add(button(texts.text("action.retry"), retry, "accent"));
    steps.addAll(List.of(more));
    var placard =
        empty(
            Icon.FAILED,
            texts.text("state.failed"),
            texts.said(fault.message()),
            steps.toArray(Button[]::new));
    Tone.RED.on(placard.getChildren().getFirst());
    var hint = prose(fault.hint() == null ? "" : texts.said(fault.hint()), "muted");
    hint.setMaxWidth(440);
    hint.setAlignment(Pos.CENTER);
    hint.setTextAlignment(javafx.scene.text.TextAlignment.CENTER);
    var code = Widgets.label(fault.code());
    code.getStyleClass().addAll("mono", "muted");
    placard.getChildren().add(placard.getChildren().size() - 1, hint);
    placard.getChildren().add(placard.getChildren().size() - 1, code);
    return placard;
  }

  /** The shape of what is coming, after a moment in which it may already have come. */
  public static Region loading(String name) {
    var shape = new VBox(12);
    shape.getStyleClass().add("skeleton");
    var tiles = new HBox(12);
    for (int i = 0; i < 5; i++) {
      var tile = block(96);
      HBox.setHgrow(tile, Priority.ALWAYS);
      tiles.getChildren().add(tile);
    }
    var large = block(0);
    VBox.setVgrow(large, Priority.ALWAYS);
    shape.getChildren().addAll(tiles, large);
    shape.setAccessibleText(name);
    shape.setOpacity(0);
    var pause = new PauseTransition(Duration.millis(150));
    pause.setOnFinished(_ -> shape.setOpacity(1));
    pause.play();
    return shape;
  }

  private static Region block(double height) {
    var block = new Region();
    block.getStyleClass().add("skeleton-block");
    if (height > 0) {
      block.setMinHeight(height);
    }
    block.setMaxHeight(Double.MAX_VALUE);
    return block;
  }
}
