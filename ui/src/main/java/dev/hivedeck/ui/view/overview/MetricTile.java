package dev.hivedeck.ui.view.overview;

import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.List;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;

/** A number that leads further: what it is, the number, and what to know about it. */
final class MetricTile extends Button {
  private final String name;
  private final Label number = Widgets.label("", "tile-number");
  private final Label unit = Widgets.label("", "tile-unit");
  private final FlowPane notes = Widgets.flow(0, 0);

  /** A piece of the last line, in its tone. */
  record Note(Tone tone, String text) {}

  private record Shown(String figure, String unit, List<Note> notes) {}

  private Shown shown;

  MetricTile(String name, Runnable open, Node... more) {
    this.name = name;
    getStyleClass().add("tile");
    number.setMinWidth(USE_PREF_SIZE);
    var figures = Widgets.row(6, number, unit);
    figures.setAlignment(javafx.geometry.Pos.BASELINE_LEFT);
    var box = new VBox(3, Widgets.label(name, "tile-name"), figures);
    box.getChildren().addAll(more);
    box.getChildren().add(notes);
    box.prefWidthProperty().bind(widthProperty().subtract(28));
    setGraphic(box);
    setMaxWidth(Double.MAX_VALUE);
    setMaxHeight(Double.MAX_VALUE);
    setMinWidth(0);
    setPrefWidth(200);
    HBox.setHgrow(this, Priority.ALWAYS);
    setOnAction(_ -> open.run());
    setAccessibleText(name);
  }

  void show(String figure, String what, List<Note> lines) {
    var now = new Shown(figure, what, List.copyOf(lines));
    if (now.equals(shown)) {
      return; // A note that is made anew is styled anew.
    }
    shown = now;
    number.setText(figure);
    unit.setText(what);
    Widgets.show(unit, !what.isEmpty());
    notes.getChildren().clear();
    var words = new StringBuilder();
    for (var note : lines) {
      var last = note == lines.getLast();
      words.append(words.isEmpty() ? "" : ", ").append(note.text());
      var label = note.tone().on(Widgets.label(note.text(), "tile-note"));
      var piece = Widgets.row(0, label);
      if (!last) {
        var dot = Widgets.label(" · ", "muted");
        dot.setMinWidth(USE_PREF_SIZE);
        piece.getChildren().add(dot);
      }
      notes.getChildren().add(piece);
    }
    setAccessibleText(name + ": " + figure + " " + what + ". " + words);
    Widgets.tip(this, words.toString());
  }
}
