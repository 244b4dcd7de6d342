package dev.hivedeck.ui.view.agent;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.view.AgentViews;
import dev.hivedeck.engine.protocol.view.AgentViews.AgentState;
import dev.hivedeck.engine.protocol.view.AttemptViews;
import dev.hivedeck.engine.protocol.view.TaskViews;
import dev.hivedeck.ui.control.health.HealthBadge;
import dev.hivedeck.ui.control.table.CellContent;
import dev.hivedeck.ui.control.table.EntityMenu;
import dev.hivedeck.ui.control.table.EntityTable;
import dev.hivedeck.ui.control.table.FilterBar;
import dev.hivedeck.ui.control.table.FilterField;
import dev.hivedeck.ui.control.table.ListScreen;
import dev.hivedeck.ui.control.table.MasterDetail;
import dev.hivedeck.ui.control.table.SavedFilters;
import dev.hivedeck.ui.shell.Navigator;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.EmptyState;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import javafx.geometry.Insets;
import javafx.geometry.Pos;
import javafx.scene.control.Label;
import javafx.scene.control.SplitPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import javafx.util.Subscription;

/** Every agent, those that need attention first, and the one that is watched. */
public final class AgentsScreen implements ListScreen {
  private static final List<AgentState> ATTENTION =
      List.of(
          AgentState.WAITING,
          AgentState.RETRYING,
          AgentState.VALIDATING,
          AgentState.RUNNING,
          AgentState.PAUSED,
          AgentState.IDLE);

  /** How far the row of an attempt stands in, below its agent. */
  private static final double INDENT = 16;

  private final ScreenContext context;
  private final Texts texts;
  private final VBox node;
  private final FilterBar<String> filter;
  private final FilterField search;
  private final EntityTable<AgentRow> table;
  private final AgentInspector inspector;
  private final SplitPane split;
  private final StackPane body = new StackPane();
  private final FindAgents finder;
  private Map<String, List<AttemptViews.Attempt>> busy = Map.of();
  private Subscription watching = () -> {};

  /** An agent is chosen since the attempt that was looked at has ended: its log stays. */
  private boolean fallingBack;

  public AgentsScreen(ScreenContext context) {
    this.context = context;
    this.texts = context.texts();
    filter = new FilterBar<>(texts);
    filter.chosenProperty().addListener((_, _, _) -> renew());
    var title = Widgets.title(texts.text("place.agents"));
    var head = Widgets.head(title, Widgets.grow(filter));
    var find = Widgets.button(texts.text("agents.find"), this::find);
    find.setGraphic(Icon.SEARCH.node());
    search = new FilterField(texts.text("agents.search"), this::renew, this::list);
    var saved =
        new SavedFilters(
            context,
            "agents",
            () ->
                new SavedFilters.Saved(
                    Objects.requireNonNullElse(filter.chosen(), ""), search.getText().strip()),
            f -> {
              filter.choose(f.group().isEmpty() ? null : f.group());
              search.setText(f.letters());
            },
            name -> name);
    head.getChildren().addAll(search, saved, find);

    table = newTable();
    inspector = new AgentInspector(context, this::read);
    table.chosen().subscribe(id -> chosen(id));
    split = MasterDetail.of(context, "agents.split", 0.56, inspector, table.framed());
    body.getChildren().setAll(split);
    node = Widgets.screen(head, body);
    finder = new FindAgents(context, () -> node.getChildren().setAll(head, body));
    VBox.setVgrow(finder, Priority.ALWAYS);
  }

  @Override
  public Region node() {
    return node;
  }

  @Override
  public void shown() {
    watching =
        Subscription.combine(
            context.live().agents().watch(this::renew),
            context.live().attempts().watch(this::renew),
            context.live().decisions().watch(inspector::renew));
  }

  @Override
  public void hidden() {
    watching.unsubscribe();
    inspector.hidden();
  }

