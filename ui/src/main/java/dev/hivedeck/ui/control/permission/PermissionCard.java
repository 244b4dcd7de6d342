package dev.hivedeck.ui.control.permission;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.view.DecisionViews;
import dev.hivedeck.engine.protocol.view.PermissionRequest;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.text.Hotkey;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.List;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;

/**
 * What an agent wants to be allowed: what, where, what could come of it, and the three answers, by
 * button or by the keys 1, 2 and 3. "Always" first says which rule that makes.
 */
public final class PermissionCard extends VBox {
  private static final double HIGHEST = 150;
  private static final int LINES = 200;

  private final ScreenContext context;
  private final Texts texts;
  private final BooleanProperty sent = new SimpleBooleanProperty();
  private DecisionViews.Decision decision;
  private List<Button> answers = List.of();
  private PermissionRuleForm form;

  public PermissionCard(ScreenContext context) {
    super(8);
    this.context = context;
    this.texts = context.texts();
    Tone.NEUTRAL.on(this).getStyleClass().add("permission");
    setMinHeight(USE_PREF_SIZE);
  }

  /** Asks this; what the person wrote stays as long as it is the same decision. */
  public void show(DecisionViews.Decision wanted, PermissionRequest request) {
    if (decision != null && decision.id().equals(wanted.id())) {
      return;
    }
    decision = wanted;
    sent.set(false);
    var tone = tone(request.risk());
    tone.on(this);
    var title =
        Widgets.prose(texts.text("permission.wants", request.agent(), request.tool()), "strong");
    var head = Widgets.row(8, tone.on(Icon.SHIELD.node()), Widgets.grow(title), id(wanted));
    form = new PermissionRuleForm(context, request, this::always, () -> rule(false));
    answers =
        List.of(
            answer("1", "permission.once", () -> decide(PermissionRequest.ONCE), "success"),
            answer("2", "permission.always", () -> rule(true)),
            answer(
                "3",
                "permission.no",
                () -> decide(PermissionRequest.NO),
                "danger",
                "button-outlined"));
    var buttons = new FlowPane(8, 6);
    buttons.getChildren().setAll(answers);
    getChildren().setAll(head, whole(request.what()), facts(request));
    if (!request.more().isBlank()) {
      getChildren().add(diff(request.more()));
    }
    getChildren().addAll(buttons, form);
    Widgets.show(form, false);
  }

  /** Answers by key; whether it was one. */
  public boolean typed(char letter) {
    int at = letter - '1';
    if (!Hotkey.CHOOSE.typed(letter) || at >= answers.size() || answers.get(at).isDisabled()) {
      return false;
    }
    answers.get(at).fire();
    return true;
  }

  static Tone tone(String risk) {
    return switch (risk) {
      case "low" -> Tone.GREEN;
      case "medium" -> Tone.AMBER;
      default -> Tone.RED;
    };
  }

  private static Label id(DecisionViews.Decision decision) {
    var id = Widgets.label(decision.id(), "mono", "muted");
    id.setMinWidth(Region.USE_PREF_SIZE);
    return id;
  }

  private Button answer(String key, String text, Runnable action, String... classes) {
    var button = context.act(Widgets.button(texts.text(text), action, classes), sent);
    button.setGraphic(Widgets.key(key));
    return button;
  }

  /** The whole of it, however long: what is not seen must not be allowed. */
  private static Node whole(String what) {
    var text = Widgets.prose(what, "mono");
    text.setMaxWidth(Double.MAX_VALUE);
    return scroll(text);
  }

  private static Node scroll(Region content) {
    var scroll = new ScrollPane(content);
    scroll.setFitToWidth(true);
    scroll.setMaxHeight(HIGHEST);
    scroll.setMinHeight(Region.USE_PREF_SIZE);
    scroll.setFocusTraversable(false);
    scroll.getStyleClass().addAll("plain-scroll", "permission-what");
    content
        .heightProperty()
        .subscribe(h -> scroll.setPrefHeight(Math.min(HIGHEST, h.doubleValue() + 18)));
    return scroll;
  }

  private Node facts(PermissionRequest request) {
    var grid = Widgets.facts();
    grid.addRow(0, name("permission.where"), Widgets.prose(request.where(), "mono"));
    grid.addRow(1, name("permission.risk"), risk(texts, request));
    return grid;
  }

  /** The risk in a word, and why. */
  public static Node risk(Texts texts, PermissionRequest request) {
    var word = Widgets.label(texts.text("permission.risk." + request.risk()), "risk");
    word.setMinWidth(Region.USE_PREF_SIZE);
    var row = Widgets.row(8, tone(request.risk()).on(word));
    if (!request.why().isEmpty()) {
      row.getChildren().add(Widgets.prose(texts.text("permission.why", texts.said(request.why()))));
    }
    return row;
  }

  private Label name(String key) {
    var label = Widgets.label(texts.text(key), "muted");
    label.setMinWidth(Region.USE_PREF_SIZE);
    return label;
  }

  private Node diff(String diff) {
    var lines = new VBox();
    diff.lines()
        .limit(LINES)
        .forEach(
            line -> {
              var label = Widgets.prose(line, "mono");
              (line.startsWith("+") ? Tone.GREEN : line.startsWith("-") ? Tone.RED : Tone.NEUTRAL)
                  .on(label);
              lines.getChildren().add(label);
            });
    long left = diff.lines().count() - LINES;
    if (left > 0) {
      lines.getChildren().add(Widgets.label(texts.text("permission.more", left), "muted"));
    }
    return scroll(lines);
  }

  private void rule(boolean wanted) {
    Widgets.show(form, wanted);
    if (wanted) {
      form.enter();
    }
  }

  /** A rule for the next time, and a yes for now. */
  private void always(Command.SetPermission rule) {
    disable(true);
    context
        .steering()
        .execute(rule)
        .whenComplete(
            (_, failure) -> {
              disable(false);
              if (failure == null) {
                decide(PermissionRequest.ONCE);
              }
            });
  }

  private void decide(String option) {
    var asked = decision;
    disable(true);
    context
        .steering()
        .execute(new Command.Decide(asked.id(), option, null))
        .whenComplete(
            (_, failure) -> {
              if (failure == null) {
                context
                    .notices()
                    .say(
                        texts.text(
                            "permission.said",
                            asked.agent(),
                            texts.text(
                                option.equals(PermissionRequest.NO)
                                    ? "act.answer.no"
                                    : "act.answer.once")));
              } else {
                disable(false);
              }
            });
  }

  private void disable(boolean now) {
    sent.set(now);
    form.setDisable(now);
  }
}
