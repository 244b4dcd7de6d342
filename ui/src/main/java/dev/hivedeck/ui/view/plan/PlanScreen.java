package dev.hivedeck.ui.view.plan;

import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.view.TaskViews;
import dev.hivedeck.engine.protocol.view.TaskViews.TaskState;
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
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.action.PlanImport;
import dev.hivedeck.ui.shell.text.DisplayText;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.EmptyState;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ProgressBar;
import javafx.scene.control.SplitPane;
import javafx.scene.input.Clipboard;
import javafx.scene.input.ClipboardContent;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import javafx.util.Subscription;

/** Every requirement in the plan's order, how far it is, and the one that is read. */
public final class PlanScreen implements ListScreen {
  /** How requirements are told apart above the table. */
  private enum Group {
    ALL,
    OPEN,
    DONE,
    BARE;

    boolean holds(TaskViews.Requirement r) {
      return switch (this) {
        case ALL -> true;
        case OPEN -> !met(r) && r.tasks() > 0;
        case DONE -> met(r);
        case BARE -> r.tasks() == 0;
      };
    }
  }

  private static final List<String> PRIORITIES = List.of("critical", "high", "medium", "low");

  private final ScreenContext context;
  private final Texts texts;
  private final VBox node;
  private final FilterBar<Group> filter;
  private final Label summary = Widgets.label("", "summary");
  private final Button export;
  private final EntityTable<TaskViews.Requirement> table;
  private final StackPane tableBox;
  private final FilterField search;
  private final Region none;
  private final Button loose;
  private final RequirementInspector inspector;
  private final SplitPane split;
  private final StackPane body = new StackPane();
  private final ScheduleBar schedules;
  private Subscription watching = () -> {};

  public PlanScreen(ScreenContext context) {
    this.context = context;
    this.texts = context.texts();
    filter = new FilterBar<>(texts);
    filter.choose(Group.ALL);
    filter.setPrefWrapLength(540);
    filter.setMinWidth(Region.USE_PREF_SIZE);
    filter.chosenProperty().addListener((_, _, _) -> renew());
    var title = Widgets.title(texts.text("place.plan"));
    export = context.act(texts.text("plan.export"), this::export);
    export.setGraphic(Icon.EXPORT.node());
    var take = context.act(texts.text("action.import"), new PlanImport(context)::choose, "accent");
    take.setGraphic(Icon.IMPORT.node());
    search = new FilterField(texts.text("plan.search"), this::renew, this::list);
    var saved = SavedFilters.of(context, "plan", filter, search, Group.class);
    var head = Widgets.head(title, filter, Widgets.grow(summary), search, saved, export, take);

    table = newTable();
    inspector = new RequirementInspector(context);
    table.chosen().subscribe(_ -> inspect());
    none = EmptyState.empty(Icon.PLAN, texts.text("plan.none"), texts.text("plan.none.more"));
    loose = Widgets.link("", () -> context.go().to(ScreenId.TASKS));
    tableBox = table.framed();
    var tables = new StackPane(tableBox, none);
    split = MasterDetail.of(context, "plan.split", 0.58, inspector, tables, loose);
    body.getChildren().setAll(split);
    schedules = new ScheduleBar(context);
    node = Widgets.screen(head, schedules, body);
  }

  @Override
  public Region node() {
    return node;
  }

  @Override
  public void shown() {
    watching =
        Subscription.combine(
            context.live().requirements().watch(this::renew),
            context.live().tasks().watch(this::renew),
            schedules.watch());
  }

  @Override
  public void hidden() {
    watching.unsubscribe();
  }

  @Override
  public void open(String id) {
    if (context.live().requirements().get(id).isPresent()) {
      filter.choose(Group.ALL);
      search.clear();
      renew();
      table.choose(id);
    }
  }

  @Override
  public EntityTable<TaskViews.Requirement> table() {
    return table;
  }

  @Override
  public FilterField search() {
    return search;
  }

  private EntityTable<TaskViews.Requirement> newTable() {
    var made =
        EntityTable.<TaskViews.Requirement>of(context, texts.text("place.plan"), this::renew)
            .column(
                "",
                70,
                64,
                0,
                Comparator.comparingInt(TaskViews.Requirement::order),
                CellContent.text(TaskViews.Requirement::id, "mono", "soft"))
            .column(
                texts.text("col.requirement"),
                330,
                140,
                0,
                Comparator.comparing(TaskViews.Requirement::title),
                CellContent.text(TaskViews.Requirement::title, "strong"))
            .column(
                texts.text("col.priority"),
                76,
                70,
                2,
                Comparator.comparingInt(r -> PRIORITIES.indexOf(r.priority())),
                CellContent.of(() -> Widgets.label(""), this::fillPriority))
            .column(
                texts.text("col.stage"),
                86,
                86,
                1,
                Comparator.comparingInt(TaskViews.Requirement::stage),
                CellContent.of(StageBar::new, (bar, r) -> bar.show(r.stage(), tone(r))))
            .column(
                texts.text("col.coverage"),
                150,
                110,
                1,
                Comparator.comparingDouble(PlanScreen::share),
                CellContent.of(this::coverageBox, this::fillCoverage));
    made.remember("plan").menu(menu());
    return made.onOpen(() -> inspector.enter());
  }

