package dev.hivedeck.ui.view.rollout;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.rollout.HoldReason;
import dev.hivedeck.engine.protocol.rollout.RolloutCommand;
import dev.hivedeck.engine.protocol.rollout.RolloutState;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Rollout;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.RolloutFigures;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.text.DisplayText;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.widget.Widgets;
import javafx.geometry.Pos;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;

/** What a rollout comes to, what can be done with it, its steps and its traffic. */
final class RolloutVerdict extends VBox {
  private final ScreenContext context;
  private final Texts texts;
  private final RolloutWords words;
  private final StackPane sign = new StackPane();
  private final Label verdict = Widgets.prose("", "inspector-title");
  private final Label about = Widgets.prose("", "soft");
  private final Button back;
  private final Button hold;
  private final Button resume;
  private final Button promote;
  private final StepTrack track;
  private final WeightSlider slider;
  private Rollout rollout;
  private RolloutFigures figures;

  RolloutVerdict(ScreenContext context, RolloutWords words) {
    super(10);
    this.context = context;
    this.texts = context.texts();
    this.words = words;
    getStyleClass().addAll("card", "rollout-verdict");
    back = context.act(texts.text("rollout.back"), this::rollBack, "danger", "button-outlined");
    back.setGraphic(Icon.UNDO.node());
    hold = context.act(texts.text("rollout.hold"), this::hold);
    hold.setGraphic(Icon.PAUSE.node());
    resume = context.act(texts.text("rollout.resume"), this::hold);
    resume.setGraphic(Icon.PLAY.node());
    promote = context.act("", this::promote);
    promote.setGraphic(Icon.INPUT.node());
    track = new StepTrack(context, words);
    slider = new WeightSlider(context, words);
    sign.setMinWidth(20);
    var said = new VBox(2, verdict, about);
    said.setMinWidth(0);
    HBox.setHgrow(said, Priority.ALWAYS);
    var acts = Widgets.flow(8, 6, back, hold, resume, promote);
    acts.setAlignment(Pos.CENTER_RIGHT);
    acts.setPrefWrapLength(430);
    var top = new HBox(12, sign, said, acts);
    top.setAlignment(Pos.CENTER_LEFT);
    getChildren().setAll(top, track, slider);
  }

  void show(Rollout r, RolloutFigures f) {
    rollout = r;
    figures = f;
    var icon = RolloutWords.icon(r, f).node();
    RolloutWords.tone(r, f).on(icon);
    sign.getChildren().setAll(icon);
    verdict.setText(words.verdict(r, f));
    about.setText(about(r, f));
    boolean on = !r.state().isOver() && r.state() != RolloutState.ROLLING_BACK;
    boolean stepped = r.state() == RolloutState.STEPPING || r.state() == RolloutState.HELD;
    Widgets.show(back, on);
    Widgets.show(hold, r.state() == RolloutState.STEPPING);
    Widgets.show(resume, r.held() == HoldReason.PERSON);
    Widgets.show(promote, stepped && !RolloutWords.isMissing(r));
    promote.setText(
        r.isPreview()
            ? texts.text("rollout.switch")
            : texts.text("rollout.promote", words.percent(RolloutWords.next(r))));
    // No green button while evidence is missing.
    boolean good = RolloutWords.passes(f);
    promote.getStyleClass().remove("success");
    if (good) {
      promote.getStyleClass().add("success");
    }
    track.show(r, f);
    slider.show(r, f);
  }

  private String about(Rollout r, RolloutFigures f) {
    var text =
        texts.text(
            "rollout.about",
            words.subject(r.service()),
            DisplayText.line(r.stable()),
            DisplayText.line(r.canary()));
    if (r.isPreview() && !r.state().isOver()) {
      return text + " · " + texts.text("rollout.preview.try", DisplayText.line(r.canary()));
    }
    return f == null || f.metrics().isEmpty()
        ? text
        : text
            + " · "
            + texts.text("rollout.evidence", words.odds(f.odds()), words.odds(f.rollBackAt()));
  }

  WeightSlider slider() {
    return slider;
  }

  /** What is known, in numbers, for somebody who is asked. */
  private String numbers() {
    if (figures == null || figures.metrics().isEmpty()) {
      return texts.text("rollout.ask.unknown");
    }
    var said = new StringBuilder();
    for (var m : figures.metrics()) {
      said.append(
              texts.text(
                  "rollout.ask.metric",
                  words.metric(m),
                  words.counted(m.canary()),
                  words.range(m.canary())))
          .append(' ');
    }
    return said.append(
            texts.text(
                "rollout.ask.odds", words.odds(figures.odds()), words.odds(figures.rollBackAt())))
        .toString();
  }

  void rollBack() {
    if (!back.isVisible() || back.isDisabled()) {
      return;
    }
    var r = rollout;
    if (context
        .dialogs()
        .confirm(
            texts.text("rollout.back.title", DisplayText.line(r.canary())),
            texts.text("rollout.back.more", words.weight(r), DisplayText.line(r.stable()))
                + " "
                + numbers(),
            texts.text("rollout.back"))) {
      send(r, new RolloutCommand.AbortRollout(r.id(), null), "rollout.back.done", null);
    }
  }

  /** Holds it, or lets it go on. */
  void hold() {
    var r = rollout;
    if (hold.isVisible() && !hold.isDisabled()) {
      send(
          r,
          new RolloutCommand.HoldRollout(r.id()),
          "rollout.hold.done",
          new RolloutCommand.ResumeRollout(r.id()));
    } else if (resume.isVisible() && !resume.isDisabled()) {
      send(
          r,
          new RolloutCommand.ResumeRollout(r.id()),
          "rollout.resume.done",
          new RolloutCommand.HoldRollout(r.id()));
    }
  }

  private void promote() {
    var r = rollout;
    if (r.isPreview()) {
      switchOver(r);
      return;
    }
    var next = words.percent(RolloutWords.next(r));
    if (context
        .dialogs()
        .confirm(
            texts.text("rollout.promote.title", DisplayText.line(r.canary()), next),
            (RolloutWords.passes(figures) ? "" : texts.text("rollout.promote.unproven") + " ")
                + numbers(),
            texts.text("rollout.promote.verb", next))) {
      send(r, new RolloutCommand.PromoteRollout(r.id(), r.step()), "rollout.promote.done", null);
    }
  }

  /** All traffic at once: nothing is counted of it before. */
  private void switchOver(Rollout r) {
    var canary = DisplayText.line(r.canary());
    if (context
        .dialogs()
        .confirm(
            texts.text("rollout.switch.title", canary),
            texts.text("rollout.switch.more", DisplayText.line(r.stable())),
            texts.text("rollout.switch.verb"))) {
      send(
          r,
          new RolloutCommand.PromoteRollout(r.id(), r.step()),
          "rollout.switch.done",
          new RolloutCommand.AbortRollout(r.id(), null));
    }
  }

  private void send(Rollout of, Command command, String done, Command undo) {
    var name = words.name(of);
    context
        .steering()
        .execute(command)
        .thenAccept(
            _ -> {
              if (undo == null) {
                context.notices().say(texts.text(done, name));
              } else {
                context
                    .notices()
                    .done(texts.text(done, name), () -> context.steering().execute(undo));
              }
            });
  }
}
