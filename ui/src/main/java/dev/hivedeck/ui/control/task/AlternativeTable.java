package dev.hivedeck.ui.control.task;

import dev.hivedeck.engine.protocol.alternative.AlternativeCommand;
import dev.hivedeck.engine.protocol.alternative.AlternativeRegistration;
import dev.hivedeck.engine.protocol.alternative.AlternativeViews.Alternatives;
import dev.hivedeck.engine.protocol.view.AttemptViews;
import dev.hivedeck.engine.protocol.view.ChangeViews.Change;
import dev.hivedeck.engine.protocol.view.GateViews.Outcome;
import dev.hivedeck.engine.protocol.view.TaskViews;
import dev.hivedeck.ui.live.EntityStore;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.notice.Choices;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import javafx.geometry.HPos;
import javafx.scene.Node;
import javafx.scene.layout.ColumnConstraints;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import javafx.util.Subscription;

/**
 * The alternatives of a task side by side, with a button that chooses one, and one that undoes it.
 */
public final class AlternativeTable extends VBox {
  private static final List<String> COLUMNS =
      List.of(
          "agent",
          "state",
          "gates",
          "findings",
          "health",
          "files",
          "lines",
          "tries",
          "time",
          "cost");

  /** Where there is little room, these are left out: findings, files and tries. */
  private static final Set<Integer> LESS = Set.of(3, 5, 7);

  private static final double NARROW = 660;
  private static final double WHO = 110;

  private final ScreenContext context;
  private final Texts texts;
  private final EntityStore<Alternatives> groups;
  private final GridPane grid = new GridPane(12, 4);
  private List<Object> shown = List.of();

  public AlternativeTable(ScreenContext context) {
    super(6);
    this.context = context;
    this.texts = context.texts();
    this.groups = context.live().things(AlternativeRegistration.TOPIC, Alternatives.class);
    getStyleClass().add("alternatives");
    for (int i = 0; i <= COLUMNS.size(); i++) {
      var column = new ColumnConstraints();
      column.setMinWidth(i == 0 ? WHO : Region.USE_PREF_SIZE);
      column.setHgrow(i == 0 ? Priority.ALWAYS : Priority.NEVER);
      column.setHalignment(i < 2 ? HPos.LEFT : HPos.RIGHT);
      grid.getColumnConstraints().add(column);
    }
    setMinHeight(USE_PREF_SIZE);
    setMinWidth(0); // what does not fit is left out
    grid.setMinWidth(0);
    widthProperty().subscribe(_ -> fit());
    Widgets.show(this, false);
  }

  private void fit() {
    boolean narrow = getWidth() > 0 && getWidth() < NARROW;
    for (Node node : grid.getChildren()) {
      if (LESS.contains(GridPane.getColumnIndex(node))) {
        Widgets.show(node, !narrow);
      }
    }
  }

  /** Follows which of them is chosen. */
  public Subscription watch(Runnable changed) {
    return groups.watch(changed);
  }

  /** A row of the table; its change is null before there is one. */
  private record Row(
      TaskViews.Task task,
      Change change,
      long tries,
      String time,
      String cost,
      boolean choosable) {}

  /**
   * Shows those that a task belongs to; nothing where it is done once.
   *
   * @param task its id
   */
  public void show(String task) {
    var group = groups.all().stream().filter(g -> g.tasks().contains(task)).findFirst();
    Widgets.show(this, group.isPresent());
    if (group.isEmpty()) {
      shown = List.of();
      return;
    }
    var rows = new ArrayList<Row>();
    for (String id : group.get().tasks()) {
      context.live().tasks().get(id).ifPresent(t -> rows.add(row(group.get(), t)));
    }
    var now = new ArrayList<Object>(List.of(group.get(), task));
    now.addAll(rows);
    if (now.equals(shown)) {
      return; // A button that is pressed must not be replaced meanwhile.
    }
    shown = List.copyOf(now);
    fill(group.get(), task, rows);
  }

  private Row row(Alternatives group, TaskViews.Task task) {
    var attempts =
        context.live().attempts().all().stream().filter(a -> a.task().equals(task.id())).toList();
    var change =
        task.change() == null ? null : context.live().changes().get(task.change()).orElse(null);
    var time = Duration.ZERO;
    for (var attempt : attempts) {
      time = time.plus(took(attempt));
    }
    return new Row(
        task,
        change,
        attempts.size(),
        attempts.isEmpty() ? "–" : texts.span(time),
        attempts.isEmpty()
            ? "–"
            : attempts.stream().anyMatch(a -> a.cost() == null)
                ? texts.text("alternatives.unknown")
                : texts.costs(attempts.stream().map(AttemptViews.Attempt::cost).toList()),
        change != null && Choices.choosable(context.live(), group, change));
  }

  private Duration took(AttemptViews.Attempt attempt) {
    Instant end = attempt.endedAt() == null ? context.live().now().get() : attempt.endedAt();
    return attempt.startedAt() == null ? Duration.ZERO : Duration.between(attempt.startedAt(), end);
  }

  // ── what is shown ───────────────────────────────────────────────────────────────────────────

  private void fill(Alternatives group, String read, List<Row> rows) {
    grid.getChildren().clear();
    for (int i = 0; i < COLUMNS.size(); i++) {
      grid.add(Widgets.label(texts.text("alternatives." + COLUMNS.get(i)), "muted"), i, 0);
    }
    for (int i = 0; i < rows.size(); i++) {
      fill(group, rows.get(i), rows.get(i).task().id().equals(read), i + 1);
    }
    getChildren().setAll(head(group, rows), grid);
    fit();
    setAccessibleText(texts.text("alternatives.title", rows.size()) + ", " + next(group, rows));
  }

