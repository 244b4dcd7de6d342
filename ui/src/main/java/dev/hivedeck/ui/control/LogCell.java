package dev.hivedeck.ui.control;

import dev.hivedeck.engine.protocol.Query.LogLine;
import dev.hivedeck.ui.shell.Parts;
import dev.hivedeck.ui.shell.Texts;
import dev.hivedeck.ui.shell.Tone;
import java.util.regex.Pattern;
import javafx.beans.value.ObservableNumberValue;
import javafx.scene.control.Label;
import javafx.scene.control.ListCell;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;

/** One line of a log: when, what kind, and what. */
final class LogCell extends ListCell<LogLine> {
  private static final Pattern COLOURS = Pattern.compile("\u001B\\[[;?\\d]*[A-Za-z]");
  private static final double TIME = 66;
  private static final double KIND = 54;

  private final Texts texts;
  private final Label time = Parts.label("", "log-time");
  private final Label kind = Parts.label("", "log-kind");
  private final Label text = Parts.label("", "log-text");
  private final HBox box = Parts.row(4, time, kind, text);

  LogCell(Texts texts, ObservableNumberValue scale) {
    this.texts = texts;
    width(time, TIME, scale);
    width(kind, KIND, scale);
    HBox.setHgrow(text, Priority.ALWAYS);
    box.setMinWidth(0);
    setPrefWidth(0);
  }

  private static void width(Label label, double width, ObservableNumberValue scale) {
    var fit = javafx.beans.binding.Bindings.multiply(width, scale);
    label.minWidthProperty().bind(fit);
    label.prefWidthProperty().bind(fit);
  }

  /** What a kind of line is coloured by; its word says the same. */
  static Tone tone(String kind) {
    return switch (kind) {
      case "say", "plan" -> Tone.BLUE;
      case "read", "edit", "run" -> Tone.PURPLE;
      case "gate", "retry", "ask" -> Tone.AMBER;
      case "err" -> Tone.RED;
      case "hive" -> Tone.TEAL;
      default -> Tone.NEUTRAL;
    };
  }

  @Override
  protected void updateItem(LogLine line, boolean empty) {
    super.updateItem(line, empty);
    if (empty || line == null) {
      setGraphic(null);
      return;
    }
    time.setText(line.at() == null ? "" : texts.time(line.at()));
    var key = "log.kind." + line.kind();
    kind.setText(texts.has(key) ? texts.text(key) : line.kind());
    tone(line.kind()).on(kind);
    var quiet = line.kind().equals("out") || line.kind().equals("usage");
    text.getStyleClass().remove("soft");
    if (quiet) {
      text.getStyleClass().add("soft");
    }
    text.setText(plain(line.text()));
    setGraphic(box);
  }

  private static String plain(String text) {
    return text.indexOf('\u001B') < 0 ? text : COLOURS.matcher(text).replaceAll("");
  }
}
