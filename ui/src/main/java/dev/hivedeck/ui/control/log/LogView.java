package dev.hivedeck.ui.control.log;

import dev.hivedeck.engine.protocol.Act;
import dev.hivedeck.engine.protocol.HiveException.Fault;
import dev.hivedeck.engine.protocol.view.AttemptViews;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.text.Hotkey;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.widget.EmptyState;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.geometry.Orientation;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.ContextMenu;
import javafx.scene.control.ListView;
import javafx.scene.control.MenuItem;
import javafx.scene.control.ScrollBar;
import javafx.scene.control.SelectionMode;
import javafx.scene.input.Clipboard;
import javafx.scene.input.ClipboardContent;
import javafx.scene.input.KeyEvent;
import javafx.scene.input.MouseEvent;
import javafx.scene.input.ScrollEvent;
import javafx.scene.layout.Priority;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;

/**
 * What an attempt says and does, as it happens: a line each, with more below it on demand. It stays
 * at the end until the person scrolls up, and fetches older lines when they reach the top. Call
 * {@link #stop} when it leaves the window.
 */
public final class LogView extends StackPane {
  private static final double LINE = 20;

  /** Of a letter of the fixed-width font at scale 1, in pixels. */
  private static final double LETTER = 0.6 * 0.885 * 13;

  private final ScreenContext context;
  private final Texts texts;
  private final LogWindow window = new LogWindow();
  private final LogRows rows;
  private final LogBar bar;
  private final ListView<LogRow> list;
  private final Button latest;
  private final VBox content;
  private final AttemptDiff diff;
  private final LogFeed feed;
  private final ReadOnlyObjectWrapper<Instant> latestAt = new ReadOnlyObjectWrapper<>();
  private ScrollBar scroll;
  private boolean atEnd = true;

  public LogView(ScreenContext context) {
    this.context = context;
    this.texts = context.texts();
    getStyleClass().addAll("sunken", "log");
    rows = new LogRows(window.lines(), new LogDetail(texts, 80, 90, true));
    list = new ListView<>(rows.rows());
    list.getStyleClass().addAll("plain-list", "log-lines");
    list.setAccessibleText(texts.text("log.name"));
    list.fixedCellSizeProperty().bind(context.theme().scale().multiply(LINE));
    var cells = new Insides();
    feed = new LogFeed(context, window, cells);
    list.setCellFactory(_ -> new LogCell(cells, context.theme().scale()));
    list.getSelectionModel().setSelectionMode(SelectionMode.MULTIPLE);
    list.setContextMenu(menu());
    list.addEventFilter(KeyEvent.KEY_PRESSED, this::pressed);
    list.addEventFilter(ScrollEvent.SCROLL, e -> leaveEnd(e.getDeltaY() > 0));
    list.addEventFilter(MouseEvent.MOUSE_PRESSED, _ -> leaveEnd(true));
    list.widthProperty().subscribe(this::fit);
    context.theme().scale().subscribe(this::fit);
    bar = new LogBar(texts, this::filter, this::older, this::copy);
    bar.raw().subscribe(this::reread);
    latest = Widgets.button(texts.text("log.latest"), this::jump, "log-latest");
    latest.setGraphic(Icon.FOLLOW.node());
    StackPane.setAlignment(latest, Pos.BOTTOM_CENTER);
    var lines = new StackPane(list, latest);
    VBox.setVgrow(lines, Priority.ALWAYS);
    content = new VBox(6, bar, lines);
    diff = new AttemptDiff(context, this::back);
    getChildren().setAll(content);
    setMinHeight(80);
    renew();
  }

  /** Shows the log of this attempt, or nothing for null. The same attempt again changes nothing. */
  public void follow(String id) {
    if (Objects.equals(id, feed.attempt())) {
      return;
    }
    stop();
    bar.clear();
    bar.raw().set(false);
    back();
    begin(id, false);
  }

  private void begin(String id, boolean raw) {
    atEnd = true;
    if (id == null) {
      say("log.nothing");
    } else {
      say("log.loading");
      feed.begin(id, raw);
    }
    renew();
  }

  /** The same attempt, word for word or by what it means. */
  private void reread(boolean raw) {
    if (raw != feed.raw() && feed.attempt() != null) {
      begin(feed.attempt(), raw);
    }
  }

  /** When the last line here was told; null while there is none. */
  public ReadOnlyObjectProperty<Instant> latest() {
    return latestAt.getReadOnlyProperty();
  }

  /** Lets go of the feed; {@link #follow} begins anew. */
  public void stop() {
    feed.stop();
    renew();
  }

  /** Follows the end, and shows what there is. */
  private void settle() {
    if (atEnd) {
      feed.catchUp();
    }
    if (atEnd && !rows.rows().isEmpty()) {
      list.scrollTo(rows.rows().size() - 1);
    }
    if (rows.rows().isEmpty() && !feed.asking()) {
      say(window.lines().isEmpty() ? "log.empty" : "log.nomatch");
    }
    renew();
  }

  private void older() {
    int before = rows.rows().size();
    feed.older(() -> list.scrollTo(Math.max(0, rows.rows().size() - before)));
  }

  private void jump() {
    atEnd = true;
    list.getSelectionModel().clearSelection();
    settle();
  }

  private void filter() {
    rows.show(bar.wanted());
    settle();
  }

