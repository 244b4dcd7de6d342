package dev.hivedeck.ui.view.slo;

import dev.hivedeck.engine.protocol.view.SloViews;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import javafx.geometry.HPos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.layout.ColumnConstraints;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;

/** The pairs of windows of one objective: how fast the budget burns in each, and what that does. */
final class BurnCard extends VBox {
  private static final double BAR = 52;

  private final Texts texts;
  private final SloWords words;
  private final GridPane grid = new GridPane(14, 6);
  private List<SloViews.Burn> shown = List.of();

  private final Button runbook;
  private final Consumer<String> open;
  private SloViews.Objective objective;

  /**
   * @param silence asks to silence the alerts of the objective
   * @param open opens a page in the browser
   */
  BurnCard(ScreenContext context, Consumer<SloViews.Objective> silence, Consumer<String> open) {
    super(6);
    this.texts = context.texts();
    this.open = open;
    this.words = new SloWords(texts);
    getStyleClass().add("card");
    var about = Widgets.label(texts.text("slo.windows.more"), "muted");
    for (int i = 0; i < 7; i++) {
      var column = new ColumnConstraints();
      column.setMinWidth(i == 6 ? 0 : Region.USE_PREF_SIZE);
      column.setHgrow(i == 6 ? Priority.ALWAYS : Priority.NEVER);
      column.setHalignment(i == 2 ? HPos.RIGHT : HPos.LEFT);
      grid.getColumnConstraints().add(column);
    }
    var scroll = new ScrollPane(grid);
    scroll.setFitToWidth(true);
    scroll.getStyleClass().add("plain-scroll");
    VBox.setVgrow(scroll, Priority.ALWAYS);
    var quiet =
        context.act(Widgets.link(texts.text("slo.silence"), () -> silence.accept(objective)));
    quiet.setMinWidth(USE_PREF_SIZE);
    runbook = Widgets.link(texts.text("slo.runbook"), () -> this.open.accept(objective.runbook()));
    runbook.setMinWidth(USE_PREF_SIZE);
    var title = Widgets.label(texts.text("slo.windows"), "card-title");
    title.setMinWidth(USE_PREF_SIZE);
    getChildren().setAll(Widgets.row(10, title, Widgets.grow(about), quiet, runbook), scroll);
    setMinWidth(300);
  }

  void show(SloViews.Objective o) {
    objective = o;
    Widgets.show(runbook, o.runbook().matches("https?://.+"));
    Widgets.tip(runbook, o.runbook());
    if (o.burns().equals(shown)) {
      return;
    }
    shown = o.burns();
    grid.getChildren().clear();
    if (shown.isEmpty()) {
      return;
    }
    var heads = List.of("sends", "pair", "fires", "long", "short", "state", "words");
    for (int i = 0; i < heads.size(); i++) {
      grid.add(fixed(texts.text("slo.col." + heads.get(i)), "muted"), i, 0);
    }
    int row = 1;
    for (var burn : o.burns()) {
      var firing = SloWords.firing(o, burn);
      var tone = firing ? (burn.severity().equals("page") ? Tone.RED : Tone.AMBER) : Tone.NEUTRAL;
      grid.addRow(
          row++,
          fixed(texts.text("slo.severity." + burn.severity())),
          fixed(
              texts.span(Duration.ofSeconds(burn.window()))
                  + " · "
                  + texts.span(Duration.ofSeconds(burn.shortWindow())),
              "mono"),
          fixed(words.times(burn.factor()), "mono"),
          bar(burn.longRate(), burn.factor(), tone),
          bar(burn.shortRate(), burn.factor(), tone),
          tone.on(fixed(words.state(o, burn))),
          Widgets.label(
              burn.gone() == null
                  ? ""
                  : texts.text("slo.gone", texts.span(Duration.ofSeconds(burn.gone()))),
              "soft"));
    }
  }

  private static Label fixed(String text, String... classes) {
    var label = Widgets.label(text, classes);
    label.setMinWidth(Region.USE_PREF_SIZE);
    return label;
  }

  private Node bar(Double rate, double factor, Tone tone) {
    var bar = new ShareBar(BAR);
    bar.show(rate == null ? null : rate / factor, words.times(rate), tone);
    return bar;
  }
}
