package dev.hivedeck.ui.view.slo;

import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.view.SloViews;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.notice.ErrorMessages;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.time.Duration;
import java.time.Instant;
import javafx.geometry.Pos;
import javafx.scene.control.ComboBox;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;

/** What spent the budget of one objective: by a label, and the change that came just before. */
final class SpentCard extends VBox {
  private static final double BAR = 70;
  private static final int SHOWN = 6;
  private static final int SUSPECTS = 3;
  private static final double FEW = 0.001;

  private final ScreenContext context;
  private final Texts texts;
  private final SloWords words;
  private final ComboBox<String> by = new ComboBox<>();
  private final VBox parts = new VBox(4);
  private final VBox cause = new VBox(4);
  private String objective;
  private Instant counted;
  private Instant from;
  private Instant until;
  private boolean filling;
  private int asking;

  SpentCard(ScreenContext context) {
    super(8);
    this.context = context;
    this.texts = context.texts();
    this.words = new SloWords(texts);
    getStyleClass().add("card");
    by.setAccessibleText(texts.text("slo.spent.by"));
    by.valueProperty()
        .subscribe(
            _ -> {
              if (!filling) {
                read();
              }
            });
    cause.getStyleClass().add("sunken");
    Widgets.show(by, false);
    Widgets.show(cause, false);
    getChildren()
        .setAll(
            Widgets.row(
                8,
                Widgets.label(texts.text("slo.spent.title"), "card-title"),
                Widgets.spacer(),
                by),
            parts,
            Widgets.spacer(),
            cause);
    setMinWidth(260);
    setPrefWidth(380);
    setMinHeight(USE_PREF_SIZE);
  }

  /** Shows another objective, or the same as it is now. */
  void show(SloViews.Objective now) {
    if (!now.name().equals(objective)) {
      objective = now.name();
      from = null;
      until = null;
      filling = true;
      by.setValue(null);
      filling = false;
      parts.getChildren().clear();
      Widgets.show(cause, false);
      counted = now.at();
      read();
    } else if (until == null
        && now.at() != null
        && (counted == null || counted.plusSeconds(60).isBefore(now.at()))) {
      counted = now.at();
      read();
    }
  }

  /** Tells of another time; null for the whole window. */
  void at(Instant begin, Instant end) {
    from = begin;
    until = end;
    read();
  }

  private void read() {
    if (objective == null) {
      return;
    }
    int mine = ++asking;
    var since = from == null ? null : from.toString();
    var before = until == null ? null : until.toString();
    context
        .steering()
        .query(new Query.ObjectiveSpent(objective, by.getValue(), since, before))
        .whenComplete(
            (answer, failure) -> {
              if (mine == asking) {
                if (failure != null) {
                  say(texts.said(ErrorMessages.of(failure).message()));
                } else {
                  fill(Json.as(answer, SloViews.Spent.class));
                }
              }
            });
    context
        .steering()
        .query(new Query.ObjectiveExplanation(objective, since, before))
        .whenComplete(
            (answer, failure) -> {
              if (mine == asking) {
                Widgets.show(cause, failure == null);
                if (failure == null) {
                  explain(Json.as(answer, SloViews.Explanation.class));
                }
              }
            });
  }

  private void say(String what) {
    parts.getChildren().setAll(Widgets.prose(what, "muted"));
  }

  private void fill(SloViews.Spent spent) {
    filling = true;
    by.getItems().setAll(spent.labels());
    by.setValue(spent.by());
    filling = false;
    Widgets.show(by, spent.labels().size() > 1);
    if (spent.bad() == 0) {
      say(texts.text("slo.spent.nothing"));
      return;
    }
    parts.getChildren().clear();
    spent.parts().stream()
        .limit(SHOWN)
        .forEach(
            p ->
                row(
                    p.value().isEmpty() ? texts.text("slo.spent.without") : p.value(),
                    p.share(),
                    p.bad(),
                    p.total(),
                    p.share() > 0.15 ? Tone.AMBER : Tone.NEUTRAL));
    var rest = spent.parts().stream().skip(SHOWN).toList();
    int others = spent.others() + rest.size();
    if (others > 0) {
      long bad = spent.otherBad() + rest.stream().mapToLong(SloViews.Part::bad).sum();
      row(texts.text("slo.spent.others", others), (double) bad / spent.bad(), bad, 0, Tone.NEUTRAL);
    }
  }

