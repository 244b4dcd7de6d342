package dev.hivedeck.ui.control;

import dev.hivedeck.engine.protocol.Act;
import dev.hivedeck.engine.protocol.Door;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Query.LogPage;
import dev.hivedeck.ui.shell.Desk;
import dev.hivedeck.ui.shell.Icon;
import dev.hivedeck.ui.shell.Parts;
import dev.hivedeck.ui.shell.Placard;
import dev.hivedeck.ui.shell.Texts;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import javafx.application.Platform;
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
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import javafx.scene.input.MouseEvent;
import javafx.scene.input.ScrollEvent;
import javafx.scene.layout.Priority;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import javafx.util.Subscription;

/**
 * What an attempt says and does, as it happens: a line each, with more below it on demand. It stays
 * at the end until the person scrolls up, and fetches older lines when they reach the top. Call
 * {@link #stop} when it leaves the window.
 */
public final class LogView extends StackPane {
  private static final double LINE = 20;

  /** Of a letter of the fixed-width font at scale 1, in pixels. */
  private static final double LETTER = 0.6 * 0.885 * 13;

  private final Desk desk;
  private final Texts texts;
  private final LogWindow window = new LogWindow();
  private final LogRows rows;
  private final LogBar bar;
  private final ListView<LogRow> list;
  private final Button latest;
  private final VBox content;
  private final AttemptDiff diff;
  private final ConcurrentLinkedQueue<LogPage> heard = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean due = new AtomicBoolean();
  private volatile String attempt;
  private volatile boolean raw;
  private Door.Subscription following = () -> {};
  private Subscription looking = () -> {};
  private final ReadOnlyObjectWrapper<Instant> latestAt = new ReadOnlyObjectWrapper<>();
  private ScrollBar scroll;
  private boolean atEnd = true;
  private boolean asking;
  private int visit;

  public LogView(Desk desk) {
    this.desk = desk;
    this.texts = desk.texts();
    getStyleClass().addAll("sunken", "log");
    rows = new LogRows(window.lines(), new LogDetail(texts, 80, 90, true));
    list = new ListView<>(rows.rows());
    list.getStyleClass().addAll("plain-list", "log-lines");
    list.setAccessibleText(texts.text("log.name"));
    list.fixedCellSizeProperty().bind(desk.theme().scale().multiply(LINE));
    var cells = new Cells();
    list.setCellFactory(_ -> new LogCell(cells, desk.theme().scale()));
    list.getSelectionModel().setSelectionMode(SelectionMode.MULTIPLE);
    list.setContextMenu(menu());
    list.addEventFilter(KeyEvent.KEY_PRESSED, this::pressed);
    list.addEventFilter(ScrollEvent.SCROLL, e -> leaveEnd(e.getDeltaY() > 0));
    list.addEventFilter(MouseEvent.MOUSE_PRESSED, _ -> leaveEnd(true));
    list.widthProperty().subscribe(this::fit);
    desk.theme().scale().subscribe(this::fit);
    bar = new LogBar(texts, this::filter, this::older, this::copy);
    bar.raw().subscribe(this::reread);
    latest = Parts.button(texts.text("log.latest"), this::jump, "log-latest");
    latest.setGraphic(Icon.FOLLOW.node());
    StackPane.setAlignment(latest, Pos.BOTTOM_CENTER);
    var lines = new StackPane(list, latest);
    VBox.setVgrow(lines, Priority.ALWAYS);
    content = new VBox(6, bar, lines);
    diff = new AttemptDiff(desk, this::back);
    getChildren().setAll(content);
    setMinHeight(80);
    renew();
  }

  /** Shows the log of this attempt, or nothing for null. The same attempt again changes nothing. */
  public void follow(String id) {
    if (Objects.equals(id, attempt)) {
      return;
    }
    stop();
    bar.clear();
    bar.raw().set(false);
    back();
    begin(id);
  }

  private void begin(String id) {
    attempt = id;
    atEnd = true;
    if (id == null) {
      say("log.nothing");
      return;
    }
    if (raw) {
      // What is said word for word is not told by the feed.
      looking = desk.live().now().subscribe(() -> lookOn());
    } else {
      following = desk.steering().follow(this::hear);
    }
    load();
  }

  /** The same attempt, word for word or by what it means. */
  private void reread(boolean word) {
    if (word != raw) {
      var id = attempt;
      stop();
      raw = word;
      begin(id);
    }
  }

  /** When the last line here was told; null while there is none. */
  public ReadOnlyObjectProperty<Instant> latest() {
    return latestAt.getReadOnlyProperty();
  }

  /** Lets go of the feed; {@link #follow} begins anew. */
  public void stop() {
    attempt = null;
    visit++;
    asking = false;
    following.close();
    following = () -> {};
    looking.unsubscribe();
    looking = () -> {};
    heard.clear();
    window.clear();
    renew();
  }

