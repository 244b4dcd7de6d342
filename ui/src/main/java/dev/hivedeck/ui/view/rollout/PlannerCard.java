package dev.hivedeck.ui.view.rollout;

import dev.hivedeck.engine.protocol.rollout.RolloutViews.Rollout;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.StepForecast;
import dev.hivedeck.ui.control.chart.PowerChart;
import dev.hivedeck.ui.control.chart.PowerPlot;
import dev.hivedeck.ui.control.table.FilterBar;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.text.DisplayText;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javafx.geometry.HPos;
import javafx.scene.Node;
import javafx.scene.control.Label;
import javafx.scene.layout.ColumnConstraints;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;

/** How long a fault of a size would take to be found at each step. */
final class PlannerCard extends VBox {
  private static final double USUAL = 3;

  private final Texts texts;
  private final RolloutWords words;
  private final RolloutFeed feed;
  private final Label said = Widgets.label("", "soft");
  private final FilterBar<Double> faults;
  private final PowerChart chart;
  private final GridPane table = new GridPane(10, 4);
  private final HBox body;
  private Rollout rollout;

  PlannerCard(ScreenContext context, RolloutWords words, RolloutFeed feed) {
    super(4);
    this.texts = context.texts();
    this.words = words;
    this.feed = feed;
    getStyleClass().add("card");
    setMinWidth(0);
    chart = new PowerChart(context.theme());
    faults = new FilterBar<>(texts);
    faults.show(
        RolloutFeed.FAULTS.stream()
            .map(f -> new FilterBar.Pill<>(f, texts.text("rollout.fault", f)))
            .toList());
    faults.choose(USUAL);
    faults.chosenProperty().subscribe(_ -> renew());
    for (int i = 0; i < 5; i++) {
      var column = new ColumnConstraints(40, i == 4 ? 150 : 64, Double.MAX_VALUE);
      column.setHgrow(i == 4 ? Priority.ALWAYS : Priority.SOMETIMES);
      column.setHalignment(i == 0 || i == 4 ? HPos.LEFT : HPos.RIGHT);
      table.getColumnConstraints().add(column);
    }
    HBox.setHgrow(chart, Priority.ALWAYS);
    chart.setPrefWidth(300);
    table.setMinWidth(0);
    table.setPrefWidth(420);
    HBox.setHgrow(table, Priority.ALWAYS);
    body = new HBox(14, chart, table);
    VBox.setVgrow(body, Priority.ALWAYS);
    var title = Widgets.label(texts.text("rollout.planner"), "card-title");
    title.setMinWidth(USE_PREF_SIZE);
    getChildren().setAll(Widgets.line(8, title, Widgets.grow(said), faults), body);
  }

  void show(Rollout r) {
    rollout = r;
    renew();
  }

  private void renew() {
    if (rollout == null) {
      return;
    }
    double fault = faults.chosen() == null ? USUAL : faults.chosen();
    var plan = feed.plan(fault);
    Widgets.show(body, !plan.isEmpty());
    if (plan.isEmpty()) {
      said.setText(
          feed.unplanned().isEmpty()
              ? texts.text("rollout.planner.asked")
              : texts.said(feed.unplanned()));
      return;
    }
    int now = Math.clamp(rollout.step(), 0, plan.size() - 1);
    int index = plan.get(now).weight() == 0 ? Math.min(now + 1, plan.size() - 1) : now;
    var step = plan.get(index);
    said.setText(
        step.needed() == null
            ? texts.text("rollout.planner.never", step.perMinute(), fault)
            : texts.text(
                "rollout.planner.finds",
                step.perMinute(),
                fault,
                words.span(rounded(step.needed())),
                step.wanted()));
    table(plan, now);
    chart.show(plot(plan, index, fault));
  }

  /** Whole minutes, where it is minutes. */
  private static double rounded(double seconds) {
    return seconds < 120 ? seconds : Math.round(seconds / 60) * 60.0;
  }

  private PowerPlot plot(List<StepForecast> plan, int index, double fault) {
    double longest = plan.stream().mapToDouble(StepForecast::hold).max().orElse(60);
    var curves = new ArrayList<PowerPlot.Curve>();
    for (double size : RolloutFeed.FAULTS.reversed()) {
      var of = feed.plan(size);
      if (index < of.size()) {
        curves.add(new PowerPlot.Curve(words.percent(size), size == fault, of.get(index).curve()));
      }
    }
    var step = plan.get(index);
    return new PowerPlot(
        time(2 * longest),
        time(step.hold()),
        texts.text("rollout.planner.hold", words.span(step.hold())),
        step.needed() == null ? null : time(step.needed()),
        curves,
        texts::roughly,
        said.getText());
  }

  private static Duration time(double seconds) {
    return Duration.ofMillis((long) (seconds * 1000));
  }

  private void table(List<StepForecast> plan, int now) {
    table.getChildren().clear();
    int column = 0;
    for (var head : new String[] {"step", "rate", "finds", "hold", "fits"}) {
      table.add(Widgets.label(texts.text("rollout.plan." + head), "muted"), column++, 0);
    }
    for (int i = 0; i < plan.size(); i++) {
      var step = plan.get(i);
      var weight = Widgets.label(words.percent(step.weight()), "mono");
      if (i == now) {
        Tone.BLUE.on(weight);
        weight.getStyleClass().add("strong");
      }
      if (step.weight() == 0) {
        table.addRow(
            i + 1,
            weight,
            Widgets.label(texts.text("rollout.number", 0), "mono"),
            Widgets.label(""),
            Widgets.label(words.span(step.hold()), "mono"),
            Widgets.label(texts.text("rollout.plan.nothing"), "soft"));
        continue;
      }
      table.addRow(
          i + 1,
          weight,
          Widgets.label(texts.text("rollout.number", step.perMinute()), "mono"),
          Widgets.label(
              step.needed() == null
                  ? texts.text("rollout.plan.never")
                  : "~" + words.span(rounded(step.needed())),
              "mono"),
          Widgets.label(words.span(step.hold()), "mono"),
          fits(step));
    }
  }

  private Node fits(StepForecast step) {
    boolean fits = step.needed() != null && step.needed() <= step.hold();
    var tone = fits ? Tone.GREEN : Tone.AMBER;
    var label =
        Widgets.label(
            fits
                ? texts.text("rollout.plan.fit")
                : texts.text("rollout.plan.short", step.power() / 100));
    Widgets.tip(
        label,
        texts.text("rollout.plan.power", DisplayText.line(label.getText()), step.power() / 100));
    var row = Widgets.row(5, tone.on((fits ? Icon.CHECK : Icon.WARNED).node()), tone.on(label));
    row.setMinWidth(0);
    return row;
  }
}
