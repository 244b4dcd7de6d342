package dev.hivedeck.ui.view.change;

import dev.hivedeck.engine.protocol.merge.MergeRegistration;
import dev.hivedeck.engine.protocol.merge.MergeViews.Merge;
import dev.hivedeck.engine.protocol.view.ChangeViews.Change;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.ui.control.table.CellContent;
import dev.hivedeck.ui.control.table.EntityTable;
import dev.hivedeck.ui.live.EntityStore;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.EmptyState;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import javafx.geometry.Pos;
import javafx.scene.control.Label;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import javafx.util.Subscription;

/**
 * What is merged when: the line, the latest batch, who will conflict with whom, and the proof of
 * each merge.
 */
final class MergeQueuePane extends HBox {
  private static final double SIDE = 400;
  private static final int HASH = 7;

  /** A change in line. */
  private record InLine(int place, Change change, String waits) {
    String id() {
      return change.id();
    }
  }

  private final ScreenContext context;
  private final Texts texts;
  private final Consumer<String> open;
  private final EntityStore<Merge> merges;
  private final BatchMatrix batches;
  private final ConflictMatrix conflicts;
  private final Region conflictCard;
  private final EntityTable<InLine> line;
  private final EntityTable<Merge> proofs;
  private final Label inLine = Widgets.label("", "soft");
  private final Label proven = Widgets.label("", "soft");
  private final Region noLine;
  private final Region noProofs;
  private List<Change> queued = List.of();

  /**
   * @param open shows a change, by its id
   */
  MergeQueuePane(ScreenContext context, Consumer<String> open) {
    super(12);
    this.context = context;
    this.texts = context.texts();
    this.open = open;
    this.merges = context.live().things(MergeRegistration.TOPIC, Merge.class);
    batches = new BatchMatrix(context, open);
    conflicts = new ConflictMatrix(context, open);
    line = newLine();
    proofs = newProofs();
    noLine =
        EmptyState.empty(Icon.MERGE, texts.text("queue.empty"), texts.text("queue.empty.more"));
    noProofs = Widgets.prose(texts.text("queue.proofs.none"), "soft");
    conflictCard = Widgets.card(conflicts);
    var lineCard =
        Widgets.card(
            Widgets.row(8, Widgets.label(texts.text("queue.line"), "card-title"), inLine),
            Widgets.grow(new StackPane(line.framed(), noLine)));
    var proofCard =
        Widgets.card(
            Widgets.row(
                8,
                Tone.GREEN.on(Icon.TRUSTED.node()),
                Widgets.grow(Widgets.label(texts.text("queue.proofs"), "card-title")),
                proven),
            Widgets.prose(texts.text("queue.proofs.more"), "soft"),
            Widgets.grow(new StackPane(proofs.framed(), noProofs)));
    StackPane.setAlignment(noProofs, Pos.TOP_LEFT);
    var left = new VBox(12, batches, Widgets.grow(lineCard));
    var right = new VBox(12, conflictCard, Widgets.grow(proofCard));
    right.setMinWidth(280);
    right.setPrefWidth(SIDE);
    left.setMinWidth(0);
    HBox.setHgrow(left, Priority.ALWAYS);
    getChildren().setAll(left, right);
  }

  /** Follows it while its screen is looked at. */
  Subscription watch(Runnable changed) {
    return Subscription.combine(
        batches.watch(changed), conflicts.watch(changed), merges.watch(this::showProofs));
  }

  EntityTable<?> table() {
    return line;
  }

  /** Shows what is in line of these. */
  void show(List<Change> all) {
    queued =
        all.stream()
            .filter(c -> ChangesTab.QUEUE.holds(c.state()))
            .sorted(ChangeGroup.natural(ChangesTab.QUEUE))
            .toList();
    renew();
    showProofs();
  }

  private void renew() {
    var now = context.live().now().get();
    var rows = new ArrayList<InLine>();
    for (var change : queued) {
      rows.add(
          new InLine(
              rows.size() + 1,
              change,
              texts.span(
                  Duration.between(change.updatedAt(), now).truncatedTo(ChronoUnit.MINUTES))));
    }
    rows.sort(line.order(Comparator.comparingInt(InLine::place)));
    line.renew(rows);
    inLine.setText(texts.count(queued.size()));
    Widgets.show(noLine, rows.isEmpty());
    Widgets.show(line.getParent(), !rows.isEmpty());
    Widgets.show(batches, !batches.isEmpty());
    Widgets.show(conflictCard, !conflicts.isEmpty());
  }

