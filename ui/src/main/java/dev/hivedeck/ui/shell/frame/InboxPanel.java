package dev.hivedeck.ui.shell.frame;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.view.NotifyViews;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.notice.Notices;
import dev.hivedeck.ui.shell.notice.WorkspaceNotice;
import dev.hivedeck.ui.shell.text.Hotkey;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.widget.EmptyState;
import dev.hivedeck.ui.shell.widget.Overlay;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import javafx.beans.binding.Bindings;
import javafx.geometry.Pos;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ListCell;
import javafx.scene.control.ListView;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.HBox;
import javafx.scene.layout.VBox;
import javafx.util.Subscription;

/**
 * What a person was told in all workspaces that are open, the newest first. A notice leads to the
 * thing that it is about, and is read by that. While the pointer is on the list each notice keeps
 * its place, and what is new comes last.
 */
final class InboxPanel extends VBox {
  private static final double WIDTH = 560;
  private static final double ROW = 50;
  private static final int ROWS = 9;
  private static final double EMPTY = 250;

  private static final Comparator<WorkspaceNotice> NEWEST =
      Comparator.comparing(
          WorkspaceNotice::notice,
          Comparator.comparing(NotifyViews.Notice::at).thenComparing(Notices::number).reversed());

  private final ScreenContext context;
  private final Texts texts;
  private final Overlay overlay;
  private final ListView<WorkspaceNotice> list = new ListView<>();
  private final Label count = Widgets.label("", "soft");
  private final Button all;
  private boolean unordered;
  private Subscription watching = () -> {};

  InboxPanel(ScreenContext context, Overlay overlay) {
    super(10);
    this.context = context;
    this.texts = context.texts();
    this.overlay = overlay;
    getStyleClass().addAll("paper", "inbox");
    prefWidthProperty()
        .bind(context.theme().scale().map(s -> WIDTH * Math.max(1, s.doubleValue())));
    setAccessibleText(texts.text("inbox"));
    list.getStyleClass().add("inbox-list");
    list.setAccessibleText(texts.text("inbox"));
    list.setCellFactory(_ -> new Cell());
    list.setPlaceholder(
        EmptyState.empty(Icon.EMPTY, texts.text("inbox.none"), texts.text("inbox.none.more")));
    list.addEventFilter(KeyEvent.KEY_PRESSED, this::pressed);
    addEventFilter(KeyEvent.KEY_TYPED, this::typed);
    list.hoverProperty()
        .addListener(
            (_, _, hover) -> {
              if (!hover && unordered) {
                renew();
              }
            });
    all = context.act(Widgets.button(texts.text("inbox.read.all"), this::readAll));
    var title = Widgets.label(texts.text("inbox"), "paper-title");
    title.setMinWidth(USE_PREF_SIZE);
    var channels =
        Widgets.icon(
            Icon.SETTINGS,
            texts.text("inbox.settings"),
            () -> {
              overlay.close();
              context.go().to(ScreenId.SETTINGS, "notifications");
            },
            "flat");
    getChildren().addAll(Widgets.row(10, title, Widgets.grow(count), all, channels), list, foot());
  }

  private HBox foot() {
    var foot =
        Widgets.row(
            8,
            Widgets.key(texts.keys(Hotkey.OPEN)),
            Widgets.label(texts.text("inbox.open"), "muted"),
            Widgets.key(texts.keys(Hotkey.TICK)),
            Widgets.label(texts.text("inbox.read"), "muted"));
    foot.getStyleClass().add("palette-foot");
    return foot;
  }

  /** Opens it below the bell; closes it where it is open. */
  void open() {
    if (getScene() != null) {
      overlay.close();
      return;
    }
    unordered = false;
    list.getItems().clear();
    overlay.open(this, Pos.TOP_RIGHT, () -> watching.unsubscribe());
    watching =
        Subscription.combine(
            context.live().notices().watch(this::renew),
            context.workspaces().watch(this::renew),
            context.live().now().subscribe(_ -> list.refresh()),
            context.theme().scale().subscribe(_ -> renew()));
    list.getSelectionModel().selectFirst();
    list.requestFocus();
  }

  private void renew() {
    var notices =
        context.workspaces().all().stream()
            .flatMap(w -> w.live().notices().all().stream().map(n -> new WorkspaceNotice(w, n)))
            .toList();
    var order = NEWEST;
    if (list.isHover()) {
      var before = List.copyOf(list.getItems());
      order =
          Comparator.<WorkspaceNotice>comparingInt(told -> place(before, told))
              .thenComparing(NEWEST);
    }
    var now = notices.stream().sorted(order).toList();
    unordered = list.isHover() && !now.equals(notices.stream().sorted(NEWEST).toList());
    var chosen = list.getSelectionModel().getSelectedItem();
    if (!now.equals(list.getItems())) {
      list.getItems().setAll(now);
      if (chosen != null) {
        now.stream().filter(chosen::isSame).findFirst().ifPresent(list.getSelectionModel()::select);
      }
    }
    long unread = now.stream().filter(told -> told.notice().readAt() == null).count();
    count.setText(texts.text("inbox.unread", unread));
    Widgets.show(all, unread > 0);
    double scale = Math.max(1, context.theme().scale().get());
    double room = now.isEmpty() ? EMPTY : Math.min(ROWS, now.size()) * ROW + 4;
    list.setFixedCellSize(ROW * scale);
    list.setPrefHeight(room * scale);
  }

