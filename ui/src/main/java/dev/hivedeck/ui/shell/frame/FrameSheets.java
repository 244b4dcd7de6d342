package dev.hivedeck.ui.shell.frame;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.view.WorkspaceViews;
import dev.hivedeck.ui.shell.OpenWorkspace;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.settings.ClosePolicy;
import dev.hivedeck.ui.shell.settings.Drafts;
import dev.hivedeck.ui.shell.text.Hotkey;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.widget.ChoiceCard;
import dev.hivedeck.ui.shell.widget.Overlay;
import dev.hivedeck.ui.shell.widget.Sheet;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import javafx.beans.binding.Bindings;
import javafx.beans.value.ObservableValue;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.CheckBox;
import javafx.scene.control.ComboBox;
import javafx.scene.control.ContentDisplay;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.TextArea;
import javafx.scene.control.TextField;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;

/** The sheets that the frame itself opens: trust, a new task, the keyboard map. */
final class FrameSheets {
  private final ScreenContext context;
  private final Texts texts;
  private final Overlay overlay;

  FrameSheets(ScreenContext context, Overlay overlay) {
    this.context = context;
    this.texts = context.texts();
    this.overlay = overlay;
  }

  /** Shows all that a person is asked to consent to. */
  void trust(WorkspaceViews.Workspace w) {
    new ConsentSheet(context, overlay, w).open();
  }

  /**
   * Writes one more task; what was begun before is there again.
   *
   * @param requirement what it leads to; null for nothing
   */
  void newTask(String requirement) {
    var title = new TextField();
    title.setPromptText(texts.text("newtask.title.prompt"));
    var prompt = new TextArea();
    prompt.setPrefRowCount(7);
    prompt.setWrapText(true);
    prompt.setPromptText(texts.text("newtask.prompt.prompt"));
    var any = texts.text("newtask.any");
    var agent = new ComboBox<String>();
    agent.getItems().add(any);
    context.live().agents().all().forEach(a -> agent.getItems().add(a.id()));
    agent.getSelectionModel().selectFirst();
    agent.setMaxWidth(Double.MAX_VALUE);
    var priority = new ComboBox<Integer>();
    priority.getItems().setAll(1, 2, 3, 4, 5, 6, 7, 8, 9);
    priority.setValue(5);
    var needs = new TextField();
    needs.setPromptText(texts.text("newtask.needs.prompt"));
    var leads = new TextField();
    leads.setPromptText(texts.text("newtask.for.prompt"));
    var drafts =
        Map.of(
            "new task title", context.drafts().of(title),
            "new task prompt", context.drafts().of(prompt),
            "new task needs", context.drafts().of(needs),
            "new task for", context.drafts().of(leads));
    drafts.forEach((key, draft) -> draft.at(key));
    Runnable done =
        () -> {
          drafts.values().forEach(Drafts.Draft::done);
          drafts.keySet().forEach(key -> context.drafts().put(key, ""));
        };
    if (requirement != null) {
      drafts.get("new task for").at(null, requirement); // Asked for anew each time.
    }
    var form = new GridPane(12, 10);
    form.getStyleClass().add("form");
    field(form, 0, "newtask.title", title);
    field(form, 1, "newtask.prompt", prompt);
    field(form, 2, "newtask.agent", agent);
    field(form, 3, "newtask.priority", priority);
    field(form, 4, "newtask.needs", needs);
    field(form, 5, "task.for", leads);
    var add =
        context.act(Widgets.button(texts.text("newtask.add"), () -> {}, "accent"), blank(title));
    add.setGraphic(Widgets.key(texts.keys(Hotkey.SEND)));
    add.setContentDisplay(ContentDisplay.RIGHT);
    add.setOnAction(
        _ -> {
          var command =
              new Command.AddTask(
                  null,
                  title.getText().strip(),
                  prompt.getText().strip(),
                  agent.getValue().equals(any) ? null : agent.getValue(),
                  List.of(),
                  ids(needs),
                  ids(leads),
                  priority.getValue(),
                  null);
          context
              .steering()
              .execute(command)
              .thenAccept(
                  result -> {
                    done.run();
                    overlay.close();
                    var id = result.path("id").asText();
                    context
                        .notices()
                        .done(
                            texts.text("newtask.added", id),
                            () -> context.steering().execute(new Command.CancelTask(id)));
                  });
        });
    var discard =
        Widgets.button(
            texts.text("newtask.discard"),
            () -> {
              done.run();
              leads.setText(Objects.requireNonNullElse(requirement, ""));
              title.requestFocus();
            },
            "flat");
    discard
        .visibleProperty()
        .bind(
            Bindings.createBooleanBinding(
                () -> !title.getText().isBlank() || !prompt.getText().isBlank(),
                title.textProperty(),
                prompt.textProperty()));
    // A title alone is no task that anybody could work on: its Enter leads on to what is asked.
    title.setOnAction(_ -> prompt.requestFocus());
    var sheet =
        new Sheet(texts.text("newtask.heading"), 600, form)
            .actions(
                discard,
                Widgets.spacer(),
                Widgets.button(texts.text("newtask.later"), overlay::close),
                add);
    sheet.addEventFilter(
        KeyEvent.KEY_PRESSED,
        e -> {
          if (Hotkey.SEND.pressed(e)) {
            add.fire();
            e.consume();
          }
        });
    overlay.open(sheet, Pos.CENTER, () -> {});
    title.requestFocus();
    title.end();
  }

