package dev.hivedeck.ui.view.slo;

import dev.hivedeck.engine.protocol.Durations;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.view.SloViews;
import dev.hivedeck.ui.control.chart.TimeChart;
import dev.hivedeck.ui.control.chart.TimePlot;
import dev.hivedeck.ui.control.chart.TimeStrip;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.notice.ErrorMessages;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javafx.scene.control.Label;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.ToggleGroup;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;
import org.controlsfx.control.SegmentedButton;

/**
 * How the budget, the burn and the good share of one objective went, and what happened meanwhile.
 */
final class HistoryCard extends VBox {
  /** As long as samples are kept, about. */
  private static final Duration LONG = Duration.ofDays(90);

  /** What is asked for again while nothing is chosen. */
  private static final Duration STALE = Duration.ofSeconds(30);

  private static final Duration USUAL = Duration.ofDays(30);

  /** What is shown of a line. */
  enum Figure {
    BUDGET,
    BURN,
    GOOD
  }

  /** Hears which time is looked at. */
  interface Looks {
    void at(Instant from, Instant until);
  }

  private final ScreenContext context;
  private final Texts texts;
  private final SloWords words;
  private final HistoryPlots plots;
  private final Looks looks;
  private final ToggleGroup figures = new ToggleGroup();
  private final Label title = Widgets.label("", "card-title");
  private final Label about = Widgets.label("", "muted");
  private final TimeChart chart;
  private final TimeStrip strip;
  private SloViews.Objective objective;
  private SloViews.History history;
  private List<TimePlot.Point> all = List.of();
  private List<TimePlot.Mark> happened = List.of();
  private Instant known;
  private Instant from;
  private Instant until;
  private Instant asked;
  private int asking;
  private int askingAll;

  HistoryCard(ScreenContext context, Looks looks) {
    super(8);
    this.context = context;
    this.texts = context.texts();
    this.words = new SloWords(texts);
    this.plots = new HistoryPlots(context);
    this.looks = looks;
    getStyleClass().add("card");
    chart = new TimeChart(context.theme(), texts, this::choose, () -> choose(null, null));
    strip =
        new TimeStrip(
            context.theme(), texts.text("slo.strip"), this::choose, () -> choose(null, null));
    VBox.setVgrow(chart, Priority.ALWAYS);
    var segments = new SegmentedButton();
    segments.setToggleGroup(null);
    segments.getButtons().setAll(Arrays.stream(Figure.values()).map(this::toggle).toList());
    segments.getButtons().forEach(b -> b.setToggleGroup(figures));
    segments.setMinWidth(USE_PREF_SIZE);
    segments.getButtons().forEach(t -> t.setMinWidth(USE_PREF_SIZE));
    Widgets.oneChosen(figures, _ -> draw());
    title.setMinWidth(USE_PREF_SIZE);
    getChildren().setAll(Widgets.row(8, title, Widgets.grow(about), segments), chart, strip);
    setMinWidth(300);
    setPrefWidth(500);
    setMinHeight(USE_PREF_SIZE);
  }

  private ToggleButton toggle(Figure figure) {
    var button = new ToggleButton(texts.word("slo.figure", figure));
    button.setUserData(figure);
    button.setSelected(figure == Figure.BUDGET);
    return button;
  }

  private Figure figure() {
    return (Figure) figures.getSelectedToggle().getUserData();
  }

  /** To the next of budget, burn and good. */
  void turn() {
    int next = (figure().ordinal() + 1) % Figure.values().length;
    figures.selectToggle(figures.getToggles().get(next));
  }

  /** Shows another objective, or the same as it is now. */
  void show(SloViews.Objective now) {
    boolean other = objective == null || !objective.name().equals(now.name());
    objective = now;
    if (other) {
      from = null;
      until = null;
      history = null;
      known = null;
      all = List.of();
      happened = List.of();
      asked = null;
      draw();
      readAll();
    } else if (until == null
        && asked != null
        && now.at() != null
        && Duration.between(asked, now.at()).compareTo(STALE) >= 0) {
      read();
    }
  }

  /** Looks at a time; null for all of the window. */
  void choose(Instant begin, Instant end) {
    from = begin;
    until = end;
    read();
    looks.at(begin, end);
  }

  private void readAll() {
    int mine = ++askingAll;
    ask(LONG.toDays() + "d", null, "6h")
        .whenComplete(
            (answer, _) -> {
              if (mine != askingAll) {
                return;
              }
              if (answer != null) {
                known = answer.known();
                all = plots.strip(answer);
                happened = plots.marks(answer);
              }
              read();
            });
  }

  private CompletableFuture<SloViews.History> ask(String since, String before, String step) {
    return context
        .steering()
        .query(new Query.ObjectiveHistory(objective.name(), since, before, step))
        .thenApply(answer -> Json.as(answer, SloViews.History.class));
  }

  private void read() {
    if (objective == null) {
      return;
    }
    int mine = ++asking;
    asked = objective.at();
    var begin = from != null ? from : begin();
    ask(begin == null ? null : begin.toString(), until == null ? null : until.toString(), null)
        .whenComplete(
            (answer, failure) -> {
              if (mine != asking) {
                return;
              }
              if (failure != null) {
                history = null;
                about.setText(texts.said(ErrorMessages.of(failure).message()));
                chart.show(null);
              } else {
                history = answer;
                draw();
              }
            });
  }

  /** Where the window begins, or what is known of it. */
  private Instant begin() {
    if (objective.at() == null || known == null) {
      return null;
    }
    var window = Durations.parse(objective.window()).orElse(USUAL);
    var start = objective.at().minus(window);
    return known.isAfter(start) ? known.minusSeconds(60) : null;
  }

  private void draw() {
    title.setText(texts.word("slo.figure.title", figure()));
    if (history == null || objective.at() == null) {
      about.setText("");
      chart.show(null);
      strip.show(List.of(), List.of(), null, null);
      return;
    }
    about.setText(
        until == null && from == null
            ? texts.text("slo.chart.drag")
            : texts.text(
                "slo.chart.part", words.minute(history.from()), words.minute(history.until())));
    chart.show(plot());
    strip.show(all, happened, history.from(), history.until());
  }

  private TimePlot plot() {
    boolean now = until == null;
    return switch (figure()) {
      case BUDGET -> plots.budget(objective, history, now);
      case BURN -> plots.burn(objective, history);
      case GOOD -> plots.good(objective, history);
    };
  }
}
