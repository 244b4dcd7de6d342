package dev.hivedeck.ui.view.overview;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.alternative.AlternativeRegistration;
import dev.hivedeck.engine.protocol.alternative.AlternativeViews.Alternatives;
import dev.hivedeck.engine.protocol.view.AgentViews.AgentState;
import dev.hivedeck.engine.protocol.view.TaskViews;
import dev.hivedeck.engine.protocol.view.WorkspaceViews;
import dev.hivedeck.ui.control.chart.Sparkline;
import dev.hivedeck.ui.control.table.FilterBar;
import dev.hivedeck.ui.control.task.HoldList;
import dev.hivedeck.ui.shell.Navigator;
import dev.hivedeck.ui.shell.Screen;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.action.PlanImport;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.EmptyState;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.time.Duration;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import javafx.application.Platform;
import javafx.geometry.Pos;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ProgressBar;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import javafx.util.Subscription;

/** How it goes and what needs a person, within a second. */
public final class OverviewScreen implements Screen {
  private static final int ROWS = 12;

  private static final Comparator<TaskViews.Task> BY_TURN =
      Comparator.comparingInt(TaskViews.Task::priority).thenComparingInt(TaskViews.Task::order);

  /** Why nobody works. */
  private enum Quiet {
    NO_AGENTS,
    NO_PLAN,
    ALL_DONE,
    WAITING,
    RESTING
  }

  private final ScreenContext context;
  private final Texts texts;
  private final VBox node;
  private final Label summary = Widgets.label("", "summary");
  private final Button work = new Button();
  private final MetricTile agents;
  private final MetricTile today;
  private final MetricTile success;
  private final MetricTile plan;
  private final MetricTile changes;
  private final Sparkline sparkline;
  private final ProgressBar progress = new ProgressBar(0);
  private final RunningAttempts runningAttempts;
  private final HoldList why;
  private final StackPane workingPlace = new StackPane();
  private final Label workingCount = Widgets.label("", "muted");
  private final CountChart chart;
  private final RecentEvents recentEvents;
  private final FilterBar<OverviewMetrics.Range> range;
  private final Label stretch = Widgets.label("", "muted");
  private final AlertLine alertLine;
  private final AttentionList needs;
  private final Label needsCount = Widgets.label("", "muted");
  private Quiet shownQuiet;
  private boolean counting;
  private Subscription watching = () -> {};

  public OverviewScreen(ScreenContext context) {
    this.context = context;
    this.texts = context.texts();
    sparkline = new Sparkline(context.theme(), Tone.GREEN);
    progress.setMaxWidth(Double.MAX_VALUE);
    progress.setFocusTraversable(false);
    progress.setAccessibleText(texts.text("tile.plan"));
    agents = new MetricTile(texts.text("tile.agents"), () -> context.go().to(ScreenId.AGENTS));
    today =
        new MetricTile(texts.text("tile.today"), () -> context.go().to(ScreenId.TASKS), sparkline);
    success = new MetricTile(texts.text("tile.success"), () -> context.go().to(ScreenId.TASKS));
    plan = new MetricTile(texts.text("tile.plan"), () -> context.go().to(ScreenId.PLAN), progress);
    changes = new MetricTile(texts.text("tile.changes"), () -> context.go().to(ScreenId.CHANGES));
    runningAttempts = new RunningAttempts(context);
    why = new HoldList(context, true);
    chart = new CountChart(context);
    recentEvents = new RecentEvents(context);
    range = new FilterBar<>(texts);
    range.show(
        Arrays.stream(OverviewMetrics.Range.values())
            .map(r -> new FilterBar.Pill<>(r, texts.word("overview.range", r)))
            .toList());
    range.choose(remembered());
    range
        .chosenProperty()
        .addListener(
            (_, _, now) -> {
              context.settings().put("overview.range", now.name());
              chart.choose(null);
              renewFigures();
            });
    chart.chosen().addListener((_, _, now) -> narrow(now));
    needs = new AttentionList(context);
    alertLine = new AlertLine(context);
    node = Widgets.screen(head(), alertLine, tiles(), body());
  }

  @Override
  public Region node() {
    return node;
  }