  /** Shows what could become agents, in the place of those there are. */
  private void find() {
    node.getChildren().setAll(finder);
    finder.look();
  }

  @Override
  public boolean typed(char letter) {
    return inspector.typed(letter);
  }

  @Override
  public void open(String id) {
    if (id.equals(Navigator.FIND_AGENTS)) {
      find();
      return;
    }
    context
        .live()
        .attempts()
        .get(id)
        .ifPresent(
            attempt -> {
              open(attempt.agent());
              read(attempt);
            });
    context
        .live()
        .agents()
        .get(id)
        .ifPresent(
            a -> {
              if (filter.chosen() != null && !filter.chosen().equals(category(a))) {
                filter.choose(null);
              }
              search.clear();
              renew();
              table.choose(id);
            });
  }

  @Override
  public EntityTable<AgentRow> table() {
    return table;
  }

  @Override
  public FilterField search() {
    return search;
  }

  private EntityTable<AgentRow> newTable() {
    var made =
        new EntityTable<>(context, texts.text("place.agents"), AgentRow::id, this::renew)
            .column(
                texts.text("col.agent"),
                150,
                110,
                0,
                by(Comparator.comparing(AgentViews.Agent::id)),
                CellContent.of(AgentsScreen::nameBox, this::fillName))
            .column(
                texts.text("col.runs"),
                120,
                84,
                6,
                by(EntityTable.by(AgentsScreen::runs)),
                CellContent.text(r -> runs(r.agent()), "soft"))
            .column(
                texts.text("col.kind"),
                96,
                76,
                5,
                by(EntityTable.by(AgentsScreen::category)),
                CellContent.of(TagBox::new, (t, r) -> t.show(r.whole() ? category(r.agent()) : "")))
            .column(
                texts.text("col.task"),
                64,
                60,
                2,
                by(EntityTable.by(AgentViews.Agent::task)),
                CellContent.text(this::tasks, "mono"))
            .column(
                texts.text("col.state"),
                118,
                112,
                1,
                by(Comparator.comparingInt(a -> ATTENTION.indexOf(a.state()))),
                CellContent.of(() -> Widgets.label(""), this::fillState))
            .column(
                texts.text("col.health"),
                178,
                178,
                3,
                by(
                    Comparator.comparing(
                        a -> a.health().score(), Comparator.nullsFirst(Comparator.naturalOrder()))),
                CellContent.of(() -> new HealthBadge(texts), AgentsScreen::fillHealth))
            .column(
                texts.text("col.verified"),
                66,
                66,
                7,
                by(Comparator.comparingDouble(AgentsScreen::verified)),
                CellContent.text(r -> r.whole() ? share(r.agent()) : "", "mono"))
            .column(
                texts.text("col.spent"),
                68,
                68,
                4,
                by(Comparator.comparingDouble(AgentViews.Agent::cost)),
                CellContent.text(this::spent, "mono"));
    made.remember("agents").menu(menu());
    return made.onOpen(() -> inspector.enter());
  }

  /** Attempts go with their agent, whatever is sorted by. */
  private static Comparator<AgentRow> by(Comparator<AgentViews.Agent> order) {
    return Comparator.comparing(AgentRow::agent, order);
  }

  private EntityMenu<AgentRow> menu() {
    return new EntityMenu<AgentRow>(context)
        .send(
            Icon.PAUSE,
            "agent.pause",
            r -> r.agent().state() != AgentState.PAUSED,
            r -> new Command.PauseAgent(r.agent().id()),
            r -> new Command.ResumeAgent(r.agent().id()))
        .send(
            Icon.PLAY,
            "agent.resume",
            r -> r.agent().state() == AgentState.PAUSED,
            r -> new Command.ResumeAgent(r.agent().id()),
            r -> new Command.PauseAgent(r.agent().id()))
        .line()
        .one(
            Icon.TASK,
            "menu.task",
            r -> r.task() != null,
            r -> context.go().to(ScreenId.TASKS, r.task()))
        .copy("menu.copy.name", r -> r.agent().id())
        .folder(AgentRow::log)
        .preview(AgentRow::log)
        .line()
        .ask(
            Icon.STOP,
            "agents.stop",
            r -> r.agent().task() != null,
            r -> new Command.StopAgent(r.agent().id()),
            "agent.stop.verb");
  }

