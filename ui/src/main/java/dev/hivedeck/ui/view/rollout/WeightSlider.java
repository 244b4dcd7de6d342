package dev.hivedeck.ui.view.rollout;

import dev.hivedeck.engine.protocol.rollout.RolloutCommand;
import dev.hivedeck.engine.protocol.rollout.RolloutStrategy;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Rollout;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.RolloutFigures;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.text.DisplayText;
import dev.hivedeck.ui.shell.text.Hotkey;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.ArrayDeque;
import java.util.Deque;
import javafx.animation.PauseTransition;
import javafx.scene.control.Label;
import javafx.scene.control.Slider;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;
import javafx.util.Duration;

/**
 * The traffic of a canary: drag it, see the command, take it back. It is sent once it is let go of,
 * or a moment after the last key.
 */
final class WeightSlider extends VBox {
  private static final double MOST = 100;
  private static final int KEPT = 50;

  private final ScreenContext context;
  private final Texts texts;
  private final RolloutWords words;
  private final Slider slider = new Slider(0, MOST, 0);
  private final Label value = Widgets.label("", "mono", "strong");
  private final Label observed = Widgets.label("", "soft");
  private final Label command = Widgets.label("", "mono", "muted");
  private final PauseTransition pause = new PauseTransition(Duration.millis(400));

  /** What it was before each change that can be taken back. */
  private final Deque<Double> before = new ArrayDeque<>();

  private Rollout rollout;
  private RolloutFigures figures;
  private boolean quiet;

  /** Whether a person moved it, and it was not sent yet. */
  private boolean moved;

  WeightSlider(ScreenContext context, RolloutWords words) {
    super(2);
    this.context = context;
    this.texts = context.texts();
    this.words = words;
    getStyleClass().add("weight-slider");
    slider.setBlockIncrement(1);
    slider.setMinWidth(80);
    slider.setAccessibleText(texts.text("rollout.traffic"));
    HBox.setHgrow(slider, Priority.ALWAYS);
    context.act(slider);
    slider.valueProperty().subscribe((_, now) -> moved(now.doubleValue()));
    slider.valueChangingProperty().subscribe((_, changing) -> changing(changing));
    pause.setOnFinished(_ -> send());
    value.setMinWidth(USE_PREF_SIZE);
    Widgets.show(command, false);
    var name = Widgets.label(texts.text("rollout.traffic"), "soft");
    name.setMinWidth(USE_PREF_SIZE);
    getChildren().setAll(Widgets.row(12, name, slider, value, observed), command);
  }

  /** What takes the arrow keys. */
  Slider keys() {
    return slider;
  }

  void show(Rollout r, RolloutFigures f) {
    if (rollout == null || !rollout.id().equals(r.id())) {
      pause.stop();
      moved = false;
      before.clear();
    } else if (rollout.step() != r.step()) {
      before.clear(); // what was before a step is not gone back to
    }
    rollout = r;
    figures = f;
    Widgets.show(this, steered(r));
    if (!moved) {
      set(r.weight());
    }
    tell();
  }

  private static boolean steered(Rollout r) {
    return switch (r.state()) {
      case STEPPING, HELD -> r.strategy() == RolloutStrategy.CANARY;
      default -> false;
    };
  }

  private void set(double weight) {
    quiet = true;
    slider.setValue(weight);
    quiet = false;
  }

  private void tell() {
    double now = moved ? rounded() : rollout.weight();
    value.setText(words.percent(now));
    Widgets.show(command, moved);
    command.setText(
        moved
            ? DisplayText.line(
                "hivedeck rollout weight " + rollout.id() + " " + words.plain(rounded()))
            : "");
    var said =
        figures == null || figures.observed() == null
            ? texts.text("rollout.observed.none")
            : figures.perMinute() == null
                ? texts.text("rollout.observed", figures.observed())
                : texts.text("rollout.observed.rate", figures.observed(), figures.perMinute());
    observed.setText(
        said + " · " + texts.text("rollout.steer", texts.keys(Hotkey.TAKE_BACK_WEIGHT)));
  }

  private double rounded() {
    return Math.round(slider.getValue());
  }

  private void moved(double now) {
    if (quiet || rollout == null) {
      return;
    }
    moved = true;
    tell();
    if (!slider.isValueChanging()) {
      pause.playFromStart();
    }
  }

  private void changing(boolean changing) {
    if (changing) {
      pause.stop();
    } else if (moved) {
      pause.playFromStart();
    }
  }

  /** One percent more or less, by a key. */
  void nudge(int percent) {
    if (isVisible() && !slider.isDisabled()) {
      slider.setValue(Math.clamp(Math.round(slider.getValue()) + percent, 0, MOST));
    }
  }

  private void send() {
    if (!moved || rollout == null) {
      return;
    }
    moved = false;
    double was = rollout.weight();
    double wanted = rounded();
    if (was == wanted) {
      tell();
      return;
    }
    weigh(
        wanted,
        () -> {
          before.push(was);
          if (before.size() > KEPT) {
            before.removeLast();
          }
          context.notices().done(texts.text("rollout.weighed", words.percent(wanted)), this::undo);
        });
  }

  /** Gives the canary what it had before the last change; nothing where there was none. */
  void undo() {
    if (before.isEmpty() || rollout == null || !steered(rollout)) {
      return;
    }
    pause.stop();
    moved = false;
    double was = before.pop();
    weigh(was, () -> context.notices().say(texts.text("rollout.weighed", words.percent(was))));
  }

  private void weigh(double percent, Runnable then) {
    var id = rollout.id();
    context
        .steering()
        .execute(new RolloutCommand.WeighRollout(id, percent))
        .whenComplete(
            (_, failure) -> {
              if (failure == null && rollout.id().equals(id)) {
                then.run();
              } else if (rollout.id().equals(id) && !moved) {
                set(rollout.weight()); // refused: it stays what it is
                tell();
              }
            });
  }
}
