package dev.hivedeck.ui.shell;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Views;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.CheckBox;
import javafx.scene.control.ComboBox;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.TextArea;
import javafx.scene.control.TextField;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;

/** The sheets that the frame itself opens: trust, a new task, the keyboard map. */
final class Sheets {
  private final Desk desk;
  private final Texts texts;
  private final Overlay overlay;

  Sheets(Desk desk, Overlay overlay) {
    this.desk = desk;
    this.texts = desk.texts();
    this.overlay = overlay;
  }

  /** Shows all that a person is asked to consent to. */
  void trust(Views.Workspace w) {
    new ConsentSheet(desk, overlay, w).open();
  }

  /** Writes one more task. */
  void newTask() {
    var title = new TextField();
    title.setPromptText(texts.text("newtask.title.prompt"));
    var prompt = new TextArea();
    prompt.setPrefRowCount(7);
    prompt.setWrapText(true);
    prompt.setPromptText(texts.text("newtask.prompt.prompt"));
    var any = texts.text("newtask.any");
    var agent = new ComboBox<String>();
    agent.getItems().add(any);
    desk.live().agents().all().forEach(a -> agent.getItems().add(a.id()));
    agent.getSelectionModel().selectFirst();
    agent.setMaxWidth(Double.MAX_VALUE);
    var priority = new ComboBox<Integer>();
    priority.getItems().setAll(1, 2, 3, 4, 5, 6, 7, 8, 9);
    priority.setValue(5);
    var needs = new TextField();
    needs.setPromptText(texts.text("newtask.needs.prompt"));
    var form = new GridPane(12, 10);
    form.getStyleClass().add("form");
    field(form, 0, "newtask.title", title);
    field(form, 1, "newtask.prompt", prompt);
    field(form, 2, "newtask.agent", agent);
    field(form, 3, "newtask.priority", priority);
    field(form, 4, "newtask.needs", needs);
    var add =
        Parts.button(
            texts.text("newtask.add"),
            () -> {
              var command =
                  new Command.AddTask(
                      null,
                      title.getText().strip(),
                      prompt.getText().strip(),
                      agent.getValue().equals(any) ? null : agent.getValue(),
                      List.of(),
                      Arrays.stream(needs.getText().split("[,\\s]+"))
                          .filter(s -> !s.isBlank())
                          .toList(),
                      List.of(),
                      priority.getValue(),
                      null);
              desk.steering()
                  .execute(command)
                  .thenAccept(
                      result -> {
                        overlay.close();
                        var id = result.path("id").asText();
                        desk.notices()
                            .done(
                                texts.text("newtask.added", id),
                                () -> desk.steering().execute(new Command.CancelTask(id)));
                      });
            },
            "accent");
    add.disableProperty().bind(title.textProperty().map(String::isBlank));
    add.setDefaultButton(true);
    var sheet =
        new Sheet(texts.text("newtask.heading"), 600, form)
            .actions(Parts.button(texts.text("action.cancel"), overlay::close), add);
    overlay.open(sheet, Pos.CENTER, () -> {});
    title.requestFocus();
  }

  private void field(GridPane form, int row, String key, Node control) {
    var label = Parts.label(texts.text(key), "soft");
    label.setMinWidth(110);
    label.setLabelFor(control);
    control.setAccessibleText(texts.text(key));
    GridPane.setHgrow(control, javafx.scene.layout.Priority.ALWAYS);
    GridPane.setValignment(label, javafx.geometry.VPos.TOP);
    form.addRow(row, label, control);
  }

  /** Asks what becomes of what runs when the window closes. */
  void closing(long running, Consumer<Closing> chosen) {
    var always = new CheckBox(texts.text("closing.always"));
    var choices = new VBox(8);
    for (var choice : List.of(Closing.KEEP, Closing.PARK, Closing.STOP)) {
      choices
          .getChildren()
          .add(
              new Choice(
                  texts.word("closing", choice),
                  texts.text(Texts.key("closing", choice) + ".more"),
                  () -> {
                    if (always.isSelected()) {
                      choice.remember(desk.settings());
                    }
                    overlay.close();
                    chosen.accept(choice);
                  }));
    }
    var sheet =
        new Sheet(
                texts.text("closing.title"),
                540,
                Parts.prose(texts.text("closing.why", running), "soft"),
                choices,
                always)
            .actions(Parts.button(texts.text("closing.not"), overlay::close));
    overlay.open(sheet, Pos.CENTER, () -> {});
  }

  /** Every key and what it does. */
  void keys(List<Action> actions) {
    var grid = new GridPane(24, 8);
    int row = 0;
    for (var action : actions) {
      if (!action.keys().isEmpty()) {
        grid.addRow(row++, keycaps(action.keys()), Parts.label(action.name()));
      }
    }
    for (var line : List.of("j k", "Enter", "Esc", "Tab")) {
      var key = "keys." + line.split(" ")[0].toLowerCase(java.util.Locale.ROOT);
      grid.addRow(row++, keycaps(line), Parts.label(texts.text(key)));
    }
    var close = Parts.button(texts.text("palette.close"), overlay::close);
    close.setCancelButton(true);
    var scroll = new ScrollPane(new VBox(grid));
    scroll.setFitToWidth(true);
    scroll.setMaxHeight(520);
    scroll.setMinHeight(Region.USE_PREF_SIZE);
    scroll.setAccessibleText(texts.text("action.keys"));
    scroll.setFocusTraversable(false);
    overlay.open(
        new Sheet(texts.text("action.keys"), 460, scroll).actions(close), Pos.CENTER, () -> {});
    close.requestFocus();
  }

  private static Node keycaps(String keys) {
    var caps = Parts.row(4);
    for (var key : keys.split(" ")) {
      caps.getChildren().add(Parts.key(key));
    }
    caps.setMinWidth(90);
    return caps;
  }
}
