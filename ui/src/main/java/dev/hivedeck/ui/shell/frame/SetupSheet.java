package dev.hivedeck.ui.shell.frame;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Config;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Printable;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.notice.ErrorMessages;
import dev.hivedeck.ui.shell.settings.Drafts.Draft;
import dev.hivedeck.ui.shell.text.Hotkey;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Overlay;
import dev.hivedeck.ui.shell.widget.Sheet;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.List;
import javafx.animation.PauseTransition;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.geometry.Pos;
import javafx.scene.control.ContentDisplay;
import javafx.scene.control.TextArea;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.VBox;
import javafx.util.Duration;

/**
 * A first {@code hive.yaml}: what is proposed, to be edited and written. It trusts nothing; what it
 * would run is shown for consent afterwards.
 */
final class SetupSheet {
  private static final double WIDTH = 760;
  private static final Duration REST = Duration.millis(250);
  private static final Duration LOOKING = Duration.millis(500);

  private final ScreenContext context;
  private final Texts texts;
  private final Overlay overlay;
  private final TextArea text = new TextArea();
  private final VBox problems = new VBox(6);
  private final SimpleBooleanProperty wrong = new SimpleBooleanProperty();
  private final PauseTransition rest = new PauseTransition(REST);
  private final Draft draft;

  SetupSheet(ScreenContext context, Overlay overlay) {
    this.context = context;
    this.texts = context.texts();
    this.overlay = overlay;
    this.draft = context.drafts().of(text);
  }

  void open() {
    // Each program that is installed is asked for its version, which may take a while.
    var looking = new PauseTransition(LOOKING);
    looking.setOnFinished(_ -> context.notices().say(texts.text("setup.looking")));
    looking.play();
    context
        .steering()
        .query(new Query.ConfigSource())
        .whenComplete(
            (answer, failure) -> {
              looking.stop();
              if (failure != null) {
                context.notices().failed(ErrorMessages.of(failure));
              } else {
                open(answer);
              }
            });
  }

  private void open(JsonNode answer) {
    var source = Json.as(answer, Config.Source.class);
    if (source.text() == null) {
      open(source);
    } else {
      context.notices().say(texts.text("setup.there"));
      context.go().to(ScreenId.SETTINGS, "config/agents");
    }
  }

  private void open(Config.Source source) {
    draft.at("hive.yaml", source.proposal());
    text.getStyleClass().add("mono");
    text.setPrefRowCount(22);
    text.setAccessibleText(texts.text("setup.text"));
    text.textProperty()
        .addListener(
            (_, _, _) -> {
              wrong.set(true); // Until it is known to be right.
              rest.playFromStart();
            });
    rest.setOnFinished(_ -> check());
    var write =
        context.act(
            Widgets.button(texts.text("setup.write"), () -> write(source.digest()), "accent"),
            wrong);
    write.setGraphic(Widgets.key(texts.keys(Hotkey.SEND)));
    write.setContentDisplay(ContentDisplay.RIGHT);
    var workspace = context.live().workspace().get();
    var sheet =
        new Sheet(
                texts.text("setup.title", Printable.line(workspace.name())),
                WIDTH,
                Widgets.prose(texts.text("setup.why"), "soft"),
                text,
                problems)
            .actions(Widgets.button(texts.text("setup.later"), overlay::close), write);
    sheet.addEventFilter(
        KeyEvent.KEY_PRESSED,
        e -> {
          if (Hotkey.SEND.pressed(e)) {
            write.fire();
            e.consume();
          }
        });
    Widgets.show(problems, false);
    overlay.open(sheet, Pos.CENTER, rest::stop);
    text.requestFocus();
    check();
  }

  private void check() {
    String now = text.getText();
    context
        .steering()
        .query(new Query.ConfigPreview(List.of(), now))
        .thenAccept(
            answer -> {
              if (now.equals(text.getText())) {
                show(Json.as(answer, Config.Preview.class).problems());
              }
            });
  }

  private void show(List<String> said) {
    wrong.set(!said.isEmpty());
    problems
        .getChildren()
        .setAll(
            said.stream()
                .limit(4)
                .map(
                    p ->
                        Widgets.row(
                            8,
                            Tone.RED.on(Icon.WARNED.node()),
                            Widgets.grow(Widgets.prose(texts.said(p)))))
                .toList());
    Widgets.show(problems, !said.isEmpty());
  }

  private void write(String digest) {
    context
        .steering()
        .execute(new Command.WriteConfig(digest, text.getText()))
        .thenAccept(
            answer -> {
              draft.done();
              overlay.close();
              context.notices().say(texts.text("setup.written"));
              if (!Json.as(answer, Config.Edited.class).trusted()) {
                reviewOnceTold();
              }
            });
  }

  /** The workspace tells what waits for consent a moment after the command is answered. */
  private void reviewOnceTold() {
    var now = context.live().workspace().get();
    if (now != null && !now.trusted()) {
      context.go().review();
      return;
    }
    var following = new javafx.util.Subscription[1];
    following[0] =
        context
            .live()
            .workspace()
            .subscribe(
                (_, told) -> {
                  if (told != null && !told.trusted()) {
                    following[0].unsubscribe();
                    context.go().review();
                  }
                });
  }
}
