package dev.hivedeck.ui.view.decision;

import dev.hivedeck.engine.protocol.view.AttemptViews;
import dev.hivedeck.engine.protocol.view.DecisionViews;
import dev.hivedeck.engine.protocol.view.DecisionViews.DecisionState;
import dev.hivedeck.engine.protocol.view.PermissionRequest;
import dev.hivedeck.ui.control.permission.PermissionCard;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.action.DecisionButtons;
import dev.hivedeck.ui.shell.action.ExternalEditor;
import dev.hivedeck.ui.shell.text.Hotkey;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.ErrorBoundary;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import javafx.css.PseudoClass;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.TextArea;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;

/** One question in full, with its answers, or with what was answered. */
final class DecisionInspector extends StackPane {
  private static final PseudoClass CHOSEN = PseudoClass.getPseudoClass("chosen");

  private final ScreenContext context;
  private final Texts texts;
  private final ErrorBoundary boundary;
  private final Consumer<String> open;
  private final PermissionCard card;
  private List<Button> answers = List.of();
  private Button picked;

  /**
   * @param open shows the decision with that id
   */
  DecisionInspector(ScreenContext context, Consumer<String> open) {
    this.context = context;
    this.texts = context.texts();
    boundary = new ErrorBoundary(this, texts);
    this.open = open;
    card = new PermissionCard(context);
  }

  /** Shows this one; null for none. */
  void show(DecisionViews.Decision d) {
    answers = List.of();
    picked = null;
    boundary.fill(
        () -> {
          // A detail that fails must not leave the answers of the one before.
          getChildren().setAll(new Region());
          getChildren().setAll(d == null ? new Region() : detail(d));
        });
  }

  /** Takes a letter that nobody else wants; whether it was of use. */
  boolean typed(char letter) {
    if (card.getScene() != null) {
      return card.typed(letter);
    }
    int at = letter - '1';
    if (!Hotkey.CHOOSE.typed(letter) || at >= answers.size()) {
      return false;
    }
    choose(answers.get(at));
    return true;
  }

  /** Marks an answer; {@link Hotkey#SEND} sends it, with what is written beside. */
  private void choose(Button answer) {
    picked = answer;
    answers.forEach(b -> b.pseudoClassStateChanged(CHOSEN, b == answer));
    answer.requestFocus();
  }

  private void pressed(KeyEvent e) {
    if (!Hotkey.SEND.pressed(e)) {
      return;
    }
    if (picked == null) {
      context.notices().say(texts.text("decision.choose.first"));
    } else {
      picked.fire();
    }
    e.consume();
  }

  private Region detail(DecisionViews.Decision d) {
    var request = PermissionRequest.of(d);
    var box = new VBox(14);
    var tags =
        Widgets.row(
            8, Tone.of(d).on(Widgets.word(texts.word("decision.state", d.state()), "strong")));
    if (d.kind() != null && !d.kind().isBlank()) {
      tags.getChildren().add(Widgets.tag(d.kind()));
    }
    tags.getChildren().add(Widgets.word(d.id(), "mono", "muted"));
    tags.setMinWidth(0);
    box.getChildren().add(tags);
    boolean permission = request.isPresent() && d.state() == DecisionState.OPEN;
    if (permission) {
      card.show(d, request.get());
      box.getChildren().add(card);
    } else {
      box.getChildren().add(Widgets.prose(texts.asked(d, d.question()), "question"));
      if (d.detail() != null && !d.detail().isBlank()) {
        box.getChildren().add(Widgets.prose(texts.detail(d), "soft"));
      }
    }
    box.getChildren().add(facts(d));
    if (!permission) {
      box.getChildren().add(d.state() == DecisionState.OPEN ? answer(d) : answered(d));
    }
    box.getChildren().add(history(d));
    var scroll = new ScrollPane(box);
    scroll.setFitToWidth(true);
    scroll.getStyleClass().add("plain-scroll");
    scroll.setFocusTraversable(false);
    return scroll;
  }

