package dev.hivedeck.ui.view.task;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.alternative.AlternativeRegistration;
import dev.hivedeck.engine.protocol.alternative.AlternativeViews.Alternatives;
import dev.hivedeck.engine.protocol.view.AgentViews;
import dev.hivedeck.engine.protocol.view.AttemptViews;
import dev.hivedeck.engine.protocol.view.TaskViews;
import dev.hivedeck.engine.protocol.view.TaskViews.TaskState;
import dev.hivedeck.ui.control.chart.DagView;
import dev.hivedeck.ui.control.chart.StageBar;
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
import dev.hivedeck.ui.shell.action.PlanImport;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.EmptyState;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import javafx.application.Platform;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.SplitPane;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.ToggleGroup;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import javafx.util.Subscription;

/** Every task, as a table or as the graph of what waits for what, and the one that is read. */
public final class TasksScreen implements ListScreen {
  /** How tasks are told apart above the table. */
  enum Group {
    ALL(Set.of(TaskState.values())),
    RUNNING(Set.of(TaskState.RUNNING, TaskState.VALIDATING)),
    WAITING(Set.of(TaskState.WAITING, TaskState.DELAYED, TaskState.PAUSED)),
    DEAD(Set.of(TaskState.DEAD)),
    READY(Set.of(TaskState.READY)),
    BLOCKED(Set.of(TaskState.BLOCKED)),
    DONE(Set.of(TaskState.DONE)),
    CANCELLED(Set.of(TaskState.CANCELLED));

    private final Set<TaskState> states;

    Group(Set<TaskState> states) {
      this.states = states;
    }

    boolean holds(TaskViews.Task task) {
      return states.contains(task.state());
    }
  }

  private static final List<TaskState> ATTENTION =
      List.of(
          TaskState.DEAD,
          TaskState.WAITING,
          TaskState.DELAYED,
          TaskState.VALIDATING,
          TaskState.RUNNING,
          TaskState.PAUSED,
          TaskState.READY,
          TaskState.BLOCKED,
          TaskState.DONE,
          TaskState.CANCELLED);

  private static final Comparator<TaskViews.Task> NATURAL =
      Comparator.<TaskViews.Task>comparingInt(t -> ATTENTION.indexOf(t.state()))
          .thenComparingInt(TaskViews.Task::priority)
          .thenComparingInt(TaskViews.Task::order);

  /** Plans beyond this are looked through on another thread. */
  private static final int LARGE = 2_000;

  /** Tasks beyond this are too many for a graph to say anything. */
  private static final int DRAWN = 10_000;

  /** What is to be seen of all tasks. */
  record Shown(List<TaskViews.Task> wanted, Map<Group, Integer> counts, int merged) {
    static Shown of(
        List<TaskViews.Task> all, Group group, String text, Comparator<TaskViews.Task> order) {
      var counts = new EnumMap<Group, Integer>(Group.class);
      var wanted = new ArrayList<TaskViews.Task>();
      int merged = 0;
      for (var task : all) {
        for (var g : Group.values()) {
          if (g.holds(task)) {
            counts.merge(g, 1, Integer::sum);
          }
        }
        merged += task.merged() ? 1 : 0;
        if (group.holds(task) && matches(task, text)) {
          wanted.add(task);
        }
      }
      wanted.sort(order);
      return new Shown(wanted, counts, merged);
    }

    private static boolean matches(TaskViews.Task task, String text) {
      return FilterField.holds(
              text,
              task.id(),
              task.title(),
              task.worker(),
              task.agent(),
              task.kind(),
              task.reason())
          // Whole: who asks for R-1 does not ask for R-10.
          || task.requirements().stream().anyMatch(text::equalsIgnoreCase);
    }
  }

  private final ScreenContext context;
  private final Texts texts;
  private final VBox node;
  private final FilterBar<Group> filter;
  private final FilterField search;
  private final Label summary = Widgets.label("", "summary");
  private final ToggleButton asTable;
  private final ToggleButton asGraph;
  private final EntityTable<TaskViews.Task> table;
  private final StackPane tableBox;
  private final DagView graph;
  private final VBox graphBox;
  private final Label tooMany;
  private final Region none;
  private final TaskInspector inspector;
  private final SplitPane split;
  private final StackPane body = new StackPane();
  private Subscription watching = () -> {};
  private boolean looking;
  private boolean again;