  @Override
  public void shown() {
    var live = context.live();
    var alternatives = live.things(AlternativeRegistration.TOPIC, Alternatives.class);
    // What moves with every piece of news, and what is counted from the whole once a second.
    watching =
        Subscription.combine(
            live.agents().watch(this::renewWorking),
            alertLine.watch(),
            live.decisions().watch(this::renewNeeds),
            live.changes().watch(this::renewNeeds),
            alternatives.watch(this::renewNeeds),
            live.tasks()
                .watch(
                    () -> {
                      if (alternatives.size() > 0) {
                        renewNeeds(); // which of them can be chosen is in their tasks
                      }
                    }),
            context.workspaces().watch(this::renewNeeds),
            live.tasks().watch(this::renewWorking),
            live.attempts().watch(this::renewWorking),
            live.workspace().subscribe(_ -> renewWorking()),
            context.theme().scale().subscribe(_ -> renewWorking()),
            live.now().subscribe(_ -> renewFigures()));
  }

  @Override
  public void hidden() {
    watching.unsubscribe();
  }

  /** Says what still runs after the hive was told to rest, and for how long. */
  private void rests(JsonNode result) {
    int running = result.path("running").asInt();
    if (running > 0) {
      var left = Duration.ofSeconds(result.path("seconds").asLong());
      context
          .notices()
          .say(
              left.isZero()
                  ? texts.text("overview.rests", running)
                  : texts.text("overview.rests.for", running, texts.span(left)));
    }
  }

  private Region head() {
    work.setMinWidth(Region.USE_PREF_SIZE);
    context.act(work);
    work.setOnAction(
        _ -> {
          var w = context.live().workspace().get();
          if (w.started()) {
            context.steering().execute(new Command.PauseHive()).thenAccept(this::rests);
          } else {
            context.go().work();
          }
        });
    var add = context.act(texts.text("action.newtask"), context.go()::newTask, "accent");
    var title = Widgets.title(texts.text("place.overview"));
    var head = Widgets.head(title, Widgets.grow(summary), work, add);
    return head;
  }

  private Region tiles() {
    var tiles = new HBox(12, agents, today, success, plan, changes);
    tiles.setFillHeight(true);
    tiles.setMinHeight(Region.USE_PREF_SIZE);
    return tiles;
  }

  private Region body() {
    var left = Widgets.card();
    var workingHead =
        Widgets.row(
            8,
            Widgets.label(texts.text("overview.working"), "card-title"),
            Widgets.spacer(),
            workingCount);
    workingPlace.getChildren().setAll(runningAttempts);
    workingPlace.setAlignment(Pos.TOP_LEFT);
    var chartHead =
        Widgets.row(
            12,
            Widgets.label(texts.text("overview.counts"), "card-title"),
            range,
            stretch,
            Widgets.spacer(),
            legend(Tone.GREEN, "overview.rates.done"),
            legend(Tone.AMBER, "overview.rates.retried"),
            legend(Tone.RED, "overview.rates.dead"));
    VBox.setVgrow(chart, Priority.ALWAYS);
    VBox.setVgrow(workingPlace, Priority.SOMETIMES);
    left.getChildren().addAll(workingHead, workingPlace, why, chartHead, chart);
    HBox.setHgrow(left, Priority.ALWAYS);
    left.setMinWidth(280);

    var needsHead =
        Widgets.row(
            8,
            Widgets.label(texts.text("overview.needs"), "card-title"),
            Widgets.spacer(),
            needsCount);
    var needsCard = Widgets.card(needsHead, needs);
    VBox.setVgrow(recentEvents, Priority.ALWAYS);
    var happeningCard =
        Widgets.card(
            Widgets.row(
                8,
                Widgets.label(texts.text("overview.happening"), "card-title"),
                Widgets.spacer(),
                Widgets.label(texts.text("overview.live"), "muted")),
            recentEvents);
    VBox.setVgrow(happeningCard, Priority.ALWAYS);
    happeningCard.setMinHeight(170);
    needsCard.setMaxHeight(470);
    var right = new VBox(12, needsCard, happeningCard);
    right.minWidthProperty().bind(context.theme().scale().multiply(250));
    right.setPrefWidth(420);
    right.setMaxWidth(460);
    var body = new HBox(12, left, right);
    return Widgets.scroll(body);
  }

  private OverviewMetrics.Range remembered() {
    try {
      return OverviewMetrics.Range.valueOf(
          context.settings().text("overview.range", "EIGHT_HOURS"));
    } catch (IllegalArgumentException e) {
      return OverviewMetrics.Range.EIGHT_HOURS;
    }
  }

  /** Shows only what happened in the time that was dragged over in the chart. */
  private void narrow(CountChart.Stretch now) {
    recentEvents.narrow(now == null ? null : now::holds);
    stretch.setText(
        now == null
            ? ""
            : texts.text("overview.counts.only", texts.time(now.from()), texts.time(now.to())));
  }

