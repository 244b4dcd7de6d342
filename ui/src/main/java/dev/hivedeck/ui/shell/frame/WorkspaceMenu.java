package dev.hivedeck.ui.shell.frame;

import dev.hivedeck.engine.protocol.view.WorkspaceViews;
import dev.hivedeck.ui.shell.OpenWorkspace;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.WorkspaceSwitcher;
import dev.hivedeck.ui.shell.WorkspaceSwitcher.Unopened;
import dev.hivedeck.ui.shell.notice.AttentionCounts;
import dev.hivedeck.ui.shell.notice.AttentionElsewhere;
import dev.hivedeck.ui.shell.text.DisplayText;
import dev.hivedeck.ui.shell.text.Hotkey;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.CustomMenuItem;
import javafx.scene.control.Label;
import javafx.scene.control.MenuButton;
import javafx.scene.control.MenuItem;
import javafx.scene.control.SeparatorMenuItem;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;

/**
 * The repository that is shown, and the way to the others: those that are open with what they do
 * and how much needs a person there, those that could not be opened with why, and recent ones.
 */
final class WorkspaceMenu extends MenuButton {
  private static final int RECENT = 8;
  private static final int KEYS = 9;
  private static final double WIDTH = 460;

  private final ScreenContext context;
  private final Texts texts;
  private final WorkspaceSwitcher switcher;
  private final Label word;
  private final Label name = Widgets.label("", "strong");
  private final Label more = Widgets.word("", "strong");

  WorkspaceMenu(ScreenContext context) {
    this.context = context;
    this.texts = context.texts();
    this.switcher = context.workspaces();
    word = Widgets.label(texts.text("bar.workspace"), "muted");
    word.setMinWidth(Region.USE_PREF_SIZE);
    getStyleClass().add("bar-button");
    name.setMaxWidth(180);
    Tone.AMBER.on(more);
    Widgets.show(more, false);
    setGraphic(Widgets.row(5, word, name, more));
    setMinWidth(Region.USE_PREF_SIZE);
    setOnShowing(_ -> fill());
  }

  /** Whether there is room to say what it is. */
  void worded(boolean wanted) {
    Widgets.show(word, wanted);
  }

  /** Null until it is known. */
  void show(WorkspaceViews.Workspace w) {
    name.setText(w == null ? "…" : w.name());
    if (w != null) {
      setAccessibleText(texts.text("bar.workspace") + " " + w.name());
      Widgets.tip(this, w.path());
    }
  }

  /** How much needs a person in the others; not said for nothing. */
  void show(AttentionElsewhere elsewhere) {
    Widgets.show(more, elsewhere.needs() > 0);
    more.setText("+" + texts.count(elsewhere.needs()));
    more.setAccessibleText(texts.text("workspace.elsewhere", elsewhere.needs()));
  }

  private void fill() {
    var items = getItems();
    items.clear();
    var all = switcher.all();
    for (int i = 0; i < all.size(); i++) {
      items.add(open(all.get(i), i + 1));
    }
    switcher.unopened().forEach(u -> items.add(unopened(u)));
    items.add(new SeparatorMenuItem());
    var shown = items.size();
    switcher.recent().stream()
        .filter(folder -> !isListed(folder))
        .limit(RECENT)
        .forEach(
            folder ->
                items.add(item(Icon.FOLDER, line(folder), () -> switcher.open(Path.of(folder)))));
    if (items.size() > shown) {
      items.add(new SeparatorMenuItem());
    }
    items.add(
        item(
            Icon.ADD,
            texts.text("action.open"),
            () ->
                context
                    .dialogs()
                    .chooseFolder(texts.text("action.open"))
                    .ifPresent(switcher::open)));
    items.add(item(Icon.HIVE, texts.text("action.welcome"), switcher::leave));
  }

  private boolean isListed(String folder) {
    return Stream.concat(
            switcher.all().stream().flatMap(w -> Stream.of(w.path(), String.valueOf(w.folder()))),
            switcher.unopened().stream().map(u -> u.folder().toString()))
        .anyMatch(folder::equals);
  }

  private MenuItem open(OpenWorkspace w, int key) {
    var counts = AttentionCounts.of(w.live());
    var needs = counts.decisions() + counts.alerts();
    var state = w.state();
    var said = texts.word("workspace.state", state);
    var right = Widgets.row(8);
    if (needs > 0) {
      right
          .getChildren()
          .add(Tone.AMBER.on(Widgets.word(texts.text("workspace.needs", needs), "strong")));
    }
    if (key <= KEYS) {
      right.getChildren().add(Widgets.key(texts.keys(Hotkey.WORKSPACE, key)));
    }
    boolean here = w.live() == context.live();
    var icon = here ? Icon.CHECK.node() : Widgets.dot(state.tone());
    return row(
        icon,
        w.name(),
        List.of(state.tone().on(Widgets.word(said)), Widgets.label(w.path(), "muted")),
        right,
        () -> switcher.show(w),
        () -> switcher.close(w));
  }

  private MenuItem unopened(Unopened u) {
    if (u.fault() == null) {
      return row(
          Widgets.dot(Tone.BLUE),
          u.name(),
          List.of(Widgets.label(texts.text("workspace.opening"), "muted")),
          new HBox(),
          () -> {},
          null);
    }
    var why = Widgets.label(DisplayText.line(texts.said(u.fault().message())), "soft");
    return row(
        Tone.RED.on(Icon.DISCONNECTED.node()),
        u.name(),
        List.of(why),
        Widgets.word(texts.text("action.retry"), "strong"),
        () -> switcher.open(u.folder()),
        () -> switcher.forget(u));
  }

  /**
   * @param close null where it cannot be closed
   */
  private MenuItem row(
      Node icon, String name, List<Label> about, Node right, Runnable show, Runnable close) {
    var closed = new AtomicBoolean();
    var mark = new HBox(icon);
    mark.setMinWidth(18);
    mark.setAlignment(Pos.CENTER);
    var line = Widgets.row(6);
    line.getChildren().setAll(about);
    var words = new VBox(1, Widgets.label(name, "strong"), line);
    words.setMinWidth(0);
    var row = Widgets.row(10, mark, Widgets.grow(words), right);
    if (close != null) {
      var cross =
          Widgets.icon(
              Icon.CLOSE,
              texts.text("workspace.close", name),
              () -> {
                closed.set(true);
                hide();
                close.run();
              },
              "flat");
      row.getChildren().add(cross);
    }
    double width = WIDTH * Math.max(1, context.theme().scale().get());
    row.setPrefWidth(width);
    row.setMaxWidth(width);
    var item = new CustomMenuItem(row);
    item.getStyleClass().add("workspace-item");
    item.setOnAction(
        _ -> {
          if (!closed.get()) { // A click on the cross is one on the row, too.
            show.run();
          }
        });
    return item;
  }

  private static String line(String path) {
    var p = Path.of(path);
    return p.getFileName() == null ? path : p.getFileName() + "  —  " + p.getParent();
  }

  private static MenuItem item(Icon icon, String text, Runnable run) {
    return Widgets.menuItem(icon, text, true, run);
  }
}