  public TasksScreen(ScreenContext context) {
    this.context = context;
    this.texts = context.texts();
    filter = new FilterBar<>(texts);
    filter.choose(Group.ALL);
    filter.chosenProperty().addListener((_, _, _) -> renew());
    search = new FilterField(texts.text("tasks.search"), this::renew, this::list);
    var shape = new ToggleGroup();
    asTable = shape(Icon.TABLE, "tasks.table", shape);
    asGraph = shape(Icon.GRAPH, "tasks.graph", shape);
    (context.settings().flag("tasks.graph", false) ? asGraph : asTable).setSelected(true);
    var title = Widgets.title(texts.text("place.tasks"));
    Button add = context.act(texts.text("action.newtask"), context.go()::newTask, "accent");
    add.setGraphic(Icon.ADD.node());
    var toggles = new HBox(asTable, asGraph);
    toggles.setMinWidth(Region.USE_PREF_SIZE);
    var saved = SavedFilters.of(context, "tasks", filter, search, Group.class);
    var head = Widgets.head(title, Widgets.grow(summary), search, saved, toggles, add);

    table = newTable();
    tableBox = table.framed();
    inspector = new TaskInspector(context);
    graph = new DagView(context, table::choose, inspector::enter);
    graphBox = graphBox();
    tooMany = Widgets.prose(texts.text("dag.many", texts.count(DRAWN)), "soft");
    tooMany.setMaxWidth(420);
    none = EmptyState.empty(Icon.TASK, texts.text("tasks.none"), texts.text("tasks.none.more"));
    table.chosen().subscribe(this::inspect);
    Widgets.oneChosen(
        shape,
        _ -> {
          context.settings().put("tasks.graph", asGraph.isSelected());
          renew();
        });
    var views = new StackPane(tableBox, graphBox, tooMany, none);
    split = MasterDetail.of(context, "tasks.split", 0.6, inspector, views);
    body.getChildren().setAll(split);
    node = Widgets.screen(head, filter, body);
  }

  @Override
  public Region node() {
    return node;
  }

  @Override
  public void shown() {
    watching =
        Subscription.combine(
            context.live().tasks().watch(this::renew),
            context.live().attempts().watch(inspector::renew),
            context
                .live()
                .things(AlternativeRegistration.TOPIC, Alternatives.class)
                .watch(inspector::renew));
  }

  @Override
  public void hidden() {
    watching.unsubscribe();
    inspector.hidden();
  }

  @Override
  public void open(String id) {
    if (id.startsWith(Navigator.TASKS_OF)) {
      filter.choose(Group.ALL);
      search.setText(id.substring(Navigator.TASKS_OF.length()));
      table.choose(table.rows().isEmpty() ? null : table.rows().getFirst().id());
      return;
    }
    var attempt = context.live().attempts().get(id);
    attempt.ifPresent(
        a -> {
          open(a.task());
          inspector.read(a);
        });
    context
        .live()
        .tasks()
        .get(id)
        .ifPresent(
            task -> {
              if (!filter.chosen().holds(task)) {
                filter.choose(Group.ALL);
              }
              search.clear();
              renew();
              table.choose(id);
            });
  }

  @Override
  public Node list() {
    return asGraph.isSelected() ? graph : table;
  }

  @Override
  public EntityTable<TaskViews.Task> table() {
    return table;
  }

  @Override
  public FilterField search() {
    return search;
  }

  private ToggleButton shape(Icon icon, String key, ToggleGroup group) {
    var button = new ToggleButton();
    button.setGraphic(icon.node());
    button.setToggleGroup(group);
    button.getStyleClass().add(key.endsWith("table") ? "left-pill" : "right-pill");
    return Widgets.name(button, texts.text(key));
  }

  private VBox graphBox() {
    var nearer = Widgets.icon(Icon.ADD, texts.text("dag.in"), () -> graph.zoom(1.25), "flat");
    var farther = Widgets.icon(Icon.MINUS, texts.text("dag.out"), () -> graph.zoom(0.8), "flat");
    var all = Widgets.button(texts.text("dag.fit"), graph::fit, "flat");
    var bar =
        new FlowPane(4, 4, nearer, farther, all, Widgets.label(texts.text("dag.keys"), "muted"));
    bar.setAlignment(Pos.CENTER_LEFT);
    VBox.setVgrow(graph, Priority.ALWAYS);
    return new VBox(2, bar, graph);
  }

