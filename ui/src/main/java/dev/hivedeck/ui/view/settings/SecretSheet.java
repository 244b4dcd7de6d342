package dev.hivedeck.ui.view.settings;

import dev.hivedeck.engine.protocol.secret.SecretCommand;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.notice.ErrorMessages;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Sheet;
import dev.hivedeck.ui.shell.widget.Widgets;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.scene.control.Label;
import javafx.scene.control.PasswordField;

/**
 * Asks for the value of a secret. What is typed is shown nowhere, and let go of once it is sent.
 */
final class SecretSheet {
  private static final double WIDTH = 520;

  private final ScreenContext context;
  private final Texts texts;
  private final String name;
  private final Runnable done;
  private final PasswordField value = new PasswordField();
  private final Label refused = Tone.RED.on(Widgets.prose(""));

  /** While there is nothing to send, or it is being sent. */
  private final SimpleBooleanProperty off = new SimpleBooleanProperty(true);

  private Sheet sheet;
  private boolean sending;

  private SecretSheet(ScreenContext context, String name, Runnable done) {
    this.context = context;
    this.texts = context.texts();
    this.name = name;
    this.done = done;
  }

  /**
   * @param done runs once it is kept
   */
  static void open(ScreenContext context, String name, Runnable done) {
    new SecretSheet(context, name, done).open();
  }

  private void open() {
    value.setAccessibleText(texts.text("secrets.value", name));
    value.textProperty().subscribe(text -> off.set(sending || text.isEmpty()));
    value.setOnAction(_ -> send());
    Widgets.show(refused, false);
    var act = context.act(Widgets.button(texts.text("secrets.keep"), this::send, "accent"), off);
    sheet =
        new Sheet(
                texts.text("secrets.title", name),
                WIDTH,
                Widgets.prose(texts.text("secrets.why"), "soft"),
                value,
                refused)
            .actions(Widgets.button(texts.text("slo.cancel"), context.go()::closeSheet), act);
    context.go().sheet(sheet, value);
  }

  private void send() {
    if (off.get()) {
      return;
    }
    sending = true;
    off.set(true);
    Widgets.show(refused, false);
    context
        .steering()
        .send(new SecretCommand.SetSecret(name, value.getText()))
        .whenComplete(
            (_, failure) -> {
              sending = false;
              if (failure != null) {
                var fault = ErrorMessages.of(failure);
                refused.setText(texts.said(fault.message()) + " " + texts.said(fault.hint()));
                Widgets.show(refused, true);
                off.set(false);
                value.requestFocus();
                return;
              }
              value.clear();
              context.go().closeSheet(sheet);
              context.notices().say(texts.text("secrets.done", name));
              done.run();
            });
  }
}
