package dev.hivedeck.ui.view.rollout;

import dev.hivedeck.engine.protocol.rollout.HoldReason;
import dev.hivedeck.engine.protocol.rollout.RolloutState;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Rollout;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.RolloutFigures;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.StepForecast;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.text.DisplayText;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.time.Instant;
import java.util.List;
import javafx.scene.control.Label;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;

/** What comes by itself, and when. */
final class NextCard extends VBox {
  private final Texts texts;
  private final RolloutWords words;
  private final Label needs = Widgets.label("", "muted");
  private final VBox lines = new VBox(5);

  NextCard(ScreenContext context, RolloutWords words) {
    super(8);
    this.texts = context.texts();
    this.words = words;
    getStyleClass().add("card");
    setMinWidth(0);
    getChildren()
        .setAll(
            Widgets.row(
                8,
                Widgets.label(texts.text("rollout.next"), "card-title"),
                Widgets.spacer(),
                needs),
            lines);
  }

  /**
   * @param plan of the steps; empty where it is not known
   */
  void show(Rollout r, RolloutFigures f, List<StepForecast> plan) {
    lines.getChildren().clear();
    boolean asked = r.held() != null && r.held() != HoldReason.PERSON;
    needs.setText(asked ? texts.text("rollout.next.you") : texts.text("rollout.next.nobody"));
    (asked ? Tone.AMBER : Tone.NEUTRAL).on(needs);
    if (r.state().isOver()) {
      line(
          RolloutWords.icon(r, null),
          RolloutWords.tone(r, null),
          r.endedAt() == null ? "" : texts.time(r.endedAt()),
          texts.word("rollout.verdict", r.state()),
          texts.text("rollout.next.over"));
      return;
    }
    if (r.state() == RolloutState.HELD) {
      line(
          r.held() == HoldReason.PERSON ? Icon.PAUSE : Icon.DECISION,
          Tone.AMBER,
          "",
          texts.word("rollout.holdReason", r.held()),
          r.isPreview()
              ? texts.text("rollout.next.held.preview")
              : texts.text("rollout.next.held", words.weight(r)));
    } else if (r.state() == RolloutState.STEPPING && f != null) {
      stepping(r, f, plan);
    } else {
      line(Icon.RUNNING, Tone.BLUE, "", words.verdict(r, f), DisplayText.line(r.canary()));
    }
    if (r.state() != RolloutState.ROLLING_BACK) {
      line(
          Icon.UNDO,
          Tone.RED,
          texts.text("rollout.next.any"),
          texts.text("rollout.next.back", words.odds(f == null ? 20 : f.rollBackAt())),
          texts.text("rollout.next.back.more"));
    }
  }

  private void stepping(Rollout r, RolloutFigures f, List<StepForecast> plan) {
    double left = f.hold() - f.elapsed();
    if (r.isPreview()) {
      line(
          Icon.INPUT,
          Tone.TEAL,
          RolloutWords.isMissing(r) ? "" : texts.time(after(f, Math.max(0, left))),
          texts.text("rollout.next.switch"),
          texts.text("rollout.next.switch.more"));
      return;
    }
    if (left > 0) {
      line(
          Icon.CLOCK,
          Tone.NEUTRAL,
          texts.time(after(f, left)),
          texts.text("rollout.next.hold", words.span(f.hold())),
          texts.text("rollout.next.hold.more", words.weight(r)));
    }
    Double passes = r.step() < plan.size() ? plan.get(r.step()).passes() : null;
    boolean good = RolloutWords.passes(f);
    if (good || passes != null) {
      double soonest = Math.max(left, good ? 0 : passes - f.elapsed());
      line(
          Icon.INPUT,
          Tone.TEAL,
          texts.time(after(f, Math.max(0, soonest))),
          texts.text("rollout.next.passes", words.percent(RolloutWords.next(r))),
          texts.text(good ? "rollout.next.passes.good" : "rollout.next.passes.more"));
    }
    if (f.asksAt() != null) {
      line(
          Icon.DECISION,
          Tone.AMBER,
          texts.time(f.asksAt()),
          texts.text("rollout.next.asks"),
          texts.text("rollout.next.asks.more"));
    }
  }

  private static Instant after(RolloutFigures f, double seconds) {
    return f.at().plusMillis((long) (seconds * 1000));
  }

  private void line(Icon icon, Tone tone, String when, String what, String more) {
    var sign = tone.on(icon.node());
    var at = Widgets.label(when, "mono");
    at.setMinWidth(62);
    at.setPrefWidth(62);
    var said = new VBox(Widgets.label(what, "strong"), Widgets.label(more, "soft"));
    said.setMinWidth(0);
    HBox.setHgrow(said, Priority.ALWAYS);
    lines.getChildren().add(new HBox(8, sign, at, said));
  }
}
