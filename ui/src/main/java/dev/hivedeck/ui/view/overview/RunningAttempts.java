package dev.hivedeck.ui.view.overview;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.view.AttemptViews;
import dev.hivedeck.engine.protocol.view.TaskViews;
import dev.hivedeck.ui.control.table.StableOrder;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.text.Hotkey;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.SimpleObjectProperty;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import javafx.geometry.Pos;
import javafx.scene.AccessibleRole;
import javafx.scene.control.Button;
import javafx.scene.control.ContentDisplay;
import javafx.scene.control.Label;
import javafx.scene.control.TableCell;
import javafx.scene.control.TableColumn;
import javafx.scene.control.TableRow;
import javafx.scene.control.TableView;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Region;

/**
 * What is being worked on, one row for each attempt, those that need attention first. Rows keep
 * their place while the pointer is on them; the order is made anew when it has left.
 */
final class RunningAttempts extends TableView<ObjectProperty<RunningAttempts.Row>> {
  private static final List<TaskViews.TaskState> ATTENTION =
      List.of(
          TaskViews.TaskState.WAITING,
          TaskViews.TaskState.DELAYED,
          TaskViews.TaskState.VALIDATING,
          TaskViews.TaskState.RUNNING);
  private static final double ROW = 34;
  private static final double HEADER = 36;

  /** No window is wider; a limit that cannot be added up leaves all columns at their least. */
  private static final double WIDEST = 10_000;

  /**
   * @param attempt the one that runs, else the latest; null when that is not known yet
   */
  record Row(TaskViews.Task task, AttemptViews.Attempt attempt) {
    String agent() {
      return attempt != null ? attempt.agent() : task.worker() == null ? "–" : task.worker();
    }

    /** Whether an agent's processes are at it, or wait for an answer. */
    boolean runs() {
      return attempt != null && !attempt.state().over();
    }

    String activity() {
      var said = runs() ? attempt.activity() : null;
      return said == null || said.isBlank() ? null : said;
    }
  }

  private final ScreenContext context;

  /** Places that stay; what they show changes. A table lays all out anew when its list changes. */
  private final ObservableList<ObjectProperty<Row>> rows = FXCollections.observableArrayList();

  private final Map<TableColumn<?, ?>, Width> widths = new LinkedHashMap<>();

  /** What a column wants where letters have their usual size. */
  private record Width(double wanted, double least, double most) {
    void at(TableColumn<?, ?> column, double scale) {
      column.setMaxWidth(most * scale);
      column.setMinWidth(least * scale);
      column.setPrefWidth(wanted * scale);
    }
  }

  RunningAttempts(ScreenContext context) {
    this.context = context;
    var texts = context.texts();
    getStyleClass().add("calm-table");
    setItems(rows);
    fixedCellSizeProperty().bind(context.theme().scale().multiply(ROW));
    setColumnResizePolicy(TableView.CONSTRAINED_RESIZE_POLICY_ALL_COLUMNS);
    setAccessibleText(texts.text("overview.working"));
    getColumns().add(column("col.agent", 160, 120, new AgentCell()));
    getColumns().add(column("col.task", 210, 120, new TaskCell()));
    getColumns().add(column("col.activity", 260, 120, new ActivityCell()));
    var activity = getColumns().getLast();
    var stage = fixed("col.stage", 92, new StageCell());
    var time = fixed("col.time", 76, new TimeCell());
    var cost = fixed("col.cost", 72, new CostCell());
    var acts = fixed("col.acts", 76, new ActsCell());
    getColumns().add(stage);
    getColumns().add(time);
    getColumns().add(cost);
    getColumns().add(acts);
    // What has no room goes, the least needed first.
    Runnable fit =
        () -> {
          var scale = context.theme().scale().get();
          var room = getWidth() / scale;
          cost.setVisible(room > 690);
          time.setVisible(room > 618);
          activity.setVisible(room > 540);
          acts.setVisible(room > 420);
          stage.setVisible(room > 344);
          widths.forEach((column, width) -> width.at(column, scale));
        };
    fit.run(); // A column without a width of its own is measured by making all its cells.
    widthProperty().subscribe(fit);
    context.theme().scale().subscribe(fit);
    setRowFactory(_ -> new AttemptRow());
    setOnKeyPressed(
        e -> {
          if (Hotkey.OPEN.pressed(e) && !getSelectionModel().isEmpty()) {
            open(getSelectionModel().getSelectedItem().get());
          }
        });
  }

  int count() {
    return rows.size();
  }

  /** How many attempts an agent is at. */
  long running() {
    return shown().filter(r -> r.runs() && r.task().state().active()).count();
  }

  /** How many of them wait for a person. */
  int waiting() {
    return (int)
        shown().filter(r -> r.runs() && r.task().state() == TaskViews.TaskState.WAITING).count();
  }

  private Stream<Row> shown() {
    return rows.stream().map(ObjectProperty::get);
  }

  /** The height that shows so many rows without scrolling. */
  double height(int rows) {
    return (HEADER + ROW * rows) * context.theme().scale().get() + 2;
  }