  private EntityTable<TaskViews.Task> newTable() {
    var made =
        EntityTable.<TaskViews.Task>of(context, texts.text("place.tasks"), this::renew)
            .column(
                "",
                64,
                60,
                0,
                Comparator.comparingInt(TaskViews.Task::order),
                CellContent.text(TaskViews.Task::id, "mono", "soft"))
            .column(
                texts.text("col.task"),
                260,
                130,
                0,
                Comparator.comparing(TaskViews.Task::title),
                CellContent.text(TaskViews.Task::title, "strong"))
            .column(
                texts.text("col.agent"),
                100,
                84,
                2,
                EntityTable.by(TasksScreen::agent),
                CellContent.text(TasksScreen::agent, "soft"))
            .column(
                texts.text("col.state"),
                118,
                112,
                1,
                Comparator.comparingInt(t -> ATTENTION.indexOf(t.state())),
                CellContent.of(() -> Widgets.label(""), this::fillState))
            .column(
                texts.text("col.stage"),
                84,
                84,
                3,
                Comparator.comparingInt(TaskViews.Task::stage),
                CellContent.of(StageBar::new, (bar, t) -> bar.show(t.stage(), tone(t))))
            .column(
                texts.text("col.tries"),
                46,
                46,
                4,
                Comparator.comparingInt(TaskViews.Task::attempts),
                CellContent.text(
                    t -> t.attempts() == 0 ? "–" : Integer.toString(t.attempts()), "mono"))
            .column(
                texts.text("col.kind"),
                90,
                76,
                5,
                EntityTable.by(TaskViews.Task::kind),
                CellContent.text(t -> t.kind() == null ? "" : t.kind(), "soft"));
    made.remember("tasks").menu(menu());
    return made.onOpen(() -> inspector.enter());
  }

  private EntityMenu<TaskViews.Task> menu() {
    return new EntityMenu<TaskViews.Task>(context)
        .send(
            Icon.RETRY,
            "task.retry",
            t ->
                t.state() == TaskState.DEAD
                    || t.state() == TaskState.CANCELLED
                    || t.state() == TaskState.DELAYED,
            t -> new Command.RetryTask(t.id(), null),
            null)
        .send(
            Icon.PAUSE,
            "agent.pause",
            t -> goesOn(t) && t.state() != TaskState.PAUSED,
            t -> new Command.PauseTask(t.id()),
            t -> new Command.ResumeTask(t.id()))
        .send(
            Icon.PLAY,
            "agent.resume",
            t -> t.state() == TaskState.PAUSED,
            t -> new Command.ResumeTask(t.id()),
            t -> new Command.PauseTask(t.id()))
        .choose(
            Icon.UP,
            "menu.priority",
            TasksScreen::goesOn,
            this::priorities,
            t -> new Command.ChangeTask(t.id(), t.priority(), null))
        .choose(
            Icon.AGENT,
            "menu.assign",
            t -> goesOn(t) && !t.state().active(),
            this::assignments,
            t -> new Command.ChangeTask(t.id(), null, Objects.requireNonNullElse(t.agent(), "")))
        .line()
        .copy("menu.copy.id", TaskViews.Task::id)
        .copy("menu.copy.branch", t -> attempt(t).map(AttemptViews.Attempt::branch).orElse(null))
        .folder(TaskViews.Task::attempt)
        .preview(t -> t.change() == null || t.merged() ? t.attempt() : t.change())
        .line()
        .ask(
            Icon.CANCEL,
            "tasks.cancel",
            t -> t.state() != TaskState.CANCELLED && !t.merged(),
            t -> new Command.CancelTask(t.id()),
            "task.cancel.verb");
  }

  private static boolean goesOn(TaskViews.Task t) {
    return t.state() != TaskState.DONE
        && t.state() != TaskState.DEAD
        && t.state() != TaskState.CANCELLED;
  }

  private Optional<AttemptViews.Attempt> attempt(TaskViews.Task t) {
    return context.live().attempts().get(t.attempt());
  }

  private Map<String, Function<TaskViews.Task, Command>> priorities() {
    var ways = new LinkedHashMap<String, Function<TaskViews.Task, Command>>();
    for (int i = 1; i <= 9; i++) {
      int priority = i;
      ways.put(
          texts.text("menu.priority." + (i == 1 ? "first" : i == 9 ? "last" : "of"), i),
          t -> new Command.ChangeTask(t.id(), priority, null));
    }
    return ways;
  }

