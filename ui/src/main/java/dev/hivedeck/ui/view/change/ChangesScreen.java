package dev.hivedeck.ui.view.change;

import dev.hivedeck.engine.protocol.merge.MergeRegistration;
import dev.hivedeck.engine.protocol.merge.MergeViews.Merge;
import dev.hivedeck.engine.protocol.view.ChangeViews.Change;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.protocol.view.ChangeViews.ReviewState;
import dev.hivedeck.ui.control.table.EntityTable;
import dev.hivedeck.ui.control.table.FilterBar;
import dev.hivedeck.ui.control.table.FilterField;
import dev.hivedeck.ui.control.table.ListScreen;
import dev.hivedeck.ui.control.table.MasterDetail;
import dev.hivedeck.ui.control.table.SavedFilters;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.action.PlanImport;
import dev.hivedeck.ui.shell.notice.AttentionCounts;
import dev.hivedeck.ui.shell.text.Hotkey;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.widget.EmptyState;
import dev.hivedeck.ui.shell.widget.Widgets;
import dev.hivedeck.ui.view.change.figure.FiguresPane;
import dev.hivedeck.ui.view.change.reading.ReadingEstimate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import javafx.scene.control.Label;
import javafx.scene.control.TextInputControl;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import javafx.util.Subscription;

/** Every change by whose turn it is, with the one that is read; and the queue to main. */
public final class ChangesScreen implements ListScreen {
  private final ScreenContext context;
  private final Texts texts;
  private final VBox node;
  private final FilterBar<ChangesTab> tabs;
  private final Label summary = Widgets.label("", "summary");
  private final ChangeList list;
  private final Region listBox;
  private final FilterField search;
  private final HealthBreakdown healthBreakdown;
  private final QueueBar queueBar;
  private final MergeQueuePane queue;
  private final GitHubSyncButton github;
  private final FiguresPane figures;
  private List<String> counted = List.of();
  private final ChangeInspector inspector;
  private final ReadingEstimate estimate;
  private final Region read;
  private final StackPane body = new StackPane();
  private final Region none;
  private Instant minute = Instant.EPOCH;
  private boolean met;
  private Subscription watching = () -> {};

  public ChangesScreen(ScreenContext context) {
    this.context = context;
    this.texts = context.texts();
    tabs = new FilterBar<>(texts);
    tabs.choose(ChangesTab.OPEN);
    tabs.chosenProperty().addListener((_, _, _) -> turnTo());
    tabs.setPrefWrapLength(540);
    tabs.setMinWidth(Region.USE_PREF_SIZE);
    search = new FilterField(texts.text("changes.search"), this::renew, this::list);
    github = new GitHubSyncButton(context);
    var saved = SavedFilters.of(context, "changes", tabs, search, ChangesTab.class);
    var head =
        Widgets.head(
            Widgets.title(texts.text("place.changes")), tabs, Widgets.grow(summary), github);

    inspector = new ChangeInspector(context, this::next);
    estimate = new ReadingEstimate(context.live());
    list = new ChangeList(context, estimate, this::renew, inspector::enter);
    listBox = list.table().framed();
    healthBreakdown = new HealthBreakdown(context);
    list.table().chosen().subscribe(_ -> inspect());
    none =
        EmptyState.empty(Icon.CHANGE, texts.text("changes.none"), texts.text("changes.none.more"));
    read =
        MasterDetail.of(
            context,
            "changes.list",
            0.26,
            inspector,
            new VBox(
                8,
                Widgets.row(6, Widgets.grow(search), saved),
                Widgets.grow(new StackPane(listBox, none))),
            healthBreakdown);
    queue = new MergeQueuePane(context, this::open);
    figures = new FiguresPane(context, this::open);
    queueBar = new QueueBar(context);
    body.getChildren().setAll(read);
    node = Widgets.screen(head, queueBar, body);
    node.addEventFilter(
        KeyEvent.KEY_PRESSED,
        e -> {
          if (Hotkey.FIND.pressed(e) && tab().isList() && inspector.find()) {
            e.consume();
          }
        });
  }

