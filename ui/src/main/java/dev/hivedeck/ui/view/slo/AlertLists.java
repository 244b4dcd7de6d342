package dev.hivedeck.ui.view.slo;

import dev.hivedeck.engine.protocol.view.Muted;
import dev.hivedeck.engine.protocol.view.SloViews;
import dev.hivedeck.engine.protocol.view.SloViews.AlertState;
import dev.hivedeck.ui.control.table.CellContent;
import dev.hivedeck.ui.control.table.EntityMenu;
import dev.hivedeck.ui.control.table.EntityTable;
import dev.hivedeck.ui.control.table.FilterField;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.action.WebPage;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.EmptyState;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import javafx.scene.control.Label;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;

/** All alerts, of objectives, rules and other systems, and all silences. */
final class AlertLists {
  private final ScreenContext context;
  private final Texts texts;
  private final Consumer<SloViews.Alert> look;
  private final Runnable changed;
  private final FilterField search;
  private final EntityTable<SloViews.Alert> alerts;
  private final RuleList rules;
  private final EntityTable<SloViews.Silence> silences;
  private List<SloViews.Alert> allAlerts = List.of();
  private List<SloViews.Silence> allSilences = List.of();

  /**
   * @param look leads to what an alert is of
   * @param changed hears that a silence began or ended
   */
  AlertLists(
      ScreenContext context,
      FilterField search,
      RuleList rules,
      Consumer<SloViews.Alert> look,
      Runnable changed) {
    this.context = context;
    this.texts = context.texts();
    this.search = search;
    this.look = look;
    this.changed = changed;
    alerts = newAlerts();
    this.rules = rules;
    silences = newSilences();
    alerts.onOpen(() -> alerts.selected().stream().findFirst().ifPresent(look));
    alerts.setPlaceholder(empty(Icon.ALERT, "slo.alerts.empty"));
    silences.setPlaceholder(empty(Icon.SILENCED, "slo.silences.empty"));
  }

  private Region empty(Icon icon, String key) {
    return EmptyState.empty(icon, texts.text(key), texts.text(key + ".more"));
  }

  EntityTable<SloViews.Alert> alerts() {
    return alerts;
  }

  EntityTable<SloViews.Silence> silences() {
    return silences;
  }

  /** A table in a card of its own. */
  static Region card(EntityTable<?> table) {
    var card = Widgets.card(table.framed());
    card.getStyleClass().add("tight");
    VBox.setVgrow(card.getChildren().getFirst(), Priority.ALWAYS);
    return card;
  }

  void show(List<SloViews.Alert> now) {
    allAlerts = now;
    renew();
  }

  void silences(List<SloViews.Silence> now) {
    allSilences = now;
    renew();
  }

  /** What the letters of the filter leave. */
  void renew() {
    var found = new ArrayList<SloViews.Alert>();
    for (var a : allAlerts) {
      if (search.finds(name(a), summary(a), a.labels().toString(), state(a), a.source())) {
        found.add(a);
      }
    }
    found.sort(alerts.order(Comparator.comparingInt(allAlerts::indexOf)));
    alerts.renew(found);
    var silent = new ArrayList<SloViews.Silence>();
    for (var s : allSilences) {
      if (search.finds(s.matchers(), s.comment(), s.author())) {
        silent.add(s);
      }
    }
    silent.sort(silences.order(Comparator.comparing(SloViews.Silence::ends)));
    silences.renew(silent);
  }

  // ── alerts ────────────────────────────────────────────────────────────────────────────────────

  private EntityTable<SloViews.Alert> newAlerts() {
    return new EntityTable<SloViews.Alert>(
            context, texts.text("slo.list.alerts"), a -> a.id() + "@" + a.began(), this::renew)
        .column(
            texts.text("slo.col.alert"),
            240,
            150,
            0,
            Comparator.comparing(AlertLists::name),
            CellContent.of(() -> Widgets.label("", "strong"), this::fillName))
        .column(
            texts.text("slo.col.sends"),
            80,
            70,
            4,
            Comparator.comparing(AlertLists::severity),
            CellContent.text(this::sends, "soft"))
        .column(
            texts.text("slo.col.state"),
            140,
            110,
            1,
            Comparator.comparing(SloViews.Alert::state),
            CellContent.of(
                () -> Widgets.label(""),
                (label, a) -> {
                  label.setText(state(a));
                  tone(a).on(label);
                }))
        .column(
            texts.text("slo.col.began"),
            110,
            100,
            3,
            Comparator.comparing(SloViews.Alert::began).reversed(),
            CellContent.text(a -> texts.minute(a.began()), "mono"))
        .column(
            texts.text("slo.col.length"),
            90,
            70,
            5,
            Comparator.comparing(this::length),
            CellContent.text(a -> texts.roughly(length(a)), "mono"))
        .column(
            texts.text("slo.col.words"),
            400,
            140,
            2,
            null,
            CellContent.text(a -> texts.said(summary(a)), "soft"))
        .column(
            texts.text("slo.col.source"),
            150,
            110,
            6,
            Comparator.comparing(this::source),
            CellContent.text(this::source, "soft"))
        .remember("alerts")
        .menu(
            new EntityMenu<SloViews.Alert>(context)
                .one(Icon.RIGHT, "slo.alert.look", SloViews.Alert::isOwn, look)
                .one(Icon.SILENCED, "slo.silence", a -> a.ended() == null, this::silence)
                .one(
                    Icon.HELP,
                    "slo.runbook",
                    a -> WebPage.is(a.texts().getOrDefault("runbook_url", "")),
                    a -> WebPage.open(context, a.texts().get("runbook_url")))
                .one(
                    Icon.FILE,
                    "slo.rule.open",
                    a -> a.objective().startsWith(RuleList.PLACE),
                    a -> rules.openSource(a.objective()))
                .line()
                .copy("menu.copy.name", AlertLists::name));
  }

