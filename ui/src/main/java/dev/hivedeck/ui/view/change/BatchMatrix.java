package dev.hivedeck.ui.view.change;

import dev.hivedeck.engine.protocol.merge.BatchViews.Batch;
import dev.hivedeck.engine.protocol.merge.BatchViews.BatchState;
import dev.hivedeck.engine.protocol.merge.BatchViews.Fate;
import dev.hivedeck.engine.protocol.merge.BatchViews.Member;
import dev.hivedeck.engine.protocol.merge.BatchViews.Run;
import dev.hivedeck.engine.protocol.merge.BatchViews.RunKind;
import dev.hivedeck.engine.protocol.merge.BatchViews.RunOutcome;
import dev.hivedeck.engine.protocol.merge.MergeRegistration;
import dev.hivedeck.ui.live.EntityStore;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.Consumer;
import javafx.geometry.HPos;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Control;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import javafx.util.Subscription;

/**
 * The latest batch: its changes are rows, the runs of the gates columns. Who is to blame is in each
 * run that failed and in none that passed: blame is seen, not read.
 */
final class BatchMatrix extends VBox {
  private static final int HASH = 7;

  private final Texts texts;
  private final Consumer<String> choose;
  private final EntityStore<Batch> batches;
  private Optional<Batch> shown = Optional.empty();

  /**
   * @param choose shows a change, by its id
   */
  BatchMatrix(ScreenContext context, Consumer<String> choose) {
    super(8);
    this.texts = context.texts();
    this.choose = choose;
    this.batches = context.live().things(MergeRegistration.BATCH, Batch.class);
    getStyleClass().add("card");
    renew();
  }

  /** Follows it while its screen is looked at. */
  Subscription watch(Runnable changed) {
    return batches.watch(
        () -> {
          renew();
          changed.run();
        });
  }

  boolean isEmpty() {
    return shown.isEmpty();
  }

  private void renew() {
    var latest =
        batches.all().stream()
            .max(Comparator.comparingLong(b -> Long.parseLong(b.id().substring(2))));
    if (latest.equals(shown)) {
      return; // a cell that is pressed must not be replaced meanwhile
    }
    shown = latest;
    getChildren().clear();
    latest.ifPresent(this::show);
  }

  private void show(Batch batch) {
    var title =
        batch.state() == BatchState.RUNNING
            ? texts.text("batch.runs", batch.id(), Integer.toString(batch.runs().size()))
            : texts.text("batch.title", batch.id(), texts.said(batch.text()));
    var head = Widgets.row(8, tone(batch.state()).on(icon(batch.state()).node()));
    head.getChildren().add(Widgets.grow(Widgets.prose(title, "card-title")));
    getChildren().addAll(head, grid(batch));
    if (!batch.asked().isEmpty()) {
      var asked = Widgets.flow(16, 2);
      for (String answer : batch.asked()) {
        asked
            .getChildren()
            .add(Widgets.row(5, Icon.CHECK.node(), Widgets.label(texts.said(answer), "muted")));
      }
      getChildren().add(asked);
    }
  }

  private GridPane grid(Batch batch) {
    var grid = new GridPane(6, 4);
    var runs = batch.runs();
    if (!batch.base().isEmpty()) {
      grid.add(
          Widgets.label(
              batch.base().substring(0, Math.min(HASH, batch.base().length())), "mono", "soft"),
          0,
          1);
      grid.add(Widgets.label(texts.text("batch.base"), "muted"), 1, 1);
    }
    for (int column = 0; column < runs.size(); column++) {
      grid.add(head(runs.get(column), batch.members().size()), 2 + column, 0);
      grid.add(centred(Widgets.label("—", "muted")), 2 + column, 1);
    }
    int row = 2;
    for (var member : batch.members()) {
      if (member.fate() == Fate.CULPRIT) {
        var behind = new Region();
        behind.getStyleClass().add("batch-culprit");
        grid.add(behind, 0, row, 3 + runs.size(), 1);
      }
      grid.add(name(member), 0, row);
      var title = Widgets.label(member.title());
      GridPane.setHgrow(title, Priority.ALWAYS);
      grid.add(title, 1, row);
      for (int column = 0; column < runs.size(); column++) {
        grid.add(cell(member, runs.get(column)), 2 + column, row);
      }
      grid.add(fate(member), 2 + runs.size(), row++);
    }
    if (!runs.isEmpty()) {
      grid.add(Widgets.label(texts.text("batch.gates"), "muted"), 1, row);
    }
    for (int column = 0; column < runs.size(); column++) {
      grid.add(outcome(runs.get(column)), 2 + column, row);
    }
    return grid;
  }

