package dev.hivedeck.ui.control.diff;

import dev.hivedeck.ui.shell.text.Hotkey;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import javafx.geometry.Pos;
import javafx.scene.control.Button;
import javafx.scene.control.ContentDisplay;
import javafx.scene.control.Label;
import javafx.scene.layout.HBox;
import org.kordamp.ikonli.javafx.FontIcon;

/** Where a hunk begins: where it is, and whether one has seen it. */
final class DiffHead extends HBox {
  /** Narrower than that, only what can be done is shown. */
  private static final double NARROW = 380;

  private final DiffView view;
  private final Texts texts;
  private final FontIcon chevron = Icon.DOWN.node();
  private final Label text = Widgets.label("", "diff-head");
  private final Label state = Widgets.label("", "diff-seen");
  private final Button fold;
  private final Button mark;
  private DiffRow.Head head;

  DiffHead(DiffView view) {
    super(8);
    this.view = view;
    this.texts = view.texts();
    setAlignment(Pos.CENTER_LEFT);
    getStyleClass().add("diff-heading");
    state.setMinWidth(USE_PREF_SIZE);
    fold = Widgets.link("", () -> view.hunks().fold(head));
    mark =
        Widgets.button(texts.text("diff.see"), () -> view.hunks().see(head), "small", "diff-mark");
    for (var button : new Button[] {fold, mark}) {
      button.setFocusTraversable(false);
      button.setMinWidth(USE_PREF_SIZE);
    }
    mark.setGraphic(Widgets.key(texts.keys(Hotkey.SEEN)));
    mark.setContentDisplay(ContentDisplay.RIGHT);
    getChildren().setAll(chevron, Widgets.grow(text), state, fold, mark);
    var width = view.list().widthProperty().subtract(16);
    prefWidthProperty().bind(width);
    maxWidthProperty().bind(width);
    setOnMouseClicked(
        e -> {
          if (e.getClickCount() == 2) {
            view.hunks().fold(head);
          }
        });
  }

  void show(DiffRow.Head shown) {
    head = shown;
    text.setText(shown.text());
    boolean marked = shown.seen() != null;
    boolean keeps = shown.hash() != null;
    var since = view.hunks().marks().since();
    Widgets.show(chevron, keeps);
    (shown.folded() ? Icon.RIGHT : Icon.DOWN).on(chevron);
    state.setText(
        marked
            ? texts.text("diff.seen", texts.minute(shown.seen()))
            : keeps && since != null ? texts.text("diff.new", texts.minute(since)) : "");
    (marked ? Tone.GREEN : Tone.AMBER).on(state);
    Widgets.show(state, !state.getText().isEmpty() && view.list().getWidth() > NARROW);
    fold.setText(texts.text(shown.folded() ? "diff.unfold" : "diff.fold"));
    Widgets.show(fold, marked);
    Widgets.show(mark, keeps && !marked);
  }

  /** What a screen reader says of it. */
  String spoken() {
    return text.getText() + " " + state.getText();
  }
}
