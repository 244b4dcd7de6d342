package dev.hivedeck.ui.control.log;

import dev.hivedeck.ui.control.log.LogRow.Style;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.List;
import java.util.Locale;
import javafx.beans.binding.Bindings;
import javafx.beans.value.ObservableNumberValue;
import javafx.css.PseudoClass;
import javafx.geometry.Pos;
import javafx.scene.control.Label;
import javafx.scene.control.ListCell;
import javafx.scene.input.MouseButton;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import org.kordamp.ikonli.javafx.FontIcon;

/** One row of a log. */
final class LogCell extends ListCell<LogRow> {
  private static final PseudoClass ADDED = PseudoClass.getPseudoClass("added");
  private static final PseudoClass REMOVED = PseudoClass.getPseudoClass("removed");
  private static final PseudoClass QUIET = PseudoClass.getPseudoClass("quiet");
  private static final PseudoClass OPEN = PseudoClass.getPseudoClass("open");
  private static final List<String> STYLES =
      List.of("log-prose", "log-code", "log-note", "log-place", "log-jump");
  private static final double TIME = 62;
  private static final double KIND = 50;

  /** Pixels that a row uses up before the text of an entry, and before a line below it. */
  static final double HEAD_INDENT = 176;

  static final double INDENT = 42;

  /** What a cell is given to work with. */
  interface Log {
    Texts texts();

    LogRows rows();

    /** Whether the attempt is over. */
    boolean over();

    /** Where it works; null when that is not known. */
    String worktree();

    /** A row was pressed: opens or closes its entry, or goes where it leads. */
    void press(LogRow row);
  }

  private final Log log;
  private final ActView face;
  private final FontIcon twist = Icon.RIGHT.node();
  private final Label time = Widgets.label("", "log-time");
  private final FontIcon icon = Icon.OUTPUT.node();
  private final Label kind = Widgets.label("", "log-kind");
  private final Label text = Widgets.label("", "log-text");
  private final Label status = Widgets.label("", "log-status");
  private final HBox head = Widgets.row(6, twist, time, icon, kind, text, status);
  private final Label mark = Widgets.label("", "log-mark");
  private final Label line = Widgets.label("", "log-line");
  private final HBox more = Widgets.row(8, mark, line);

  /** Both are there and one is hidden: what comes into a scene anew is styled anew. */
  private final StackPane both = new StackPane(head, more);

  LogCell(Log log, ObservableNumberValue scale) {
    this.log = log;
    this.face = new ActView(log.texts());
    twist.getStyleClass().add("log-twist");
    icon.getStyleClass().add("log-icon");
    width(time, TIME, scale);
    width(kind, KIND, scale);
    HBox.setHgrow(text, Priority.ALWAYS);
    text.setMaxWidth(Double.MAX_VALUE);
    status.setMinWidth(Region.USE_PREF_SIZE);
    mark.setMinWidth(Region.USE_PREF_SIZE);
    head.setMinWidth(0);
    more.setMinWidth(0);
    more.getStyleClass().add("log-more");
    both.setMinWidth(0);
    both.setAlignment(Pos.CENTER_LEFT);
    setPrefWidth(0);
    setOnMouseClicked(
        e -> {
          boolean plain = !e.isShiftDown() && !e.isShortcutDown() && e.isStillSincePress();
          if (getItem() != null && e.getButton() == MouseButton.PRIMARY && plain) {
            log.press(getItem());
          }
        });
  }

  private static void width(Label label, double width, ObservableNumberValue scale) {
    var fit = Bindings.multiply(width, scale);
    label.minWidthProperty().bind(fit);
    label.prefWidthProperty().bind(fit);
  }

  @Override
  protected void updateItem(LogRow row, boolean empty) {
    super.updateItem(row, empty);
    var shown = empty ? null : row;
    var style = shown instanceof LogRow.More m ? m.style() : null;
    pseudoClassStateChanged(ADDED, style == Style.ADDED);
    pseudoClassStateChanged(REMOVED, style == Style.REMOVED);
    pseudoClassStateChanged(QUIET, shown != null && ActView.quiet(shown.entry().kind()));
    Widgets.show(head, shown instanceof LogRow.Head);
    Widgets.show(more, shown instanceof LogRow.More);
    if (shown != null && getGraphic() == null) {
      setGraphic(both);
    }
    switch (shown) {
      case null -> setAccessibleText(null);
      case LogRow.Head(LogEntry entry, long _) -> head(entry);
      case LogRow.More m -> more(m);
    }
  }

  private void head(LogEntry entry) {
    boolean any = log.rows().detail().any(entry);
    boolean open = any && entry.open();
    twist.setVisible(any);
    (open ? Icon.DOWN : Icon.RIGHT).on(twist);
    pseudoClassStateChanged(OPEN, open);
    time.setText(entry.first().at() == null ? "" : log.texts().time(entry.first().at()));
    ActView.icon(entry.kind()).on(icon);
    var tone = ActView.tone(entry.kind());
    tone.on(icon);
    tone.on(kind);
    kind.setText(face.word(entry.kind()));
    var prose = entry.kind().equals("say") || entry.kind().equals("think");
    var line = face.line(entry, log.worktree());
    text.setText(open && prose ? "" : line);
    var went = face.status(entry, log.over());
    status.setText(went.word());
    went.tone().on(status);
    setAccessibleText(String.join(", ", kind.getText(), line, went.word()));
  }

  private void more(LogRow.More row) {
    String style =
        switch (row.style()) {
          case PROSE, OPEN, DOING, DONE -> "log-prose";
          case CODE, ADDED, REMOVED -> "log-code";
          case NOTE -> "log-note";
          case PLACE -> "log-place";
          case JUMP -> "log-jump";
        };
    if (!line.getStyleClass().contains(style)) {
      line.getStyleClass().removeAll(STYLES);
      line.getStyleClass().add(style);
    }
    line.setText(row.text());
    switch (row.style()) {
      case OPEN -> todo(row.style(), Tone.NEUTRAL);
      case DOING -> todo(row.style(), Tone.BLUE);
      case DONE -> todo(row.style(), Tone.GREEN);
      default -> Widgets.show(mark, false);
    }
    setAccessibleText(mark.isVisible() ? mark.getText() + ": " + row.text() : row.text());
  }

  private void todo(Style state, Tone tone) {
    mark.setText(log.texts().text("act.todo." + state.name().toLowerCase(Locale.ROOT)));
    tone.on(mark);
    Widgets.show(mark, true);
  }
}
