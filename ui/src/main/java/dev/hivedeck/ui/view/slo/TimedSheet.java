package dev.hivedeck.ui.view.slo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Durations;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.notice.SheetCommand;
import dev.hivedeck.ui.shell.text.Hotkey;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.widget.Sheet;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.scene.control.ComboBox;
import javafx.scene.control.ContentDisplay;
import javafx.scene.control.Label;
import javafx.scene.control.TextField;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.GridPane;

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
  private final SimpleBooleanProperty wrong = new SimpleBooleanProperty(true);
  private final SheetCommand command;
  private Sheet sheet;

  private TimedSheet(ScreenContext context, String key, Runnable done) {
    this.context = context;
    this.texts = context.texts();
    this.command = new SheetCommand(context, this::check);
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
      Widgets.addRow(form, texts.text("slo.silence.matchers"), matchers);
    } else {
      matchers.setText("-");
    }
    Widgets.addRow(form, texts.text("slo.silence.length"), length);
    Widgets.addRow(form, texts.text("slo.silence.comment"), comment);
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
                command.refused())
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

  private Duration length() {
    var text = length.getEditor().getText();
    return Durations.parse(text == null ? "" : text)
        .filter(d -> d.toSeconds() >= 1 && d.compareTo(LONGEST) <= 0)
        .orElse(null);
  }

  private void check() {
    var d = length();
    boolean unsaid = key.equals("slo.lift") && comment.getText().isBlank();
    command.typed();
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
    wrong.set(command.isSending() || matchers.getText().isBlank() || d == null || unsaid);
  }

  private void silence() {
    var silence =
        new Command.Silence(
            matchers.getText().strip(), length().toSeconds(), comment.getText().strip());
    send(silence, answer -> end(context, answer.path("id").asLong(), done));
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

  private void send(Command what, Undo undo) {
    command.send(
        sheet,
        what,
        (answer, _) -> {
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
