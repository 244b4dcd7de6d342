package dev.hivedeck.ui.view.rollout;

import dev.hivedeck.engine.protocol.rollout.RolloutViews.Advice;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Measure;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.MetricFigures;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Rollout;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.RolloutFigures;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Share;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import javafx.geometry.HPos;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Label;
import javafx.scene.layout.ColumnConstraints;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;

/** What is counted, when it takes the canary back, and what it says now. */
final class JudgementCard extends VBox {
  private static final double STANDARD = 20;

  private final ScreenContext context;
  private final Texts texts;
  private final RolloutWords words;
  private final Label rule = Widgets.label("", "muted");
  private final GridPane table = new GridPane(8, 3);

  JudgementCard(ScreenContext context, RolloutWords words) {
    super(6);
    this.context = context;
    this.texts = context.texts();
    this.words = words;
    getStyleClass().add("card");
    setMinWidth(0);
    table
        .getColumnConstraints()
        .setAll(
            column(70, 134, Priority.SOMETIMES, HPos.LEFT),
            column(70, 158, Priority.ALWAYS, HPos.LEFT),
            column(60, 90, Priority.NEVER, HPos.RIGHT),
            column(60, 90, Priority.NEVER, HPos.RIGHT),
            column(50, 104, Priority.SOMETIMES, HPos.LEFT),
            column(44, 64, Priority.NEVER, HPos.RIGHT),
            column(60, 130, Priority.SOMETIMES, HPos.LEFT));
    var title = Widgets.label(texts.text("rollout.judgement"), "card-title");
    title.setMinWidth(USE_PREF_SIZE);
    getChildren().setAll(Widgets.row(8, title, rule), table);
  }

  private static ColumnConstraints column(double least, double usual, Priority grow, HPos side) {
    var column = new ColumnConstraints(least, usual, Double.MAX_VALUE);
    column.setHgrow(grow);
    column.setHalignment(side);
    return column;
  }

  void show(Rollout r, RolloutFigures f) {
    double end = f == null ? STANDARD : f.rollBackAt();
    rule.setText(texts.text("rollout.rule", words.odds(end), (long) Math.floor(end)));
    table.getChildren().clear();
    int column = 0;
    for (var head : new String[] {"what", "when", "canary", "stable", "evidence", "odds", "says"}) {
      table.add(Widgets.label(texts.text("rollout.col." + head), "muted"), column++, 0);
    }
    int row = 1;
    if (f != null) {
      for (var m : f.metrics()) {
        row(row++, m, end);
      }
    }
    broken(row++);
    if (f != null) {
      for (var a : f.advice()) {
        advice(row++, a);
      }
    }
  }

  /** What attempts cost and how long they take: it is told, and takes nothing back. */
  private void advice(int row, Advice a) {
    table.addRow(
        row,
        Widgets.label(texts.word("rollout.advice", a.measure()), "strong"),
        two(
            texts.text("rollout.advice.only"),
            texts.text("rollout.advice.passed"),
            Pos.CENTER_LEFT),
        measured(a.measure(), a.canary(), a.canaryCount()),
        measured(a.measure(), a.stable(), a.stableCount()),
        a.shift() == null || a.lower() == null || a.upper() == null
            ? Widgets.label("–", "mono")
            : two(
                words.measured(a.measure(), a.shift()),
                words.measured(a.measure(), a.lower())
                    + " – "
                    + words.measured(a.measure(), a.upper()),
                Pos.CENTER_LEFT),
        Widgets.label("–", "mono"),
        Widgets.label(texts.word("rollout.advice", a.lean()), "muted"));
  }

  private Node measured(Measure measure, double value, long count) {
    return figures(words.measured(measure, value), texts.text("rollout.advice.of", count));
  }

  private void row(int row, MetricFigures m, double end) {
    var tone =
        switch (m.finding()) {
          case PASSES -> Tone.GREEN;
          case WORSE -> Tone.RED;
          case NOT_ENOUGH -> Tone.NEUTRAL;
        };
    table.addRow(
        row,
        Widgets.label(words.metric(m), "strong"),
        two(
            texts.text("rollout.when.worse", words.odds(end)),
            texts.text("rollout.when.passes", words.percent(m.limit())),
            Pos.CENTER_LEFT),
        share(m.canary()),
        share(m.stable()),
        bar(new OddsBar(context.theme(), m.worse(), end, tone)),
        Widgets.label(words.odds(m.worse()), "mono"),
        says(m));
  }

  /** A drawing fills its column, not more. */
  private static Node bar(OddsBar bar) {
    var box = new HBox(bar);
    box.setAlignment(Pos.CENTER_LEFT);
    box.setMinWidth(0);
    HBox.setHgrow(bar, Priority.ALWAYS);
    bar.setMaxHeight(16);
    return box;
  }

  private Node share(Share share) {
    return figures(words.counted(share), words.range(share));
  }

  private static Node figures(String first, String second) {
    var box = two(first, second, Pos.CENTER_RIGHT);
    box.getChildren().forEach(l -> l.getStyleClass().add("mono"));
    return box;
  }

  private static VBox two(String first, String second, Pos side) {
    var box = new VBox(Widgets.label(first), Widgets.label(second, "muted", "small"));
    box.setAlignment(side);
    box.setMinWidth(0);
    return box;
  }

  private Node says(MetricFigures m) {
    return switch (m.finding()) {
      case PASSES ->
          sign(
              Icon.CHECK,
              Tone.GREEN,
              RolloutWords.value(m.canary()) < m.stable().lower()
                  ? "rollout.says.better"
                  : "rollout.says.passes");
      case WORSE -> sign(Icon.UNDO, Tone.RED, "rollout.says.worse");
      case NOT_ENOUGH -> sign(Icon.WAITING, Tone.AMBER, "rollout.says.little");
    };
  }

  private Node sign(Icon icon, Tone tone, String key) {
    var drawn = tone.on(icon.node());
    var row = Widgets.row(5, drawn, tone.on(Widgets.label(texts.text(key))));
    row.setMinWidth(0);
    return row;
  }

  /** The rule that takes back at once. The engine tells no counts of it: nothing is said of now. */
  private void broken(int row) {
    table.addRow(
        row,
        Widgets.label(texts.text("rollout.broken"), "strong"),
        two(
            texts.text("rollout.broken.when"),
            texts.text("rollout.broken.stable"),
            Pos.CENTER_LEFT),
        Widgets.label("–", "mono"),
        Widgets.label("–", "mono"),
        Widgets.label(texts.text("rollout.broken.count"), "muted"),
        Widgets.label("–", "mono"),
        Widgets.label(texts.text("rollout.broken.once"), "muted"));
  }
}