  private static int place(List<WorkspaceNotice> before, WorkspaceNotice told) {
    return IntStream.range(0, before.size())
        .filter(i -> before.get(i).isSame(told))
        .findFirst()
        .orElse(Integer.MAX_VALUE);
  }

  private void pressed(KeyEvent e) {
    var chosen = list.getSelectionModel().getSelectedItem();
    if (chosen != null && Hotkey.OPEN.pressed(e)) {
      follow(chosen);
    } else if (chosen != null && Hotkey.TICK.pressed(e)) {
      read(chosen);
    } else {
      return;
    }
    e.consume();
  }

  private void typed(KeyEvent e) {
    char letter = e.getCharacter().isEmpty() ? 0 : e.getCharacter().charAt(0);
    var selection = list.getSelectionModel();
    if (Hotkey.DOWN.typed(letter)) {
      selection.selectNext();
    } else if (Hotkey.UP.typed(letter)) {
      selection.selectPrevious();
    } else if (Hotkey.INBOX.typed(letter)) {
      overlay.close();
    } else {
      return;
    }
    if (selection.getSelectedIndex() >= 0) {
      list.scrollTo(Math.max(0, selection.getSelectedIndex() - ROWS / 2));
    }
    e.consume();
  }

  private void readAll() {
    for (var workspace : context.workspaces().all()) {
      if (Notices.unread(workspace.live()) > 0) {
        context.in(workspace).steering().execute(new Command.ReadNotices());
      }
    }
  }

  private void read(WorkspaceNotice told) {
    if (told.notice().readAt() == null && !told.workspace().live().cut().get()) {
      context.in(told.workspace()).steering().execute(new Command.ReadNotice(told.notice().id()));
    }
  }

  private void follow(WorkspaceNotice told) {
    read(told);
    overlay.close();
    Notices.open(context.in(told.workspace()).go(), told.notice());
  }

  private final class Cell extends ListCell<WorkspaceNotice> {
    private final HBox icon = new HBox();
    private final Label title = Widgets.label("");
    private final Label about = Widgets.label("", "soft");
    private final Button read;
    private final HBox box;

    Cell() {
      setPrefWidth(0);
      icon.setAlignment(Pos.CENTER);
      icon.setMinWidth(USE_PREF_SIZE);
      read =
          Widgets.icon(
              Icon.CHECK, texts.text("inbox.read"), () -> InboxPanel.this.read(getItem()), "flat");
      read.setFocusTraversable(false);
      read.visibleProperty()
          .bind(
              Bindings.createBooleanBinding(
                  () -> getItem() != null && getItem().notice().readAt() == null, itemProperty()));
      var words = new VBox(2, title, about);
      words.setMinWidth(0);
      words.setAlignment(Pos.CENTER_LEFT);
      box = Widgets.row(10, icon, Widgets.grow(words), read);
      setOnMouseClicked(
          _ -> {
            if (getItem() != null) {
              follow(getItem());
            }
          });
    }

    @Override
    protected void updateItem(WorkspaceNotice told, boolean empty) {
      super.updateItem(told, empty);
      if (empty || told == null) {
        setGraphic(null);
        setAccessibleText(null);
        return;
      }
      var notice = told.notice();
      read.disableProperty().bind(told.workspace().live().cut());
      boolean unread = notice.readAt() == null;
      var tone = Notices.tone(notice);
      icon.getChildren().setAll(tone.on(Notices.icon(notice).node()));
      title.setText(texts.said(notice.title()));
      title.getStyleClass().removeAll("strong", "soft");
      title.getStyleClass().add(unread ? "strong" : "soft");
      about.setText(about(told));
      setAccessibleText(
          (unread ? texts.text("inbox.unread.one") + ", " : "")
              + title.getText()
              + ", "
              + about.getText());
      setGraphic(box);
    }

    /** What it is, since when, how often; then whatever else was said. */
    private String about(WorkspaceNotice told) {
      var n = told.notice();
      var said = new StringBuilder(Notices.state(texts, n));
      if (context.workspaces().all().size() > 1) {
        said.append(" · ").append(told.workspace().name());
      }
      said.append(" · ").append(texts.ago(n.at(), context.live().now().get()));
      if (n.count() > 1) {
        said.append(" · ").append(texts.text("inbox.times", n.count()));
      }
      if (!Notices.isOwn(n)) {
        said.append(" · ").append(n.source());
      }
      var detail = Notices.detail(texts, n);
      if (!detail.isEmpty()) {
        said.append(" · ").append(detail);
      }
      return said.toString();
    }
  }
}
