package dev.hivedeck.ui.view.change;

import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.merge.MergeCommand;
import dev.hivedeck.engine.protocol.merge.MergeQuery;
import dev.hivedeck.engine.protocol.merge.MergeRegistration;
import dev.hivedeck.engine.protocol.merge.MergeViews.Freeze;
import dev.hivedeck.engine.protocol.merge.MergeViews.FreezeKind;
import dev.hivedeck.engine.protocol.merge.MergeViews.Queue;
import dev.hivedeck.engine.protocol.merge.MergeViews.QueueState;
import dev.hivedeck.ui.live.EntityStore;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.text.Hotkey;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.List;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.TextField;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.util.Subscription;

/** Whether the merge queue runs, and the switch for that. */
final class QueueBar extends HBox {
  private final ScreenContext context;
  private final Texts texts;
  private final EntityStore<QueueState> states;
  private final StackPane icon = new StackPane();
  private final Label words = Widgets.prose("");
  private final TextField reason = new TextField();
  private final Button begin;
  private final Button send;
  private final Button not;
  private List<Freeze> freezes = List.of();
  private boolean asks;
  private String how = "";

  QueueBar(ScreenContext context) {
    super(10);
    this.context = context;
    this.texts = context.texts();
    this.states = context.live().things(MergeRegistration.QUEUE, QueueState.class);
    getStyleClass().add("verdict");
    setAlignment(Pos.CENTER_LEFT);
    begin = context.act("", () -> ask(true), "button-outlined");
    send = context.act("", this::send, "accent");
    not = Widgets.button(texts.text("queue.not"), () -> ask(false));
    reason.setPrefColumnCount(24);
    reason.addEventFilter(
        KeyEvent.KEY_PRESSED,
        e -> {
          if (Hotkey.BACK.pressed(e)) {
            ask(false);
            e.consume();
          }
        });
    reason.setOnAction(_ -> send());
    for (Region button : List.of(begin, send, not)) {
      button.setMinWidth(Region.USE_PREF_SIZE);
    }
    getChildren().setAll(icon, Widgets.grow(words), reason, send, not, begin);
    renew();
  }

  /**
   * Follows it while its screen is looked at.
   *
   * @param changed runs once the bar shows what is new
   */
  Subscription watch(Runnable changed) {
    return states.watch(
        () -> {
          ask();
          renew();
          changed.run();
        });
  }

  boolean isFrozen() {
    return !freezes.isEmpty();
  }

  private void renew() {
    var state = states.all().stream().findFirst();
    freezes = state.map(QueueState::freezes).orElse(List.of());
    var red = state.map(QueueState::red).orElse(null);
    Node picture = (isFrozen() ? Icon.PAUSE : red != null ? Icon.WARNED : Icon.CHECK).node();
    var tone = isFrozen() ? Tone.AMBER : red != null ? Tone.RED : Tone.GREEN;
    icon.getChildren().setAll(tone.on(picture));
    words.setText(
        isFrozen()
            ? texts.text(
                "queue.frozen",
                String.join("; ", freezes.stream().map(f -> texts.said(f.reason())).toList()))
            : red != null
                ? texts.text(
                    "queue.red",
                    String.join(", ", red.gates()),
                    texts.minute(red.since()),
                    texts.minute(red.again()))
                : texts.text("queue.runs") + how);
    begin.setText(texts.text(isFrozen() ? "queue.unfreeze" : "queue.freeze"));
    send.setText(texts.text(isFrozen() ? "queue.unfreeze" : "queue.freeze.now"));
    var prompt = texts.text(isFrozen() ? "queue.unfreeze.why" : "queue.freeze.why");
    reason.setPromptText(prompt);
    reason.setAccessibleText(prompt);
    show();
  }

  /** Asks how changes come to main, which is in no event. */
  private void ask() {
    context
        .steering()
        .query(new MergeQuery.Queue())
        .thenAccept(
            answer -> {
              how = how(Json.as(answer, Queue.class));
              renew();
            });
  }

  private String how(Queue queue) {
    return queue.method() == null
        ? ""
        : " " + texts.text("queue.by", texts.word("queue.method", queue.method()), queue.batch());
  }

  private void ask(boolean wanted) {
    if (wanted && isFrozen() && freezes.stream().allMatch(f -> f.kind() == FreezeKind.BY_HAND)) {
      unfreeze(null); // it needs no reason
      return;
    }
    asks = wanted;
    show();
    if (wanted) {
      reason.requestFocus();
    }
  }

  private void show() {
    Widgets.show(reason, asks);
    Widgets.show(send, asks);
    Widgets.show(not, asks);
    Widgets.show(begin, !asks);
  }

  private void send() {
    var why = reason.getText().strip();
    if (why.isEmpty()) {
      reason.requestFocus();
    } else if (isFrozen()) {
      unfreeze(why);
    } else {
      context.steering().execute(new MergeCommand.Freeze(why)).thenAccept(_ -> done());
    }
  }

  private void unfreeze(String why) {
    context.steering().execute(new MergeCommand.Unfreeze(why)).thenAccept(_ -> done());
  }

  private void done() {
    reason.clear();
    ask(false);
  }
}
