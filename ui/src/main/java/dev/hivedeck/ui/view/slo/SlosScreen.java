package dev.hivedeck.ui.view.slo;

import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.view.SloViews;
import dev.hivedeck.engine.protocol.view.SloViews.AlertState;
import dev.hivedeck.ui.control.table.EntityTable;
import dev.hivedeck.ui.control.table.FilterBar;
import dev.hivedeck.ui.control.table.FilterField;
import dev.hivedeck.ui.control.table.ListScreen;
import dev.hivedeck.ui.control.table.SavedFilters;
import dev.hivedeck.ui.shell.Navigator;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.action.WebPage;
import dev.hivedeck.ui.shell.text.Hotkey;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.widget.Widgets;
import dev.hivedeck.ui.view.slo.form.ExportMenu;
import dev.hivedeck.ui.view.slo.form.ImportSheet;
import dev.hivedeck.ui.view.slo.form.ObjectiveForm;
import dev.hivedeck.ui.view.slo.form.Proposals;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import javafx.scene.control.Label;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import javafx.util.Subscription;

/** Service level objectives, what burns first first, and how the budget of one is spent. */
public final class SlosScreen implements ListScreen {
  private static final int PAST = 500;

  /** More rows are scrolled to, so that there is room for the one that is looked at. */
  private static final int MOST_ROWS = 9;

  private static final double ROW = 32;
  private static final double FRAME = 46;

  /** What is shown of the time before an alert, at least. */
  private static final Duration BEFORE = Duration.ofHours(1);

  private final ScreenContext context;
  private final Texts texts;
  private final VBox node;

  /** What is listed. */
  private enum Shown {
    OBJECTIVES,
    ALERTS,
    RULES,
    SILENCES
  }

