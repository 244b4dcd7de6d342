package dev.hivedeck.ui.view.slo;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Durations;
import dev.hivedeck.engine.protocol.view.SloViews;
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

/** Asks for how long nobody is to be told of an objective's alerts, and why. */
final class SilenceSheet {
  private static final double WIDTH = 560;
  private static final List<String> LENGTHS = List.of("30m", "2h", "8h", "1d", "7d");
  private static final Duration LONGEST = Duration.ofDays(30);

  private final ScreenContext context;
  private final Texts texts;
  private final Runnable done;
  private final TextField matchers = new TextField();
  private final ComboBox<String> length = new ComboBox<>();
  private final TextField comment = new TextField();
  private final Label hint = Widgets.prose("", "soft");
  private final Label refused = Tone.RED.on(Widgets.prose(""));
  private final SimpleBooleanProperty wrong = new SimpleBooleanProperty(true);

  /**
   * @param done runs once it is silent
   */
  SilenceSheet(ScreenContext context, Runnable done) {
    this.context = context;
    this.texts = context.texts();
    this.done = done;
    length.setEditable(true);
    length.getItems().setAll(LENGTHS);
    length.setValue(LENGTHS.get(1));
    length.setMaxWidth(Double.MAX_VALUE);
    matchers.getStyleClass().add("mono");
    comment.setPromptText(texts.text("slo.silence.comment.prompt"));
    matchers.textProperty().subscribe(_ -> check());
    length.getEditor().textProperty().subscribe(_ -> check());
    Widgets.show(refused, false);
  }

  /** Opens it for the alerts of an objective. */
  void open(SloViews.Objective objective) {
    matchers.setText("objective=\"" + escaped(objective.name()) + "\"");
    var form = new GridPane(12, 10);
    form.getStyleClass().add("form");
    row(form, 0, "slo.silence.matchers", matchers);
    row(form, 1, "slo.silence.length", length);
    row(form, 2, "slo.silence.comment", comment);
    var silence =
        context.act(Widgets.button(texts.text("slo.silence.do"), this::send, "accent"), wrong);
    silence.setGraphic(Widgets.key(texts.keys(Hotkey.SEND)));
    silence.setContentDisplay(ContentDisplay.RIGHT);
    var sheet =
        new Sheet(
                texts.text("slo.silence.title", objective.name()),
                WIDTH,
                Widgets.prose(texts.text("slo.silence.why"), "soft"),
                form,
                hint,
                refused)
            .actions(Widgets.button(texts.text("slo.cancel"), context.go()::closeSheet), silence);
    sheet.addEventFilter(
        KeyEvent.KEY_PRESSED,
        e -> {
          if (Hotkey.SEND.pressed(e)) {
            silence.fire();
            e.consume();
          }
        });
    context.go().sheet(sheet, comment);
  }

  private static String escaped(String name) {
    return name.replace("\\", "\\\\").replace("\"", "\\\"");
  }

  private void row(GridPane form, int row, String key, Node field) {
    var label = Widgets.label(texts.text(key), "soft");
    label.setMinWidth(GridPane.USE_PREF_SIZE);
    label.setLabelFor(field);
    field.setAccessibleText(texts.text(key));
    GridPane.setHgrow(field, Priority.ALWAYS);
    form.addRow(row, label, field);
  }

  private Duration length() {
    var text = length.getEditor().getText();
    return Durations.parse(text == null ? "" : text)
        .filter(d -> d.toSeconds() >= 1 && d.compareTo(LONGEST) <= 0)
        .orElse(null);
  }

  private void check() {
    var d = length();
    Widgets.show(refused, false);
    if (matchers.getText().isBlank()) {
      hint.setText(texts.text("slo.silence.matchers.wrong"));
    } else if (d == null) {
      hint.setText(texts.text("slo.silence.length.wrong"));
    } else {
      Instant end = context.clock().instant().plus(d);
      hint.setText(texts.text("slo.silence.until", new SloWords(texts).minute(end)));
    }
    wrong.set(matchers.getText().isBlank() || d == null);
  }

  private void send() {
    context
        .steering()
        .send(
            new Command.Silence(
                matchers.getText().strip(), length().toSeconds(), comment.getText().strip()))
        .whenComplete(
            (answer, failure) -> {
              if (failure != null) {
                var fault = ErrorMessages.of(failure);
                refused.setText(texts.said(fault.message()) + " " + texts.said(fault.hint()));
                Widgets.show(refused, true);
                return;
              }
              context.go().closeSheet();
              long id = answer.path("id").asLong();
              context.notices().done(texts.text("slo.silence.done"), () -> end(context, id, done));
              done.run();
            });
  }

  /** Ends a silence now. */
  static void end(ScreenContext context, long id, Runnable done) {
    context.steering().execute(new Command.EndSilence(id)).thenAccept(_ -> done.run());
  }
}
