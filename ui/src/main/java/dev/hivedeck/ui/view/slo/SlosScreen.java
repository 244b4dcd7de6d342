package dev.hivedeck.ui.view.slo;

import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.view.SloViews;
import dev.hivedeck.ui.control.table.CellContent;
import dev.hivedeck.ui.control.table.EntityMenu;
import dev.hivedeck.ui.control.table.EntityTable;
import dev.hivedeck.ui.control.table.FilterField;
import dev.hivedeck.ui.control.table.ListScreen;
import dev.hivedeck.ui.control.table.SavedFilters;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.action.WebPage;
import dev.hivedeck.ui.shell.text.Hotkey;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.EmptyState;
import dev.hivedeck.ui.shell.widget.Widgets;
import dev.hivedeck.ui.view.slo.form.ObjectiveForm;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import javafx.geometry.Pos;
import javafx.scene.control.Label;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import javafx.util.Subscription;

/** Service level objectives, what burns first first, and how the budget of one is spent. */
public final class SlosScreen implements ListScreen {
  private static final int PAST = 500;
  private static final double BAR = 110;

  /** More rows are scrolled to, so that there is room for the one that is looked at. */
  private static final int MOST_ROWS = 9;

  /** A name with less room has nothing beside it. */
  private static final double ROOM = 230;

  private static final double ROW = 32;
  private static final double FRAME = 64;

  /** What is shown of the time before an alert, at least. */
  private static final Duration BEFORE = Duration.ofHours(1);

  /** What one can begin with: the engine counts it by itself. */
  private static final Map<String, String> EXAMPLE =
      Map.of(
          "description", "Agents' work is verified",
          "indicator/good", "hivedeck_attempts_total{outcome=\"succeeded\"}",
          "indicator/total", "hivedeck_attempts_total",
          "target", "95%",
          "window", "7d");

  private final ScreenContext context;
  private final Texts texts;
  private final SloWords words;
  private final VBox node;
  private final Label summary = Widgets.label("", "soft");
  private final FilterField search;
  private final EntityTable<SloViews.Objective> table;
  private final BudgetCard budget;
  private final HistoryCard history;
  private final SpentCard spent;
  private final BurnCard burn;
  private final AlertHistory past;
  private final VBox list;
  private final VBox filled;
  private final StackPane body = new StackPane();
  private List<SloViews.Alert> alerts = List.of();
  private List<SloViews.Silence> silences = List.of();
  private Subscription watching = () -> {};

  public SlosScreen(ScreenContext context) {
    this.context = context;
    this.texts = context.texts();
    this.words = new SloWords(texts);
    search = new FilterField(texts.text("slo.search"), this::renew, this::list);
    var saved =
        new SavedFilters(
            context,
            "slos",
            () -> new SavedFilters.Saved("", search.getText().strip()),
            f -> search.setText(f.letters()),
            name -> name);
    var add =
        context.act(
            texts.text("slo.form.new"), () -> new ObjectiveForm(context).open(null), "accent");
    add.setGraphic(Icon.ADD.node());
    var head =
        Widgets.head(
            Widgets.title(texts.text("place.slos")), Widgets.grow(summary), search, saved, add);
    table = newTable();
    table.chosen().subscribe(_ -> inspect());
    budget = new BudgetCard(texts);
    spent = new SpentCard(context);
    history = new HistoryCard(context, spent::at);
    burn = new BurnCard(context, this::silence, address -> WebPage.open(context, address));
    past =
        new AlertHistory(
            context, this::lookAt, () -> chosenOne().ifPresent(this::edit), this::readAlerts);
    var cards =
        new ObjectiveCards(context.theme().scale().get(), budget, history, spent, burn, past);
    var lower = Widgets.scroll(cards);
    lower.setMinHeight(200);
    VBox.setVgrow(lower, Priority.ALWAYS);
    var list = Widgets.card(table.framed());
    list.getStyleClass().add("tight");
    VBox.setVgrow(list.getChildren().getFirst(), Priority.ALWAYS);
    list.setMinHeight(150);
    this.list = list;
    filled = new VBox(12, list, lower);
    node = Widgets.screen(head, body);
  }

  @Override
  public Region node() {
    return node;
  }