  private static HBox nameBox() {
    var label = Widgets.label("", "strong");
    return Widgets.row(8, Widgets.dot(Tone.NEUTRAL), label);
  }

  private void fillName(HBox box, AgentRow r) {
    tone(r).on(box.getChildren().getFirst());
    var name = (Label) box.getChildren().getLast();
    name.setText(r.whole() ? r.agent().id() : title(r));
    name.getStyleClass().setAll("label", r.whole() ? "strong" : "soft");
    box.setPadding(new Insets(0, 0, 0, r.whole() ? 0 : INDENT));
    box.setAccessibleText(r.agent().id() + (r.whole() ? "" : ", " + r.task()) + ", " + state(r));
  }

  private void fillState(Label label, AgentRow r) {
    label.setText(state(r));
    tone(r).on(label);
  }

  private static void fillHealth(HealthBadge badge, AgentRow r) {
    badge.show(r.agent());
    badge.setVisible(r.whole()); // It is the agent's, said once.
  }

  private String title(AgentRow r) {
    return context.live().tasks().get(r.task()).map(TaskViews.Task::title).orElse(r.task());
  }

  /** How the task of an attempt stands; where that is not known yet, the attempt. */
  private String state(AgentRow r) {
    return r.whole()
        ? texts.state(r.agent())
        : context
            .live()
            .tasks()
            .get(r.task())
            .map(t -> texts.word("task.state", t.state()))
            .orElseGet(() -> texts.word("attempt.state", r.attempt().state()));
  }

  private Tone tone(AgentRow r) {
    return r.whole()
        ? Tone.of(r.agent().state())
        : context
            .live()
            .tasks()
            .get(r.task())
            .map(t -> Tone.of(t.state()))
            .orElseGet(() -> Tone.of(r.attempt().state()));
  }

  private String spent(AgentRow r) {
    return r.whole() ? texts.money(r.agent().cost()) : texts.cost(r.attempt().cost());
  }

  /** The task of an attempt; of an agent every task that it is at. */
  private String tasks(AgentRow r) {
    var at =
        r.whole() ? busy.getOrDefault(r.agent().id(), List.of()) : List.<AttemptViews.Attempt>of();
    return at.size() > 1
        ? at.stream().map(AttemptViews.Attempt::task).collect(Collectors.joining(", "))
        : Objects.requireNonNullElse(r.task(), "–");
  }

  private static String runs(AgentViews.Agent a) {
    var what = a.model() == null || a.model().isBlank() ? a.driver().word() : a.model();
    return a.version() == null || a.version().isBlank() ? what : what + " " + a.version();
  }

  private static String category(AgentViews.Agent a) {
    return a.category() == null ? "" : a.category();
  }

  private static double verified(AgentViews.Agent a) {
    var ended = a.succeeded() + a.failed();
    return ended == 0 ? -1 : (double) a.succeeded() / ended;
  }

  private String share(AgentViews.Agent a) {
    return verified(a) < 0 ? "–" : texts.percent(verified(a));
  }