  private void showProofs() {
    var made =
        merges.all().stream()
            .filter(Merge::moved)
            .sorted(proofs.order(Comparator.comparing(Merge::at).reversed()))
            .toList();
    proofs.renew(made);
    proven.setText(
        made.isEmpty()
            ? ""
            : texts.text("queue.proven", made.stream().filter(Merge::proven).count(), made.size()));
    Widgets.show(noProofs, made.isEmpty());
    Widgets.show(proofs.getParent(), !made.isEmpty());
  }

  private EntityTable<InLine> newLine() {
    var made =
        new EntityTable<InLine>(context, texts.text("queue.line"), InLine::id, this::renew)
            .column(
                texts.text("col.place"),
                56,
                50,
                0,
                Comparator.comparingInt(InLine::place),
                CellContent.text(r -> texts.count(r.place()), "mono", "soft"))
            .column(
                "#",
                52,
                46,
                0,
                Comparator.comparingInt(r -> r.change().number()),
                CellContent.text(r -> "#" + r.change().number(), "mono", "soft"))
            .column(
                texts.text("col.change"),
                240,
                120,
                0,
                Comparator.comparing(r -> r.change().title()),
                CellContent.text(r -> r.change().title(), "strong"))
            .column(
                texts.text("col.agent"),
                110,
                70,
                3,
                Comparator.comparing(r -> r.change().agent()),
                CellContent.text(r -> r.change().agent(), "soft"))
            .column(
                texts.text("col.lines"),
                112,
                108,
                2,
                Comparator.comparingInt(r -> r.change().additions() + r.change().deletions()),
                CellContent.text(r -> ChangeList.lines(texts, r.change()), "mono"))
            .column(
                texts.text("col.waits"),
                80,
                70,
                1,
                Comparator.comparing(r -> r.change().updatedAt()),
                CellContent.text(InLine::waits, "mono"))
            .column(
                texts.text("col.why"),
                180,
                120,
                0,
                null,
                CellContent.of(() -> Widgets.label(""), this::fillWhy));
    return made.remember("queue").onOpen(() -> openChosen(made.chosen().get()));
  }

  private void fillWhy(Label label, InLine row) {
    var change = row.change();
    boolean merging = change.state() == ChangeState.MERGING;
    (merging ? Tone.BLUE : Tone.NEUTRAL).on(label);
    label.setText(
        merging
            ? texts.text("queue.merging")
            : change.reason() == null ? texts.text("queue.turn") : texts.said(change.reason()));
  }

  private void openChosen(String id) {
    if (id != null) {
      open.accept(id);
    }
  }

  private EntityTable<Merge> newProofs() {
    var made =
        EntityTable.<Merge>of(context, texts.text("queue.proofs"), this::showProofs)
            .column(
                texts.text("col.at"),
                60,
                56,
                0,
                Comparator.comparing(Merge::at),
                CellContent.text(m -> texts.minute(m.at()), "mono", "soft"))
            .column(
                texts.text("col.change"),
                70,
                56,
                0,
                Comparator.comparing(Merge::change),
                CellContent.text(m -> "#" + m.change().substring(2), "mono"))
            .column(
                texts.text("col.tree"),
                74,
                70,
                2,
                null,
                CellContent.text(
                    m -> m.tree().substring(0, Math.min(HASH, m.tree().length())), "mono", "soft"))
            .column(
                texts.text("col.judged"),
                100,
                90,
                0,
                Comparator.comparing(Merge::proven),
                CellContent.of(() -> Widgets.label(""), this::fillJudged))
            .column(
                texts.text("col.paths"),
                56,
                50,
                1,
                Comparator.comparingInt(Merge::paths),
                CellContent.text(m -> texts.count(m.paths()), "mono"));
    return made.remember("proofs")
        .onOpen(() -> made.selected().stream().findFirst().ifPresent(m -> open.accept(m.change())));
  }

  private void fillJudged(Label label, Merge merge) {
    (merge.proven() ? Tone.GREEN : Tone.RED).on(label);
    label.setText(
        merge.proven()
            ? texts.text("queue.same")
            : texts.text("change.unproven", merge.unexplained().size()));
  }
}
