package dev.hivedeck.ui.view.task;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Query.PromptText;
import dev.hivedeck.engine.protocol.view.AttemptViews;
import dev.hivedeck.engine.protocol.view.TaskViews;
import dev.hivedeck.engine.protocol.view.TaskViews.TaskState;
import dev.hivedeck.ui.control.log.LogView;
import dev.hivedeck.ui.control.task.AlternativeTable;
import dev.hivedeck.ui.control.task.AttemptList;
import dev.hivedeck.ui.control.task.HoldList;
import dev.hivedeck.ui.control.task.SelectionReason;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.widget.EmptyState;
import dev.hivedeck.ui.shell.widget.ErrorBoundary;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.Tab;
import javafx.scene.control.TabPane;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;

/** One task: what it asks, what it waits for, what was tried, and its reins. */
final class TaskInspector extends StackPane {
  private final ScreenContext desk;
  private final Texts texts;
  private final ErrorBoundary boundary;
  private final Label title = Widgets.heading("", "inspector-title");
  private final FlowPane facts = Widgets.flow(12, 2);
  private final Label reason = Widgets.prose("");
  private final Region reasonBar;
  private final AlternativeTable alternatives;
  private final HoldList why;
  private final Button retry;
  private final Button otherwise;
  private final RetryForm retryForm;
  private final Button pause;
  private final Button cancel;
  private final TabPane tabs;
  private final Tab about = new Tab();
  private final Tab attempts = new Tab();
  private final Tab log = new Tab();
  private final VBox links = new VBox(10);
  private final Label prompt = Widgets.prose("", "prose-block");
  private final VBox told = new VBox(6);
  private final Label context = Widgets.prose("", "prose-block", "soft");
  private final AttemptList attemptList;
  private final LogView logView;
  private final ScrollPane content;
  private TaskViews.Task task;
  private String reading;
  private Object asked;

  TaskInspector(ScreenContext desk) {
    this.desk = desk;
    this.texts = desk.texts();
    boundary = new ErrorBoundary(this, texts);
    retry = desk.act(texts.text("task.retry"), this::retry, "accent");
    retry.setTooltip(Widgets.tooltip(texts.text("task.retry.more")));
    pause = desk.act("", this::pause);
    cancel = desk.act(texts.text("task.cancel"), this::cancel, "danger", "button-outlined");
    otherwise = desk.act(texts.text("task.retry.with"), this::otherwise);
    retryForm = new RetryForm(desk, this::retry);
    // What opens the form stands first: it keeps its place when the others go.
    var reins = Widgets.flow(8, 6, otherwise, retry, pause, cancel);
    var head = Widgets.column(6, title, facts, reins);
    reasonBar = Widgets.row(8, Icon.INFO.node(), Widgets.grow(reason));
    reasonBar.getStyleClass().add("reason");
    attemptList = new AttemptList(desk, true, this::read);
    logView = new LogView(desk);
    told.getChildren().setAll(Widgets.label(texts.text("task.told"), "card-title"), context);
    var read =
        new VBox(
            14,
            links,
            new VBox(6, Widgets.label(texts.text("task.prompt"), "card-title"), prompt),
            told);
    var scroll = new ScrollPane(read);
    scroll.setFitToWidth(true);
    scroll.getStyleClass().add("plain-scroll");
    about.setText(texts.text("task.about"));
    about.setContent(Widgets.tabBody(Widgets.grow(scroll)));
    attempts.setContent(Widgets.tabBody(Widgets.grow(attemptList)));
    log.setText(texts.text("task.log"));
    log.setContent(Widgets.tabBody(Widgets.grow(logView)));
    tabs = Widgets.tabs(texts.text("inspector.tabs"), about, attempts, log);
    tabs.getSelectionModel().selectedItemProperty().subscribe(_ -> follow());
    alternatives = new AlternativeTable(desk);
    why = new HoldList(desk, false);
    content = Widgets.scroll(new VBox(8, head, reasonBar, alternatives, why, retryForm, tabs));
    getChildren().setAll(content);
  }

  /** Shows this task; null for none. */
  void show(TaskViews.Task wanted) {
    boundary.fill(() -> fill(wanted));
  }

  private void fill(TaskViews.Task wanted) {
    boolean other = task == null || wanted == null || !task.id().equals(wanted.id());
    task = wanted;
    if (wanted == null) {
      logView.follow(null);
      getChildren()
          .setAll(
              EmptyState.empty(
                  Icon.TASK, texts.text("task.choose"), texts.text("task.choose.more")));
      return;
    }
    if (getChildren().getFirst() != content) {
      getChildren().setAll(content);
    }
    if (other) {
      reading = null;
      retryForm.close();
    }
    fill();
  }

  /** Shows anew what changed around the task. */
  void renew() {
    boundary.fill(this::fill);
  }

