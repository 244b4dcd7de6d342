package dev.hivedeck.ui.shell.notice;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Sheet;
import dev.hivedeck.ui.shell.widget.Widgets;
import javafx.scene.control.Label;

/** Sends what a sheet says, one at a time: a refusal is told in the sheet, an answer closes it. */
public final class SheetCommand {
  private final ScreenContext context;
  private final Runnable check;
  private final Label refused = Tone.RED.on(Widgets.prose(""));
  private boolean sending;

  /** What follows from an answer. */
  @FunctionalInterface
  public interface Answered {
    /**
     * @param looks whether the sheet was still there
     */
    void with(JsonNode answer, boolean looks);
  }

  /**
   * @param check looks anew whether the sheet can be sent; called whenever it begins or ends
   */
  public SheetCommand(ScreenContext context, Runnable check) {
    this.context = context;
    this.check = check;
    Widgets.show(refused, false);
  }

  /** Where a refusal is told. */
  public Label refused() {
    return refused;
  }

  /** Whether an answer is waited for. */
  public boolean isSending() {
    return sending;
  }

  /** Something else was typed: what was refused is of no matter any more. */
  public void typed() {
    Widgets.show(refused, false);
  }

  /** Sends it. */
  public void send(Sheet sheet, Command command, Answered then) {
    sending = true;
    check.run();
    context
        .steering()
        .send(command)
        .whenComplete(
            (answer, failure) -> {
              sending = false;
              check.run();
              if (failure == null) {
                then.with(answer, context.go().closeSheet(sheet));
                return;
              }
              var fault = ErrorMessages.of(failure);
              var texts = context.texts();
              refused.setText(texts.said(fault.message()) + " " + texts.said(fault.hint()));
              Widgets.show(refused, true);
            });
  }
}
