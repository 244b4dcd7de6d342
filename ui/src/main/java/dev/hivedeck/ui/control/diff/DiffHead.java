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
  private final Button up;
  private final Button down;
  private final Button all;
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
    up = more(Icon.UP, "diff.context.up", () -> view.contexts().up(view.file(), head.gap()));
    down =
        more(Icon.DOWN, "diff.context.down", () -> view.contexts().down(view.file(), head.gap()));
    all = Widgets.link("", () -> view.contexts().all(view.file(), head.gap()));
    for (var button : new Button[] {fold, mark, up, down, all}) {
      button.setFocusTraversable(false);
      button.setMinWidth(USE_PREF_SIZE);
    }
    mark.setGraphic(Widgets.key(texts.keys(Hotkey.SEEN)));
    mark.setContentDisplay(ContentDisplay.RIGHT);
    getChildren().setAll(chevron, down, up, all, Widgets.grow(text), state, fold, mark);
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

  private Button more(Icon icon, String key, Runnable run) {
    return Widgets.icon(icon, texts.text(key, HunkContext.STEP), run, "flat");
  }

  /** What is left out above it can be shown. */
  private void context(DiffRow.Head shown) {
    boolean below = shown.hidden() == HunkContext.SOME || shown.text().isEmpty();
    Widgets.show(down, shown.hidden() != 0 && shown.gap() > 0);
    Widgets.show(up, shown.hidden() != 0 && !below);
    Widgets.show(all, shown.hidden() != 0);
    all.setText(
        shown.hidden() == HunkContext.SOME
            ? texts.text("diff.context.rest")
            : texts.text("diff.context", shown.hidden()));
  }

  void show(DiffRow.Head shown) {
    head = shown;
    text.setText(shown.text());
    context(shown);
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
