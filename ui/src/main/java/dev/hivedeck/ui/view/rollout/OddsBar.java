package dev.hivedeck.ui.view.rollout;

import dev.hivedeck.ui.control.chart.Drawing;
import dev.hivedeck.ui.shell.theme.Theme;
import dev.hivedeck.ui.shell.theme.Tone;
import javafx.scene.canvas.GraphicsContext;

/** Where odds stand between surely not worse, at the left, and taken back, at the mark. */
final class OddsBar extends Drawing {
  private static final double WIDE = 96;
  private static final double MIN = 20;
  private static final double MARK = 0.86;
  private final double odds;
  private final double end;
  private final Tone tone;

  OddsBar(Theme theme, double odds, double end, Tone tone) {
    super(theme);
    this.odds = odds;
    this.end = end;
    this.tone = tone;
    setMinSize(40, 16);
    setPrefSize(WIDE, 16);
    setMouseTransparent(true);
  }

  @Override
  protected void draw(GraphicsContext g, double w, double h) {
    if (w < MIN) {
      return;
    }
    double middle = w / 2;
    double unit = (MARK - 0.5) * w / Math.log(Math.max(1.5, end));
    double x = Math.clamp(middle + Math.log(Math.max(odds, 1e-300)) * unit, 4, w - 4);
    double y = h / 2;
    g.setFill(look().color("track"));
    g.fillRoundRect(0, y - 2, w, 4, 4, 4);
    g.setFill(look().color(tone));
    g.fillRoundRect(Math.min(x, middle), y - 2, Math.abs(x - middle), 4, 4, 4);
    g.setStroke(look().color("muted"));
    g.strokeLine(middle, y - 5, middle, y + 5);
    g.setStroke(look().color(Tone.RED));
    g.setLineDashes(2, 2);
    g.strokeLine(w * MARK, 1, w * MARK, h - 1);
    g.setLineDashes();
    g.setFill(look().color(tone));
    g.fillOval(x - 4, y - 4, 8, 8);
  }
}
