package dev.hivedeck.ui.view.slo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Durations;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.notice.ErrorMessages;
import dev.hivedeck.ui.shell.text.Hotkey;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Sheet;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.scene.Node;
import javafx.scene.control.ComboBox;
import javafx.scene.control.ContentDisplay;
import javafx.scene.control.Label;
import javafx.scene.control.TextField;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.Priority;

/**
 * Asks for how long something is to hold, and why: a silence of alerts, a policy that is lifted.
 */
final class TimedSheet {
  private static final double WIDTH = 560;
  private static final List<String> LENGTHS = List.of("30m", "2h", "8h", "1d", "7d");
  private static final Duration LONGEST = Duration.ofDays(30);

  private final ScreenContext context;
  private final Texts texts;
  private final Runnable done;

  /** What its texts begin with. */
  private final String key;

  private final TextField matchers = new TextField();
  private final ComboBox<String> length = new ComboBox<>();
  private final TextField comment = new TextField();
  private final Label hint = Widgets.prose("", "soft");
  private final Label refused = Tone.RED.on(Widgets.prose(""));
  private final SimpleBooleanProperty wrong = new SimpleBooleanProperty(true);
  private Sheet sheet;
  private boolean sending;

  private TimedSheet(ScreenContext context, String key, Runnable done) {
    this.context = context;
    this.texts = context.texts();
    this.key = key;
    this.done = done;
    length.setEditable(true);
    length.getItems().setAll(LENGTHS);
    length.setValue(LENGTHS.get(1));
    length.setMaxWidth(Double.MAX_VALUE);
    matchers.getStyleClass().add("mono");
    comment.setPromptText(texts.text(key + ".comment.prompt"));
    matchers.textProperty().subscribe(_ -> check());
    comment.textProperty().subscribe(_ -> check());
    length.getEditor().textProperty().subscribe(_ -> check());
    Widgets.show(refused, false);
  }

  /**
   * Silences alerts.
   *
   * @param what what they are of, for the title
   * @param matchers that they have, to begin with
   * @param done runs once they are silent
   */
  static void silence(ScreenContext context, String what, String matchers, Runnable done) {
    var sheet = new TimedSheet(context, "slo.silence", done);
    sheet.matchers.setText(matchers);
    sheet.open(what, true, sheet::silence);
  }

  /**
   * Lifts what the policy of an objective does.
   *
   * @param done runs once it is lifted
   */
  static void lift(ScreenContext context, String objective, Runnable done) {
    var sheet = new TimedSheet(context, "slo.lift", done);
    sheet.open(objective, false, () -> sheet.lift(objective));
  }

  /** The matcher of a label's value. */
  static String matcher(String label, String value) {
    return label + "=\"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  private void open(String what, boolean matched, Runnable send) {
    var form = new GridPane(12, 10);
    form.getStyleClass().add("form");
    if (matched) {
      row(form, "slo.silence.matchers", matchers);
    } else {
      matchers.setText("-");
    }
    row(form, "slo.silence.length", length);
    row(form, "slo.silence.comment", comment);
    check();
    var act = context.act(Widgets.button(texts.text(key + ".do"), send, "accent"), wrong);
    act.setGraphic(Widgets.key(texts.keys(Hotkey.SEND)));
    act.setContentDisplay(ContentDisplay.RIGHT);
    sheet =
        new Sheet(
                texts.text(key + ".title", what),
                WIDTH,
                Widgets.prose(texts.text(key + ".why"), "soft"),
                form,
                hint,
                refused)
            .actions(Widgets.button(texts.text("slo.cancel"), context.go()::closeSheet), act);
    sheet.addEventFilter(
        KeyEvent.KEY_PRESSED,
        e -> {
          if (Hotkey.SEND.pressed(e)) {
            act.fire();
            e.consume();
          }
        });
    context.go().sheet(sheet, comment);
  }

  private void row(GridPane form, String name, Node field) {
    var label = Widgets.label(texts.text(name), "soft");
    label.setMinWidth(GridPane.USE_PREF_SIZE);
    label.setLabelFor(field);
    field.setAccessibleText(texts.text(name));
    GridPane.setHgrow(field, Priority.ALWAYS);
    form.addRow(form.getRowCount(), label, field);
  }

  private Duration length() {
    var text = length.getEditor().getText();
    return Durations.parse(text == null ? "" : text)
        .filter(d -> d.toSeconds() >= 1 && d.compareTo(LONGEST) <= 0)
        .orElse(null);
  }

  private void check() {
    var d = length();
    boolean unsaid = key.equals("slo.lift") && comment.getText().isBlank();
    Widgets.show(refused, false);
    if (matchers.getText().isBlank()) {
      hint.setText(texts.text("slo.silence.matchers.wrong"));
    } else if (d == null) {
      hint.setText(texts.text("slo.silence.length.wrong"));
    } else if (unsaid) {
      hint.setText(texts.text("slo.lift.comment.wrong"));
    } else {
      Instant end = context.clock().instant().plus(d);
      hint.setText(texts.text(key + ".until", texts.minute(end)));
    }
    wrong.set(sending || matchers.getText().isBlank() || d == null || unsaid);
  }

  private void silence() {
    var command =
        new Command.Silence(
            matchers.getText().strip(), length().toSeconds(), comment.getText().strip());
    send(command, answer -> end(context, answer.path("id").asLong(), done));
  }

  private void lift(String objective) {
    send(
        new Command.LiftPolicy(objective, length().toSeconds(), comment.getText().strip()),
        _ -> resume(context, objective, done));
  }

  /** What takes an answer back. */
  private interface Undo {
    void of(JsonNode answer);
  }

  private void send(Command command, Undo undo) {
    sending = true;
    wrong.set(true);
    context
        .steering()
        .send(command)
        .whenComplete(
            (answer, failure) -> {
              sending = false;
              check();
              if (failure != null) {
                var fault = ErrorMessages.of(failure);
                refused.setText(texts.said(fault.message()) + " " + texts.said(fault.hint()));
                Widgets.show(refused, true);
                return;
              }
              context.go().closeSheet(sheet);
              context.notices().done(texts.text(key + ".done"), () -> undo.of(answer));
              done.run();
            });
  }

  /** Ends a silence now. */
  static void end(ScreenContext context, long id, Runnable done) {
    context.steering().execute(new Command.EndSilence(id)).thenAccept(_ -> done.run());
  }

  /** Puts a lifted policy in force again. */
  static void resume(ScreenContext context, String objective, Runnable done) {
    context.steering().execute(new Command.ResumePolicy(objective)).thenAccept(_ -> done.run());
  }
}