  private Region legend(Tone tone, String key) {
    var word = tone.on(Widgets.label(texts.text(key)));
    word.setMinWidth(Region.USE_PREF_SIZE);
    return word;
  }

  private void renewWorking() {
    var w = context.live().workspace().get();
    if (w == null) {
      return;
    }
    if (!Objects.equals(work.getUserData(), w.started())) {
      work.setUserData(w.started());
      work.setText(texts.text(w.started() ? "action.rest" : "action.work"));
      work.setGraphic((w.started() ? Icon.PAUSE : Icon.PLAY).node());
      work.getStyleClass().removeAll("success");
      if (!w.started()) {
        work.getStyleClass().add("success");
      }
    }
    runningAttempts.renew();
    workingCount.setText(texts.text("overview.working.count", runningAttempts.count()));
    why.show(runningAttempts.running() < w.limit() ? firstReady() : null);
    var empty = runningAttempts.count() == 0;
    var quiet = empty ? quiet(w) : null;
    // Only what is new is built anew: a button must not vanish under the pointer.
    if (workingPlace.getChildren().isEmpty() || !Objects.equals(quiet, shownQuiet)) {
      shownQuiet = quiet;
      workingPlace.getChildren().setAll(quiet == null ? runningAttempts : nobody(quiet));
    }
    // Room for all that may work at once: what is below does not move as agents come and go.
    int most = Math.clamp(Math.max(w.limit(), runningAttempts.count()), 1, ROWS);
    var height = empty ? Math.max(230, runningAttempts.height(most)) : runningAttempts.height(most);
    workingPlace.setPrefHeight(height);
    workingPlace.setMaxHeight(height);
    workingPlace.setMinHeight(Math.min(height, runningAttempts.height(Math.min(most, 3))));
  }

  /** The task that would be worked on next, if it could be. */
  private TaskViews.Task firstReady() {
    TaskViews.Task first = null;
    for (var task : context.live().tasks().all()) {
      if (task.state() == TaskViews.TaskState.READY
          && (first == null || BY_TURN.compare(task, first) < 0)) {
        first = task;
      }
    }
    return first;
  }

  private Quiet quiet(WorkspaceViews.Workspace w) {
    if (context.live().tasks().size() == 0) {
      return context.live().agents().size() == 0 ? Quiet.NO_AGENTS : Quiet.NO_PLAN;
    }
    var over =
        context.live().tasks().all().stream()
            .allMatch(
                t ->
                    t.state() == TaskViews.TaskState.DONE
                        || t.state() == TaskViews.TaskState.CANCELLED
                        || t.state() == TaskViews.TaskState.DEAD);
    if (over) {
      return Quiet.ALL_DONE;
    }
    return w.started() ? Quiet.WAITING : Quiet.RESTING;
  }

  private Region nobody(Quiet why) {
    return switch (why) {
      case NO_AGENTS -> {
        var write = context.act(texts.text("action.setup"), context.go()::setUp, "accent");
        write.setGraphic(Icon.FILE.node());
        var find =
            Widgets.button(
                texts.text("agents.find"),
                () -> context.go().to(ScreenId.AGENTS, Navigator.FIND_AGENTS));
        yield EmptyState.empty(
            Icon.AGENT,
            texts.text("overview.noagents"),
            texts.text("overview.noagents.more"),
            write,
            find);
      }
      case NO_PLAN -> {
        var take =
            context.act(texts.text("action.import"), new PlanImport(context)::choose, "accent");
        take.setGraphic(Icon.IMPORT.node());
        yield EmptyState.empty(
            Icon.PLAN,
            texts.text("overview.noplan"),
            texts.text("overview.noplan.more"),
            take,
            context.act(texts.text("action.newtask"), context.go()::newTask));
      }
      case ALL_DONE ->
          EmptyState.empty(
              Icon.PASSED,
              texts.text("overview.alldone"),
              texts.text("overview.alldone.more"),
              Widgets.button(
                  texts.text("overview.alldone.look"), () -> context.go().to(ScreenId.CHANGES)));
      case WAITING ->
          EmptyState.empty(
              Icon.WAITING,
              texts.text("overview.idle"),
              texts.text("overview.idle.more"),
              Widgets.button(
                  texts.text("overview.idle.look"), () -> context.go().to(ScreenId.TASKS)));
      case RESTING -> {
        var start = context.act(texts.text("action.work"), work::fire, "success");
        start.setGraphic(Icon.PLAY.node());
        yield EmptyState.empty(
            Icon.PAUSE, texts.text("overview.resting"), texts.text("overview.resting.more"), start);
      }
    };
  }