  private void fit() {
    double letter = LETTER * context.theme().scale().get();
    double room = list.getWidth() - 24;
    rows.fit(
        new LogDetail(
            texts,
            (int) Math.max(20, room / letter - LogCell.HEAD_INDENT / LETTER),
            (int) Math.max(20, room / letter - LogCell.INDENT / LETTER),
            true));
  }

  private void press(LogRow row) {
    if (row instanceof LogRow.More(LogEntry entry, LogRow.Style style, String _)
        && style == LogRow.Style.JUMP
        && entry.act() instanceof Act.Edit edit) {
      diff.show(feed.attempt(), edit.path());
      getChildren().setAll(diff);
    } else if (row instanceof LogRow.Head) {
      rows.toggle(row.entry());
    }
  }

  private void back() {
    if (getChildren().getFirst() != content) {
      getChildren().setAll(content);
      list.requestFocus();
    }
  }

  @Override
  protected void layoutChildren() {
    super.layoutChildren();
    if (scroll == null) {
      list.lookupAll(".scroll-bar").stream()
          .map(ScrollBar.class::cast)
          .filter(b -> b.getOrientation() == Orientation.VERTICAL)
          .findFirst()
          .ifPresent(this::watch);
    }
  }

  private void watch(ScrollBar vertical) {
    scroll = vertical;
    scroll.addEventFilter(MouseEvent.MOUSE_PRESSED, _ -> leaveEnd(true));
    scroll.valueProperty().subscribe(this::scrolled);
    scroll.visibleProperty().subscribe(this::scrolled);
  }

  private void scrolled() {
    if (atEnd || !scroll.isVisible()) {
      return;
    }
    if (scroll.getValue() <= scroll.getMin()) {
      older();
    } else if (scroll.getValue() >= scroll.getMax()) {
      if (window.missing().isEmpty()) {
        atEnd = true;
        renew();
      } else {
        var top = rows.rows().size() - 1;
        feed.newer(() -> list.scrollTo(Math.max(0, Math.min(top, rows.rows().size()) - 10)));
      }
    }
  }

  private void leaveEnd(boolean really) {
    if (really && scroll != null && scroll.isVisible()) {
      atEnd = false;
      renew();
    }
  }

  private void pressed(KeyEvent e) {
    var row = list.getSelectionModel().getSelectedItem();
    if (Hotkey.COPY.pressed(e)) {
      copy();
    } else if (Hotkey.LATEST.pressed(e)) {
      jump();
    } else if (row != null && (Hotkey.OPEN.pressed(e) || turns(e, row))) {
      leaveEnd(true);
      press(row);
    } else {
      leaveEnd(e.getCode().isNavigationKey());
      return;
    }
    e.consume();
  }

  private static boolean turns(KeyEvent e, LogRow row) {
    return row instanceof LogRow.Head
        && (row.entry().open() ? Hotkey.FOLD : Hotkey.UNFOLD).pressed(e);
  }

  private ContextMenu menu() {
    var selected = new MenuItem(texts.text("log.copy"));
    selected.setGraphic(Icon.COPY.node());
    selected.setOnAction(_ -> copy());
    return new ContextMenu(selected);
  }

  /** The selected rows, or all that are shown. */
  private void copy() {
    var chosen = List.copyOf(list.getSelectionModel().getSelectedItems());
    var wanted = chosen.isEmpty() ? List.copyOf(rows.rows()) : chosen;
    var content = new ClipboardContent();
    content.putString(
        wanted.stream().filter(Objects::nonNull).map(this::text).collect(Collectors.joining("\n")));
    Clipboard.getSystemClipboard().setContent(content);
    context.notices().say(texts.text("log.copied", wanted.size()));
  }

  private String text(LogRow row) {
    return switch (row) {
      case LogRow.Head(LogEntry e, long _) ->
          texts.time(e.first().at()) + " " + e.kind() + " " + e.last().text();
      case LogRow.More more -> "  " + more.text();
    };
  }

  private void renew() {
    latestAt.set(window.lines().isEmpty() ? null : window.lines().getLast().at());
    Widgets.show(latest, !atEnd && !rows.rows().isEmpty());
    bar.show(rows::kinds, window.older().isPresent());
    Widgets.show(bar, feed.attempt() != null && (feed.raw() || !window.lines().isEmpty()));
  }

  private void say(String key) {
    list.setPlaceholder(words(key));
  }

  private Node words(String key) {
    return Widgets.label(texts.text(key), "muted");
  }

  private final class Insides implements LogCell.Log, LogFeed.Reader {
    @Override
    public Texts texts() {
      return texts;
    }

    @Override
    public LogRows rows() {
      return rows;
    }

    @Override
    public boolean over() {
      return feed.over();
    }

    @Override
    public String worktree() {
      return context
          .live()
          .attempts()
          .get(feed.attempt())
          .map(AttemptViews.Attempt::worktree)
          .orElse(null);
    }

    @Override
    public boolean atEnd() {
      return atEnd;
    }

    @Override
    public void renewed() {
      settle();
    }

    @Override
    public void failed(Fault fault) {
      if (window.lines().isEmpty()) {
        list.setPlaceholder(EmptyState.failed(texts, fault, feed::load));
      }
    }

    @Override
    public void press(LogRow row) {
      LogView.this.press(row);
    }
  }
}
