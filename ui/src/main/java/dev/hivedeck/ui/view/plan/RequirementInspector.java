package dev.hivedeck.ui.view.plan;

import dev.hivedeck.engine.protocol.view.TaskViews;
import dev.hivedeck.ui.control.chart.StageBar;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.text.Hotkey;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.EmptyState;
import dev.hivedeck.ui.shell.widget.ErrorBoundary;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.Comparator;
import java.util.Optional;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import javafx.scene.control.Label;
import javafx.scene.control.ListCell;
import javafx.scene.control.ListView;
import javafx.scene.control.ScrollPane;
import javafx.scene.input.MouseButton;
import javafx.scene.layout.Priority;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;

/** One requirement: when it counts as met, and the tasks that lead there with how far each is. */
final class RequirementInspector extends StackPane {
  private final ScreenContext context;
  private final Texts texts;
  private final ErrorBoundary boundary;
  private final Label title = Widgets.heading("", "inspector-title");
  private final Label about = Widgets.label("", "soft");
  private final VBox acceptance = new VBox(5);
  private final ObservableList<TaskViews.Task> rows = FXCollections.observableArrayList();
  private final ListView<TaskViews.Task> tasks = new ListView<>(rows);
  private final ScrollPane content;
  private TaskViews.Requirement shown;

  RequirementInspector(ScreenContext context) {
    this.context = context;
    this.texts = context.texts();
    boundary = new ErrorBoundary(this, texts);
    acceptance.getStyleClass().add("acceptance");
    tasks.getStyleClass().addAll("plain-list", "attempts");
    tasks.setAccessibleText(texts.text("plan.tasks"));
    tasks.setCellFactory(_ -> new Cell());
    tasks.setPlaceholder(
        EmptyState.empty(
            Icon.TASK,
            texts.text("plan.tasks.none"),
            texts.text("plan.tasks.none.more"),
            context.act(texts.text("plan.write"), () -> context.go().newTask(shown.id()))));
    tasks.setOnKeyPressed(
        e -> {
          if (Hotkey.OPEN.pressed(e)) {
            open();
          }
        });
    tasks.setOnMouseClicked(
        e -> {
          if (e.getButton() == MouseButton.PRIMARY) {
            open();
          }
        });
    VBox.setVgrow(tasks, Priority.ALWAYS);
    tasks.setMinHeight(120);
    var lines =
        new VBox(
            12,
            new VBox(3, title, about),
            new VBox(6, Widgets.label(texts.text("plan.acceptance"), "card-title"), acceptance),
            new VBox(6, Widgets.label(texts.text("plan.tasks"), "card-title"), tasks));
    VBox.setVgrow(lines.getChildren().getLast(), Priority.ALWAYS);
    content = Widgets.scroll(lines);
    getChildren().setAll(content);
  }

  void show(TaskViews.Requirement requirement) {
    boundary.fill(() -> fill(requirement));
  }

  private void fill(TaskViews.Requirement requirement) {
    if (requirement == null) {
      shown = null;
      getChildren()
          .setAll(
              EmptyState.empty(
                  Icon.PLAN, texts.text("plan.choose"), texts.text("plan.choose.more")));
      return;
    }
    if (getChildren().getFirst() != content) {
      getChildren().setAll(content);
    }
    if (!requirement.equals(shown)) {
      shown = requirement;
      title.setText(requirement.id() + " " + requirement.title());
      about.setText(
          requirement.tasks() == 0
              ? texts.text("plan.coverage.none")
              : texts.text("plan.coverage", requirement.done(), requirement.tasks()));
      acceptance.getChildren().clear();
      for (String criterion : requirement.acceptance()) {
        var mark =
            PlanScreen.met(requirement)
                ? Tone.GREEN.on(Icon.CHECK.node())
                : Tone.NEUTRAL.on(Icon.IDLE.node());
        acceptance.getChildren().add(Widgets.row(8, mark, Widgets.grow(Widgets.prose(criterion))));
      }
      if (requirement.acceptance().isEmpty()) {
        acceptance.getChildren().add(Widgets.label(texts.text("plan.acceptance.none"), "muted"));
      }
    }
    var wanted =
        context.live().tasks().all().stream()
            .filter(t -> t.requirements().contains(requirement.id()))
            .sorted(Comparator.comparingInt(TaskViews.Task::order))
            .toList();
    if (!wanted.equals(rows)) {
      int selected = tasks.getSelectionModel().getSelectedIndex();
      rows.setAll(wanted);
      if (selected >= 0 && selected < rows.size()) {
        tasks.getSelectionModel().clearAndSelect(selected);
      }
    }
  }

  void enter() {
    tasks.requestFocus();
    if (tasks.getSelectionModel().isEmpty()) {
      tasks.getSelectionModel().selectFirst();
    }
  }

  private void open() {
    Optional.ofNullable(tasks.getSelectionModel().getSelectedItem())
        .ifPresent(task -> context.go().to(ScreenId.TASKS, task.id()));
  }

  private final class Cell extends ListCell<TaskViews.Task> {
    private final Label id = Widgets.label("", "mono", "soft");
    private final Label name = Widgets.label("", "strong");
    private final Label agent = Widgets.label("", "soft");
    private final Label state = Widgets.label("");
    private final StageBar stage = new StageBar();
    private final VBox box;

    Cell() {
      setPrefWidth(0);
      id.setMinWidth(USE_PREF_SIZE);
      state.setMinWidth(USE_PREF_SIZE);
      stage.setMinWidth(USE_PREF_SIZE);
      box =
          new VBox(3, Widgets.row(8, id, Widgets.grow(name), state), Widgets.row(8, stage, agent));
      box.setMinWidth(0);
    }

    @Override
    protected void updateItem(TaskViews.Task task, boolean empty) {
      super.updateItem(task, empty);
      if (empty || task == null) {
        setGraphic(null);
        setAccessibleText(null);
        return;
      }
      id.setText(task.id());
      name.setText(task.title());
      var tone = task.merged() ? Tone.GREEN : Tone.of(task.state());
      state.setText(
          task.merged()
              ? texts.text("change.state.merged")
              : texts.word("task.state", task.state()));
      tone.on(state);
      stage.show(task.stage(), task.merged() ? Tone.GREEN : Tone.BLUE);
      var who = task.worker() != null ? task.worker() : task.agent() == null ? "" : task.agent();
      agent.setText(task.reason() == null ? who : who + " · " + texts.said(task.reason()));
      setAccessibleText(task.id() + " " + task.title() + ", " + state.getText());
      setGraphic(box);
    }
  }
}
