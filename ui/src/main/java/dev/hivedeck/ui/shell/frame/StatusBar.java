package dev.hivedeck.ui.shell.frame;

import dev.hivedeck.engine.protocol.view.BudgetViews;
import dev.hivedeck.ui.shell.Navigator;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.notice.AlertCounts;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import javafx.css.PseudoClass;
import javafx.geometry.Pos;
import javafx.scene.control.Button;
import javafx.scene.layout.HBox;
import javafx.util.Subscription;

/** The engine in figures; each leads to what it counts. */
final class StatusBar extends HBox {
  /** A figure's own place in the bar, and the gap after it. */
  private static final double GAP = 4;

  private static final PseudoClass WARNED = PseudoClass.getPseudoClass("warned");

  private final List<Button> byNeed;
  private final Subscription watching;

  StatusBar(ScreenContext context) {
    super(GAP);
    var texts = context.texts();
    getStyleClass().add("status-bar");
    setAlignment(Pos.CENTER_LEFT);
    var dot = Widgets.dot(Tone.NEUTRAL);
    var engine = figure(context, ScreenId.SETTINGS);
    engine.setGraphic(dot);
    var queue = figure(context, ScreenId.TASKS);
    var alerts = figure(() -> context.go().to(ScreenId.SLOS, Navigator.ALERTS));
    var events = figure(context, ScreenId.OVERVIEW);
    var store = figure(context, ScreenId.SETTINGS);
    var held = figure(context, ScreenId.AGENTS);
    held.getStyleClass().add("held");
    var recovery = figure(context, ScreenId.TASKS);
    var cost = figure(context, ScreenId.AGENTS);
    var api = figure(context, ScreenId.SETTINGS);
    getChildren()
        .addAll(engine, alerts, queue, events, store, held, Widgets.spacer(), recovery, cost, api);
    byNeed = List.of(engine, alerts, queue, cost, held, recovery, store, events, api);

    Runnable count =
        () -> {
          var counts = AlertCounts.of(context.live());
          set(alerts, counts.words(texts));
          alerts.pseudoClassStateChanged(WARNED, !counts.firing().isEmpty());
        };
    Runnable renew =
        () -> {
          var live = context.live();
          var w = live.workspace().get();
          var s = live.stats().get();
          var connected = live.connection().get().live();
          (connected ? Tone.GREEN : Tone.AMBER).on(dot);
          set(
              engine,
              w == null
                  ? texts.text("status.connecting")
                  : connected
                      ? texts.text(
                          "status.engine",
                          w.engine(),
                          texts.span(Duration.between(w.startedAt(), live.now().get())))
                      : texts.text("status.away"));
          if (s == null) {
            List.of(queue, events, store, held, recovery, cost, api).forEach(f -> set(f, ""));
            return;
          }
          set(
              queue,
              texts.text(
                  "status.queue",
                  texts.count(s.ready()),
                  texts.count(s.running()),
                  texts.count(s.dead())));
          set(
              events,
              texts.text(
                  "status.events",
                  texts.decimal(s.eventsPerSecond(), s.eventsPerSecond() < 10 ? 1 : 0)));
          set(
              store,
              texts.text(
                  "status.store",
                  texts.bytes(s.storeBytes()),
                  texts.decimal(1e3 * s.commitSeconds(), s.commitSeconds() < 0.01 ? 1 : 0)));
          var why = s.held().stream().map(texts::said).toList();
          set(held, why.isEmpty() ? "" : texts.text("status.held", why.getFirst()));
          Widgets.tip(held, String.join("\n", why));
          set(
              recovery,
              s.recoverySeconds() == 0
                  ? ""
                  : texts.text(
                      "status.recovery",
                      texts.span(Duration.ofMillis((long) (s.recoverySeconds() * 1_000)))));
          spending(cost, texts, s.budgets());
          set(api, texts.text("status.api", address(s.api()), address(s.feed())));
        };
    renew.run();
    watching =
        Subscription.combine(
            context.live().alerts().watch(count),
            context.live().now().subscribe(renew),
            context.live().stats().subscribe(renew),
            context.live().connection().subscribe(renew));
  }

  /** Lets go of what outlives the bar. */
  void close() {
    watching.unsubscribe();
  }

  /** What was spent today, of how much where there is a budget; all of them in the tooltip. */
  private void spending(Button cost, Texts texts, List<BudgetViews.BudgetUse> budgets) {
    var today = budgets.getFirst();
    set(
        cost,
        today.limitCost() == null
            ? texts.text("status.cost", texts.money(today.usedCost()))
            : texts.text(
                "status.budget", texts.money(today.usedCost()), texts.money(today.limitCost())));
    int most = budgets.stream().mapToInt(BudgetViews.BudgetUse::percent).max().orElse(0);
    cost.pseudoClassStateChanged(WARNED, most >= 80);
    Widgets.tip(
        cost,
        budgets.stream().allMatch(b -> b.limitTokens() == null && b.limitCost() == null)
            ? null
            : budgets.stream()
                .map(b -> texts.text("status.budget.of", texts.part(b.words()), b.percent()))
                .collect(Collectors.joining("\n")));
  }

  // What has no room goes, the least needed first; a figure that is cut says nothing.
  @Override
  protected void layoutChildren() {
    double room = getWidth() - snappedLeftInset() - snappedRightInset();
    for (var figure : byNeed) {
      if (!figure.getText().isEmpty()) {
        room -= figure.prefWidth(-1) + GAP;
        if (figure.isVisible() != room >= 0) {
          Widgets.show(figure, room >= 0);
        }
      }
    }
    super.layoutChildren();
  }

  private static String address(String url) {
    return url == null || url.isBlank() ? "–" : url.replaceFirst("^[a-z]+://", "");
  }

  private void set(Button figure, String text) {
    if (!text.equals(figure.getText())) {
      figure.setText(text);
      requestLayout(); // What was hidden does not ask for its room by itself.
    }
    if (text.isEmpty()) {
      Widgets.show(figure, false);
    }
  }

  private static Button figure(ScreenContext context, ScreenId screen) {
    return figure(() -> context.go().to(screen));
  }

  private static Button figure(Runnable open) {
    var button = Widgets.button("", open, "status-figure");
    button.setMinWidth(0);
    button.setFocusTraversable(false);
    return button;
  }
}