  private void renew() {
    var all = context.live().agents().all();
    var counts =
        all.stream().collect(Collectors.groupingBy(AgentsScreen::category, Collectors.counting()));
    var pills = new ArrayList<FilterBar.Pill<String>>();
    pills.add(new FilterBar.Pill<>(null, texts.text("filter.all"), all.size()));
    counts.entrySet().stream()
        .filter(e -> !e.getKey().isEmpty())
        .sorted(
            Map.Entry.<String, Long>comparingByValue()
                .reversed()
                .thenComparing(Map.Entry.comparingByKey()))
        .forEach(e -> pills.add(new FilterBar.Pill<>(e.getKey(), e.getKey(), e.getValue())));
    filter.show(pills);
    busy =
        context.live().attempts().all().stream()
            .filter(a -> !a.state().over())
            .collect(Collectors.groupingBy(AttemptViews.Attempt::agent));
    var wanted = new ArrayList<AgentRow>();
    for (var a : all) {
      var at = busy.getOrDefault(a.id(), List.of());
      if ((filter.chosen() == null || filter.chosen().equals(category(a))) && found(a, at)) {
        wanted.add(new AgentRow(a, null));
        if (at.size() > 1) {
          at.forEach(attempt -> wanted.add(new AgentRow(a, attempt)));
        }
      }
    }
    wanted.sort(table.order(byAttention()));
    table.renew(wanted);
    if (table.chosen().get() == null && !wanted.isEmpty()) {
      table.choose(wanted.getFirst().id());
    }
    ended();
    if (all.isEmpty()) {
      body.getChildren().setAll(empty());
    } else if (body.getChildren().getFirst() != split) {
      body.getChildren().setAll(split);
    }
    inspect();
  }

  private boolean found(AgentViews.Agent a, List<AttemptViews.Attempt> at) {
    return search.finds(a.id(), a.role(), runs(a), a.task(), a.activity())
        || at.stream().anyMatch(attempt -> search.finds(attempt.task(), attempt.activity()));
  }

  private static Comparator<AgentRow> byAttention() {
    return by(Comparator.<AgentViews.Agent>comparingInt(a -> ATTENTION.indexOf(a.state()))
            .thenComparing(AgentViews.Agent::id))
        .thenComparing(AgentRow::whole, Comparator.reverseOrder())
        .thenComparing(AgentRow::id);
  }

  /** The row of an attempt goes when it has ended, or is alone: its agent is chosen then. */
  private void ended() {
    context
        .live()
        .attempts()
        .get(table.chosen().get())
        .filter(a -> a.state().over() || busy.getOrDefault(a.agent(), List.of()).size() < 2)
        .ifPresent(
            a -> {
              fallingBack = true;
              table.choose(a.agent());
              fallingBack = false;
            });
  }

  private void chosen(String id) {
    inspect();
    if (!fallingBack) {
      context.live().attempts().get(id).ifPresentOrElse(inspector::read, inspector::readNow);
    }
  }

  /** Shows the log of an attempt, and its row where it has one. */
  private void read(AttemptViews.Attempt attempt) {
    if (table.rows().stream().anyMatch(r -> r.id().equals(attempt.id()))) {
      table.choose(attempt.id());
    }
    inspector.read(attempt);
  }

  /** Shows the agent that is chosen, or whose attempt is. */
  private void inspect() {
    var id = table.chosen().get();
    var agents = context.live().agents();
    inspector.show(
        agents
            .get(id)
            .or(() -> context.live().attempts().get(id).flatMap(a -> agents.get(a.agent())))
            .orElse(null));
  }

  private Region empty() {
    return Widgets.card(
        Widgets.grow(
            EmptyState.empty(
                Icon.AGENT,
                texts.text("agents.empty"),
                texts.text("agents.empty.more"),
                Widgets.button(texts.text("agents.find"), this::find, "accent"),
                context.act(texts.text("action.setup"), context.go()::setUp))));
  }

  /** A tag that keeps its own width, in a cell. */
  private static final class TagBox extends HBox {
    private final Label tag = Widgets.label("", "tag");

    TagBox() {
      setAlignment(Pos.CENTER_LEFT);
      getChildren().add(tag);
      setMinWidth(0);
    }

    void show(String text) {
      tag.setText(text);
      Widgets.show(tag, !Objects.equals(text, ""));
    }
  }
}
