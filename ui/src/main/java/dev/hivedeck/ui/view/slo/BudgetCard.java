package dev.hivedeck.ui.view.slo;

import dev.hivedeck.engine.protocol.SloViews;
import dev.hivedeck.ui.shell.part.Parts;
import dev.hivedeck.ui.shell.text.Texts;
import java.math.BigDecimal;
import java.math.RoundingMode;
import javafx.geometry.Pos;
import javafx.scene.control.Label;
import javafx.scene.layout.VBox;

/** The error budget of one objective, what spent it, and when it is gone. */
final class BudgetCard extends VBox {
  private final Texts texts;
  private final SloWords words;
  private final Label window = Parts.label("", "muted");
  private final BudgetRing ring;
  private final Label spent = Parts.label("", "strong");
  private final Label allowed = Parts.label("", "soft");
  private final Label now = Parts.label("", "soft");
  private final Label forecast = Parts.prose("");
  private final Label range = Parts.prose("", "soft");

  BudgetCard(Texts texts) {
    super(10);
    this.texts = texts;
    this.words = new SloWords(texts);
    getStyleClass().add("card");
    ring = new BudgetRing(texts.text("slo.left"));
    var figures = Parts.column(4, spent, allowed, now);
    figures.setAlignment(Pos.CENTER_LEFT);
    getChildren()
        .setAll(
            Parts.row(
                8, Parts.label(texts.text("slo.budget"), "card-title"), Parts.spacer(), window),
            Parts.row(14, ring, figures),
            Parts.column(3, Parts.label(texts.text("slo.forecast"), "strong"), forecast, range));
    setMinWidth(250);
    setPrefWidth(300);
  }

  void show(SloViews.Objective o) {
    window.setText(o.window());
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