  @Override
  public void shown() {
    watching =
        context
            .live()
            .objectives()
            .subscribe(
                _ -> {
                  renew();
                  readAlerts();
                });
  }

  @Override
  public void hidden() {
    watching.unsubscribe();
  }

  @Override
  public void open(String id) {
    search.clear();
    renew();
    table.choose(id);
  }

  @Override
  public EntityTable<SloViews.Objective> table() {
    return table;
  }

  @Override
  public FilterField search() {
    return search;
  }

  private void readAlerts() {
    context
        .steering()
        .query(new Query.Alerts(PAST))
        .thenAccept(
            answer -> {
              var all = new ArrayList<SloViews.Alert>();
              answer.forEach(node -> all.add(Json.as(node, SloViews.Alert.class)));
              alerts = all;
              inspect();
            });
    context
        .steering()
        .query(new Query.Silences())
        .thenAccept(
            answer -> {
              var all = new ArrayList<SloViews.Silence>();
              answer.forEach(node -> all.add(Json.as(node, SloViews.Silence.class)));
              silences = all;
              inspect();
            });
  }

  private Optional<SloViews.Objective> chosenOne() {
    var name = table.chosen().get();
    return context.live().objectives().get().stream()
        .filter(o -> o.name().equals(name))
        .findFirst();
  }

  private void silence(SloViews.Objective objective) {
    new SilenceSheet(context, this::readAlerts).open(objective);
  }

  /** Looks at the time of an alert, with something before it. */
  private void lookAt(SloViews.Alert alert) {
    var end = alert.ended() == null ? context.live().now().get() : alert.ended();
    var before = Duration.between(alert.began(), end).plus(BEFORE);
    history.choose(alert.began().minus(before), end);
  }

  private void edit(SloViews.Objective objective) {
    new ObjectiveForm(context).open(objective.name());
  }

  @Override
  public boolean typed(char letter) {
    var one = chosenOne();
    if (one.isEmpty()) {
      return false;
    }
    if (Hotkey.SILENCE.typed(letter)) {
      silence(one.get());
    } else if (Hotkey.EDIT_OBJECTIVE.typed(letter)) {
      edit(one.get());
    } else if (Hotkey.FIGURE.typed(letter)) {
      history.turn();
    } else {
      return false;
    }
    return true;
  }

  private EntityTable<SloViews.Objective> newTable() {
    return new EntityTable<SloViews.Objective>(
            context, texts.text("place.slos"), SloViews.Objective::name, this::renew)
        .column(
            texts.text("slo.col.objective"),
            280,
            150,
            0,
            Comparator.comparing(SloViews.Objective::name),
            CellContent.of(this::nameBox, this::fillName))
        .column(
            texts.text("slo.col.target"),
            110,
            90,
            4,
            Comparator.comparing(SloViews.Objective::target),
            CellContent.text(words::target, "soft"))
        .column(
            texts.text("slo.col.now"),
            96,
            76,
            3,
            number(SloViews.Objective::good),
            CellContent.text(words::now, "mono"))
        .column(
            texts.text("slo.col.left"),
            190,
            180,
            1,
            number(SloViews.Objective::left),
            CellContent.of(
                () -> new ShareBar(BAR),
                (bar, o) -> bar.show(o.left(), words.left(o), words.budget(o))))
        .column(
            texts.text("slo.col.burn"),
            70,
            64,
            5,
            Comparator.comparingDouble(o -> -SloWords.burn(o).orElse(-1.0)),
            CellContent.text(o -> words.times(SloWords.burn(o).orElse(null)), "mono"))
        .column(
            texts.text("slo.col.out"),
            100,
            84,
            6,
            Comparator.comparing(SlosScreen::end, Comparator.nullsLast(Comparator.naturalOrder())),
            CellContent.text(words::runsOut, "mono"))
        .column(
            texts.text("slo.col.state"),
            220,
            150,
            2,
            Comparator.comparing(SloWords::tone),
            CellContent.of(() -> Widgets.label(""), this::fillState))
        .remember("slos")
        .menu(
            new EntityMenu<SloViews.Objective>(context)
                .one(Icon.SILENCED, "slo.silence", _ -> true, this::silence)
                .one(Icon.EDIT, "slo.edit", _ -> true, this::edit)
                .line()
                .copy("menu.copy.name", SloViews.Objective::name));
  }