  private void fill() {
    if (task == null) {
      return;
    }
    title.setText(task.id() + " " + task.title());
    facts();
    Widgets.show(reasonBar, task.reason() != null && !task.reason().isBlank());
    reason.setText(task.reason() == null ? "" : texts.said(task.reason()));
    TasksScreen.tone(task).on(reasonBar);
    alternatives.show(task.id());
    why.show(task);
    reins();
    links();
    ask();
    var tries =
        desk.live().attempts().all().stream()
            .filter(a -> a.task().equals(task.id()))
            .sorted(Comparator.comparingInt(AttemptViews.Attempt::number).reversed())
            .toList();
    attempts.setText(texts.text("agent.attempts", tries.size()));
    attemptList.show(tries, reading == null ? task.attempt() : reading);
    follow();
  }

  /** Lets go of what is costly. */
  void hidden() {
    logView.stop();
  }

  /** Moves into the inspector from the table. */
  void enter() {
    tabs.requestFocus();
  }

  private void facts() {
    var shown =
        List.of(
            task.state(),
            task.merged(),
            Objects.requireNonNullElse(task.worker(), ""),
            Objects.requireNonNullElse(task.agent(), ""),
            task.priority(),
            Objects.requireNonNullElse(task.change(), ""),
            Objects.requireNonNullElse(task.decision(), ""),
            task.capabilities());
    if (shown.equals(facts.getUserData())) {
      return;
    }
    facts.setUserData(shown);
    facts.getChildren().clear();
    add(TasksScreen.tone(task).on(Widgets.label(TasksScreen.state(texts, task), "strong")));
    var who = task.worker() != null ? task.worker() : task.agent();
    if (who != null) {
      add(Widgets.link(who, () -> desk.go().to(ScreenId.AGENTS, who)));
    } else if (!task.capabilities().isEmpty()) {
      add(Widgets.label(texts.text("task.any", String.join(", ", task.capabilities())), "soft"));
    }
    if (task.change() != null) {
      var id = task.change();
      var number = desk.live().changes().get(id).map(c -> "#" + c.number()).orElse(id);
      add(
          Widgets.link(
              texts.text("task.change", number), () -> desk.go().to(ScreenId.CHANGES, id)));
    }
    if (task.decision() != null) {
      var id = task.decision();
      add(
          Widgets.link(
              texts.text("task.decision", id), () -> desk.go().to(ScreenId.DECISIONS, id)));
    }
    add(Widgets.label(texts.text("task.priority", task.priority()), "soft"));
    if (task.kind() != null && !task.kind().isBlank()) {
      add(Widgets.tag(task.kind()));
    }
  }

  private void add(Node node) {
    facts.getChildren().add(node);
  }

  private void reins() {
    var state = task.state();
    boolean again =
        state == TaskState.DEAD || state == TaskState.CANCELLED || state == TaskState.DELAYED;
    if (!again) {
      retryForm.close();
    }
    retry.setVisible(again && !retryForm.isVisible());
    retry.setManaged(again);
    Widgets.show(otherwise, again);
    Widgets.show(cancel, state != TaskState.CANCELLED && !task.merged());
    boolean paused = state == TaskState.PAUSED;
    Widgets.show(
        pause,
        paused
            || state != TaskState.DONE && state != TaskState.DEAD && state != TaskState.CANCELLED);
    pause.setText(texts.text(paused ? "agent.resume" : "agent.pause"));
  }

  private void links() {
    var users =
        desk.live().tasks().all().stream()
            .filter(t -> t.needs().contains(task.id()))
            .map(TaskViews.Task::id)
            .limit(40)
            .toList();
    var needs = task.needs().stream().map(this::named).toList();
    var blocks = users.stream().map(this::named).toList();
    var chosen =
        desk.live().attempts().get(task.attempt()).filter(a -> a.choice() != null).orElse(null);
    var shown =
        List.of(needs, blocks, task.requirements(), chosen == null ? "" : chosen.choice().words());
    if (shown.equals(links.getUserData())) {
      return;
    }
    links.setUserData(shown);
    var grid = Widgets.facts();
    int row = 0;
    if (chosen != null) {
      var who = Widgets.link(chosen.agent(), () -> desk.go().to(ScreenId.AGENTS, chosen.agent()));
      var why = Widgets.prose(SelectionReason.words(texts, chosen.choice()), "soft");
      GridPane.setHgrow(why, Priority.ALWAYS);
      grid.addRow(row++, head("choice.given"), Widgets.column(2, who, why));
    }
    if (!task.requirements().isEmpty()) {
      grid.addRow(
          row++,
          head("task.for"),
          flow(
              task.requirements().stream()
                  .map(
                      id ->
                          (Node)
                              Widgets.link(
                                  id
                                      + desk.live()
                                          .requirements()
                                          .get(id)
                                          .map(r -> " " + r.title())
                                          .orElse(""),
                                  () -> desk.go().to(ScreenId.PLAN, id)))
                  .toList()));
    }
    if (!needs.isEmpty()) {
      grid.addRow(row++, head("task.needs"), flow(task.needs().stream().map(this::chip).toList()));
    }
    if (!users.isEmpty()) {
      grid.addRow(row, head("task.blocks"), flow(users.stream().map(this::chip).toList()));
    }
    links.getChildren().setAll(grid);
    Widgets.show(links, !grid.getChildren().isEmpty());
  }