  private void load() {
    say("log.loading");
    ask(new LogWindow.Range(-LogWindow.PAGE, LogWindow.PAGE), (page, _) -> window.begin(page));
  }

  private boolean over() {
    return attempt != null
        && desk.live().attempts().get(attempt).map(a -> a.state().over()).orElse(false);
  }

  private void lookOn() {
    if (!asking && atEnd && attempt != null && !over()) {
      ask(
          new LogWindow.Range(window.to(), LogWindow.PAGE),
          (page, _) -> {
            if (!page.lines().isEmpty()) {
              window.take(page, atEnd);
            }
          });
    }
  }

  // On a thread of the feed: gathered, then taken in one go.
  private void hear(LogPage page) {
    if (page.attempt().equals(attempt)) {
      heard.add(page);
      if (due.compareAndSet(false, true)) {
        Platform.runLater(this::take);
      }
    }
  }

  private void take() {
    due.set(false);
    if (asking) {
      return; // An answer is on its way; what was heard meanwhile joins on behind it.
    }
    for (var page = heard.poll(); page != null; page = heard.poll()) {
      if (page.attempt().equals(attempt)) {
        window.take(page, atEnd);
      }
    }
    settle();
  }

  /** Follows the end, and fetches what the feed left out. */
  private void settle() {
    if (atEnd && !asking) {
      if (window.farBehind()) {
        load();
      } else {
        window.missing().ifPresent(r -> ask(r, (page, _) -> window.take(page, atEnd)));
      }
    }
    if (atEnd && !rows.rows().isEmpty()) {
      list.scrollTo(rows.rows().size() - 1);
    }
    if (rows.rows().isEmpty() && !asking) {
      say(window.lines().isEmpty() ? "log.empty" : "log.nomatch");
    }
    renew();
  }

  private void ask(LogWindow.Range range, BiConsumer<LogPage, LogWindow> use) {
    asking = true;
    var mine = visit;
    desk.steering()
        .query(new Query.Log(attempt, range.from(), range.limit(), raw))
        .whenComplete(
            (answer, failure) -> {
              if (mine != visit) {
                return;
              }
              asking = false;
              if (failure == null) {
                use.accept(Json.as(answer, LogPage.class), window);
                take();
              } else {
                failed(failure);
              }
            });
  }

  private void failed(Throwable failure) {
    var cause = failure.getCause() instanceof HiveException inner ? inner : failure;
    if (window.lines().isEmpty()) {
      var fault =
          cause instanceof HiveException h
              ? h.fault()
              : new HiveException.Fault("desktop", String.valueOf(cause), null);
      list.setPlaceholder(Placard.failed(texts, fault, this::load));
    }
  }

  private void older() {
    if (!asking && attempt != null) {
      window
          .older()
          .ifPresent(
              range ->
                  ask(
                      range,
                      (page, w) -> {
                        int before = rows.rows().size();
                        w.take(page, false);
                        list.scrollTo(Math.max(0, rows.rows().size() - before));
                      }));
    }
  }

  private void jump() {
    atEnd = true;
    list.getSelectionModel().clearSelection();
    settle();
  }

  private void filter() {
    if (rows != null && bar != null) {
      rows.show(bar.wanted());
      settle();
    }
  }

  private void fit() {
    double letter = LETTER * desk.theme().scale().get();
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
      diff.show(attempt, edit.path());
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
      } else if (!asking) {
        var top = rows.rows().size() - 1;
        window
            .missing()
            .ifPresent(
                r ->
                    ask(
                        r,
                        (page, w) -> {
                          w.take(page, true);
                          list.scrollTo(Math.max(0, Math.min(top, rows.rows().size()) - 10));
                        }));
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
    if (e.isShortcutDown() && e.getCode() == KeyCode.C) {
      copy();
    } else if (e.getCode() == KeyCode.END) {
      jump();
    } else if (row != null && (e.getCode() == KeyCode.ENTER || turns(e.getCode(), row))) {
      leaveEnd(true);
      press(row);
    } else {
      leaveEnd(e.getCode().isNavigationKey());
      return;
    }
    e.consume();
  }

  private static boolean turns(KeyCode code, LogRow row) {
    return row instanceof LogRow.Head
        && code == (row.entry().open() ? KeyCode.LEFT : KeyCode.RIGHT);
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
    desk.notices().say(texts.text("log.copied", wanted.size()));
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
    Parts.show(latest, !atEnd && !rows.rows().isEmpty());
    bar.show(rows.kinds(), window.older().isPresent());
    Parts.show(bar, attempt != null && (raw || !window.lines().isEmpty()));
  }

  private void say(String key) {
    list.setPlaceholder(words(key));
  }

  private Node words(String key) {
    return Parts.label(texts.text(key), "muted");
  }

  private final class Cells implements LogCell.Log {
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
      return LogView.this.over();
    }

    @Override
    public void press(LogRow row) {
      LogView.this.press(row);
    }
  }
}
