package dev.hivedeck.ui.view.slo;

import dev.hivedeck.engine.protocol.view.SloViews;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.List;
import javafx.scene.control.Button;
import javafx.scene.layout.HBox;
import javafx.scene.layout.VBox;

/** What follows when a budget runs low, what of it is in force, and a way to lift it. */
final class PolicySection extends VBox {
  private final ScreenContext context;
  private final Texts texts;
  private final VBox steps = new VBox(3);
  private final Button lift;
  private final Button resume;
  private SloViews.Objective objective;
  private List<SloViews.PolicyAct> acts = List.of();

  /**
   * @param changed hears that a policy is lifted or in force again
   */
  PolicySection(ScreenContext context, Runnable changed) {
    super(3);
    this.context = context;
    this.texts = context.texts();
    lift =
        context.act(
            Widgets.link(
                texts.text("slo.lift"), () -> TimedSheet.lift(context, objective.name(), changed)));
    resume =
        context.act(
            Widgets.link(
                texts.text("slo.lift.resume"),
                () -> TimedSheet.resume(context, objective.name(), changed)));
    lift.setMinWidth(USE_PREF_SIZE);
    resume.setMinWidth(USE_PREF_SIZE);
    getChildren()
        .setAll(
            Widgets.row(
                8,
                Widgets.label(texts.text("slo.policy"), "strong"),
                Widgets.spacer(),
                lift,
                resume),
            steps);
  }

  /** Those of all objectives. */
  void acts(List<SloViews.PolicyAct> now) {
    acts = now;
    if (objective != null) {
      show(objective);
    }
  }

  void show(SloViews.Objective o) {
    objective = o;
    var own = acts.stream().filter(a -> a.objective().equals(o.name())).toList();
    Widgets.show(this, !o.policy().isEmpty() || !own.isEmpty());
    boolean lifted = own.stream().anyMatch(a -> a.liftedUntil() != null);
    Widgets.show(lift, !lifted && own.stream().anyMatch(a -> !a.action().equals("notify")));
    Widgets.show(resume, lifted);
    steps
        .getChildren()
        .setAll(
            o.policy().stream()
                .map(
                    step ->
                        step(
                            step,
                            own.stream()
                                .filter(a -> a.action().equals(step.action()))
                                .findFirst()
                                .orElse(null)))
                .toList());
  }

  private HBox step(SloViews.PolicyStep step, SloViews.PolicyAct act) {
    boolean lifted = act != null && act.liftedUntil() != null;
    var tone = act == null || lifted ? Tone.NEUTRAL : Tone.AMBER;
    var icon = act == null ? Icon.IDLE : lifted ? Icon.PAUSE : Icon.CHECK;
    var share = Widgets.label(texts.percent(step.below()), "mono");
    share.setGraphic(tone.on(icon.node()));
    share.setMinWidth(USE_PREF_SIZE);
    var does =
        step.agents() == null
            ? texts.text("slo.policy." + step.action())
            : texts.text("slo.policy." + step.action(), texts.percent(step.agents()));
    var since =
        act == null
            ? ""
            : lifted
                ? " · " + texts.text("slo.policy.lifted", texts.minute(act.liftedUntil()))
                : " · " + texts.text("slo.policy.since", texts.minute(act.began()));
    var what = Widgets.label(does + since, act == null ? "soft" : "text");
    what.setMinWidth(0);
    Widgets.tip(what, why(step, act, does));
    var row = Widgets.row(8, share, Widgets.grow(what));
    row.setAccessibleText(share.getText() + ", " + what.getText());
    return row;
  }

  /** Why it is in force, and who has lifted it. */
  private String why(SloViews.PolicyStep step, SloViews.PolicyAct act, String does) {
    var kinds =
        step.kinds().isEmpty()
            ? ""
            : "\n" + texts.text("slo.policy.kinds", String.join(", ", step.kinds()));
    if (act == null) {
      return does + kinds;
    }
    var why =
        texts.text("slo.policy.why", texts.percent(act.left()), texts.minute(act.began())) + kinds;
    return act.liftedUntil() == null
        ? why
        : why + "\n" + texts.text("slo.policy.by", act.liftedBy(), act.comment());
  }
}
