package dev.hivedeck.ui.view.change;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.merge.MergeCommand;
import dev.hivedeck.engine.protocol.merge.MergeRegistration;
import dev.hivedeck.engine.protocol.merge.MergeViews.Merge;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.protocol.view.GateViews;
import dev.hivedeck.engine.protocol.view.GateViews.Outcome;
import dev.hivedeck.ui.control.health.HealthBar;
import dev.hivedeck.ui.control.table.CellContent;
import dev.hivedeck.ui.control.table.EntityMenu;
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
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.EmptyState;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Label;
import javafx.scene.control.SplitPane;
import javafx.scene.control.Tooltip;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import javafx.util.Subscription;

/** Every change, those that wait for a person first, why it scores as it does, and the one read. */
public final class ChangesScreen implements ListScreen {
  /** How changes are told apart above the table. */
  private enum Group {
    OPEN(Set.of(ChangeState.DRAFT, ChangeState.OPEN, ChangeState.CONFLICTED, ChangeState.BLOCKED)),
    QUEUE(Set.of(ChangeState.QUEUED, ChangeState.MERGING)),
    MERGED(Set.of(ChangeState.MERGED)),
    CLOSED(Set.of(ChangeState.CLOSED));

    private final Set<ChangeState> states;

    Group(Set<ChangeState> states) {
      this.states = states;
    }

    static Group of(ChangeState state) {
      for (var group : values()) {
        if (group.states.contains(state)) {
          return group;
        }
      }
      throw new IllegalArgumentException(state.name());
    }
  }

  private static final List<ChangeState> ATTENTION =
      List.of(
          ChangeState.BLOCKED,
          ChangeState.CONFLICTED,
          ChangeState.OPEN,
          ChangeState.MERGING,
          ChangeState.QUEUED,
          ChangeState.DRAFT,
          ChangeState.CLOSED,
          ChangeState.MERGED);

  private final ScreenContext context;
  private final Texts texts;
  private final VBox node;
  private final FilterBar<Group> filter;
  private final Label summary = Widgets.label("", "summary");
  private final EntityTable<ChangeViews.Change> table;
  private final StackPane tableBox;
  private final FilterField search;
  private final HealthBreakdown healthBreakdown;
  private final QueueBar queueBar;
  private final ConflictMatrix conflicts;
  private final ChangeInspector inspector;
  private final SplitPane split;
  private final StackPane body = new StackPane();
  private final Region none;
  private boolean met;
  private Subscription watching = () -> {};

