package dev.hivedeck.ui.view.overview;

import dev.hivedeck.engine.protocol.Views;
import dev.hivedeck.ui.shell.Desk;
import dev.hivedeck.ui.shell.Parts;
import dev.hivedeck.ui.shell.Place;
import dev.hivedeck.ui.shell.Tone;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import javafx.beans.property.SimpleObjectProperty;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import javafx.geometry.Pos;
import javafx.scene.AccessibleRole;
import javafx.scene.control.ContentDisplay;
import javafx.scene.control.Label;
import javafx.scene.control.TableCell;
import javafx.scene.control.TableColumn;
import javafx.scene.control.TableRow;
import javafx.scene.control.TableView;
import javafx.scene.input.KeyCode;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Region;

/**
 * The agents at work, those that need attention first. Rows keep their place while the pointer is
 * on them; the order is made anew when it has left.
 */
final class Working extends TableView<Views.Agent> {
  private static final List<Views.AgentState> ATTENTION =
      List.of(
          Views.AgentState.WAITING,
          Views.AgentState.RETRYING,
          Views.AgentState.VALIDATING,
          Views.AgentState.RUNNING);
  private static final double ROW = 34;
  private static final double HEADER = 36;

  private final Desk desk;
  private final ObservableList<Views.Agent> rows = FXCollections.observableArrayList();

  Working(Desk desk) {
    this.desk = desk;
    var texts = desk.texts();
    getStyleClass().add("calm-table");
    setItems(rows);
    setFixedCellSize(ROW);
    setColumnResizePolicy(TableView.CONSTRAINED_RESIZE_POLICY_FLEX_LAST_COLUMN);
    setAccessibleText(texts.text("overview.working"));
    getColumns().add(column("col.agent", 170, 130, new AgentCell()));
    getColumns().add(column("col.task", 210, 120, new TaskCell()));
    getColumns().add(column("col.activity", 260, 120, new ActivityCell()));
    var activity = getColumns().getLast();
    var stage = fixed("col.stage", 92, new StageCell());
    var time = fixed("col.time", 80, new TimeCell());
    var cost = fixed("col.cost", 72, new CostCell());
    getColumns().add(stage);
    getColumns().add(time);
    getColumns().add(cost);
    // What has no room goes, the least needed first.
    Runnable fit =
        () -> {
          var room = getWidth() / desk.theme().scale().get();
          cost.setVisible(room > 600);
          time.setVisible(room > 520);
          activity.setVisible(room > 440);
          stage.setVisible(room > 300);
        };
    widthProperty().subscribe(fit);
    setRowFactory(_ -> new Row());
    setOnKeyPressed(
        e -> {
          if (e.getCode() == KeyCode.ENTER) {
            open(getSelectionModel().getSelectedItem());
          }
        });
  }

  int count() {
    return rows.size();
  }

  /** The height that shows so many rows without scrolling. */
  static double height(int rows) {
    return HEADER + ROW * rows + 2;
  }

  void renew() {
    var busy = new ArrayList<Views.Agent>();
    for (var a : desk.live().agents().all()) {
      if (ATTENTION.contains(a.state())) {
        busy.add(a);
      }
    }
    busy.sort(isHover() ? placeOr(byAttention()) : byAttention());
    // Row by row, so that a cell whose agent did not change is not touched.
    for (int i = 0; i < busy.size(); i++) {
      if (i >= rows.size()) {
        rows.add(busy.get(i));
      } else if (!rows.get(i).equals(busy.get(i))) {
        rows.set(i, busy.get(i));
      }
    }
    if (rows.size() > busy.size()) {
      rows.remove(busy.size(), rows.size());
    }
  }

  private static Comparator<Views.Agent> byAttention() {
    return Comparator.<Views.Agent>comparingInt(a -> ATTENTION.indexOf(a.state()))
        .thenComparing(Views.Agent::since, Comparator.nullsLast(Comparator.naturalOrder()))
        .thenComparing(Views.Agent::id);
  }

  private Comparator<Views.Agent> placeOr(Comparator<Views.Agent> otherwise) {
    var places = new HashMap<String, Integer>();
    rows.forEach(a -> places.put(a.id(), places.size()));
    return Comparator.<Views.Agent>comparingInt(a -> places.getOrDefault(a.id(), Integer.MAX_VALUE))
        .thenComparing(otherwise);
  }

  private void open(Views.Agent agent) {
    if (agent != null) {
      desk.go().to(Place.AGENTS, agent.id());
    }
  }

  private Optional<Views.Attempt> attempt(Views.Agent a) {
    return desk.live().attempts().get(a.attempt());
  }

  private TableColumn<Views.Agent, Views.Agent> fixed(
      String key, double width, BiConsumer<Cell, Views.Agent> show) {
    var column = column(key, width, width, show);
    column.setMaxWidth(width);
    return column;
  }

  private TableColumn<Views.Agent, Views.Agent> column(
      String key, double width, double least, BiConsumer<Cell, Views.Agent> show) {
    var column = new TableColumn<Views.Agent, Views.Agent>(desk.texts().text(key));
    column.setPrefWidth(width);
    column.setMinWidth(least);
    column.setSortable(false);
    column.setReorderable(false);
    column.setCellValueFactory(f -> new SimpleObjectProperty<>(f.getValue()));
    column.setCellFactory(_ -> new Cell(show));
    return column;
  }

