package dev.hivedeck.ui.view.overview;

import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.ui.shell.Desk;
import dev.hivedeck.ui.shell.Place;
import dev.hivedeck.ui.shell.part.Parts;
import dev.hivedeck.ui.shell.text.Hotkey;
import dev.hivedeck.ui.shell.theme.Tone;
import java.time.Instant;
import java.util.Locale;
import java.util.function.Predicate;
import javafx.collections.transformation.FilteredList;
import javafx.scene.control.Label;
import javafx.scene.control.ListCell;
import javafx.scene.control.ListView;

/** What happened, newest first; each leads to the thing it happened to. */
final class Happening extends ListView<Event> {
  private final Desk desk;
  private final FilteredList<Event> shown;

  Happening(Desk desk) {
    this.desk = desk;
    shown = new FilteredList<>(desk.live().happenings());
    getStyleClass().addAll("plain-list", "happening");
    setFixedCellSize(30);
    setItems(shown);
    setCellFactory(_ -> new Cell());
    setAccessibleText(desk.texts().text("overview.happening"));
    setPlaceholder(Parts.prose(desk.texts().text("overview.happening.none"), "muted"));
    setOnMouseClicked(_ -> open());
    setOnKeyPressed(
        e -> {
          if (Hotkey.OPEN.pressed(e)) {
            open();
          }
        });
  }

  /**
   * Shows only what happened then.
   *
   * @param when null for any time
   */
  void narrow(Predicate<Instant> when) {
    shown.setPredicate(when == null ? null : event -> when.test(event.at()));
  }

  private void open() {
    var event = getSelectionModel().getSelectedItem();
    if (event == null) {
      return;
    }
    var id = event.id();
    switch (event.topic()) {
      case TASK -> desk.go().to(Place.TASKS, id);
      case AGENT -> desk.go().to(Place.AGENTS, id);
      case CHANGE -> desk.go().to(Place.CHANGES, id);
      case DECISION -> desk.go().to(Place.DECISIONS, id);
      case REQUIREMENT -> desk.go().to(Place.PLAN, id);
      case ATTEMPT ->
          desk.go().to(Place.TASKS, id.contains(".") ? id.substring(0, id.lastIndexOf('.')) : id);
      case KEPT -> desk.go().to(Place.SETTINGS, "kept");
      case DRIFT -> desk.go().to(Place.SETTINGS, "drift");
      case WORKSPACE -> {
        if (event.type().startsWith("permission.")) {
          desk.go().to(Place.SETTINGS, "permissions");
        }
      }
    }
  }

  private final class Cell extends ListCell<Event> {
    private final Label time = Parts.label("", "mono", "muted");
    private final Label word = Parts.label("", "mono", "happening-word");
    private final Label text = Parts.label("", "happening-text");
    private final javafx.scene.layout.HBox box = Parts.row(10, time, word, Parts.grow(text));

    Cell() {
      time.setMinWidth(USE_PREF_SIZE);
      word.setMinWidth(USE_PREF_SIZE);
      setPrefWidth(0);
    }

    @Override
    protected void updateItem(Event event, boolean empty) {
      super.updateItem(event, empty);
      box.setVisible(!empty && event != null);
      if (!box.isVisible()) {
        return;
      }
      time.setText(desk.texts().time(event.at()));
      var kind = word(event);
      word.setText(kind);
      Tone.ofEvent(event.type()).on(word);
      var said = desk.texts().said(event.text());
      text.setText(without(kind, said));
      setAccessibleText(time.getText() + " " + said);
      if (getGraphic() != box) {
        setGraphic(box);
      }
    }

    private String word(Event event) {
      var type = event.type();
      var last = type.substring(type.lastIndexOf('.') + 1);
      var key = "event." + last;
      return desk.texts().has(key) ? desk.texts().text(key) : last;
    }

    private static String without(String word, String text) {
      return text.toLowerCase(Locale.ROOT).startsWith(word + " ")
          ? text.substring(word.length() + 1)
          : text;
    }
  }
}
