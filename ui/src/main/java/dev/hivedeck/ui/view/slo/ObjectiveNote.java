package dev.hivedeck.ui.view.slo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.Config;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.view.MetricViews;
import dev.hivedeck.engine.protocol.view.SloViews;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import javafx.scene.Node;
import javafx.scene.control.Label;
import javafx.scene.layout.VBox;

/** What a state means that says nothing by itself, and the next step; the parts of a chain. */
final class ObjectiveNote extends VBox {
  /** States in which what it counts may not be there. */
  private static final Set<String> UNSEEN = Set.of("no-data", "broken");

  private final ScreenContext context;
  private final Texts texts;
  private final SloWords words;
  private final Consumer<SloViews.Objective> edit;
  private final Consumer<String> choose;
  private final Label found = Widgets.prose("", "soft");
  private String shown = "";

  /**
   * @param edit opens the form
   * @param choose shows another objective
   */
  ObjectiveNote(ScreenContext context, Consumer<SloViews.Objective> edit, Consumer<String> choose) {
    super(6);
    this.context = context;
    this.texts = context.texts();
    this.words = new SloWords(texts);
    this.edit = edit;
    this.choose = choose;
    getStyleClass().add("card");
    setMinHeight(USE_PREF_SIZE);
    Widgets.show(this, false);
  }

  void show(SloViews.Objective o) {
    var workspace = context.live().workspace().get();
    boolean unheard = o.state().equals("awaiting-consent"); // nothing is known of it yet
    boolean waits = unheard || workspace != null && !workspace.trusted();
    var now = o.name() + o.state() + o.problem() + o.parts() + waits + o.total();
    if (now.equals(shown)) {
      return;
    }
    shown = now;
    getChildren().clear();
    if (waits) {
      say(
          o,
          texts.text("slo.note.consent"),
          context.act(Widgets.button(texts.text("slo.note.review"), context.go()::review)));
    }
    boolean unreadable = o.target().isEmpty();
    if (unheard) {
      found.setText("");
    } else if (unreadable) {
      say(
          o,
          texts.text("slo.note.unreadable", texts.said(o.problem())),
          editing(o),
          Widgets.button(
              texts.text("slo.note.file"), () -> context.go().to(ScreenId.SETTINGS, "config/")));
    } else if (!o.problem().isEmpty() || UNSEEN.contains(o.state())) {
      say(
          o,
          o.problem().isEmpty() ? texts.text("slo.note.no-data") : texts.said(o.problem()),
          editing(o));
      found.setText("");
      getChildren().add(found);
      Widgets.show(found, false);
      look(o);
    } else if (o.state().equals("not-enough-data")) {
      say(o, texts.text("slo.note.not-enough-data", o.total(), o.enough()), editing(o));
    } else if (o.state().equals("impossible")) {
      say(o, texts.text("slo.note.impossible"), editing(o));
    }
    if (!o.parts().isEmpty()) {
      var row = Widgets.flow(8, 4, Widgets.label(texts.text("slo.note.parts"), "soft"));
      o.parts().forEach(part -> row.getChildren().add(part(part)));
      getChildren().add(row);
    }
    Widgets.show(this, !getChildren().isEmpty());
  }

  private Node editing(SloViews.Objective o) {
    return context.act(Widgets.button(texts.text("slo.edit"), () -> edit.accept(o)));
  }

  private void say(SloViews.Objective o, String what, Node... steps) {
    var text = Widgets.prose(what);
    text.setGraphic(SloWords.tone(o).on(SloWords.icon(o).node()));
    text.setGraphicTextGap(8);
    var row = Widgets.row(8, Widgets.grow(text));
    row.getChildren().addAll(steps);
    getChildren().add(row);
  }

  /** A part, as it stands; a click leads to it. */
  private Node part(String name) {
    var stands =
        context.live().objectives().get().stream().filter(o -> o.name().equals(name)).findFirst();
    var text = stands.map(o -> name + " · " + words.state(o)).orElse(name);
    var link = Widgets.link(text, () -> choose.accept(name));
    stands.ifPresent(o -> link.setGraphic(SloWords.tone(o).on(SloWords.icon(o).node())));
    link.setDisable(stands.isEmpty());
    return link;
  }

  // ── what there is instead ─────────────────────────────────────────────────────────────────────

  /** Says which series there are that it may have meant. */
  private void look(SloViews.Objective o) {
    var asked = shown;
    context
        .steering()
        .query(new Query.ConfigSource())
        .thenCombine(
            context.steering().query(new Query.Metrics(null)),
            (source, series) ->
                SeriesGuess.of(
                    selectors(
                        Json.as(source, Config.Source.class)
                            .values()
                            .path("objectives")
                            .path(o.name())
                            .path("indicator")),
                    newest(series)))
        .thenAccept(
            guess -> {
              if (!asked.equals(shown) || guess.isEmpty()) {
                return;
              }
              var g = guess.get();
              found.setText(
                  g.there()
                      ? texts.text("slo.note.labels", g.name(), String.join("\n", g.near()))
                      : g.near().isEmpty()
                          ? texts.text("slo.note.absent", g.name())
                          : texts.text("slo.note.near", g.name(), String.join(", ", g.near())));
              Widgets.show(found, true);
            });
  }

  private static List<String> selectors(JsonNode indicator) {
    var all = new ArrayList<String>();
    for (var at : List.of("/good", "/bad", "/total", "/latency/histogram", "/query")) {
      if (indicator.at(at).isTextual()) {
        all.add(indicator.at(at).asText());
      }
    }
    return all;
  }

  private static List<MetricViews.Newest> newest(JsonNode series) {
    var all = new ArrayList<MetricViews.Newest>();
    series.forEach(node -> all.add(Json.as(node, MetricViews.Newest.class)));
    return all;
  }
}