  private Map<String, Function<TaskViews.Task, Command>> assignments() {
    var ways = new LinkedHashMap<String, Function<TaskViews.Task, Command>>();
    ways.put(texts.text("newtask.any"), t -> new Command.ChangeTask(t.id(), null, ""));
    context.live().agents().all().stream()
        .map(AgentViews.Agent::id)
        .sorted()
        .forEach(name -> ways.put(name, t -> new Command.ChangeTask(t.id(), null, name)));
    return ways;
  }

  private static String agent(TaskViews.Task t) {
    return t.worker() != null ? t.worker() : Objects.requireNonNullElse(t.agent(), "–");
  }

  static Tone tone(TaskViews.Task t) {
    return t.merged() ? Tone.GREEN : Tone.of(t.state());
  }

  private void fillState(Label label, TaskViews.Task t) {
    label.setText(state(texts, t));
    tone(t).on(label);
  }

  static String state(Texts texts, TaskViews.Task t) {
    return t.merged() ? texts.text("change.state.merged") : texts.word("task.state", t.state());
  }

  private void renew() {
    if (looking) {
      again = true;
      return;
    }
    var all = context.live().tasks().all();
    var group = filter.chosen();
    var text = search.sought();
    var order = table.order(NATURAL);
    if (all.size() <= LARGE) {
      show(Shown.of(all, group, text, order), all.size());
      return;
    }
    looking = true;
    var copy = List.copyOf(all);
    Thread.ofVirtual()
        .name("tasks-look")
        .start(
            () -> {
              var shown = Shown.of(copy, group, text, order);
              Platform.runLater(
                  () -> {
                    looking = false;
                    show(shown, copy.size());
                    if (again) {
                      again = false;
                      renew();
                    }
                  });
            });
  }

  private void show(Shown shown, int size) {
    var pills = new ArrayList<FilterBar.Pill<Group>>();
    for (var group : Group.values()) {
      int count = shown.counts().getOrDefault(group, 0);
      if (count > 0 || group == Group.ALL || group == filter.chosen()) {
        pills.add(
            new FilterBar.Pill<>(
                group, texts.text("tasks." + group.name().toLowerCase(Locale.ROOT)), count));
      }
    }
    filter.show(pills);
    summary.setText(
        size == 0
            ? ""
            : texts.text(
                "tasks.summary",
                texts.count(shown.merged()),
                texts.count(size),
                shown.counts().getOrDefault(Group.DEAD, 0)));
    table.renew(shown.wanted());
    if (table.chosen().get() == null && !shown.wanted().isEmpty()) {
      table.choose(shown.wanted().getFirst().id());
    }
    boolean drawn = asGraph.isSelected();
    boolean nothing = shown.wanted().isEmpty();
    Widgets.show(none, nothing);
    Widgets.show(tableBox, !drawn && !nothing);
    Widgets.show(graphBox, drawn && !nothing && size <= DRAWN);
    Widgets.show(tooMany, drawn && !nothing && size > DRAWN);
    if (drawn && size <= DRAWN) {
      var faint = new HashSet<String>();
      context.live().tasks().all().forEach(t -> faint.add(t.id()));
      shown.wanted().forEach(t -> faint.remove(t.id()));
      graph.show(
          context.live().tasks().all().stream()
              .sorted(Comparator.comparingInt(TaskViews.Task::order))
              .toList(),
          faint);
    }
    if (size == 0) {
      if (body.getChildren().getFirst() == split) {
        body.getChildren().setAll(empty());
      }
    } else if (body.getChildren().getFirst() != split) {
      body.getChildren().setAll(split);
    }
    inspector.show(context.live().tasks().get(table.chosen().get()).orElse(null));
  }

  private void inspect(String id) {
    inspector.show(context.live().tasks().get(id).orElse(null));
    graph.choose(id);
  }

  private Region empty() {
    return Widgets.card(
        Widgets.grow(
            EmptyState.empty(
                Icon.TASK,
                texts.text("tasks.empty"),
                texts.text("tasks.empty.more"),
                context.act(texts.text("action.import"), new PlanImport(context)::choose, "accent"),
                context.act(texts.text("plan.write"), context.go()::newTask))));
  }
}