  public ChangesScreen(ScreenContext context) {
    this.context = context;
    this.texts = context.texts();
    filter = new FilterBar<>(texts);
    filter.choose(Group.OPEN);
    filter.chosenProperty().addListener((_, _, _) -> renew());
    filter.setPrefWrapLength(540);
    filter.setMinWidth(Region.USE_PREF_SIZE);
    var title = Widgets.title(texts.text("place.changes"));
    search = new FilterField(texts.text("changes.search"), this::renew, this::list);
    var saved = SavedFilters.of(context, "changes", filter, search, Group.class);
    var head = Widgets.head(title, filter, Widgets.grow(summary), search, saved);

    table = newTable();
    tableBox = table.framed();
    healthBreakdown = new HealthBreakdown(context);
    conflicts = new ConflictMatrix(context, this::open);
    inspector = new ChangeInspector(context, this::next);
    table.chosen().subscribe(_ -> inspect());
    none =
        EmptyState.empty(Icon.CHANGE, texts.text("changes.none"), texts.text("changes.none.more"));
    split =
        MasterDetail.of(
            context,
            "changes.split",
            0.48,
            inspector,
            new StackPane(tableBox, none),
            new VBox(conflicts, healthBreakdown));
    body.getChildren().setAll(split);
    queueBar = new QueueBar(context);
    node = Widgets.screen(head, queueBar, body);
    node.addEventFilter(
        KeyEvent.KEY_PRESSED,
        e -> {
          if (Hotkey.FIND.pressed(e) && inspector.find()) {
            e.consume();
          }
        });
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
            conflicts.watch(this::renew),
            context.live().things(MergeRegistration.TOPIC, Merge.class).watch(inspector::renew),
            context.live().attempts().watch(inspector::renew));
  }

  @Override
  public void hidden() {
    watching.unsubscribe();
  }

  /** At the first visit, the first of the groups that has something to read. */
  private void meet() {
    for (var group : Group.values()) {
      if (context.live().changes().all().stream().anyMatch(c -> group.states.contains(c.state()))) {
        filter.choose(group);
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
              filter.choose(Group.of(c.state()));
              search.clear();
              renew();
              table.choose(id);
            });
  }

  @Override
  public boolean typed(char letter) {
    return inspector.typed(letter);
  }

  /** Chooses the next change that waits for a person, after this one. */
  private void next(ChangeViews.Change from) {
    var rows = table.rows();
    int at = 0;
    while (at < rows.size() && !rows.get(at).id().equals(from.id())) {
      at++;
    }
    for (int i = 1; i < rows.size(); i++) {
      var candidate = rows.get((at + i) % rows.size());
      if (AttentionCounts.wantsReview(candidate) && !candidate.id().equals(from.id())) {
        table.choose(candidate.id());
        break;
      }
    }
    table.requestFocus();
  }

  @Override
  public EntityTable<ChangeViews.Change> table() {
    return table;
  }

  @Override
  public FilterField search() {
    return search;
  }

  private EntityTable<ChangeViews.Change> newTable() {
    var made =
        EntityTable.<ChangeViews.Change>of(context, texts.text("place.changes"), this::renew)
            .column(
                "#",
                48,
                44,
                0,
                Comparator.comparingInt(ChangeViews.Change::number),
                CellContent.text(c -> "#" + c.number(), "mono", "soft"))
            .column(
                texts.text("col.change"),
                230,
                120,
                0,
                Comparator.comparing(ChangeViews.Change::title),
                CellContent.of(ChangesScreen::nameBox, ChangesScreen::fillName))
            .column(
                texts.text("col.lines"),
                112,
                108,
                2,
                Comparator.comparingInt(c -> c.additions() + c.deletions()),
                CellContent.text(c -> lines(texts, c), "mono"))
            .column(
                texts.text("col.state"),
                86,
                80,
                1,
                Comparator.comparingInt(c -> ATTENTION.indexOf(c.state())),
                CellContent.of(() -> Widgets.label(""), this::fillState))
            .column(
                texts.text("col.gates"),
                56,
                56,
                3,
                Comparator.comparing(ChangesScreen::worst),
                CellContent.of(Mark::new, this::fillGates))
            .column(
                texts.text("col.review"),
                60,
                60,
                4,
                Comparator.comparing(ChangeViews.Change::review),
                CellContent.of(Mark::new, this::fillReview))
            .column(
                texts.text("col.health"),
                58,
                58,
                0,
                Comparator.comparingInt(ChangeViews.Change::health),
                CellContent.of(
                    () -> Widgets.label("", "mono", "strong"), ChangesScreen::fillHealth));
    made.remember("changes").menu(menu());
    return made.onOpen(() -> inspector.enter());
  }

  private EntityMenu<ChangeViews.Change> menu() {
    return new EntityMenu<ChangeViews.Change>(context)
        .send(
            Icon.CHECK,
            "change.approve",
            c -> c.state() == ChangeState.OPEN,
            c -> new Command.ApproveChange(c.id(), null, c.head()),
            null)
        .send(
            Icon.RETRY,
            "change.again",
            c -> c.state() == ChangeState.CONFLICTED || c.state() == ChangeState.BLOCKED,
            c -> new Command.MergeChange(c.id(), c.head()),
            null)
        .line()
        .copy("menu.copy.id", c -> "#" + c.number())
        .copy("menu.copy.branch", ChangeViews.Change::branch)
        .folder(ChangeViews.Change::attempt)
        .line()
        .ask(
            Icon.RETURN,
            "changes.revert",
            c -> c.state() == ChangeState.MERGED && c.merge() != null,
            c -> new MergeCommand.Revert(c.id(), null),
            "change.revert.verb")
        .ask(
            Icon.CANCEL,
            "changes.close",
            c ->
                c.state() != ChangeState.MERGED
                    && c.state() != ChangeState.MERGING
                    && c.state() != ChangeState.CLOSED,
            c -> new Command.CloseChange(c.id(), null),
            "change.close.verb");
  }

  private static HBox nameBox() {
    var agent = Widgets.label("", "soft");
    agent.setMinWidth(Region.USE_PREF_SIZE);
    var name = Widgets.label("", "strong");
    var box = Widgets.row(6, name, agent);
    box.widthProperty().subscribe(w -> Widgets.show(agent, w.doubleValue() > 230));
    return box;
  }

  private static void fillName(HBox box, ChangeViews.Change c) {
    ((Label) box.getChildren().getFirst()).setText(c.title());
    ((Label) box.getChildren().getLast()).setText(c.agent());
    box.setAccessibleText("#" + c.number() + " " + c.title() + ", " + c.agent());
  }

  static String lines(Texts texts, ChangeViews.Change c) {
    return "+" + texts.count(c.additions()) + " −" + texts.count(c.deletions());
  }

  private void fillState(Label label, ChangeViews.Change c) {
    label.setText(texts.word("change.state", c.state()));
    Tone.of(c.state()).on(label);
  }

  private static Outcome worst(ChangeViews.Change c) {
    return c.gates().stream()
        .map(GateViews.GateResult::outcome)
        .max(Comparator.naturalOrder())
        .orElse(Outcome.PASSED);
  }

  private void fillGates(Mark mark, ChangeViews.Change c) {
    if (c.gates().isEmpty()) {
      mark.nothing(texts.text("changes.gates.none"));
      return;
    }
    var worst = worst(c);
    long well = c.gates().stream().filter(g -> g.outcome() == Outcome.PASSED).count();
    mark.show(icon(worst), Tone.of(worst), texts.text("changes.gates", well, c.gates().size()));
  }

  static Icon icon(Outcome outcome) {
    return switch (outcome) {
      case PASSED -> Icon.CHECK;
      case WARNED -> Icon.WARNED;
      case FAILED -> Icon.CLOSE;
    };
  }

  private void fillReview(Mark mark, ChangeViews.Change c) {
    var words = texts.word("review", c.review());
    switch (c.review()) {
      case APPROVED -> mark.show(Icon.CHECK, Tone.GREEN, words);
      case WANTED -> mark.show(Icon.WAITING, Tone.AMBER, words);
      case RETURNED -> mark.show(Icon.RETURN, Tone.PURPLE, words);
      case NONE -> mark.nothing(words);
    }
  }

  private static void fillHealth(Label label, ChangeViews.Change c) {
    label.setText(Integer.toString(c.health()));
    HealthBar.tone(c.health()).on(label);
  }

  private void renew() {
    var all = context.live().changes().all();
    var pills = new ArrayList<FilterBar.Pill<Group>>();
    for (var group : Group.values()) {
      long count = all.stream().filter(c -> group.states.contains(c.state())).count();
      if (group != Group.CLOSED || count > 0 || filter.chosen() == group) {
        pills.add(
            new FilterBar.Pill<>(
                group, texts.text("changes." + group.name().toLowerCase()), count));
      }
    }
    filter.show(pills);
    summary.setText(summary(all));
    var group = filter.chosen();
    var wanted = new ArrayList<ChangeViews.Change>();
    for (var c : all) {
      if (group.states.contains(c.state())
          && search.finds("#" + c.number(), c.title(), c.agent(), c.task(), c.branch())) {
        wanted.add(c);
      }
    }
    wanted.sort(table.order(natural(group)));
    table.renew(wanted);
    var chosen = table.chosen().get();
    if (chosen == null && !wanted.isEmpty()) {
      table.choose(wanted.getFirst().id());
    }
    Widgets.show(conflicts, group == Group.QUEUE && !conflicts.isEmpty());
    Widgets.show(queueBar, queueBar.isFrozen() || group == Group.QUEUE);
    Widgets.show(none, wanted.isEmpty());
    Widgets.show(tableBox, !wanted.isEmpty());
    if (all.isEmpty()) {
      body.getChildren().setAll(empty());
    } else if (body.getChildren().getFirst() != split) {
      body.getChildren().setAll(split);
    }
    inspect();
  }

  private static Comparator<ChangeViews.Change> natural(Group group) {
    return switch (group) {
      case OPEN ->
          Comparator.<ChangeViews.Change>comparingInt(
                  c -> c.review() == ChangeViews.ReviewState.WANTED ? 0 : 1)
              .thenComparingInt(c -> ATTENTION.indexOf(c.state()))
              .thenComparing(Comparator.comparingInt(ChangeViews.Change::number).reversed());
      case QUEUE -> Comparator.comparing(ChangeViews.Change::updatedAt);
      case MERGED ->
          Comparator.comparing(
                  ChangeViews.Change::mergedAt,
                  Comparator.nullsLast(Comparator.<Instant>naturalOrder().reversed()))
              .thenComparing(Comparator.comparingInt(ChangeViews.Change::number).reversed());
      case CLOSED -> Comparator.comparingInt(ChangeViews.Change::number).reversed();
    };
  }

  private String summary(List<ChangeViews.Change> all) {
    var merged = all.stream().filter(c -> c.state() == ChangeState.MERGED).toList();
    if (merged.isEmpty()) {
      return all.isEmpty() ? "" : texts.text("changes.summary.none");
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
    var change = context.live().changes().get(table.chosen().get()).orElse(null);
    healthBreakdown.show(change);
    inspector.show(change);
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

  /** An icon in a cell, with its meaning in words. */
  private static final class Mark extends HBox {
    private final Tooltip tip = Widgets.tooltip("");

    Mark() {
      setAlignment(Pos.CENTER_LEFT);
      Tooltip.install(this, tip);
    }

    void show(Icon icon, Tone tone, String words) {
      set(tone.on(icon.node()), words);
    }

    void nothing(String words) {
      set(Widgets.label("–", "muted"), words);
    }

    private void set(Node node, String words) {
      getChildren().setAll(node);
      setAccessibleText(words);
      tip.setText(words);
    }
  }
}