  void renew() {
    var busy = new ArrayList<Row>();
    for (var task : context.live().tasks().all()) {
      if (ATTENTION.contains(task.state())) {
        busy.add(new Row(task, context.live().attempts().get(task.attempt()).orElse(null)));
      }
    }
    busy.sort(
        isHover()
            ? StableOrder.of(shown().toList(), r -> r.task().id(), byAttention())
            : byAttention());
    for (int i = 0; i < Math.min(busy.size(), rows.size()); i++) {
      if (!busy.get(i).equals(rows.get(i).get())) {
        rows.get(i).set(busy.get(i));
      }
    }
    if (rows.size() < busy.size()) {
      rows.addAll(
          busy.subList(rows.size(), busy.size()).stream().map(SimpleObjectProperty::new).toList());
    } else if (rows.size() > busy.size()) {
      rows.remove(busy.size(), rows.size());
    }
  }

  private static Comparator<Row> byAttention() {
    return Comparator.<Row>comparingInt(r -> ATTENTION.indexOf(r.task().state()))
        .thenComparing(Row::agent)
        .thenComparingInt(r -> r.task().order());
  }

  /** Opens the log of the attempt. */
  private void open(Row row) {
    if (row != null) {
      context
          .go()
          .to(
              row.attempt() == null ? ScreenId.TASKS : ScreenId.AGENTS,
              row.attempt() == null ? row.task().id() : row.attempt().id());
    }
  }

  private TableColumn<ObjectProperty<Row>, Row> fixed(
      String key, double width, BiConsumer<Cell, Row> show) {
    var column = column(key, width, width, show);
    widths.put(column, new Width(width, width, width));
    return column;
  }

  private TableColumn<ObjectProperty<Row>, Row> column(
      String key, double width, double least, BiConsumer<Cell, Row> show) {
    var column = new TableColumn<ObjectProperty<Row>, Row>(context.texts().text(key));
    widths.put(column, new Width(width, least, WIDEST));
    column.setSortable(false);
    column.setReorderable(false);
    column.setCellValueFactory(TableColumn.CellDataFeatures::getValue);
    column.setCellFactory(_ -> new Cell(show));
    return column;
  }

  private final class AttemptRow extends TableRow<ObjectProperty<Row>> {
    AttemptRow() {
      setOnMouseClicked(_ -> open(getItem() == null ? null : getItem().get()));
    }
  }

  /** A cell that is told its attempt, and told again each second while it shows one. */
  private final class Cell extends TableCell<ObjectProperty<Row>, Row> {
    private final BiConsumer<Cell, Row> show;
    private final Label text = Widgets.label("");
    private final Label more = Widgets.label("", "muted");
    private final Region dot = Widgets.dot(Tone.NEUTRAL);
    private final HBox box = Widgets.row(8);

    Cell(BiConsumer<Cell, Row> show) {
      this.show = show;
      setContentDisplay(ContentDisplay.GRAPHIC_ONLY);
      setAlignment(Pos.CENTER_LEFT);
      box.setMinWidth(0);
    }

    @Override
    protected void updateItem(Row row, boolean empty) {
      super.updateItem(row, empty);
      // Hidden, not taken out: what comes into a scene anew is styled anew.
      box.setVisible(!empty && row != null);
      if (box.isVisible()) {
        show.accept(this, row);
        if (getGraphic() != box) {
          setGraphic(box);
        }
      }
    }
  }

  private final class AgentCell implements BiConsumer<Cell, Row> {
    @Override
    public void accept(Cell cell, Row row) {
      if (cell.box.getChildren().isEmpty()) {
        cell.text.getStyleClass().add("strong");
        cell.text.setMinWidth(Region.USE_PREF_SIZE);
        cell.box.getChildren().addAll(cell.dot, cell.text, cell.more);
        cell.box.widthProperty().subscribe(() -> fit(cell));
      }
      Tone.of(row.task().state()).on(cell.dot);
      cell.text.setText(row.agent());
      cell.more.setText(
          context
              .live()
              .agents()
              .get(row.agent())
              .map(a -> a.model() == null || a.model().isBlank() ? a.driver().word() : a.model())
              .orElse(""));
      fit(cell);
      cell.setAccessibleText(
          row.agent() + ", " + context.texts().word("task.state", row.task().state()));
    }

    /** No model at all is better than two letters of it. */
    private static void fit(Cell cell) {
      double others = cell.dot.prefWidth(-1) + cell.text.prefWidth(-1) + 2 * cell.box.getSpacing();
      cell.more.setVisible(cell.box.getWidth() - others >= Math.min(60, cell.more.prefWidth(-1)));
    }
  }

  private final class TaskCell implements BiConsumer<Cell, Row> {
    @Override
    public void accept(Cell cell, Row row) {
      if (cell.box.getChildren().isEmpty()) {
        cell.box.getChildren().add(cell.text);
      }
      cell.text.setText(row.task().id() + " " + row.task().title());
    }
  }

