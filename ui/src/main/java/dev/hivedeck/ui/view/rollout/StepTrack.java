package dev.hivedeck.ui.view.rollout;

import dev.hivedeck.engine.protocol.rollout.RolloutViews.Rollout;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.RolloutFigures;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javafx.scene.Node;
import javafx.scene.control.ProgressBar;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;

/** The steps of a rollout, each with how much of its hold is over. */
final class StepTrack extends HBox {
  private final Texts texts;
  private final RolloutWords words;
  private List<Object> shown = List.of();

  StepTrack(ScreenContext context, RolloutWords words) {
    super(10);
    this.texts = context.texts();
    this.words = words;
    getStyleClass().add("step-track");
  }

  void show(Rollout r, RolloutFigures f) {
    var state =
        List.<Object>of(r, f == null ? 0 : Math.round(f.elapsed()), f == null ? 0 : f.hold());
    if (state.equals(shown)) {
      return;
    }
    shown = state;
    var parts = new ArrayList<Node>();
    for (int i = 0; i < r.steps().size(); i++) {
      parts.add(part(r, f, i));
    }
    getChildren().setAll(parts);
  }

  private Node part(Rollout r, RolloutFigures f, int i) {
    var step = r.steps().get(i);
    boolean passed = step.passedAt() != null;
    boolean now = i == r.step() && !r.state().isOver() && !passed;
    double share = passed ? 1 : now && f != null && f.hold() > 0 ? f.elapsed() / f.hold() : 0;
    var bar = new ProgressBar(Math.clamp(share, 0, 1));
    bar.setMaxWidth(Double.MAX_VALUE);
    bar.setMinWidth(0);
    bar.setFocusTraversable(false);
    var said =
        passed
            ? texts.text("rollout.step.passed", texts.time(step.passedAt()))
            : now && f != null
                ? texts.text(
                    "rollout.step.held",
                    texts.clock(Duration.ofSeconds((long) f.elapsed())),
                    texts.clock(Duration.ofSeconds((long) f.hold())))
                : r.state().isOver()
                    ? texts.text("rollout.step.never")
                    : texts.text("rollout.step.then", words.span(step.hold()));
    var tone = passed ? Tone.GREEN : now ? Tone.TEAL : Tone.NEUTRAL;
    tone.on(bar);
    bar.setAccessibleText(words.step(r, i) + ", " + said);
    var sign = (passed ? Icon.PASSED : now ? Icon.COMMIT : Icon.IDLE).node();
    tone.on(sign);
    var weight = Widgets.label(words.step(r, i), "strong");
    weight.setMinWidth(USE_PREF_SIZE);
    var line = Widgets.row(6, sign, weight, Widgets.spacer(), Widgets.label(said, "soft"));
    var part = new VBox(5, bar, line);
    part.setMinWidth(0);
    part.setPrefWidth(0);
    HBox.setHgrow(part, Priority.ALWAYS);
    return part;
  }
}