  private static List<String> ids(TextField field) {
    return Arrays.stream(field.getText().split("[,\\s]+")).filter(s -> !s.isBlank()).toList();
  }

  private static ObservableValue<Boolean> blank(TextField field) {
    return Bindings.createBooleanBinding(() -> field.getText().isBlank(), field.textProperty());
  }

  private void field(GridPane form, int row, String key, Node control) {
    var label = Widgets.label(texts.text(key), "soft");
    label.setMinWidth(110);
    label.setLabelFor(control);
    control.setAccessibleText(texts.text(key));
    GridPane.setHgrow(control, javafx.scene.layout.Priority.ALWAYS);
    GridPane.setValignment(label, javafx.geometry.VPos.TOP);
    form.addRow(row, label, control);
  }

  /** Asks what becomes of what runs when the window closes, once for all that are at work. */
  void closing(List<OpenWorkspace> atWork, Consumer<ClosePolicy> chosen) {
    long running = atWork.stream().mapToLong(OpenWorkspace::running).sum();
    var always = new CheckBox(texts.text("closing.always"));
    var choices = new VBox(8);
    for (var choice : List.of(ClosePolicy.KEEP, ClosePolicy.PARK, ClosePolicy.STOP)) {
      choices
          .getChildren()
          .add(
              new ChoiceCard(
                  texts.word("closing", choice),
                  texts.text(Texts.key("closing", choice) + ".more"),
                  () -> {
                    if (always.isSelected()) {
                      choice.remember(context.settings());
                    }
                    overlay.close();
                    chosen.accept(choice);
                  }));
    }
    var why = new VBox(4, Widgets.prose(texts.text("closing.why", running), "soft"));
    if (atWork.size() > 1) {
      var names = atWork.stream().map(OpenWorkspace::name).collect(Collectors.joining(", "));
      why.getChildren()
          .add(Widgets.prose(texts.text("closing.where", atWork.size(), names), "soft"));
    }
    var sheet =
        new Sheet(texts.text("closing.title"), 540, why, choices, always)
            .actions(Widgets.button(texts.text("closing.not"), overlay::close));
    overlay.open(sheet, Pos.CENTER, () -> {});
  }

  /** Every key and what it does, by where it works. */
  void keys(List<ScreenId> places) {
    var left = new VBox(12);
    var right = new VBox(12);
    for (var scope : Hotkey.Scope.values()) {
      var grid = new GridPane(14, 4);
      for (var key : scope.keys()) {
        if (key == Hotkey.GO) {
          places.forEach(
              p ->
                  row(
                      grid,
                      texts.keys(key) + " " + p.letter(),
                      texts.text("action.go", texts.text(p.key()))));
        } else {
          row(grid, texts.keys(key), texts.text(key.text()));
        }
      }
      var column = scope == Hotkey.Scope.EVERYWHERE || scope == Hotkey.Scope.GRAPH ? left : right;
      column
          .getChildren()
          .add(new VBox(8, Widgets.label(texts.text(scope.text()), "card-title"), grid));
    }
    var close = Widgets.button(texts.text("palette.close"), overlay::close);
    var columns = new HBox(40, left, right);
    columns.getStyleClass().add("key-map");
    var scroll = new ScrollPane(columns);
    scroll.setFitToWidth(true);
    scroll.getStyleClass().add("plain-scroll");
    scroll.setPrefViewportHeight(640);
    scroll.setAccessibleText(texts.text("action.keys"));
    var sheet = new Sheet(texts.text("action.keys"), 860, scroll).actions(close);
    VBox.setVgrow(scroll, Priority.ALWAYS);
    overlay.open(sheet, Pos.CENTER, () -> {});
    scroll.requestFocus();
  }

  private static void row(GridPane grid, String keys, String what) {
    grid.addRow(grid.getRowCount(), keycaps(keys), Widgets.prose(what));
  }

  private static Node keycaps(String keys) {
    var caps = Widgets.row(4);
    for (var key : keys.split(" ")) {
      caps.getChildren().add(key.equals("|") ? Widgets.label("/", "muted") : Widgets.key(key));
    }
    caps.setMinWidth(140);
    caps.setPrefWidth(140);
    return caps;
  }
}