  /** What is not known comes last. */
  private static Comparator<SloViews.Objective> number(
      Function<SloViews.Objective, Double> number) {
    return Comparator.comparing(number, Comparator.nullsLast(Comparator.naturalOrder()));
  }

  private static Instant end(SloViews.Objective o) {
    return o.forecast() == null ? null : o.forecast().at();
  }

  private HBox nameBox() {
    var icon = Widgets.label("");
    icon.setMinWidth(Region.USE_PREF_SIZE);
    var kind = Widgets.label("", "muted");
    var box = Widgets.row(8, icon, Widgets.label("", "strong"), kind);
    box.setAlignment(Pos.CENTER_LEFT);
    box.setMinWidth(0);
    box.widthProperty()
        .subscribe(w -> Widgets.show(kind, w.doubleValue() > ROOM * context.theme().scale().get()));
    return box;
  }

  private void fillName(HBox box, SloViews.Objective o) {
    var icon = (Label) box.getChildren().getFirst();
    icon.setGraphic(SloWords.tone(o).on(SloWords.icon(o).node()));
    ((Label) box.getChildren().get(1)).setText(o.name());
    ((Label) box.getChildren().getLast())
        .setText(o.description().isEmpty() ? o.kind() : o.description());
    box.setAccessibleText(o.name() + ", " + words.state(o));
  }

  private void fillState(Label label, SloViews.Objective o) {
    label.setText(words.state(o));
    var tone = SloWords.tone(o);
    (tone == Tone.GREEN ? Tone.NEUTRAL : tone).on(label);
  }

  private void renew() {
    var all = context.live().objectives().get();
    if (all.isEmpty()) {
      summary.setText("");
      body.getChildren().setAll(empty());
      return;
    }
    if (body.getChildren().isEmpty() || body.getChildren().getFirst() != filled) {
      body.getChildren().setAll(filled);
    }
    long firing =
        all.stream()
            .filter(o -> o.alerts().stream().anyMatch(a -> a.state().equals("firing")))
            .count();
    long broken = all.stream().filter(o -> !o.problem().isEmpty()).count();
    summary.setText(texts.text("slo.summary", all.size(), firing, broken));
    var wanted = new ArrayList<SloViews.Objective>();
    for (var o : all) {
      if (search.finds(o.name(), o.description(), o.service(), o.kind())) {
        wanted.add(o);
      }
    }
    var places = new ArrayList<>(all);
    wanted.sort(table.order(Comparator.comparingInt(places::indexOf)));
    table.renew(wanted);
    double rows = Math.clamp(wanted.size(), 2, MOST_ROWS);
    list.setPrefHeight((rows * ROW + FRAME) * context.theme().scale().get());
    if (table.chosen().get() == null && !wanted.isEmpty()) {
      table.choose(wanted.getFirst().name());
    }
    inspect();
  }

  private void inspect() {
    chosenOne()
        .ifPresent(
            o -> {
              budget.show(o);
              history.show(o);
              spent.show(o);
              burn.show(o);
              var own = new ArrayList<>(o.alerts());
              alerts.stream()
                  .filter(a -> a.objective().equals(o.name()) && a.ended() != null)
                  .forEach(own::add);
              past.show(own);
              past.silent(silences.stream().filter(s -> about(s, o)).toList());
            });
  }

  /** Whether a silence names this objective, or none in particular. */
  private static boolean about(SloViews.Silence silence, SloViews.Objective o) {
    return !silence.matchers().contains("objective=\"")
        || silence.matchers().contains("objective=\"" + o.name() + "\"");
  }

  private Region empty() {
    return Widgets.card(
        Widgets.grow(
            EmptyState.empty(
                Icon.OBJECTIVE,
                texts.text("slo.empty"),
                texts.text("slo.empty.more"),
                context.act(
                    texts.text("slo.empty.add"),
                    () -> new ObjectiveForm(context).open("agents-succeed", EXAMPLE),
                    "accent"),
                context.act(
                    texts.text("slo.form.new"), () -> new ObjectiveForm(context).open(null)))));
  }
}
