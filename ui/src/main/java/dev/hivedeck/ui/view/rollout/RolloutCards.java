package dev.hivedeck.ui.view.rollout;

import java.util.List;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;

/** The cards of a rollout, beside each other as far as there is room. */
final class RolloutCards extends VBox {
  private static final double GAP = 12;

  /** Below, charts and cards go under each other; times the size of the text. */
  private static final double WIDE = 1_000;

  private static final double SIDE = 360;

  private final double scale;
  private final Region verdict;
  private final List<Region> charts;
  private final Region judgement;
  private final Region next;
  private final Region planner;
  private final Region history;
  private Boolean wide;

  RolloutCards(
      double scale,
      Region verdict,
      List<Region> charts,
      Region judgement,
      Region next,
      Region planner,
      Region history) {
    super(GAP);
    this.scale = Math.max(1, scale);
    this.verdict = verdict;
    this.charts = charts;
    this.judgement = judgement;
    this.next = next;
    this.planner = planner;
    this.history = history;
    verdict.setMinHeight(USE_PREF_SIZE);
    for (var card : List.of(judgement, next, planner)) {
      card.setMinHeight(USE_PREF_SIZE);
    }
    history.setMinHeight(120 * this.scale);
    history.setPrefHeight(120 * this.scale);
    widthProperty().subscribe(w -> arrange(w.doubleValue()));
    arrange(WIDE * this.scale);
  }

  private void arrange(double width) {
    boolean now = width == 0 || width >= WIDE * scale;
    if (wide != null && wide == now) {
      return;
    }
    wide = now;
    if (now) {
      var shown = new HBox(GAP);
      shown.getChildren().setAll(charts);
      charts.forEach(RolloutCards::share);
      getChildren()
          .setAll(
              verdict, keep(shown), keep(sides(judgement, next)), last(sides(planner, history)));
    } else {
      getChildren().setAll(verdict);
      getChildren().addAll(charts);
      getChildren().addAll(judgement, next, planner, history);
      charts.forEach(c -> c.setMinHeight(USE_PREF_SIZE));
      for (var card : List.of(next, history)) {
        card.setMinWidth(0);
        card.setMaxWidth(Double.MAX_VALUE);
        card.setPrefWidth(USE_COMPUTED_SIZE);
      }
    }
  }

  private Region sides(Region large, Region small) {
    HBox.setHgrow(large, Priority.ALWAYS);
    large.setPrefWidth((WIDE - SIDE) * scale); // its height is asked for at this width
    small.setMinWidth(SIDE * scale);
    small.setPrefWidth(SIDE * scale);
    small.setMaxWidth(SIDE * scale);
    return new HBox(GAP, large, small);
  }

  private static Region keep(Region row) {
    row.setMinHeight(USE_PREF_SIZE);
    return row;
  }

  private static Region last(Region row) {
    VBox.setVgrow(row, Priority.ALWAYS);
    return keep(row);
  }

  /** Charts share the width evenly. */
  private static void share(Region chart) {
    HBox.setHgrow(chart, Priority.ALWAYS);
    chart.setPrefWidth(0);
    chart.setMaxWidth(Double.MAX_VALUE);
  }
}
