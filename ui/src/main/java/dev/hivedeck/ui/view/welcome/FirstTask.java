package dev.hivedeck.ui.view.welcome;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Config.TaskIdea;
import dev.hivedeck.engine.protocol.Printable;
import dev.hivedeck.ui.shell.settings.Drafts;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.List;
import javafx.beans.binding.Bindings;
import javafx.beans.binding.BooleanBinding;
import javafx.scene.control.CheckBox;
import javafx.scene.control.TextArea;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;

/** The first task: in the person's words, or what the code itself says is still to do. */
final class FirstTask extends VBox {
  private static final int TITLE = 80;
  private static final String ASKS = "  default: { human: required }";
  private static final String ASKS_NOT = "  default: { human: none }";

  private final Texts texts;
  private final ProposalLines file;
  private final Drafts drafts;
  private final Drafts.Draft draft;
  private final TextArea words = new TextArea();
  private final VBox ideas = new VBox(6);
  private final CheckBox ask;
  private boolean telling;

  /**
   * @param file that says whether a person is asked before anything is merged
   * @param drafts keeps what is written, also beyond the end of the program
   */
  FirstTask(Texts texts, ProposalLines file, Drafts drafts) {
    super(8);
    this.texts = texts;
    this.file = file;
    this.drafts = drafts;
    this.draft = drafts.of(words);
    words.setPromptText(texts.text("first.task.prompt"));
    words.setAccessibleText(texts.text("first.task"));
    words.setWrapText(true);
    words.setPrefRowCount(3);
    words.addEventFilter(
        KeyEvent.KEY_PRESSED,
        e -> {
          // Tab leads on: nobody indents a task.
          if (e.getCode() == KeyCode.TAB && !e.isControlDown()) {
            e.consume();
            words.fireEvent(
                new KeyEvent(
                    KeyEvent.KEY_PRESSED,
                    "",
                    "",
                    KeyCode.TAB,
                    e.isShiftDown(),
                    true,
                    false,
                    false));
          }
        });
    ask = new CheckBox(texts.text("first.ask"));
    ask.setSelected(true);
    ask.setDisable(true);
    ask.selectedProperty()
        .addListener(
            (_, _, now) -> {
              if (!telling) {
                file.rewrite(now ? ASKS_NOT : ASKS, now ? ASKS : ASKS_NOT);
              }
            });
    VBox.setVgrow(words, Priority.ALWAYS);
    words.setMinHeight(64);
    getChildren().addAll(ideas, words, ask);
    draft.at("first task");
  }

  void show(List<TaskIdea> found) {
    ideas.getChildren().clear();
    for (var idea : found) {
      var button =
          Widgets.button(
              null,
              () -> words.setText(texts.text("first.idea.text", idea.title(), idea.place())),
              "choice",
              "first-idea");
      button.setGraphic(
          new VBox(
              1,
              Widgets.label(Printable.line(idea.title()), "strong"),
              Widgets.label(Printable.line(idea.place()), "mono", "muted")));
      button.setAccessibleText(idea.title() + ", " + idea.place());
      button.setMaxWidth(Double.MAX_VALUE);
      button.setMinWidth(0);
      ideas.getChildren().add(button);
    }
  }

  /** Shows what the file says. Where that is more than yes or no, it is changed there alone. */
  void follow() {
    boolean asks = file.has(ASKS);
    boolean known = asks || file.has(ASKS_NOT);
    telling = true;
    ask.setDisable(!known);
    ask.setIndeterminate(!known);
    if (known) {
      ask.setSelected(asks);
    }
    telling = false;
  }

  /** The file is there and the task is not: what was written waits where tasks are written. */
  void putOff() {
    if (!words.getText().isBlank()) {
      drafts.put("new task title", title());
      drafts.put("new task prompt", words.getText().strip());
    }
    draft.done();
  }

  /** It was begun. */
  void done() {
    draft.done();
  }

  /** Its words count no more: it is added. */
  void lock() {
    words.setDisable(true);
    ideas.setDisable(true);
  }

  BooleanBinding blank() {
    return Bindings.createBooleanBinding(() -> words.getText().isBlank(), words.textProperty());
  }

  Command command() {
    return new Command.AddTask(
        null, title(), words.getText().strip(), null, List.of(), List.of(), List.of(), 5, null);
  }

  private String title() {
    String first = words.getText().strip().lines().findFirst().orElse("").strip();
    return first.length() > TITLE ? first.substring(0, TITLE) + "…" : first;
  }
}
