package dev.hivedeck.ui.view.service;

import dev.hivedeck.engine.protocol.Durations;
import dev.hivedeck.engine.protocol.service.ServiceCommand;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.notice.SheetCommand;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.widget.Sheet;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.time.Duration;
import java.util.function.Consumer;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Label;
import javafx.scene.control.TextField;
import javafx.scene.layout.GridPane;

/** Tells where something listens that runs already. */
final class RegisterSheet {
  private static final double WIDTH = 520;
  private static final int LAST_PORT = 65_535;
  private static final Duration LONGEST = Duration.ofHours(24);

  private final ScreenContext context;
  private final Texts texts;
  private final Consumer<String> done;
  private final TextField name = new TextField();
  private final TextField host = new TextField("127.0.0.1");
  private final TextField port = new TextField();
  private final ComboBox<String> check = new ComboBox<>();
  private final ComboBox<String> ttl = new ComboBox<>();
  private final Label hint = Widgets.prose("", "soft");
  private final SimpleBooleanProperty off = new SimpleBooleanProperty(true);
  private final SheetCommand command;
  private Sheet sheet;

  private RegisterSheet(ScreenContext context, Consumer<String> done) {
    this.context = context;
    this.texts = context.texts();
    this.command = new SheetCommand(context, this::check);
    this.done = done;
    check
        .getItems()
        .setAll(
            texts.text("services.register.tcp"), "/health", texts.text("services.register.none"));
    ttl.getItems().setAll("30s", "8h", "24h");
    check.getSelectionModel().select(0);
    ttl.getSelectionModel().select("8h");
    for (var box : new ComboBox<?>[] {check, ttl}) {
      box.setEditable(true);
      box.setMaxWidth(Double.MAX_VALUE);
      box.getEditor().textProperty().subscribe(_ -> check());
    }
    for (var field : new TextField[] {name, host, port}) {
      field.textProperty().subscribe(_ -> check());
      field.setOnAction(_ -> send());
    }
  }

  /**
   * @param done hears the name of what was registered
   */
  static void open(ScreenContext context, Consumer<String> done) {
    new RegisterSheet(context, done).open();
  }

  private void open() {
    var form = new GridPane(12, 10);
    form.getStyleClass().add("form");
    Widgets.addRow(form, texts.text("services.register.name"), name);
    Widgets.addRow(form, texts.text("services.register.host"), host);
    Widgets.addRow(form, texts.text("services.register.port"), port);
    Widgets.addRow(form, texts.text("services.register.check"), check);
    Widgets.addRow(form, texts.text("services.register.ttl"), ttl);
    check();
    var act =
        context.act(Widgets.button(texts.text("services.register.do"), this::send, "accent"), off);
    sheet =
        new Sheet(
                texts.text("services.register.title"),
                WIDTH,
                Widgets.prose(texts.text("services.register.why"), "soft"),
                form,
                hint,
                command.refused())
            .actions(Widgets.button(texts.text("slo.cancel"), context.go()::closeSheet), act);
    context.go().sheet(sheet, name);
  }

  /** 0 where what was typed is none. */
  private int port() {
    var text = port.getText().strip();
    int number = text.matches("\\d{1,5}") ? Integer.parseInt(text) : 0;
    return number <= LAST_PORT ? number : 0;
  }

  private boolean timed() {
    return Durations.parse(text(ttl))
        .filter(d -> d.toSeconds() >= 1 && d.compareTo(LONGEST) <= 0)
        .isPresent();
  }

  private static String text(ComboBox<String> box) {
    var text = box.getEditor().getText();
    return text == null ? "" : text.strip();
  }

  private void check() {
    command.typed();
    String wrong =
        name.getText().isBlank()
            ? "services.register.name.wrong"
            : port() == 0
                ? "services.register.port.wrong"
                : timed() ? "" : "services.register.ttl.wrong";
    hint.setText(wrong.isEmpty() ? "" : texts.text(wrong));
    off.set(command.isSending() || !wrong.isEmpty());
  }

  private String checked() {
    var text = text(check);
    if (text.isEmpty() || text.equals(texts.text("services.register.none"))) {
      return null;
    }
    return text.equals(texts.text("services.register.tcp")) ? "tcp" : text;
  }

  private void send() {
    if (off.get()) {
      return;
    }
    var service = name.getText().strip();
    var where = host.getText().isBlank() ? null : host.getText().strip();
    command.send(
        sheet,
        new ServiceCommand.RegisterService(
            service, null, where, port(), null, text(ttl), checked()),
        (_, looks) -> {
          context.notices().say(texts.text("services.register.done", service));
          if (looks) {
            done.accept(service);
          }
        });
  }
}
