package dev.hivedeck.ui.control;

import dev.hivedeck.engine.protocol.Door;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Query.LogLine;
import dev.hivedeck.engine.protocol.Query.LogPage;
import dev.hivedeck.ui.shell.Desk;
import dev.hivedeck.ui.shell.Icon;
import dev.hivedeck.ui.shell.Parts;
import dev.hivedeck.ui.shell.Placard;
import dev.hivedeck.ui.shell.Texts;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import javafx.application.Platform;
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
import javafx.scene.layout.StackPane;

/**
 * What an attempt says and does, as it happens. It stays at the end until the person scrolls up,
 * and fetches older lines when they reach the top. Call {@link #stop} when it leaves the window.
 */
public final class LogView extends StackPane {
  private static final double LINE = 19;

  private final Desk desk;
  private final Texts texts;
  private final LogWindow window = new LogWindow();
  private final ListView<LogLine> list = new ListView<>(window.lines());
  private final Button latest;
  private final Button copy;
  private final ConcurrentLinkedQueue<LogPage> heard = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean due = new AtomicBoolean();
  private volatile String attempt;
  private Door.Subscription following = () -> {};
  private ScrollBar bar;
  private boolean atEnd = true;
  private boolean asking;
  private int visit;

  public LogView(Desk desk) {
    this.desk = desk;
    this.texts = desk.texts();
    getStyleClass().addAll("sunken", "log");
    list.getStyleClass().addAll("plain-list", "log-lines");
    list.setAccessibleText(texts.text("log.name"));
    list.fixedCellSizeProperty().bind(desk.theme().scale().multiply(LINE));
    list.setCellFactory(_ -> new LogCell(texts, desk.theme().scale()));
    list.getSelectionModel().setSelectionMode(SelectionMode.MULTIPLE);
    list.setContextMenu(menu());
    list.addEventFilter(KeyEvent.KEY_PRESSED, this::pressed);
    list.addEventFilter(ScrollEvent.SCROLL, e -> leaveEnd(e.getDeltaY() > 0));
    list.addEventFilter(MouseEvent.MOUSE_PRESSED, _ -> leaveEnd(true));
    latest = Parts.button(texts.text("log.latest"), this::jump, "log-latest");
    latest.setGraphic(Icon.FOLLOW.node());
    StackPane.setAlignment(latest, Pos.BOTTOM_CENTER);
    copy = Parts.icon(Icon.COPY, texts.text("log.copy"), this::copy, "flat", "log-copy");
    StackPane.setAlignment(copy, Pos.TOP_RIGHT);
    getChildren().setAll(list, copy, latest);
    setMinHeight(80);
    renewButtons();
  }

  /** Shows the log of this attempt, or nothing for null. The same attempt again changes nothing. */
  public void follow(String id) {
    if (Objects.equals(id, attempt)) {
      return;
    }
    stop();
    attempt = id;
    atEnd = true;
    if (id != null) {
      following = desk.steering().follow(this::hear);
      load();
    } else {
      say("log.nothing");
    }
  }

  /** Lets go of the feed; {@link #follow} begins anew. */
  public void stop() {
    attempt = null;
    visit++;
    asking = false;
    following.close();
    following = () -> {};
    heard.clear();
    window.clear();
    renewButtons();
  }

  private void load() {
    say("log.loading");
    ask(new LogWindow.Range(-LogWindow.PAGE, LogWindow.PAGE), (page, _) -> window.begin(page));
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
    if (atEnd && !window.lines().isEmpty()) {
      list.scrollTo(window.lines().size() - 1);
    }
    if (window.lines().isEmpty() && !asking) {
      say("log.empty");
    }
    renewButtons();
  }

  private void ask(LogWindow.Range range, BiConsumer<LogPage, LogWindow> use) {
    asking = true;
    var mine = visit;
    desk.steering()
        .query(new Query.Log(attempt, range.from(), range.limit()))
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
                        var came = w.take(page, false);
                        list.scrollTo(came);
                      }));
    }
  }

  private void jump() {
    atEnd = true;
    list.getSelectionModel().clearSelection();
    settle();
  }

  @Override
  protected void layoutChildren() {
    super.layoutChildren();
    if (bar == null) {
      list.lookupAll(".scroll-bar").stream()
          .map(ScrollBar.class::cast)
          .filter(b -> b.getOrientation() == Orientation.VERTICAL)
          .findFirst()
          .ifPresent(this::watch);
    }
  }

  private void watch(ScrollBar vertical) {
    bar = vertical;
    bar.addEventFilter(MouseEvent.MOUSE_PRESSED, _ -> leaveEnd(true));
    bar.valueProperty().subscribe(this::scrolled);
    bar.visibleProperty().subscribe(this::scrolled);
  }

  private void scrolled() {
    if (atEnd || !bar.isVisible()) {
      return;
    }
    if (bar.getValue() <= bar.getMin()) {
      older();
    } else if (bar.getValue() >= bar.getMax()) {
      if (window.missing().isEmpty()) {
        atEnd = true;
        renewButtons();
      } else if (!asking) {
        var top = window.lines().size() - 1;
        window
            .missing()
            .ifPresent(
                r ->
                    ask(
                        r,
                        (page, w) -> {
                          w.take(page, true);
                          list.scrollTo(Math.max(0, Math.min(top, w.lines().size()) - 10));
                        }));
      }
    }
  }

  private void leaveEnd(boolean really) {
    if (really && bar != null && bar.isVisible()) {
      atEnd = false;
      renewButtons();
    }
  }

  private void pressed(KeyEvent e) {
    if (e.isShortcutDown() && e.getCode() == KeyCode.C) {
      copy();
      e.consume();
    } else if (e.getCode() == KeyCode.END) {
      jump();
      e.consume();
    } else {
      leaveEnd(e.getCode().isNavigationKey());
    }
  }

  private ContextMenu menu() {
    var selected = new MenuItem(texts.text("log.copy"));
    selected.setGraphic(Icon.COPY.node());
    selected.setOnAction(_ -> copy());
    return new ContextMenu(selected);
  }

  /** The selected lines, or all that are here. */
  private void copy() {
    var chosen = List.copyOf(list.getSelectionModel().getSelectedItems());
    var lines = chosen.isEmpty() ? List.copyOf(window.lines()) : chosen;
    var content = new ClipboardContent();
    content.putString(
        lines.stream()
            .filter(Objects::nonNull)
            .map(l -> texts.time(l.at()) + " " + l.kind() + " " + l.text())
            .collect(Collectors.joining("\n")));
    Clipboard.getSystemClipboard().setContent(content);
    desk.notices().say(texts.text("log.copied", lines.size()));
  }

  private void renewButtons() {
    Parts.show(latest, !atEnd && !window.lines().isEmpty());
    Parts.show(copy, !window.lines().isEmpty());
  }

  private void say(String key) {
    list.setPlaceholder(words(key));
  }

  private Node words(String key) {
    return Parts.label(texts.text(key), "muted");
  }
}