  private ChangesTab tab() {
    return tabs.chosen();
  }

  @Override
  public Region node() {
    return node;
  }

  @Override
  public void shown() {
    if (!met && context.live().changes().size() > 0) {
      met = true;
      meet();
    }
    watching =
        Subscription.combine(
            context.live().changes().watch(this::renew),
            queueBar.watch(this::renew),
            estimate.watch(this::renew),
            queue.watch(this::renew),
            github.watch(),
            inspector.watch(),
            context.live().things(MergeRegistration.TOPIC, Merge.class).watch(inspector::renew),
            context.live().attempts().watch(inspector::renew),
            context.live().now().subscribe(this::age));
  }

  @Override
  public void hidden() {
    watching.unsubscribe();
    inspector.hidden();
  }

  /** What is said of ages is renewed by the minute. */
  private void age(Instant now) {
    var then = now.truncatedTo(ChronoUnit.MINUTES);
    if (!then.equals(minute)) {
      minute = then;
      renew();
    }
  }

  /** At the first visit, the first of the lists that has something to read. */
  private void meet() {
    for (var tab : List.of(ChangesTab.OPEN, ChangesTab.MERGED, ChangesTab.CLOSED)) {
      if (context.live().changes().all().stream().anyMatch(c -> tab.holds(c.state()))) {
        tabs.choose(tab);
        return;
      }
    }
  }

  @Override
  public void open(String id) {
    context
        .live()
        .changes()
        .get(id)
        .ifPresent(
            c -> {
              met = true;
              tabs.choose(ChangesTab.of(c.state()));
              search.clear();
              renew();
              list.table().choose(id);
            });
  }

  @Override
  public boolean typed(char letter) {
    return tab().isList() && inspector.typed(letter);
  }

  /** Chooses the next change that waits for a person, after this one. */
  private void next(Change from) {
    var rows = list.table().rows().stream().map(ChangeList.Row::change).toList();
    int at = 0;
    while (at < rows.size() && !rows.get(at).id().equals(from.id())) {
      at++;
    }
    for (int i = 1; i < rows.size(); i++) {
      var candidate = rows.get((at + i) % rows.size());
      if (AttentionCounts.wantsReview(candidate) && !candidate.id().equals(from.id())) {
        list.table().choose(candidate.id());
        break;
      }
    }
    list.table().requestFocus();
  }

  @Override
  public EntityTable<?> table() {
    return switch (tab()) {
      case QUEUE -> queue.table();
      case FIGURES -> figures.table();
      case OPEN, MERGED, CLOSED -> list.table();
    };
  }

  @Override
  public FilterField search() {
    return search;
  }

  @Override
  public TextInputControl filter() {
    return tab().isList() ? search : null;
  }

  /** Another tab begins with its first change, unless the one that is read is in it, too. */
  private void turnTo() {
    var chosen = context.live().changes().get(list.table().chosen().get());
    if (tab().isList() && !chosen.map(c -> tab().holds(c.state())).orElse(true)) {
      list.table().choose(null);
    }
    renew();
  }

  private void renew() {
    var all = context.live().changes().all();
    var tab = tab();
    pills(all);
    summary.setText(summary(tab, all));
    if (tab.isList()) {
      renewList(tab, all);
    } else if (tab == ChangesTab.QUEUE) {
      queue.show(all);
    } else {
      readFigures(all);
    }
    Widgets.show(queueBar, queueBar.isFrozen() || tab == ChangesTab.QUEUE);
    Region shown =
        all.isEmpty() ? empty() : tab.isList() ? read : tab == ChangesTab.QUEUE ? queue : figures;
    if (body.getChildren().getFirst() != shown) {
      body.getChildren().setAll(shown);
    }
    inspect();
  }

  /** They are asked for anew when another change is on main, or the minute is another. */
  private void readFigures(List<Change> all) {
    var now = new ArrayList<>(List.of(minute.toString()));
    all.stream().filter(c -> c.state() == ChangeState.MERGED).forEach(c -> now.add(c.id()));
    if (!now.equals(counted) || body.getChildren().getFirst() != figures) {
      counted = now;
      figures.read();
    }
  }