  private final class Row extends TableRow<Views.Agent> {
    Row() {
      setOnMouseClicked(_ -> open(getItem()));
    }
  }

  /** A cell that is told its agent, and told again each second while it shows one. */
  private final class Cell extends TableCell<Views.Agent, Views.Agent> {
    private final BiConsumer<Cell, Views.Agent> show;
    private final Label text = Parts.label("");
    private final Label more = Parts.label("", "muted");
    private final Region dot = Parts.dot(Tone.NEUTRAL);
    private final HBox box = Parts.row(8);

    Cell(BiConsumer<Cell, Views.Agent> show) {
      this.show = show;
      setContentDisplay(ContentDisplay.GRAPHIC_ONLY);
      setAlignment(Pos.CENTER_LEFT);
      box.setMinWidth(0);
    }

    @Override
    protected void updateItem(Views.Agent agent, boolean empty) {
      super.updateItem(agent, empty);
      // Hidden, not taken out: what comes into a scene anew is styled anew.
      box.setVisible(!empty && agent != null);
      if (box.isVisible()) {
        show.accept(this, agent);
        if (getGraphic() != box) {
          setGraphic(box);
        }
      }
    }
  }

  private final class AgentCell implements BiConsumer<Cell, Views.Agent> {
    @Override
    public void accept(Cell cell, Views.Agent a) {
      if (cell.box.getChildren().isEmpty()) {
        cell.text.getStyleClass().add("strong");
        cell.text.setMinWidth(Region.USE_PREF_SIZE);
        cell.box.getChildren().addAll(cell.dot, cell.text, cell.more);
      }
      Tone.of(a.state()).on(cell.dot);
      cell.text.setText(a.id());
      cell.more.setText(a.model() == null || a.model().isBlank() ? a.driver() : a.model());
      cell.setAccessibleText(a.id() + ", " + desk.texts().state(a));
    }
  }

  private final class TaskCell implements BiConsumer<Cell, Views.Agent> {
    @Override
    public void accept(Cell cell, Views.Agent a) {
      if (cell.box.getChildren().isEmpty()) {
        cell.box.getChildren().add(cell.text);
      }
      cell.text.setText(
          a.task() == null
              ? "–"
              : a.task()
                  + " "
                  + desk.live().tasks().get(a.task()).map(Views.Task::title).orElse(""));
    }
  }

  private final class ActivityCell implements BiConsumer<Cell, Views.Agent> {
    @Override
    public void accept(Cell cell, Views.Agent a) {
      if (cell.box.getChildren().isEmpty()) {
        cell.text.getStyleClass().addAll("mono", "soft");
        cell.box.getChildren().add(cell.text);
      }
      var state = desk.texts().state(a);
      cell.text.setText(
          switch (a.state()) {
            case RUNNING -> a.activity() == null ? state : a.activity();
            default -> a.activity() == null ? state : state + " · " + a.activity();
          });
    }
  }

  private final class StageCell implements BiConsumer<Cell, Views.Agent> {
    @Override
    public void accept(Cell cell, Views.Agent a) {
      if (cell.box.getChildren().isEmpty()) {
        cell.box.setSpacing(2);
        for (int i = 0; i < 4; i++) {
          var segment = new Region();
          segment.getStyleClass().add("stage-segment");
          cell.box.getChildren().add(segment);
        }
        cell.setAccessibleRole(AccessibleRole.TEXT);
      }
      for (int i = 0; i < 4; i++) {
        var reached = a.stage() >= (i + 1) * 25;
        (reached ? Tone.of(a.state()) : Tone.NEUTRAL).on(cell.box.getChildren().get(i));
      }
      cell.setAccessibleText(a.stage() + " %");
    }
  }

  private final class TimeCell implements BiConsumer<Cell, Views.Agent> {
    @Override
    public void accept(Cell cell, Views.Agent a) {
      if (cell.box.getChildren().isEmpty()) {
        cell.text.getStyleClass().add("mono");
        cell.box.getChildren().add(cell.text);
        cell.text
            .textProperty()
            .bind(
                desk.live()
                    .now()
                    .map(now -> elapsed(cell.getItem(), now))
                    .when(cell.emptyProperty().not()));
      }
    }

    private String elapsed(Views.Agent a, Instant now) {
      if (a == null) {
        return "";
      }
      var start = attempt(a).map(Views.Attempt::startedAt).orElse(a.since());
      return start == null ? "" : desk.texts().clock(Duration.between(start, now));
    }
  }

  private final class CostCell implements BiConsumer<Cell, Views.Agent> {
    @Override
    public void accept(Cell cell, Views.Agent a) {
      if (cell.box.getChildren().isEmpty()) {
        cell.text.getStyleClass().add("mono");
        cell.box.getChildren().add(cell.text);
      }
      cell.text.setText(desk.texts().money(attempt(a).map(Views.Attempt::cost).orElse(a.cost())));
    }
  }
}