  private void renewNeeds() {
    var count = needs.renew();
    needsCount.setText(count == 0 ? "" : texts.count(count));
  }

  // A plan may have 100,000 tasks: they are counted off the FX thread.
  private void renewFigures() {
    if (counting) {
      return;
    }
    counting = true;
    var live = context.live();
    var tasks = List.copyOf(live.tasks().all());
    var workers = List.copyOf(live.agents().all());
    var attempts = List.copyOf(live.attempts().all());
    var open = List.copyOf(live.changes().all());
    var now = live.now().get();
    var chosen = range.chosen();
    Thread.ofVirtual()
        .name("overview-figures")
        .start(
            () -> {
              try {
                var overviewMetrics =
                    OverviewMetrics.of(tasks, workers, attempts, open, now, texts.zone(), chosen);
                Platform.runLater(() -> show(overviewMetrics));
              } finally {
                Platform.runLater(() -> counting = false);
              }
            });
  }

  private void show(OverviewMetrics f) {
    agents.show(
        texts.count(runningAttempts.running() - runningAttempts.waiting()),
        texts.text("tile.agents.running"),
        notes(
            note(Tone.AMBER, "tile.agents.waiting", runningAttempts.waiting()),
            note(Tone.RED, "tile.agents.failing", f.agents(AgentState.RETRYING)),
            note(Tone.NEUTRAL, "tile.agents.paused", f.agents(AgentState.PAUSED)),
            note(Tone.NEUTRAL, "tile.agents.idle", f.agents(AgentState.IDLE))));
    today.show(texts.count(f.doneToday()), "", List.of());
    sparkline.show(Arrays.stream(f.counts().done()).asDoubleStream().toArray());
    var quality = new ArrayList<MetricTile.Note>();
    f.firstTry()
        .ifPresent(
            s ->
                quality.add(
                    new MetricTile.Note(
                        Tone.NEUTRAL, texts.text("tile.success.first", texts.percent(s)))));
    f.repair()
        .ifPresent(
            d ->
                quality.add(
                    new MetricTile.Note(
                        Tone.NEUTRAL, texts.text("tile.success.mttr", texts.span(d)))));
    success.show(f.success().map(texts::percent).orElse("–"), "", quality);
    var share = f.planned() == 0 ? 0 : (double) f.done() / f.planned();
    progress.setProgress(share);
    plan.show(
        texts.percent(share),
        texts.text("tile.plan.verified"),
        List.of(
            new MetricTile.Note(
                Tone.NEUTRAL,
                texts.text("tile.plan.tasks", texts.count(f.done()), texts.count(f.planned())))));
    var c = f.changes();
    changes.show(
        texts.count(c.open()),
        texts.text("tile.changes.open"),
        notes(
            note(Tone.GREEN, "tile.changes.healthy", c.healthy()),
            note(Tone.AMBER, "tile.changes.marginal", c.marginal()),
            note(Tone.RED, "tile.changes.stuck", c.stuck())));
    chart.show(f.counts(), context.live().happenings());
    summary.setText(summary(f));
  }

  private String summary(OverviewMetrics f) {
    var w = context.live().workspace().get();
    if (w == null || w.plan() == null || f.planned() == 0) {
      return texts.text(
          context.live().agents().size() == 0
              ? "overview.summary.noagents"
              : "overview.summary.none");
    }
    var parts = new ArrayList<String>();
    parts.add(texts.text("overview.summary.plan", w.plan()));
    parts.add(
        texts.text("overview.summary.verified", texts.percent((double) f.done() / f.planned())));
    if (w.started()) {
      f.finish()
          .ifPresent(
              at ->
                  parts.add(
                      texts.text(
                          "overview.summary.finish",
                          DateTimeFormatter.ofPattern("HH:mm", texts.locale())
                              .withZone(texts.zone())
                              .format(at))));
    } else if (f.open() > 0) {
      parts.add(texts.text("overview.summary.resting"));
    }
    return String.join(" · ", parts);
  }

  private MetricTile.Note note(Tone tone, String key, int count) {
    return count == 0 ? null : new MetricTile.Note(tone, texts.text(key, count));
  }

  private static List<MetricTile.Note> notes(MetricTile.Note... all) {
    return java.util.Arrays.stream(all).filter(Objects::nonNull).toList();
  }
}
