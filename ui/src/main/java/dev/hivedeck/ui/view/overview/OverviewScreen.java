package dev.hivedeck.ui.view.overview;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Views;
import dev.hivedeck.engine.protocol.Views.AgentState;
import dev.hivedeck.ui.control.table.FilterBar;
import dev.hivedeck.ui.control.task.WhyNot;
import dev.hivedeck.ui.shell.Desk;
import dev.hivedeck.ui.shell.Navigator;
import dev.hivedeck.ui.shell.Place;
import dev.hivedeck.ui.shell.Screen;
import dev.hivedeck.ui.shell.action.PlanImport;
import dev.hivedeck.ui.shell.part.Parts;
import dev.hivedeck.ui.shell.part.Placard;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
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

  private static final Comparator<Views.Task> BY_TURN =
      Comparator.comparingInt(Views.Task::priority).thenComparingInt(Views.Task::order);

  /** Why nobody works. */
  private enum Quiet {
    NO_AGENTS,
    NO_PLAN,
    ALL_DONE,
    WAITING,
    RESTING
  }

  private final Desk desk;
  private final Texts texts;
  private final VBox node;
  private final Label summary = Parts.label("", "summary");
  private final Button work = new Button();
  private final Tile agents;
  private final Tile today;
  private final Tile success;
  private final Tile plan;
  private final Tile changes;
  private final Spark spark;
  private final ProgressBar progress = new ProgressBar(0);
  private final Working working;
  private final WhyNot why;
  private final StackPane workingPlace = new StackPane();
  private final Label workingCount = Parts.label("", "muted");
  private final CountChart chart;
  private final Happening happening;
  private final FilterBar<Figures.Range> range;
  private final Label stretch = Parts.label("", "muted");
  private final NeedsYou needs;
  private final Label needsCount = Parts.label("", "muted");
  private Quiet shownQuiet;
  private boolean counting;
  private Subscription watching = () -> {};

  public OverviewScreen(Desk desk) {
    this.desk = desk;
    this.texts = desk.texts();
    spark = new Spark(desk.theme(), Tone.GREEN);
    progress.setMaxWidth(Double.MAX_VALUE);
    progress.setFocusTraversable(false);
    progress.setAccessibleText(texts.text("tile.plan"));
    agents = new Tile(texts.text("tile.agents"), () -> desk.go().to(Place.AGENTS));
    today = new Tile(texts.text("tile.today"), () -> desk.go().to(Place.TASKS), spark);
    success = new Tile(texts.text("tile.success"), () -> desk.go().to(Place.TASKS));
    plan = new Tile(texts.text("tile.plan"), () -> desk.go().to(Place.PLAN), progress);
    changes = new Tile(texts.text("tile.changes"), () -> desk.go().to(Place.CHANGES));
    working = new Working(desk);
    why = new WhyNot(desk, true);
    chart = new CountChart(desk);
    happening = new Happening(desk);
    range = new FilterBar<>(texts);
    range.show(
        Arrays.stream(Figures.Range.values())
            .map(r -> new FilterBar.Pill<>(r, texts.word("overview.range", r)))
            .toList());
    range.choose(remembered());
    range
        .chosenProperty()
        .addListener(
            (_, _, now) -> {
              desk.settings().put("overview.range", now.name());
              chart.choose(null);
              renewFigures();
            });
    chart.chosen().addListener((_, _, now) -> narrow(now));
    needs = new NeedsYou(desk);
    node = Parts.screen(head(), tiles(), body());
  }

  @Override
  public Region node() {
    return node;
  }

  @Override
  public void shown() {
    var live = desk.live();
    // What moves with every piece of news, and what is counted from the whole once a second.
    watching =
        Subscription.combine(
            live.agents().watch(this::renewWorking),
            live.decisions().watch(this::renewNeeds),
            live.changes().watch(this::renewNeeds),
            live.tasks().watch(this::renewWorking),
            live.attempts().watch(this::renewWorking),
            live.workspace().subscribe(_ -> renewWorking()),
            desk.theme().scale().subscribe(_ -> renewWorking()),
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
      desk.notices()
          .say(
              left.isZero()
                  ? texts.text("overview.rests", running)
                  : texts.text("overview.rests.for", running, texts.span(left)));
    }
  }

  private Region head() {
    work.setMinWidth(Region.USE_PREF_SIZE);
    desk.act(work);
    work.setOnAction(
        _ -> {
          var w = desk.live().workspace().get();
          if (w.started()) {
            desk.steering().execute(new Command.PauseHive()).thenAccept(this::rests);
          } else {
            desk.go().work();
          }
        });
    var add = desk.act(texts.text("action.newtask"), desk.go()::newTask, "accent");
    var title = Parts.title(texts.text("place.overview"));
    var head = Parts.head(title, Parts.grow(summary), work, add);
    return head;
  }

  private Region tiles() {
    var tiles = new HBox(12, agents, today, success, plan, changes);
    tiles.setFillHeight(true);
    tiles.setMinHeight(Region.USE_PREF_SIZE);
    return tiles;
  }

  private Region body() {
    var left = Parts.card();
    var workingHead =
        Parts.row(
            8,
            Parts.label(texts.text("overview.working"), "card-title"),
            Parts.spacer(),
            workingCount);
    workingPlace.getChildren().setAll(working);
    workingPlace.setAlignment(Pos.TOP_LEFT);
    var chartHead =
        Parts.row(
            12,
            Parts.label(texts.text("overview.counts"), "card-title"),
            range,
            stretch,
            Parts.spacer(),
            legend(Tone.GREEN, "overview.rates.done"),
            legend(Tone.AMBER, "overview.rates.retried"),
            legend(Tone.RED, "overview.rates.dead"));
    VBox.setVgrow(chart, Priority.ALWAYS);
    VBox.setVgrow(workingPlace, Priority.SOMETIMES);
    left.getChildren().addAll(workingHead, workingPlace, why, chartHead, chart);
    HBox.setHgrow(left, Priority.ALWAYS);
    left.setMinWidth(280);

    var needsHead =
        Parts.row(
            8, Parts.label(texts.text("overview.needs"), "card-title"), Parts.spacer(), needsCount);
    var needsCard = Parts.card(needsHead, needs);
    VBox.setVgrow(happening, Priority.ALWAYS);
    var happeningCard =
        Parts.card(
            Parts.row(
                8,
                Parts.label(texts.text("overview.happening"), "card-title"),
                Parts.spacer(),
                Parts.label(texts.text("overview.live"), "muted")),
            happening);
    VBox.setVgrow(happeningCard, Priority.ALWAYS);
    happeningCard.setMinHeight(170);
    needsCard.setMaxHeight(470);
    var right = new VBox(12, needsCard, happeningCard);
    right.minWidthProperty().bind(desk.theme().scale().multiply(250));
    right.setPrefWidth(420);
    right.setMaxWidth(460);
    var body = new HBox(12, left, right);
    return Parts.scroll(body);
  }

  private Figures.Range remembered() {
    try {
      return Figures.Range.valueOf(desk.settings().text("overview.range", "EIGHT_HOURS"));
    } catch (IllegalArgumentException e) {
      return Figures.Range.EIGHT_HOURS;
    }
  }

  /** Shows only what happened in the time that was dragged over in the chart. */
  private void narrow(CountChart.Stretch now) {
    happening.narrow(now == null ? null : now::holds);
    stretch.setText(
        now == null
            ? ""
            : texts.text("overview.counts.only", texts.time(now.from()), texts.time(now.to())));
  }

  private Region legend(Tone tone, String key) {
    var word = tone.on(Parts.label(texts.text(key)));
    word.setMinWidth(Region.USE_PREF_SIZE);
    return word;
  }

  private void renewWorking() {
    var w = desk.live().workspace().get();
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
    working.renew();
    workingCount.setText(texts.text("overview.working.count", working.count()));
    why.show(working.running() < w.limit() ? firstReady() : null);
    var empty = working.count() == 0;
    var quiet = empty ? quiet(w) : null;
    // Only what is new is built anew: a button must not vanish under the pointer.
    if (workingPlace.getChildren().isEmpty() || !Objects.equals(quiet, shownQuiet)) {
      shownQuiet = quiet;
      workingPlace.getChildren().setAll(quiet == null ? working : nobody(quiet));
    }
    // Room for all that may work at once: what is below does not move as agents come and go.
    int most = Math.clamp(Math.max(w.limit(), working.count()), 1, ROWS);
    var height = empty ? Math.max(230, working.height(most)) : working.height(most);
    workingPlace.setPrefHeight(height);
    workingPlace.setMaxHeight(height);
    workingPlace.setMinHeight(Math.min(height, working.height(Math.min(most, 3))));
  }

  /** The task that would be worked on next, if it could be. */
  private Views.Task firstReady() {
    Views.Task first = null;
    for (var task : desk.live().tasks().all()) {
      if (task.state() == Views.TaskState.READY
          && (first == null || BY_TURN.compare(task, first) < 0)) {
        first = task;
      }
    }
    return first;
  }

  private Quiet quiet(Views.Workspace w) {
    if (desk.live().tasks().size() == 0) {
      return desk.live().agents().size() == 0 ? Quiet.NO_AGENTS : Quiet.NO_PLAN;
    }
    var over =
        desk.live().tasks().all().stream()
            .allMatch(
                t ->
                    t.state() == Views.TaskState.DONE
                        || t.state() == Views.TaskState.CANCELLED
                        || t.state() == Views.TaskState.DEAD);
    if (over) {
      return Quiet.ALL_DONE;
    }
    return w.started() ? Quiet.WAITING : Quiet.RESTING;
  }

  private Region nobody(Quiet why) {
    return switch (why) {
      case NO_AGENTS -> {
        var write = desk.act(texts.text("action.setup"), desk.go()::setUp, "accent");
        write.setGraphic(Icon.FILE.node());
        var find =
            Parts.button(
                texts.text("agents.find"), () -> desk.go().to(Place.AGENTS, Navigator.FIND_AGENTS));
        yield Placard.empty(
            Icon.AGENT,
            texts.text("overview.noagents"),
            texts.text("overview.noagents.more"),
            write,
            find);
      }
      case NO_PLAN -> {
        var take = desk.act(texts.text("action.import"), new PlanImport(desk)::choose, "accent");
        take.setGraphic(Icon.IMPORT.node());
        yield Placard.empty(
            Icon.PLAN,
            texts.text("overview.noplan"),
            texts.text("overview.noplan.more"),
            take,
            desk.act(texts.text("action.newtask"), desk.go()::newTask));
      }
      case ALL_DONE ->
          Placard.empty(
              Icon.PASSED,
              texts.text("overview.alldone"),
              texts.text("overview.alldone.more"),
              Parts.button(texts.text("overview.alldone.look"), () -> desk.go().to(Place.CHANGES)));
      case WAITING ->
          Placard.empty(
              Icon.WAITING,
              texts.text("overview.idle"),
              texts.text("overview.idle.more"),
              Parts.button(texts.text("overview.idle.look"), () -> desk.go().to(Place.TASKS)));
      case RESTING -> {
        var start = desk.act(texts.text("action.work"), work::fire, "success");
        start.setGraphic(Icon.PLAY.node());
        yield Placard.empty(
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
    var live = desk.live();
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
                var figures = Figures.of(tasks, workers, attempts, open, now, texts.zone(), chosen);
                Platform.runLater(() -> show(figures));
              } finally {
                Platform.runLater(() -> counting = false);
              }
            });
  }

  private void show(Figures f) {
    agents.show(
        texts.count(working.running() - working.waiting()),
        texts.text("tile.agents.running"),
        notes(
            note(Tone.AMBER, "tile.agents.waiting", working.waiting()),
            note(Tone.RED, "tile.agents.failing", f.agents(AgentState.RETRYING)),
            note(Tone.NEUTRAL, "tile.agents.paused", f.agents(AgentState.PAUSED)),
            note(Tone.NEUTRAL, "tile.agents.idle", f.agents(AgentState.IDLE))));
    today.show(texts.count(f.doneToday()), "", List.of());
    spark.show(Arrays.stream(f.counts().done()).asDoubleStream().toArray());
    var quality = new ArrayList<Tile.Note>();
    f.firstTry()
        .ifPresent(
            s ->
                quality.add(
                    new Tile.Note(
                        Tone.NEUTRAL, texts.text("tile.success.first", texts.percent(s)))));
    f.repair()
        .ifPresent(
            d ->
                quality.add(
                    new Tile.Note(Tone.NEUTRAL, texts.text("tile.success.mttr", texts.span(d)))));
    success.show(f.success().map(texts::percent).orElse("–"), "", quality);
    var share = f.planned() == 0 ? 0 : (double) f.done() / f.planned();
    progress.setProgress(share);
    plan.show(
        texts.percent(share),
        texts.text("tile.plan.verified"),
        List.of(
            new Tile.Note(
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
    chart.show(f.counts(), desk.live().happenings());
    summary.setText(summary(f));
  }

  private String summary(Figures f) {
    var w = desk.live().workspace().get();
    if (w == null || w.plan() == null || f.planned() == 0) {
      return texts.text(
          desk.live().agents().size() == 0 ? "overview.summary.noagents" : "overview.summary.none");
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

  private Tile.Note note(Tone tone, String key, int count) {
    return count == 0 ? null : new Tile.Note(tone, texts.text(key, count));
  }

  private static List<Tile.Note> notes(Tile.Note... all) {
    return java.util.Arrays.stream(all).filter(Objects::nonNull).toList();
  }
}
