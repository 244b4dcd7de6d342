package dev.hivedeck.ui.view.slo;

import dev.hivedeck.engine.protocol.view.SloViews;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import javafx.geometry.Pos;
import javafx.scene.control.Label;
import javafx.scene.layout.VBox;

/** The error budget of one objective, what spent it, and when it is gone. */
final class BudgetCard extends VBox {
  private final Texts texts;
  private final SloWords words;
  private final Label window = Widgets.label("", "muted");
  private final BudgetRing ring;
  private final Label spent = Widgets.label("", "strong");
  private final Label allowed = Widgets.label("", "soft");
  private final Label now = Widgets.label("", "soft");
  private final Label forecast = Widgets.prose("");
  private final Label range = Widgets.prose("", "soft");

  private final PolicySection policy;

  /**
   * @param changed hears that a policy is lifted or in force again
   */
  BudgetCard(ScreenContext context, Runnable changed) {
    super(10);
    this.texts = context.texts();
    this.policy = new PolicySection(context, changed);
    this.words = new SloWords(texts);
    getStyleClass().add("card");
    ring = new BudgetRing(texts.text("slo.left"));
    var figures = Widgets.column(4, spent, allowed, now);
    figures.setAlignment(Pos.CENTER_LEFT);
    getChildren()
        .setAll(
            Widgets.row(
                8, Widgets.label(texts.text("slo.budget"), "card-title"), Widgets.spacer(), window),
            Widgets.row(14, ring, figures),
            Widgets.column(3, Widgets.label(texts.text("slo.forecast"), "strong"), forecast, range),
            policy);
    setMinWidth(250);
    setPrefWidth(300);
  }

  /** What is in force because budgets run low. */
  void acts(List<SloViews.PolicyAct> now) {
    policy.acts(now);
  }

  void show(SloViews.Objective o) {
    policy.show(o);
    window.setText(words.window(o));
    ring.show(o.left(), words.left(o), words.budget(o));
    spent.setText(texts.text("slo.spent", texts.count(o.bad())));
    // Of a budget of 30.11 events 30 may be bad.
    long whole = BigDecimal.valueOf(o.allowed()).setScale(0, RoundingMode.FLOOR).longValue();
    allowed.setText(texts.text("slo.allowed", texts.count(whole)));
    now.setText(texts.text("slo.events", texts.count(o.total())));
    var f = o.forecast();
    if (f == null) {
      forecast.setText(texts.text("slo.forecast.none"));
      range.setText("");
    } else if (f.at() == null) {
      forecast.setText(texts.text("slo.forecast.lasts"));
      range.setText("");
    } else {
      forecast.setText(texts.text("slo.forecast.gone", words.runsOut(o), words.minute(f.at())));
      range.setText(
          f.earliest() == null
              ? ""
              : f.latest() == null
                  ? texts.text("slo.forecast.from", words.minute(f.earliest()))
                  : texts.text(
                      "slo.forecast.range", words.minute(f.earliest()), words.minute(f.latest())));
    }
  }
}