  private Node head(Alternatives group, List<Row> rows) {
    boolean waits =
        rows.stream().anyMatch(Row::choosable)
            && (group.chosen() == null || Choices.lost(context.live(), group));
    var icon = waits ? Tone.AMBER.on(Icon.WAITING.node()) : Tone.NEUTRAL.on(Icon.TABLE.node());
    var title = Widgets.label(texts.text("alternatives.title", rows.size()), "strong");
    title.setMinWidth(USE_PREF_SIZE);
    var line = Widgets.row(8, icon, title, Widgets.grow(Widgets.prose(next(group, rows), "soft")));
    if (group.chosen() != null && !Choices.merged(context.live(), group)) {
      line.getChildren()
          .add(context.act(Widgets.link(texts.text("alternatives.undo"), () -> undo(group.id()))));
    }
    return line;
  }

  private String next(Alternatives group, List<Row> rows) {
    long choosable = rows.stream().filter(Row::choosable).count();
    long working = rows.stream().filter(r -> Choices.works(r.task())).count();
    if (Choices.merged(context.live(), group)) {
      return texts.text("alternatives.merged", Objects.requireNonNullElse(group.chosen(), ""));
    }
    if (Choices.lost(context.live(), group)) {
      return texts.text(
          choosable == 0 ? "alternatives.lost" : "alternatives.instead", group.chosen());
    }
    if (group.chosen() != null) {
      return texts.text("alternatives.chosen", group.chosen());
    }
    if (choosable == 0) {
      return working == 0
          ? texts.text("alternatives.failed")
          : texts.text("alternatives.working", working);
    }
    return choosable == 1 && working == 0
        ? texts.text("alternatives.left", rows.size())
        : texts.text("alternatives.choose.of", choosable, working);
  }

  private void fill(Alternatives group, Row row, boolean read, int line) {
    var task = row.task();
    var change = row.change();
    var agent =
        texts.text(
            "alternatives.who",
            change == null ? task.id() : "#" + change.number(),
            change != null
                ? change.agent()
                : Objects.requireNonNullElse(
                    task.worker() != null ? task.worker() : task.agent(),
                    texts.text("newtask.any")));
    Node who =
        read
            ? Widgets.label(agent, "strong")
            : Widgets.link(
                agent,
                () ->
                    context
                        .go()
                        .to(
                            change == null ? ScreenId.TASKS : ScreenId.CHANGES,
                            change == null ? task.id() : change.id()));
    grid.add(who, 0, line);
    grid.add(state(group, row), 1, line);
    var result = result(change);
    for (int i = 0; i < result.size(); i++) {
      grid.add(result.get(i), 2 + i, line);
    }
    grid.add(figure(Long.toString(row.tries())), 7, line);
    grid.add(figure(row.time()), 8, line);
    grid.add(figure(row.cost()), 9, line);
    if (row.choosable()) {
      var choose =
          context.act(texts.text("alternatives.choose"), () -> choose(context, change), "success");
      choose.setAccessibleText(texts.text("alternatives.choose.this", agent)); // all look alike
      choose.setMinWidth(USE_PREF_SIZE);
      grid.add(choose, 10, line);
    } else if (task.id().equals(group.chosen())) {
      grid.add(Tone.GREEN.on(Widgets.tag(texts.text("alternatives.is"))), 10, line);
    }
  }

  private Node state(Alternatives group, Row row) {
    if (row.change() != null && !Choices.works(row.task())) {
      var change = row.change();
      boolean passed = group.chosen() == null && row.choosable();
      var words =
          passed ? texts.text("alternatives.passed") : texts.word("change.state", change.state());
      return (passed ? Tone.GREEN : Tone.of(change.state())).on(Widgets.label(words));
    }
    return Tone.of(row.task().state())
        .on(Widgets.label(texts.word("task.state", row.task().state())));
  }

  /** Gates, findings, health, files and lines. */
  private List<Node> result(Change change) {
    if (change == null) {
      return List.of(figure("–"), figure("–"), figure("–"), figure("–"), figure("–"));
    }
    long passed = change.gates().stream().filter(g -> g.outcome() == Outcome.PASSED).count();
    var gates =
        change.gates().isEmpty()
            ? figure(texts.text("alternatives.unchecked"))
            : figure(passed + "/" + change.gates().size());
    boolean all = !change.gates().isEmpty() && passed == change.gates().size();
    return List.of(
        (all ? Tone.GREEN : Tone.AMBER).on(gates),
        figure(texts.count(change.gates().stream().mapToInt(g -> g.findings().size()).sum())),
        figure(Integer.toString(change.health())),
        figure(texts.count(change.files())),
        figure(
            "+%s −%s".formatted(texts.count(change.additions()), texts.count(change.deletions()))));
  }

  private static Region figure(String text) {
    return Widgets.label(text, "mono");
  }

  // ── the person's word ───────────────────────────────────────────────────────────────────────

  /** Chooses one as it is shown, and offers to undo that. */
  public static void choose(ScreenContext context, Change change) {
    context
        .steering()
        .execute(new AlternativeCommand.Choose(change.id(), change.head()))
        .thenAccept(
            _ ->
                context
                    .notices()
                    .done(
                        context
                            .texts()
                            .text("alternatives.done", "#" + change.number(), change.agent()),
                        () ->
                            context
                                .steering()
                                .execute(new AlternativeCommand.Undo(change.task()))));
  }

  private void undo(String original) {
    context
        .steering()
        .execute(new AlternativeCommand.Undo(original))
        .thenAccept(_ -> context.notices().say(texts.text("alternatives.undone", original)));
  }
}
