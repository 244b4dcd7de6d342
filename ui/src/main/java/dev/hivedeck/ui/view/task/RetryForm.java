package dev.hivedeck.ui.view.task;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.view.AgentViews;
import dev.hivedeck.engine.protocol.view.TaskViews;
import dev.hivedeck.engine.protocol.view.View;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.settings.Drafts.Draft;
import dev.hivedeck.ui.shell.text.Hotkey;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.time.Duration;
import java.util.function.Consumer;
import javafx.scene.Node;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Label;
import javafx.scene.control.TextArea;
import javafx.scene.control.TextField;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;

/** Changes what a task that went wrong is tried with: another agent, another prompt, more time. */
final class RetryForm extends VBox {
  private final ScreenContext context;
  private final ComboBox<String> agent = new ComboBox<>();
  private final TextField minutes = new TextField();
  private final TextArea prompt = new TextArea();
  private final Draft written;
  private String task;
  private String before = "";

  /**
   * @param go receives the command that the person made up
   */
  RetryForm(ScreenContext context, Consumer<Command.RetryTask> go) {
    super(10);
    this.context = context;
    var texts = context.texts();
    getStyleClass().add("reason");
    agent.setMaxWidth(Double.MAX_VALUE);
    agent.setAccessibleText(texts.text("task.retry.agent"));
    minutes.setPromptText(texts.text("task.retry.minutes.prompt"));
    minutes.setAccessibleText(texts.text("task.retry.minutes"));
    prompt.setAccessibleText(texts.text("task.prompt"));
    prompt.setPrefRowCount(5);
    prompt.setMinHeight(USE_PREF_SIZE);
    prompt.setWrapText(true);
    written = context.drafts().of(prompt);
    var form = new GridPane(12, 8);
    form.getStyleClass().add("form");
    row(form, 0, "task.retry.agent", agent);
    row(form, 1, "task.retry.minutes", minutes);
    row(form, 2, "task.prompt", prompt);
    var ok = Widgets.button(texts.text("task.retry.so"), () -> go.accept(command()), "accent");
    context.act(
        ok, minutes.textProperty().map(m -> !m.isBlank() && !m.strip().matches("[1-9]\\d{0,4}")));
    addEventFilter(
        KeyEvent.KEY_PRESSED,
        e -> {
          if (Hotkey.SEND.pressed(e) && !ok.isDisabled()) {
            ok.fire();
            e.consume();
          }
        });
    getChildren().setAll(form, Widgets.row(8, Widgets.spacer(), ok));
    Widgets.show(this, false);
  }

  private void row(GridPane form, int row, String key, Node field) {
    var label = new Label(context.texts().text(key));
    label.setLabelFor(field);
    label.setMinWidth(USE_PREF_SIZE);
    form.add(label, 0, row);
    form.add(field, 1, row);
    GridPane.setHgrow(field, Priority.ALWAYS);
  }

  /** Opens for a task, filled with what it has now. */
  void open(TaskViews.Task of) {
    task = of.id();
    agent
        .getItems()
        .setAll(context.live().agents().all().stream().map(AgentViews.Agent::id).toList());
    agent.getItems().add(View.YOU); // the task comes to Decisions with its worktree
    agent.setValue(of.worker() != null ? of.worker() : of.agent());
    minutes.clear();
    before = "";
    written.at("retry " + task);
    Widgets.show(this, true);
    agent.requestFocus();
  }

  /** The prompt that the task has, once it is known. */
  void prompt(String text) {
    before = text;
    if (prompt.getText().isEmpty()) {
      written.at("retry " + task, text);
    }
  }

  void close() {
    Widgets.show(this, false);
  }

  /** It was sent. */
  void done() {
    written.done();
    close();
  }

  private Command.RetryTask command() {
    String words = prompt.getText().strip();
    return new Command.RetryTask(
        task,
        agent.getValue(),
        words.isEmpty() || words.equals(before.strip()) ? null : words,
        minutes.getText().isBlank()
            ? null
            : Duration.ofMinutes(Long.parseLong(minutes.getText().strip())));
  }
}
