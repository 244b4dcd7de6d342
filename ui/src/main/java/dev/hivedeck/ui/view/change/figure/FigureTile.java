package dev.hivedeck.ui.view.change.figure;

import dev.hivedeck.engine.protocol.figure.FigureViews.Figure;
import dev.hivedeck.engine.protocol.figure.FigureViews.Unit;
import dev.hivedeck.ui.control.chart.Sparkline;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.time.Duration;
import javafx.css.PseudoClass;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;

/** A figure with its trend; pressed, it opens the rows that it counts. */
final class FigureTile extends Button {
  private static final PseudoClass CHOSEN = PseudoClass.getPseudoClass("chosen");
  private static final double WIDTH = 196;

  private final Texts texts;
  private final Label name = Widgets.label("", "tile-name");
  private final Label number = Widgets.label("", "tile-number");
  private final Label of = Widgets.label("", "tile-unit");
  private final Label before = Widgets.label("", "tile-note");
  private final Sparkline trend;

  FigureTile(ScreenContext context, Runnable open) {
    this.texts = context.texts();
    trend = new Sparkline(context.theme(), Tone.NEUTRAL);
    getStyleClass().add("tile");
    number.setMinWidth(USE_PREF_SIZE);
    var figures = Widgets.row(6, number, of);
    figures.setAlignment(javafx.geometry.Pos.BASELINE_LEFT);
    HBox.setHgrow(trend, Priority.ALWAYS);
    trend.setMinWidth(0);
    trend.setPrefWidth(70);
    before.setMinWidth(USE_PREF_SIZE);
    var box = new VBox(3, name, figures, Widgets.row(8, before, trend));
    box.prefWidthProperty().bind(widthProperty().subtract(28));
    setGraphic(box);
    prefWidthProperty().bind(context.theme().scale().multiply(WIDTH));
    setOnAction(_ -> open.run());
  }

  void show(Figure figure) {
    name.setText(texts.said(figure.title()));
    number.setText(figure.value() == null ? "–" : number(texts, figure.unit(), figure.value()));
    of.setText(of(figure));
    var tone = tone(figure);
    before.setText(
        figure.before() == null
            ? texts.text("figures.before.none")
            : texts.text("figures.before", number(texts, figure.unit(), figure.before())));
    tone.on(before);
    trend.show(
        figure.trend().stream()
            .mapToDouble(t -> t.value() == null ? Double.NaN : t.value())
            .toArray(),
        tone);
    setAccessibleText(name.getText() + ": " + number.getText() + " " + of.getText());
    Widgets.tip(
        this,
        texts.said(figure.definition())
            + (figure.missing().isEmpty() ? "" : "\n" + texts.said(figure.missing())));
  }

  void choose(boolean chosen) {
    pseudoClassStateChanged(CHOSEN, chosen);
  }

  /** Of how many, and what is not known; what a median leaves above it. */
  private String of(Figure figure) {
    if (figure.value() == null) {
      return "";
    }
    if (figure.upper() != null) {
      return "P75 " + number(texts, figure.unit(), figure.upper());
    }
    if (figure.unknown() > 0) {
      return texts.text("figures.unknown", figure.unknown());
    }
    return figure.unit() == Unit.SHARE
        ? texts.text("figures.of", figure.counted(), figure.of())
        : "";
  }

  private static Tone tone(Figure figure) {
    if (figure.value() == null
        || figure.before() == null
        || figure.value().equals(figure.before())) {
      return Tone.NEUTRAL;
    }
    return figure.value() > figure.before() == figure.moreIsBetter() ? Tone.GREEN : Tone.AMBER;
  }

  static String number(Texts texts, Unit unit, double value) {
    return switch (unit) {
      case SHARE -> texts.percent(value);
      case SECONDS -> texts.span(Duration.ofMillis(Math.round(1e3 * value)));
      case HOURS -> texts.text("figures.hours", texts.decimal(value, 1));
      case MINUTES -> texts.text("figures.minutes", texts.decimal(value, 1));
      case WEEKLY -> texts.text("figures.weekly", texts.decimal(value, 1));
      case DAILY -> texts.text("figures.daily", texts.decimal(value, 2));
      case DOLLARS -> texts.money(value);
    };
  }
}