  private void pills(List<Change> all) {
    var pills = new ArrayList<FilterBar.Pill<ChangesTab>>();
    for (var tab : ChangesTab.values()) {
      long count = all.stream().filter(c -> tab.holds(c.state())).count();
      if (tab != ChangesTab.CLOSED || count > 0 || tab() == tab) {
        pills.add(
            tab == ChangesTab.FIGURES
                ? new FilterBar.Pill<>(tab, texts.text(tab.key()))
                : new FilterBar.Pill<>(tab, texts.text(tab.key()), count));
      }
    }
    tabs.show(pills);
  }

  private void renewList(ChangesTab tab, List<Change> all) {
    var wanted =
        all.stream()
            .filter(c -> tab.holds(c.state()))
            .filter(c -> search.finds("#" + c.number(), c.title(), c.agent(), c.task(), c.branch()))
            .toList();
    list.show(tab, wanted);
    if (list.table().chosen().get() == null && !wanted.isEmpty()) {
      list.table().choose(list.table().rows().getFirst().id());
    }
    Widgets.show(none, wanted.isEmpty());
    Widgets.show(listBox, !wanted.isEmpty());
  }

  private String summary(ChangesTab tab, List<Change> all) {
    return switch (tab) {
      case OPEN -> turns(all);
      case QUEUE, CLOSED, FIGURES -> "";
      case MERGED -> merged(all.stream().filter(c -> c.state() == ChangeState.MERGED).toList());
    };
  }

  /** For whom open changes wait. */
  private String turns(List<Change> all) {
    var now = context.live().now().get();
    var open = all.stream().filter(c -> ChangesTab.OPEN.holds(c.state())).toList();
    long you =
        open.stream().filter(c -> ChangeGroup.of(c, now, texts.zone()) == ChangeGroup.YOU).count();
    long queued = open.stream().filter(c -> ChangesTab.QUEUE.holds(c.state())).count();
    if (open.isEmpty()) {
      return "";
    }
    var minutes =
        estimate.minutes(
            open.stream()
                .filter(c -> c.review() == ReviewState.WANTED && c.state() == ChangeState.OPEN)
                .toList());
    return texts.text("changes.turns", you, queued)
        + (minutes.orElse(0) == 0 ? "" : " · " + texts.text("reading.minutes", minutes.getAsInt()));
  }

  private String merged(List<Change> merged) {
    if (merged.isEmpty()) {
      return texts.text("changes.summary.none");
    }
    long first =
        merged.stream()
            .filter(
                c -> context.live().tasks().get(c.task()).map(t -> t.attempts() <= 1).orElse(true))
            .count();
    var sizes =
        merged.stream().mapToLong(c -> (long) c.additions() + c.deletions()).sorted().toArray();
    var times =
        merged.stream()
            .filter(c -> c.mergedAt() != null)
            .mapToLong(c -> Duration.between(c.openedAt(), c.mergedAt()).toMillis())
            .sorted()
            .toArray();
    return texts.text(
        "changes.summary",
        texts.percent((double) first / merged.size()),
        sizes[sizes.length / 2],
        times.length == 0 ? "–" : texts.span(Duration.ofMillis(times[times.length / 2])));
  }

  private void inspect() {
    if (tab().isList()) {
      var change = context.live().changes().get(list.table().chosen().get()).orElse(null);
      healthBreakdown.show(change);
      inspector.show(change);
    }
  }

  private Region empty() {
    var planned = context.live().tasks().size() > 0;
    return Widgets.card(
        Widgets.grow(
            EmptyState.empty(
                Icon.CHANGE,
                texts.text("changes.empty"),
                texts.text("changes.empty.more"),
                planned
                    ? Widgets.button(
                        texts.text("action.go", texts.text("place.tasks")),
                        () -> context.go().to(ScreenId.TASKS))
                    : Widgets.button(
                        texts.text("action.import"), new PlanImport(context)::choose, "accent"))));
  }
}