  private GridPane facts(DecisionViews.Decision d) {
    var grid = Widgets.facts();
    int row = 0;
    var agent = Widgets.link(d.agent(), () -> context.go().to(ScreenId.AGENTS, d.agent()));
    grid.addRow(row++, Widgets.label(texts.text("decision.asks"), "muted"), agent);
    if (d.task() != null) {
      var title = context.live().tasks().get(d.task()).map(t -> " " + t.title()).orElse("");
      var task = Widgets.link(d.task() + title, () -> context.go().to(ScreenId.TASKS, d.task()));
      grid.addRow(row++, Widgets.label(texts.text("decision.for"), "muted"), task);
    }
    grid.addRow(
        row++,
        Widgets.label(texts.text("decision.level"), "muted"),
        Widgets.label(texts.text("decision.level." + Math.clamp(d.level(), 1, 3))));
    grid.addRow(
        row++,
        Widgets.label(texts.text("decision.since"), "muted"),
        exact(Widgets.label(texts.ago(d.openedAt(), context.live().now().get())), d.openedAt()));
    if (d.state() == DecisionState.OPEN) {
      var due = Widgets.label(texts.text("decision.nodue"));
      if (d.dueAt() != null) {
        due.textProperty().bind(context.live().now().map(now -> texts.left(d.dueAt(), now)));
        exact(due, d.dueAt());
        if (DecisionsScreen.soon(context.live(), d)) {
          Tone.AMBER.on(due);
        }
      }
      grid.addRow(row++, Widgets.label(texts.text("decision.due"), "muted"), due);
      grid.addRow(
          row,
          Widgets.label(texts.text("decision.else"), "muted"),
          Widgets.label(
              d.fallback() == null
                  ? texts.text("decision.else.waits")
                  : texts.text("decision.fallback", texts.asked(d, d.fallback()))));
    }
    return grid;
  }

  private Label exact(Label label, Instant at) {
    label.setTooltip(Widgets.tooltip(texts.moment(at)));
    label.setOnMouseEntered(null);
    return label;
  }

  private Region answer(DecisionViews.Decision d) {
    var comment = new TextArea();
    comment.setPromptText(texts.text("decision.comment"));
    comment.setAccessibleText(texts.text("decision.comment"));
    comment.setPrefRowCount(3);
    comment.setWrapText(true);
    context.drafts().of(comment).at("answer " + d.id());
    var buttons = new FlowPane(8, 8);
    if (DecisionViews.MANUAL.equals(d.kind())) {
      context
          .live()
          .attempts()
          .get(d.attempt())
          .map(AttemptViews.Attempt::worktree)
          .ifPresent(
              folder ->
                  buttons
                      .getChildren()
                      .add(
                          Widgets.button(
                              texts.text("decision.editor"),
                              () -> new ExternalEditor(context).open(Path.of(folder)),
                              "accent")));
    }
    Widgets.show(buttons, !buttons.getChildren().isEmpty());
    answers = new DecisionButtons(context).buttons(d, comment::getText);
    for (int i = 0; i < answers.size() && i < 9; i++) {
      answers.get(i).setGraphic(Widgets.key(String.valueOf(i + 1)));
    }
    var hint = Widgets.flow(12, 4, hint(Hotkey.CHOOSE), hint(Hotkey.SEND));
    var box = new VBox(8, comment, buttons, DecisionButtons.laid(answers), hint);
    box.addEventFilter(KeyEvent.KEY_PRESSED, this::pressed);
    return box;
  }

  private Region hint(Hotkey key) {
    return Widgets.row(
        6, Widgets.key(texts.keys(key)), Widgets.label(texts.text(key.text()), "muted"));
  }

  private Region answered(DecisionViews.Decision d) {
    var box = new VBox(4);
    var by = d.by() == null ? "" : d.by();
    var key =
        switch (d.state()) {
          case EXPIRED -> "decision.was.expired";
          case WITHDRAWN -> "decision.was.withdrawn";
          default -> "decision.was.decided";
        };
    var answer = d.answer() == null ? "–" : texts.asked(d, d.answer());
    var line =
        Widgets.row(
            8,
            Tone.of(d).on(DecisionsScreen.icon(d).node()),
            Widgets.prose(texts.text(key, answer, by), "strong"));
    box.getChildren().add(line);
    if (d.comment() != null && !d.comment().isBlank()) {
      box.getChildren().add(Widgets.prose("“" + d.comment() + "”", "soft"));
    }
    if (d.answeredAt() != null) {
      box.getChildren()
          .add(
              Widgets.label(
                  texts.text(
                      "decision.took",
                      texts.span(Duration.between(d.openedAt(), d.answeredAt())),
                      texts.moment(d.answeredAt())),
                  "muted"));
    }
    return box;
  }

  /** Questions of the same kind, so that one answers alike. */
  private Region history(DecisionViews.Decision d) {
    var alike =
        context.live().decisions().all().stream()
            .filter(o -> !o.id().equals(d.id()) && o.answer() != null)
            .filter(o -> java.util.Objects.equals(o.kind(), d.kind()))
            .sorted(DecisionsScreen.byAnswer())
            .limit(5)
            .toList();
    var box = new VBox(6);
    if (alike.isEmpty()) {
      return box;
    }
    var heading =
        d.kind() == null || d.kind().isBlank()
            ? texts.text("decision.before")
            : texts.text("decision.before.kind", d.kind());
    box.getChildren().add(Widgets.label(heading, "card-title"));
    for (var o : alike) {
      var link = Widgets.link(texts.asked(o, o.question()), () -> open.accept(o.id()));
      var answer = Tone.of(o).on(Widgets.word(texts.asked(o, o.answer())));
      box.getChildren().add(Widgets.row(10, answer, link));
    }
    return box;
  }
}
