package dev.hivedeck.ui.view.slo.form;

import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.view.MetricViews;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.widget.ChoiceCard;
import dev.hivedeck.ui.shell.widget.EmptyState;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javafx.geometry.Pos;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;

/**
 * What stands where there is no objective yet: three that can be declared at once, of services that
 * send metrics first, then of what the engine counts by itself.
 */
public final class Proposals extends StackPane {
  private static final int MOST = 3;
  private static final double WIDTH = 560;
  private static final List<String> CODES = List.of("code", "status", "status_code", "http_code");
  private static final String OWN = "hivedeck_";

  private final ScreenContext context;
  private final Texts texts;
  private final VBox cards = new VBox(8);

  /**
   * An objective that could be.
   *
   * @param values what the form begins with, by pointers
   */
  record Proposal(String name, String about, Map<String, String> values) {}

  public Proposals(ScreenContext context) {
    this.context = context;
    this.texts = context.texts();
    var placard =
        EmptyState.empty(
            Icon.OBJECTIVE,
            texts.text("slo.empty"),
            texts.text("slo.empty.more"),
            context.act(texts.text("slo.form.new"), () -> new ObjectiveForm(context).open(null)));
    cards.setMaxWidth(WIDTH);
    cards.setAlignment(Pos.CENTER);
    placard.getChildren().add(placard.getChildren().size() - 1, cards);
    getChildren().setAll(Widgets.card(Widgets.grow(placard)));
    fill(List.of());
  }

  /** Looks which metrics there are. */
  public void read() {
    context
        .steering()
        .query(new Query.Metrics(null))
        .thenAccept(
            answer -> {
              var series = new ArrayList<MetricViews.Newest>();
              answer.forEach(node -> series.add(Json.as(node, MetricViews.Newest.class)));
              fill(series);
            });
  }

  private void fill(List<MetricViews.Newest> series) {
    cards
        .getChildren()
        .setAll(
            of(series).stream()
                .map(
                    p ->
                        context.act(
                            new ChoiceCard(
                                about(p),
                                p.values().get("indicator/total") == null
                                    ? p.values().get("indicator/latency/histogram")
                                        + " < "
                                        + p.values().get("indicator/latency/below")
                                    : p.values().get("indicator/total"),
                                () -> new ObjectiveForm(context).open(p.name(), p.values()))))
                .toList());
  }

  private String about(Proposal p) {
    return texts.text(
        "slo.proposal",
        texts.text(p.about(), p.name().replaceAll("-(available|fast)$", "")),
        p.values().get("target"));
  }

  /** At most three, the most telling first. */
  static List<Proposal> of(List<MetricViews.Newest> series) {
    var names = new TreeMap<String, MetricViews.Newest>();
    series.forEach(s -> names.putIfAbsent(s.name(), s));
    var found = new ArrayList<Proposal>();
    names.forEach((name, one) -> service(name, one, found));
    var own = new LinkedHashMap<String, Proposal>();
    own.put(
        "hivedeck_attempts_total",
        new Proposal(
            "agents-succeed",
            "slo.proposal.agents",
            Map.of(
                "indicator/good", "hivedeck_attempts_total{outcome=\"succeeded\"}",
                "indicator/total", "hivedeck_attempts_total",
                "target", "95%",
                "window", "7d")));
    own.put(
        "hivedeck_gate_seconds",
        latency("gates-in-time", "slo.proposal.gates", "hivedeck_gate_seconds", "10m", "95%"));
    own.put(
        "hivedeck_queue_wait_seconds",
        latency(
            "tasks-begin-soon", "slo.proposal.queue", "hivedeck_queue_wait_seconds", "10m", "90%"));
    own.put(
        "hivedeck_event_lag_seconds",
        latency(
            "events-in-time", "slo.proposal.events", "hivedeck_event_lag_seconds", "1s", "99%"));
    own.forEach(
        (name, proposal) -> {
          if (names.containsKey(name)) {
            found.add(proposal);
          }
        });
    // What the engine counts as soon as agents work.
    own.values().stream().filter(p -> !found.contains(p)).forEach(found::add);
    return found.stream().limit(MOST).toList();
  }

  private static void service(String name, MetricViews.Newest one, List<Proposal> found) {
    if (name.startsWith(OWN)) {
      return;
    }
    var label = CODES.stream().filter(one.labels()::containsKey).findFirst();
    var stem = name.replaceAll("(_total|_seconds)$", "").replace('_', '-');
    if (label.isPresent() && name.endsWith("_total") && ObjectiveDraft.isName(stem)) {
      found.add(
          new Proposal(
              stem + "-available",
              "slo.proposal.available",
              Map.of(
                  "indicator/bad",
                  name + "{" + label.get() + "=~\"5..\"}",
                  "indicator/total",
                  name,
                  "target",
                  "99.5%",
                  "window",
                  "30d")));
    } else if (one.mean() != null && name.endsWith("_seconds") && ObjectiveDraft.isName(stem)) {
      found.add(latency(stem + "-fast", "slo.proposal.latency", name, "500ms", "99%"));
    }
  }

  private static Proposal latency(
      String name, String about, String histogram, String below, String target) {
    return new Proposal(
        name,
        about,
        Map.of(
            "indicator/latency/histogram", histogram,
            "indicator/latency/below", below,
            "target", target,
            "window", "30d"));
  }
}
