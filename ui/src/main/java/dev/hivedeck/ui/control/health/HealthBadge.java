package dev.hivedeck.ui.control.health;

import dev.hivedeck.engine.protocol.view.AgentViews;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import javafx.scene.control.Button;
import javafx.scene.control.ContentDisplay;
import javafx.scene.control.Label;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.Region;

/** How well an agent does, as a number and a word; a click tells why. */
public final class HealthBadge extends Button {
  private final Texts texts;
  private final HealthBar bar = new HealthBar();
  private final Label word = Widgets.label("", "soft");
  private final Tooltip tip = Widgets.tooltip("");
  private AgentViews.Agent agent;

  public HealthBadge(Texts texts) {
    this.texts = texts;
    getStyleClass().addAll("flat", "health-badge");
    word.setOnMouseEntered(null);
    var row = Widgets.row(8, bar, word);
    row.setMouseTransparent(true);
    setGraphic(row);
    setContentDisplay(ContentDisplay.GRAPHIC_ONLY);
    setMinWidth(0);
    setTooltip(tip);
    bar.setMinWidth(Region.USE_PREF_SIZE);
    setOnAction(_ -> HealthCard.popover(texts, agent).show(this));
  }

  public void show(AgentViews.Agent shown) {
    agent = shown;
    var score = shown.health().score();
    Widgets.show(bar, score != null);
    if (score != null) {
      bar.show(score);
    }
    word.setText(word(texts, shown.health()));
    tone(shown.health()).on(word);
    setAccessibleText(texts.text("health.open", shown.id(), said(texts, shown.health())));
    tip.setText(getAccessibleText());
  }

  static Tone tone(AgentViews.Health health) {
    return health.score() == null ? Tone.NEUTRAL : HealthBar.tone(health.score());
  }

  static String word(Texts texts, AgentViews.Health health) {
    return switch (tone(health)) {
      case GREEN -> texts.text("health.good");
      case AMBER -> texts.text("health.fair");
      case RED -> texts.text("health.poor");
      default -> texts.text("health.unknown");
    };
  }

  static String said(Texts texts, AgentViews.Health health) {
    var word = word(texts, health);
    return health.score() == null ? word : texts.text("health.score", health.score(), word);
  }
}
