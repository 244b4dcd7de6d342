package dev.hivedeck.ui.shell.notice;

import static dev.hivedeck.ui.shell.widget.Widgets.button;
import static dev.hivedeck.ui.shell.widget.Widgets.prose;
import static dev.hivedeck.ui.shell.widget.Widgets.row;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.ui.shell.Notifications;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import javafx.animation.PauseTransition;
import javafx.geometry.Pos;
import javafx.scene.AccessibleRole;
import javafx.scene.Node;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import javafx.util.Duration;

/** Notices as small cards at the lower right; while the pointer is on one it stays. */
public final class Toasts extends VBox implements Notifications {
  private static final int MOST = 4;
  private static final Duration BRIEF = Duration.seconds(5);
  private static final Duration LONG = Duration.seconds(14);
  private static final Duration LASTING = Duration.minutes(2);

  private final Texts texts;

  public Toasts(Texts texts) {
    super(8);
    this.texts = texts;
    getStyleClass().add("toasts");
    setAlignment(Pos.BOTTOM_RIGHT);
    setPickOnBounds(false);
    setMaxSize(Region.USE_PREF_SIZE, Region.USE_PREF_SIZE);
  }

  @Override
  public void say(String text) {
    add(Tone.BLUE, Icon.INFO, BRIEF, text, prose(text));
  }

  @Override
  public void done(String text, Runnable undo) {
    var words = prose(text);
    var toast = new Node[1];
    var button =
        button(
            texts.text("action.undo"),
            () -> {
              getChildren().remove(toast[0]);
              undo.run();
            },
            "flat");
    button.setGraphic(Icon.UNDO.node());
    toast[0] = add(Tone.GREEN, Icon.PASSED, Duration.seconds(8), text, words, button);
  }

  @Override
  public void failed(HiveException.Fault fault) {
    failed(fault, LONG);
  }

  @Override
  public void broken(HiveException.Fault fault, String report) {
    failed(fault, LASTING, Widgets.copy(texts.text("broken.copy"), report));
  }

  private void failed(HiveException.Fault fault, Duration stay, Node... more) {
    var what = prose(texts.said(fault.message()), "strong");
    var next = prose(fault.hint() == null ? "" : texts.said(fault.hint()), "soft");
    Widgets.show(next, !next.getText().isBlank());
    var code = Widgets.label(fault.code(), "mono", "muted");
    add(Tone.RED, Icon.FAILED, stay, what.getText(), new VBox(4, what, next, code), more);
  }

  private Node add(Tone tone, Icon icon, Duration stay, String name, Region words, Node... more) {
    var close = Widgets.icon(Icon.CLOSE, texts.text("action.dismiss"), () -> {}, "flat");
    var card = row(10, tone.on(icon.node()), Widgets.grow(words));
    card.getChildren().addAll(more);
    card.getChildren().add(close);
    card.getStyleClass().addAll("toast", "toast-" + tone.name().toLowerCase(java.util.Locale.ROOT));
    card.setAccessibleRole(AccessibleRole.TEXT);
    card.setAccessibleText(name);
    close.setOnAction(_ -> getChildren().remove(card));
    var timer = new PauseTransition(stay);
    timer.setOnFinished(_ -> getChildren().remove(card));
    card.hoverProperty()
        .subscribe(
            hover -> {
              if (hover) {
                timer.stop();
              } else {
                timer.playFromStart();
              }
            });
    getChildren().add(card);
    while (getChildren().size() > MOST) {
      getChildren().removeFirst();
    }
    return card;
  }
}