  private EntityMenu<TaskViews.Requirement> menu() {
    return new EntityMenu<TaskViews.Requirement>(context)
        .one(
            Icon.TASK,
            "menu.tasks",
            r -> r.tasks() > 0,
            r -> context.go().to(ScreenId.TASKS, Navigator.TASKS_OF + r.id()))
        .one(
            Icon.ADD,
            "menu.newtask",
            _ -> !context.live().cut().get(),
            r -> context.go().newTask(r.id()))
        .line()
        .copy("menu.copy.id", TaskViews.Requirement::id)
        .copy("menu.copy.title", r -> DisplayText.line(r.title()));
  }

  static boolean met(TaskViews.Requirement r) {
    return r.tasks() > 0 && r.done() == r.tasks();
  }

  private static double share(TaskViews.Requirement r) {
    return r.tasks() == 0 ? -1 : (double) r.done() / r.tasks();
  }

  private static Tone tone(TaskViews.Requirement r) {
    return met(r) ? Tone.GREEN : Tone.BLUE;
  }

  private void fillPriority(Label label, TaskViews.Requirement r) {
    var key = "priority." + r.priority().toLowerCase(Locale.ROOT);
    label.setText(texts.has(key) ? texts.text(key) : r.priority());
    (r.priority().equals("critical") ? Tone.AMBER : Tone.NEUTRAL).on(label);
  }

  private HBox coverageBox() {
    var bar = new ProgressBar(0);
    bar.getStyleClass().add("coverage");
    bar.setMinWidth(30);
    var words = Widgets.label("", "soft");
    words.setMinWidth(Region.USE_PREF_SIZE);
    return Widgets.row(8, bar, words);
  }

  private void fillCoverage(HBox box, TaskViews.Requirement r) {
    var bar = (ProgressBar) box.getChildren().getFirst();
    bar.setProgress(Math.max(0, share(r)));
    Widgets.show(bar, r.tasks() > 0);
    var words = (Label) box.getChildren().getLast();
    if (r.tasks() == 0) {
      words.setText(texts.text("plan.coverage.none"));
      Tone.AMBER.on(words);
    } else {
      words.setText(texts.text("plan.share", r.done(), r.tasks()));
      words.getStyleClass().removeIf(c -> c.startsWith("tone-"));
    }
  }

  private void renew() {
    var all = context.live().requirements().all();
    var tasks = context.live().tasks().all();
    var pills = new ArrayList<FilterBar.Pill<Group>>();
    for (var group : Group.values()) {
      long count = all.stream().filter(group::holds).count();
      if (group != Group.BARE || count > 0 || filter.chosen() == group) {
        pills.add(
            new FilterBar.Pill<>(
                group, texts.text("plan." + group.name().toLowerCase(Locale.ROOT)), count));
      }
    }
    filter.show(pills);
    int merged = 0;
    int without = 0;
    int counted = 0;
    for (var task : tasks) {
      merged += task.merged() ? 1 : 0;
      without += task.requirements().isEmpty() ? 1 : 0;
      counted += task.state() == TaskState.CANCELLED && !task.merged() ? 0 : 1;
    }
    summary.setText(
        all.isEmpty() && tasks.isEmpty()
            ? ""
            : texts.text(
                "plan.summary",
                all.stream().filter(PlanScreen::met).count(),
                all.size(),
                merged,
                counted));
    Widgets.show(loose, without > 0 && !all.isEmpty());
    loose.setText(texts.text("plan.unlinked", without));
    Widgets.show(export, !tasks.isEmpty());
    var wanted = new ArrayList<TaskViews.Requirement>();
    for (var r : all) {
      if (filter.chosen().holds(r) && search.finds(r.id(), r.title(), r.priority())) {
        wanted.add(r);
      }
    }
    wanted.sort(table.order(Comparator.comparingInt(TaskViews.Requirement::order)));
    table.renew(wanted);
    if (table.chosen().get() == null && !wanted.isEmpty()) {
      table.choose(wanted.getFirst().id());
    }
    Widgets.show(tableBox, !wanted.isEmpty());
    Widgets.show(none, wanted.isEmpty());
    if (all.isEmpty()) {
      if (body.getChildren().getFirst() == split) {
        body.getChildren().setAll(empty());
      }
    } else if (body.getChildren().getFirst() != split) {
      body.getChildren().setAll(split);
    }
    inspect();
  }

  private void inspect() {
    inspector.show(context.live().requirements().get(table.chosen().get()).orElse(null));
  }

  private Region empty() {
    return Widgets.card(
        Widgets.grow(
            EmptyState.empty(
                Icon.PLAN,
                texts.text("plan.empty"),
                texts.text("plan.empty.more"),
                context.act(texts.text("action.import"), new PlanImport(context)::choose, "accent"),
                context.act(texts.text("plan.write"), context.go()::newTask))));
  }

  private void export() {
    context
        .steering()
        .query(new Query.Export())
        .thenAccept(
            answer -> {
              var content = new ClipboardContent();
              content.putString(answer.path("yaml").asText());
              Clipboard.getSystemClipboard().setContent(content);
              context.notices().say(texts.text("plan.exported"));
            });
  }
}
