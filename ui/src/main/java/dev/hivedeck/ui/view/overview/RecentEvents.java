package dev.hivedeck.ui.view.overview;

import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.event.PermissionEvent;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.text.Hotkey;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.time.Instant;
import java.util.Locale;
import java.util.function.Predicate;
import javafx.collections.transformation.FilteredList;
import javafx.scene.control.Label;
import javafx.scene.control.ListCell;
import javafx.scene.control.ListView;

/** What happened, newest first; each leads to the thing it happened to. */
final class RecentEvents extends ListView<Event> {
  private final ScreenContext context;
  private final FilteredList<Event> shown;

  RecentEvents(ScreenContext context) {
    this.context = context;
    shown = new FilteredList<>(context.live().happenings());
    getStyleClass().addAll("plain-list", "happening");
    setFixedCellSize(30);
    setItems(shown);
    setCellFactory(_ -> new Cell());
    setAccessibleText(context.texts().text("overview.happening"));
    setPlaceholder(Widgets.prose(context.texts().text("overview.happening.none"), "muted"));
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
    switch (event.topic().word()) {
      case "task" -> context.go().to(ScreenId.TASKS, id);
      case "agent" -> context.go().to(ScreenId.AGENTS, id);
      case "change" -> context.go().to(ScreenId.CHANGES, id);
      case "decision" -> context.go().to(ScreenId.DECISIONS, id);
      case "requirement" -> context.go().to(ScreenId.PLAN, id);
      case "attempt" ->
          context
              .go()
              .to(ScreenId.TASKS, id.contains(".") ? id.substring(0, id.lastIndexOf('.')) : id);
      case "kept" -> context.go().to(ScreenId.SETTINGS, "kept");
      case "drift" -> context.go().to(ScreenId.SETTINGS, "drift");
      case "workspace" -> {
        if (event.type() instanceof PermissionEvent) {
          context.go().to(ScreenId.SETTINGS, "permissions");
        }
      }
      default -> {}
    }
  }

  private final class Cell extends ListCell<Event> {
    private final Label time = Widgets.label("", "mono", "muted");
    private final Label word = Widgets.label("", "mono", "happening-word");
    private final Label text = Widgets.label("", "happening-text");
    private final javafx.scene.layout.HBox box = Widgets.row(10, time, word, Widgets.grow(text));

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
      time.setText(context.texts().time(event.at()));
      var kind = word(event);
      word.setText(kind);
      Tone.ofEvent(event.type()).on(word);
      var said = context.texts().said(event.text());
      text.setText(without(kind, said));
      setAccessibleText(time.getText() + " " + said);
      if (getGraphic() != box) {
        setGraphic(box);
      }
    }

    private String word(Event event) {
      var last = event.type().verb();
      var key = "event." + last;
      return context.texts().has(key) ? context.texts().text(key) : last;
    }

    private static String without(String word, String text) {
      return text.toLowerCase(Locale.ROOT).startsWith(word + " ")
          ? text.substring(word.length() + 1)
          : text;
    }
  }
}