  private Node head(Run run, int all) {
    String kind =
        run.kind() == RunKind.PART || run.kind() == RunKind.WHOLE
            ? texts.text(
                run.changes().size() == all ? "batch.run.whole" : "batch.run.part",
                Integer.toString(run.changes().size()))
            : texts.text("batch.run." + run.kind().word());
    var box =
        Widgets.column(
            0,
            Widgets.label(texts.text("batch.run", Integer.toString(run.number())), "mono"),
            Widgets.label(kind, "muted"));
    box.setAlignment(Pos.CENTER);
    box.setMinWidth(Region.USE_PREF_SIZE);
    return box;
  }

  private Node name(Member member) {
    var link =
        Widgets.link("#" + member.change().substring(2), () -> choose.accept(member.change()));
    link.getStyleClass().add("mono");
    return link;
  }

  private Node cell(Member member, Run run) {
    if (!run.changes().contains(member.change())) {
      return centred(Widgets.label("·", "muted"));
    }
    var button = new Button(texts.text("batch.in"));
    button.getStyleClass().addAll("forecast-cell", "mono");
    button.setOnAction(_ -> choose.accept(member.change()));
    var words =
        texts.text(
            "batch.in.of",
            "#" + member.change().substring(2),
            Integer.toString(run.number()),
            word(run.outcome()));
    button.setTooltip(Widgets.tooltip(words));
    button.setAccessibleText(words);
    return centred(tone(run.outcome()).on(button));
  }

  private Node outcome(Run run) {
    var box =
        Widgets.column(0, tone(run.outcome()).on(Widgets.label(word(run.outcome()), "strong")));
    box.setAlignment(Pos.CENTER);
    if (run.outcome() != RunOutcome.RUNNING) {
      box.getChildren()
          .add(
              Widgets.label(
                  texts.clock(Duration.ofMillis(Math.round(run.seconds() * 1_000))),
                  "mono",
                  "muted"));
    }
    if (!run.failed().isEmpty()) {
      Widgets.tip((Control) box.getChildren().getFirst(), String.join(", ", run.failed()));
    }
    return box;
  }

  private Node fate(Member member) {
    String why = member.why().isEmpty() ? "" : texts.said(member.why());
    var label = Widgets.label(texts.text("batch.fate." + member.fate().word()), "strong");
    if (!why.isEmpty()) {
      label.setTooltip(Widgets.tooltip(why));
    }
    return tone(member.fate()).on(label);
  }

  private String word(RunOutcome outcome) {
    return texts.text("batch.outcome." + outcome.word());
  }

  private static Node centred(Node node) {
    GridPane.setHalignment(node, HPos.CENTER);
    return node;
  }

  private static Icon icon(BatchState state) {
    return switch (state) {
      case RUNNING -> Icon.CLOCK;
      case MERGED -> Icon.PASSED;
      case FAILED, MAIN_FAILS, STOPPED -> Icon.WARNED;
    };
  }

  private static Tone tone(BatchState state) {
    return switch (state) {
      case RUNNING -> Tone.BLUE;
      case MERGED -> Tone.GREEN;
      case FAILED, MAIN_FAILS -> Tone.RED;
      case STOPPED -> Tone.AMBER;
    };
  }

  private static Tone tone(RunOutcome outcome) {
    return switch (outcome) {
      case RUNNING -> Tone.BLUE;
      case PASSED -> Tone.GREEN;
      case FAILED -> Tone.RED;
      case UNCHECKED -> Tone.AMBER;
    };
  }

  private static Tone tone(Fate fate) {
    return switch (fate) {
      case IN -> Tone.BLUE;
      case MERGED -> Tone.GREEN;
      case CULPRIT -> Tone.RED;
      case BESIDE -> Tone.NEUTRAL;
      case LEFT -> Tone.AMBER;
    };
  }
}