  private Label head(String key) {
    var label = Widgets.label(texts.text(key), "muted");
    label.setMinWidth(Region.USE_PREF_SIZE);
    return label;
  }

  private static FlowPane flow(List<Node> nodes) {
    var flow = Widgets.flow(8, 4, nodes.toArray(Node[]::new));
    flow.setPrefWrapLength(300);
    GridPane.setHgrow(flow, Priority.ALWAYS);
    return flow;
  }

  private String named(String id) {
    return desk.live().tasks().get(id).map(t -> id + " " + t.state() + t.merged()).orElse(id);
  }

  private Node chip(String id) {
    var other = desk.live().tasks().get(id);
    var button = Widgets.link(id, () -> desk.go().to(ScreenId.TASKS, id));
    other.ifPresent(
        t -> {
          button.setGraphic(Widgets.dot(TasksScreen.tone(t)));
          button.setTooltip(Widgets.tooltip(t.title() + " · " + TasksScreen.state(texts, t)));
        });
    return button;
  }

  private void ask() {
    var key = List.of(task.id(), task.attempts(), task.state() == TaskState.DONE);
    if (key.equals(asked)) {
      return;
    }
    boolean other = !(asked instanceof List<?> list) || !list.getFirst().equals(task.id());
    asked = key;
    if (other) {
      prompt.setText("");
      Widgets.show(told, false);
    }
    desk.steering()
        .query(new Query.Prompt(task.id()))
        .whenComplete(
            (answer, failure) -> {
              if (!key.equals(asked)) {
                return;
              }
              if (failure != null) {
                asked = null;
                prompt.setText(texts.text("task.prompt.failed"));
                return;
              }
              var text = answer.isObject() ? Json.as(answer, PromptText.class) : null;
              prompt.setText(
                  text == null || text.prompt() == null || text.prompt().isBlank()
                      ? texts.text("task.prompt.none")
                      : text.prompt().strip());
              boolean more = text != null && text.context() != null && !text.context().isBlank();
              context.setText(more ? text.context().strip() : "");
              Widgets.show(told, more);
            });
  }

  /** Reads the log of one of its attempts. */
  void read(AttemptViews.Attempt attempt) {
    reading = attempt.id();
    tabs.getSelectionModel().select(log);
    follow();
  }

  private void follow() {
    boolean wanted = task != null && tabs.getSelectionModel().getSelectedItem() == log;
    logView.follow(wanted ? (reading == null ? task.attempt() : reading) : null);
    log.setText(reading == null ? texts.text("task.log") : texts.text("task.log.of", reading));
  }

  // ── the person's word ───────────────────────────────────────────────────────────────────────

  private void retry() {
    retry(new Command.RetryTask(task.id(), null));
  }

  private void retry(Command.RetryTask command) {
    desk.steering()
        .execute(command)
        .thenAccept(
            _ -> {
              retryForm.done();
              renew();
              desk.notices().say(texts.text("task.retried", command.id()));
            });
  }

  private void otherwise() {
    if (retryForm.isVisible()) {
      retryForm.close();
      reins();
      return;
    }
    retryForm.open(task);
    reins();
    retryForm.prompt(
        prompt.getText().equals(texts.text("task.prompt.none")) ? "" : prompt.getText());
  }

  private void pause() {
    var id = task.id();
    boolean paused = task.state() == TaskState.PAUSED;
    desk.steering()
        .execute(paused ? new Command.ResumeTask(id) : new Command.PauseTask(id))
        .thenAccept(
            _ -> {
              if (paused) {
                desk.notices().say(texts.text("task.resumed", id));
              } else {
                desk.notices()
                    .done(
                        texts.text("task.paused", id),
                        () -> desk.steering().execute(new Command.ResumeTask(id)));
              }
            });
  }

  private void cancel() {
    var id = task.id();
    long waiting = desk.live().tasks().all().stream().filter(t -> t.needs().contains(id)).count();
    if (desk.dialogs()
        .confirm(
            texts.text("task.cancel.title", id),
            texts.text("task.cancel.will", waiting),
            texts.text("task.cancel.verb"))) {
      desk.steering()
          .execute(new Command.CancelTask(id))
          .thenAccept(
              _ ->
                  desk.notices()
                      .done(
                          texts.text("task.cancelled", id),
                          () -> desk.steering().execute(new Command.RetryTask(id, null))));
    }
  }
}
