package dev.hivedeck.ui.control.health;

import atlantafx.base.controls.Popover;
import dev.hivedeck.engine.protocol.view.AgentViews;
import dev.hivedeck.engine.protocol.view.AgentViews.Trend;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.time.Duration;
import javafx.geometry.HPos;
import javafx.scene.Node;
import javafx.scene.control.Label;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;

/** What an agent's health is made of: each part with its numbers, its weight and where it goes. */
public final class HealthCard extends VBox {
  private final Texts texts;

  public HealthCard(Texts texts, AgentViews.Agent agent) {
    super(10);
    this.texts = texts;
    getStyleClass().add("health-card");
    var health = agent.health();
    var score =
        HealthBadge.tone(health).on(Widgets.label(HealthBadge.said(texts, health), "strong"));
    getChildren()
        .setAll(
            Widgets.label(texts.text("health.of", agent.id()), "card-title"),
            score,
            Widgets.prose(
                health.score() == null
                    ? texts.text("health.few", health.runs(), health.least())
                    : texts.text("health.from", health.runs()),
                "soft"));
    if (health.score() != null) {
      getChildren().addAll(grid(health), Widgets.prose(texts.text("health.how"), "muted"));
    }
  }

  /** A popover that shows it. */
  static Popover popover(Texts texts, AgentViews.Agent agent) {
    var popover = new Popover(new HealthCard(texts, agent));
    popover.setArrowLocation(Popover.ArrowLocation.TOP_CENTER);
    popover.setDetachable(false);
    popover.setHeaderAlwaysVisible(false);
    popover.setAnimated(false);
    return popover;
  }

  private GridPane grid(AgentViews.Health health) {
    var grid = new GridPane(14, 7);
    grid.addRow(
        0,
        head("health.part", HPos.LEFT),
        head("health.now", HPos.RIGHT),
        head("health.before", HPos.RIGHT),
        head("health.peers", HPos.RIGHT),
        head("health.trend", HPos.LEFT),
        head("health.points", HPos.LEFT));
    for (var part : health.parts()) {
      var bar = new HealthBar();
      bar.show(part.score());
      var name =
          Widgets.column(
              0,
              fixed(texts.text("health.part." + part.name())),
              fixed(texts.text("health.weight", part.weight()), "muted"));
      grid.addRow(
          grid.getRowCount(),
          name,
          number(part.name(), part.now()),
          number(part.name(), part.before()),
          number(part.name(), part.peers()),
          trend(part.trend()),
          bar);
    }
    return grid;
  }

  private Node trend(Trend trend) {
    var icon =
        switch (trend) {
          case BETTER -> Icon.UP;
          case WORSE -> Icon.DOWN;
          case STEADY -> Icon.RIGHT;
          case UNKNOWN -> Icon.MINUS;
        };
    var tone =
        switch (trend) {
          case BETTER -> Tone.GREEN;
          case WORSE -> Tone.RED;
          default -> Tone.NEUTRAL;
        };
    return Widgets.row(5, tone.on(icon.node()), tone.on(fixed(texts.word("health.trend", trend))));
  }

  private Label head(String key, HPos side) {
    var label = fixed(texts.text(key), "muted");
    GridPane.setHalignment(label, side);
    return label;
  }

  private Label number(String part, Double value) {
    var text =
        value == null
            ? "–"
            : switch (part) {
              case "time" -> texts.span(Duration.ofMillis(Math.round(value * 1e3)));
              case "cost" -> texts.money(value);
              default -> texts.percent(value);
            };
    var label = fixed(text, "mono");
    GridPane.setHalignment(label, HPos.RIGHT);
    return label;
  }

  private static Label fixed(String text, String... classes) {
    var label = Widgets.label(text, classes);
    label.setMinWidth(Region.USE_PREF_SIZE);
    return label;
  }
}