  private final class ActivityCell implements BiConsumer<Cell, Row> {
    @Override
    public void accept(Cell cell, Row row) {
      if (cell.box.getChildren().isEmpty()) {
        cell.text.getStyleClass().addAll("mono", "soft");
        cell.box.getChildren().add(cell.text);
      }
      var state = context.texts().word("task.state", row.task().state());
      var activity =
          Optional.ofNullable(row.activity())
              .or(() -> Optional.ofNullable(row.task().reason()).map(context.texts()::said))
              .orElse("");
      cell.text.setText(
          activity.isBlank()
              ? state
              : row.task().state() == TaskViews.TaskState.RUNNING
                  ? activity
                  : state + " · " + activity);
    }
  }

  private final class StageCell implements BiConsumer<Cell, Row> {
    @Override
    public void accept(Cell cell, Row row) {
      if (cell.box.getChildren().isEmpty()) {
        cell.box.setSpacing(2);
        for (int i = 0; i < 4; i++) {
          var segment = new Region();
          segment.getStyleClass().add("stage-segment");
          cell.box.getChildren().add(segment);
        }
        cell.setAccessibleRole(AccessibleRole.TEXT);
      }
      int stage = row.attempt() == null ? row.task().stage() : row.attempt().stage();
      for (int i = 0; i < 4; i++) {
        var reached = stage >= (i + 1) * 25;
        (reached ? Tone.of(row.task().state()) : Tone.NEUTRAL).on(cell.box.getChildren().get(i));
      }
      cell.setAccessibleText(stage + " %");
    }
  }

  private final class TimeCell implements BiConsumer<Cell, Row> {
    @Override
    public void accept(Cell cell, Row row) {
      if (cell.box.getChildren().isEmpty()) {
        cell.text.getStyleClass().add("mono");
        cell.box.getChildren().add(cell.text);
        cell.text
            .textProperty()
            .bind(
                context
                    .live()
                    .now()
                    .map(now -> elapsed(cell.getItem(), now))
                    .when(cell.emptyProperty().not()));
      }
    }

    private String elapsed(Row row, Instant now) {
      if (row == null || row.attempt() == null || row.attempt().startedAt() == null) {
        return "";
      }
      // What has ended took as long as it took.
      var end = Optional.ofNullable(row.attempt().endedAt()).orElse(now);
      return context.texts().clock(Duration.between(row.attempt().startedAt(), end));
    }
  }

  private final class CostCell implements BiConsumer<Cell, Row> {
    @Override
    public void accept(Cell cell, Row row) {
      if (cell.box.getChildren().isEmpty()) {
        cell.text.getStyleClass().add("mono");
        cell.box.getChildren().add(cell.text);
      }
      cell.text.setText(row.attempt() == null ? "" : context.texts().cost(row.attempt().cost()));
    }
  }

  /** Reins of this attempt alone, whatever else its agent is at. */
  private final class ActsCell implements BiConsumer<Cell, Row> {
    @Override
    public void accept(Cell cell, Row row) {
      if (cell.box.getChildren().isEmpty()) {
        cell.box.setSpacing(2);
        cell.box
            .getChildren()
            .addAll(
                act(Icon.PAUSE, () -> pause(cell.getItem().task())),
                act(Icon.STOP, () -> cancel(cell.getItem().task())));
      }
      name(cell.box.getChildren().getFirst(), "working.pause", row);
      name(cell.box.getChildren().getLast(), "working.stop", row);
    }

    private Button act(Icon icon, Runnable run) {
      var button = context.act(Widgets.icon(icon, "", run, "flat"));
      button.setFocusTraversable(false);
      button.addEventHandler(
          javafx.scene.input.MouseEvent.MOUSE_CLICKED, javafx.event.Event::consume);
      return button;
    }

    private void name(javafx.scene.Node button, String key, Row row) {
      var name = context.texts().text(key, row.task().id(), row.agent());
      if (!name.equals(button.getAccessibleText())) {
        Widgets.name((Button) button, name);
      }
    }

    private void pause(TaskViews.Task task) {
      context
          .steering()
          .execute(new Command.PauseTask(task.id()))
          .thenAccept(
              _ ->
                  context
                      .notices()
                      .done(
                          context.texts().text("task.paused", task.id()),
                          () -> context.steering().execute(new Command.ResumeTask(task.id()))));
    }

    private void cancel(TaskViews.Task task) {
      var texts = context.texts();
      long waiting =
          context.live().tasks().all().stream().filter(t -> t.needs().contains(task.id())).count();
      if (context
          .dialogs()
          .confirm(
              texts.text("task.cancel.title", task.id()),
              texts.text("task.cancel.will", waiting),
              texts.text("task.cancel.verb"))) {
        context
            .steering()
            .execute(new Command.CancelTask(task.id()))
            .thenAccept(
                _ ->
                    context
                        .notices()
                        .done(
                            texts.text("task.cancelled", task.id()),
                            () ->
                                context
                                    .steering()
                                    .execute(new Command.RetryTask(task.id(), null))));
      }
    }
  }
}