  private void row(String value, double share, long bad, long total, Tone tone) {
    var bar = new ShareBar(BAR);
    bar.show(share, texts.percent(share), tone);
    bar.setMinWidth(USE_PREF_SIZE);
    var name = Widgets.label(value, "mono");
    name.setMinWidth(0);
    name.setMaxWidth(Double.MAX_VALUE);
    HBox.setHgrow(name, Priority.ALWAYS);
    var count = Widgets.label(texts.count(bad), "muted");
    count.setMinWidth(USE_PREF_SIZE);
    Widgets.tip(
        count,
        total == 0
            ? texts.text("slo.spent.bad", texts.count(bad))
            : texts.text("slo.spent.of", texts.count(bad), texts.count(total)));
    var row = Widgets.row(8, name, count, bar);
    row.setAccessibleText(value + ", " + texts.percent(share) + ", " + texts.count(bad));
    parts.getChildren().add(row);
  }

  private void explain(SloViews.Explanation e) {
    cause.getChildren().clear();
    var suspects = e.suspects();
    var title =
        switch (e.verdict()) {
          case "one-merge" ->
              texts.text(
                  "slo.cause.one",
                  words.minute(e.rose()),
                  texts.span(Duration.ofSeconds(Math.abs(suspects.getFirst().seconds()))),
                  "#" + suspects.getFirst().number());
          case "no-single-cause" -> texts.text("slo.cause.several", words.minute(e.rose()));
          case "no-merge" -> texts.text("slo.cause.no-merge", words.minute(e.rose()));
          case "no-rise" -> texts.text("slo.cause.no-rise");
          default -> texts.text("slo.cause.no-data");
        };
    var rose = e.rose() != null;
    var head = Widgets.prose(title, "strong");
    head.setGraphic((rose ? Tone.AMBER : Tone.NEUTRAL).on((rose ? Icon.WARNED : Icon.INFO).node()));
    head.setGraphicTextGap(8);
    cause.getChildren().add(head);
    if (rose) {
      cause
          .getChildren()
          .add(
              Widgets.prose(
                  texts.text(
                      "slo.cause.rose",
                      small(e.before()),
                      small(e.after()),
                      e.odds() >= 1_000 ? "1000+" : texts.decimal(e.odds(), 0),
                      words.minute(e.earliest()),
                      words.later(e.earliest(), e.latest())),
                  "soft"));
    }
    if (!e.label().isEmpty()) {
      cause
          .getChildren()
          .add(
              Widgets.prose(
                  texts.text(
                      "slo.cause.value", texts.percent(e.valueShare()), e.label(), e.value()),
                  "soft"));
    }
    if (!suspects.isEmpty()) {
      cause.getChildren().add(suspects(e));
    }
  }

  private VBox suspects(SloViews.Explanation e) {
    var box = new VBox(4);
    for (var s : e.suspects().stream().limit(SUSPECTS).toList()) {
      var open =
          Widgets.button(
              texts.text("slo.cause.open", "#" + s.number()),
              () -> context.go().to(ScreenId.CHANGES, s.change()),
              "small");
      var title = Widgets.label(s.title(), "soft");
      title.setMinWidth(0);
      var chance = Widgets.label(texts.text("slo.cause.chance", small(s.chance())), "muted");
      chance.setMinWidth(0);
      var row = Widgets.row(8, open, Widgets.grow(new VBox(1, title, chance)));
      row.setAlignment(Pos.CENTER_LEFT);
      box.getChildren().add(row);
    }
    return box;
  }

  /** A share of which much is below a percent. */
  private String small(double share) {
    return share < FEW ? "<0.1%" : texts.decimal(100 * share, 1) + "%";
  }
}
