package dev.hivedeck.ui.view.slo;

import java.util.List;
import javafx.scene.Node;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;

/** The cards of one objective, side by side as far as there is room. */
final class ObjectiveCards extends VBox {
  /** Below, three beside each other are too narrow; times the size of the text. */
  private static final double THREE = 1_080;

  private static final double WIDEST = 620;
  private static final double GAP = 12;

  private final BudgetCard budget;
  private final HistoryCard history;
  private final SpentCard spent;
  private final BurnCard burn;
  private final AlertHistory alerts;
  private final double scale;
  private int shown;

  ObjectiveCards(
      double scale,
      BudgetCard budget,
      HistoryCard history,
      SpentCard spent,
      BurnCard burn,
      AlertHistory alerts) {
    super(GAP);
    this.scale = Math.max(1, scale);
    this.budget = budget;
    this.history = history;
    this.spent = spent;
    this.burn = burn;
    this.alerts = alerts;
    alerts.setMinHeight(150 * this.scale);
    alerts.setPrefHeight(170 * this.scale); // no more than the burn windows: a usual window has all
    burn.setMinHeight(USE_PREF_SIZE);
    HBox.setHgrow(history, Priority.ALWAYS);
    HBox.setHgrow(spent, Priority.ALWAYS);
    spent.setMaxWidth(WIDEST * this.scale);
    HBox.setHgrow(burn, Priority.ALWAYS);
    HBox.setHgrow(alerts, Priority.ALWAYS);
    widthProperty().subscribe(w -> arrange(w.doubleValue()));
    arrange(THREE);
  }

  private void arrange(double width) {
    int columns = width >= THREE * scale || width == 0 ? 3 : 2;
    if (columns == shown) {
      return;
    }
    shown = columns;
    getChildren()
        .setAll(
            columns == 3
                ? List.of(row(budget, history, spent), row(burn, alerts))
                : List.of(row(budget, history), row(spent, alerts), burn));
    for (Node row : getChildren()) {
      VBox.setVgrow(row, Priority.ALWAYS);
    }
  }

  private static Region row(Region... cards) {
    var row = new HBox(GAP, cards);
    row.setMinHeight(USE_PREF_SIZE);
    return row;
  }
}