  private void fillName(Label label, SloViews.Alert a) {
    label.setText(name(a));
    label.setGraphic(tone(a).on(icon(a).node()));
  }

  private static Icon icon(SloViews.Alert a) {
    return a.muted() != Muted.NONE
        ? Icon.SILENCED
        : a.ended() != null
            ? Icon.CHECK
            : a.state() == AlertState.PENDING ? Icon.WAITING : Icon.ALERT;
  }

  private static Tone tone(SloViews.Alert a) {
    return a.ended() != null || a.muted() != Muted.NONE || a.state() != AlertState.FIRING
        ? Tone.NEUTRAL
        : severity(a).equals("page") ? Tone.RED : Tone.AMBER;
  }

  /** What it is called: the objective, or the rule's own name. */
  static String name(SloViews.Alert a) {
    return a.objective().startsWith(RuleList.PLACE) || !a.isOwn()
        ? a.labels().getOrDefault("alertname", RuleList.own(a.objective()))
        : a.objective();
  }

  private static String severity(SloViews.Alert a) {
    return a.labels().getOrDefault("severity", "");
  }

  private String sends(SloViews.Alert a) {
    var key = "slo.severity." + severity(a);
    return texts.has(key) ? texts.text(key) : severity(a);
  }

  private String state(SloViews.Alert a) {
    var key = "slo.alert.state." + a.state().word();
    var word = texts.has(key) ? texts.text(key) : a.state().word();
    return a.muted() == Muted.NONE
        ? word
        : word + " · " + texts.text("slo.muted." + a.muted().word());
  }

  private static String summary(SloViews.Alert a) {
    return a.texts().getOrDefault("meaning", a.texts().getOrDefault("summary", ""));
  }

  private String source(SloViews.Alert a) {
    return a.objective().startsWith(RuleList.PLACE)
        ? RuleList.place(a.objective())
        : a.isOwn() ? texts.text("slo.col.objective.one") : a.source();
  }

  private Duration length(SloViews.Alert a) {
    var end = a.ended() != null ? a.ended() : context.live().now().get();
    return end == null || end.isBefore(a.began())
        ? Duration.ZERO
        : Duration.between(a.began(), end);
  }

  private void silence(SloViews.Alert a) {
    var label = a.labels().containsKey("objective") ? "objective" : "alertname";
    var value = a.labels().getOrDefault(label, name(a));
    TimedSheet.silence(context, name(a), TimedSheet.matcher(label, value), changed);
  }

  // ── silences ──────────────────────────────────────────────────────────────────────────────────

  private EntityTable<SloViews.Silence> newSilences() {
    return new EntityTable<SloViews.Silence>(
            context, texts.text("slo.list.silences"), s -> String.valueOf(s.id()), this::renew)
        .column(
            texts.text("slo.silence.matchers"),
            360,
            180,
            0,
            Comparator.comparing(SloViews.Silence::matchers),
            CellContent.text(SloViews.Silence::matchers, "mono"))
        .column(
            texts.text("slo.col.ends"),
            120,
            100,
            1,
            Comparator.comparing(SloViews.Silence::ends),
            CellContent.text(s -> texts.minute(s.ends()), "mono"))
        .column(
            texts.text("slo.col.author"),
            120,
            90,
            4,
            Comparator.comparing(SloViews.Silence::author),
            CellContent.text(SloViews.Silence::author, "soft"))
        .column(
            texts.text("slo.silence.comment"),
            360,
            120,
            3,
            null,
            CellContent.text(SloViews.Silence::comment))
        .column(
            "",
            100,
            90,
            2,
            null,
            CellContent.of(
                () -> context.act(Widgets.button(texts.text("slo.silence.end"), () -> {}, "small")),
                (button, s) -> {
                  button.setOnAction(_ -> TimedSheet.end(context, s.id(), changed));
                  button.setAccessibleText(texts.text("slo.silence.end") + " " + s.matchers());
                }))
        .remember("silences")
        .menu(
            new EntityMenu<SloViews.Silence>(context)
                .one(
                    Icon.CLOSE,
                    "slo.silence.end",
                    _ -> true,
                    s -> TimedSheet.end(context, s.id(), changed))
                .copy("menu.copy.name", SloViews.Silence::matchers));
  }

  /** How many alerts are not over. */
  long current() {
    return allAlerts.stream().filter(a -> a.ended() == null).count();
  }

  int silent() {
    return allSilences.size();
  }
}
