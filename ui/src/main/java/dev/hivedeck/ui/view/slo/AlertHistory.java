package dev.hivedeck.ui.view.slo;

import dev.hivedeck.engine.protocol.view.SloViews;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.time.Duration;
import java.util.List;
import javafx.scene.control.Label;
import javafx.scene.control.ListCell;
import javafx.scene.control.ListView;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;

/** The alerts of one objective, the newest first. */
final class AlertHistory extends VBox {
  private final Texts texts;
  private final ListView<SloViews.Alert> list = new ListView<>();

  AlertHistory(Texts texts) {
    super(8);
    this.texts = texts;
    getStyleClass().add("card");
    list.getStyleClass().add("plain-list");
    list.setCellFactory(_ -> new Cell());
    list.setAccessibleText(texts.text("slo.history"));
    list.setPlaceholder(Widgets.prose(texts.text("slo.history.none"), "muted"));
    VBox.setVgrow(list, Priority.ALWAYS);
    getChildren().setAll(Widgets.label(texts.text("slo.history"), "card-title"), list);
    setMinWidth(250);
    setPrefWidth(400);
  }

  void show(List<SloViews.Alert> alerts) {
    if (!alerts.equals(list.getItems())) {
      list.getItems().setAll(alerts);
    }
  }

  private final class Cell extends ListCell<SloViews.Alert> {
    private final Label when = Widgets.label("", "mono", "muted");
    private final Label what = Widgets.label("");
    private final Label length = Widgets.label("", "mono", "soft");
    private final Label summary = Widgets.label("", "soft");
    private final HBox box = Widgets.row(10, when, what, length, Widgets.grow(summary));

    Cell() {
      for (var label : List.of(when, what, length)) {
        label.setMinWidth(USE_PREF_SIZE);
      }
      setPrefWidth(0);
    }

    @Override
    protected void updateItem(SloViews.Alert alert, boolean empty) {
      super.updateItem(alert, empty);
      if (empty || alert == null) {
        setGraphic(null);
        return;
      }
      when.setText(new SloWords(texts).minute(alert.began()));
      var severity = alert.labels().getOrDefault("severity", "");
      what.setText(
          texts.has("slo.severity." + severity)
              ? texts.text("slo.severity." + severity)
              : alert.state());
      var tone =
          alert.ended() != null ? Tone.NEUTRAL : severity.equals("page") ? Tone.RED : Tone.AMBER;
      what.setGraphic(tone.on((alert.ended() == null ? Icon.ALERT : Icon.CHECK).node()));
      tone.on(what);
      length.setText(
          alert.ended() == null
              ? texts.text("slo.alert.now")
              : texts.roughly(Duration.between(alert.began(), alert.ended())));
      summary.setText(
          texts.said(
              alert.texts().getOrDefault("meaning", alert.texts().getOrDefault("summary", ""))));
      setAccessibleText(
          when.getText()
              + ", "
              + what.getText()
              + ", "
              + length.getText()
              + ", "
              + summary.getText());
      setGraphic(box);
    }
  }
}