  private final FilterBar<Shown> shown;
  private final RuleList rules;
  private final AlertLists lists;
  private final ObjectiveNote note;
  private final Region alertsCard;
  private final Region rulesCard;
  private final Region silencesCard;
  private final Proposals proposals;
  private final Region empty;
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
    search = new FilterField(texts.text("slo.search"), this::renew, this::list);
    shown = new FilterBar<>(texts);
    shown.choose(Shown.OBJECTIVES);
    shown.chosenProperty().subscribe(_ -> turn());
    var add =
        context.act(
            texts.text("slo.form.new"), () -> new ObjectiveForm(context).open(null), "accent");
    add.setGraphic(Icon.ADD.node());
    var take = context.act(texts.text("slo.import"), () -> new ImportSheet(context).choose());
    take.setGraphic(Icon.IMPORT.node());
    var head =
        Widgets.head(
            Widgets.title(texts.text("place.slos")),
            shown,
            Widgets.grow(summary),
            search,
            SavedFilters.of(context, "slos", search),
            take,
            new ExportMenu(context).button(),
            add);
    table = ObjectiveTable.of(context, this::renew, this::silence, this::edit);
    table.chosen().subscribe(_ -> inspect());
    budget = new BudgetCard(context, this::readAlerts);
    spent = new SpentCard(context);
    history = new HistoryCard(context, spent::at);
    burn = new BurnCard(context, this::silence, address -> WebPage.open(context, address));
    past =
        new AlertHistory(
            context, this::lookAt, () -> chosenOne().ifPresent(this::edit), this::readAlerts);
    var cards =
        new ObjectiveCards(context.theme().scale().get(), budget, history, spent, burn, past);
    note = new ObjectiveNote(context, this::edit, table::choose);
    rules = new RuleList(context, search);
    lists = new AlertLists(context, search, rules, this::look, this::readAlerts);
    alertsCard = AlertLists.card(lists.alerts());
    rulesCard = AlertLists.card(rules.table());
    silencesCard = AlertLists.card(lists.silences());
    proposals = new Proposals(context);
    empty = Widgets.scroll(proposals);
    VBox.setVgrow(cards, Priority.ALWAYS);
    var lower = Widgets.scroll(new VBox(12, note, cards));
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
    if (id.equals(Navigator.ALERTS)) {
      shown.choose(Shown.ALERTS);
      return;
    }
    boolean objective =
        context.live().objectives().get().stream().anyMatch(o -> o.name().equals(id));
    if (!objective && alerts.stream().anyMatch(a -> a.objective().equals(id))) {
      shown.choose(Shown.ALERTS);
      return;
    }
    shown.choose(Shown.OBJECTIVES);
    renew();
    table.choose(id);
  }

  @Override
  public EntityTable<?> table() {
    return switch (shown.chosen()) {
      case OBJECTIVES -> table;
      case ALERTS -> lists.alerts();
      case RULES -> rules.table();
      case SILENCES -> lists.silences();
    };
  }

  @Override
  public FilterField search() {
    return search;
  }

  private void readAlerts() {
    read(
        new Query.Alerts(PAST),
        SloViews.Alert.class,
        all -> {
          alerts = all;
          lists.show(all);
        });
    read(
        new Query.Silences(),
        SloViews.Silence.class,
        all -> {
          silences = all;
          lists.silences(all);
        });
    read(new Query.PolicyActs(), SloViews.PolicyAct.class, budget::acts);
    read(new Query.Rules(), SloViews.Rule.class, rules::show);
  }

  private <V> void read(Query query, Class<V> type, Consumer<List<V>> take) {
    context
        .steering()
        .query(query)
        .thenAccept(
            answer -> {
              var all = new ArrayList<V>();
              answer.forEach(node -> all.add(Json.as(node, type)));
              take.accept(all);
              count();
              inspect();
            });
  }

  /** Leads to what an alert is of. */
  private void look(SloViews.Alert alert) {
    if (alert.objective().startsWith(RuleList.PLACE)) {
      shown.choose(Shown.RULES);
      rules.table().choose(alert.objective());
    } else if (alert.isOwn()) {
      open(alert.objective());
      lookAt(alert);
    }
  }

  /** Shows what is chosen above. */
  private void turn() {
    if (filled != null) {
      renew();
      var list = table();
      list.requestFocus();
      if (list.getSelectionModel().isEmpty()) {
        list.getSelectionModel().selectFirst();
      }
    }
  }

  private void count() {
    shown.show(
        List.of(
            new FilterBar.Pill<>(
                Shown.OBJECTIVES,
                texts.text("slo.list.objectives"),
                context.live().objectives().get().size()),
            new FilterBar.Pill<>(Shown.ALERTS, texts.text("slo.list.alerts"), lists.current()),
            new FilterBar.Pill<>(Shown.RULES, texts.text("slo.list.rules"), rules.size()),
            new FilterBar.Pill<>(Shown.SILENCES, texts.text("slo.list.silences"), lists.silent())));
  }

  private Optional<SloViews.Objective> chosenOne() {
    var name = table.chosen().get();
    return context.live().objectives().get().stream()
        .filter(o -> o.name().equals(name))
        .findFirst();
  }

  private void silence(SloViews.Objective objective) {
    TimedSheet.silence(
        context,
        objective.name(),
        TimedSheet.matcher("objective", objective.name()),
        this::readAlerts);
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
    if (one.isEmpty() || shown.chosen() != Shown.OBJECTIVES) {
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

  private void renew() {
    var all = context.live().objectives().get();
    count();
    lists.renew();
    rules.renew();
    var now =
        switch (shown.chosen()) {
          case OBJECTIVES -> all.isEmpty() ? empty : filled;
          case ALERTS -> alertsCard;
          case RULES -> rulesCard;
          case SILENCES -> silencesCard;
        };
    if (body.getChildren().isEmpty() || body.getChildren().getFirst() != now) {
      body.getChildren().setAll(now);
      if (now == empty) {
        proposals.read();
      }
    }
    if (all.isEmpty()) {
      summary.setText("");
      return;
    }
    long firing =
        all.stream()
            .filter(o -> o.alerts().stream().anyMatch(a -> a.state() == AlertState.FIRING))
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
              note.show(o);
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
}
