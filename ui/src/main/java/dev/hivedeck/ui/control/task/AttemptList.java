package dev.hivedeck.ui.control.task;

import dev.hivedeck.engine.protocol.view.AttemptViews;
import dev.hivedeck.engine.protocol.view.GateViews.GateResult;
import dev.hivedeck.engine.protocol.view.GateViews.Outcome;
import dev.hivedeck.engine.protocol.view.TaskViews;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.text.Hotkey;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import javafx.scene.control.ListCell;
import javafx.scene.control.ListView;
import javafx.scene.input.MouseEvent;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;

/** Attempts as lines: how each ended and why, what its gates said, what it cost. */
public final class AttemptList extends ListView<AttemptViews.Attempt> {
  private final ScreenContext context;
  private final Texts texts;
  private final boolean byAgent;
  private final ObservableList<AttemptViews.Attempt> rows = FXCollections.observableArrayList();

  /**
   * @param byAgent whether all are of one task and told apart by their agents; else the other way
   *     round
   * @param open what happens when one is clicked, or Enter is pressed on it
   */
  public AttemptList(ScreenContext context, boolean byAgent, Consumer<AttemptViews.Attempt> open) {
    this.context = context;
    this.texts = context.texts();
    this.byAgent = byAgent;
    setItems(rows);
    getStyleClass().addAll("plain-list", "attempts");
    setAccessibleText(texts.text("attempts.name"));
    setPlaceholder(Widgets.label(texts.text("attempts.none"), "muted"));
    setCellFactory(_ -> new Cell());
    setOnKeyPressed(
        e -> {
          var chosen = getSelectionModel().getSelectedItem();
          if (Hotkey.OPEN.pressed(e) && chosen != null) {
            open.accept(chosen);
          }
        });
    addEventHandler(
        MouseEvent.MOUSE_CLICKED,
        _ -> {
          var chosen = getSelectionModel().getSelectedItem();
          if (chosen != null) {
            open.accept(chosen);
          }
        });
  }

  /** Shows these, and marks the one of that id. */
  public void show(List<AttemptViews.Attempt> attempts, String marked) {
    if (!attempts.equals(rows)) {
      rows.setAll(attempts);
    }
    for (int i = 0; i < rows.size(); i++) {
      if (Objects.equals(rows.get(i).id(), marked)) {
        getSelectionModel().clearAndSelect(i);
        return;
      }
    }
    getSelectionModel().clearSelection();
  }

  private final class Cell extends ListCell<AttemptViews.Attempt> {
    Cell() {
      setPrefWidth(0);
    }

    @Override
    protected void updateItem(AttemptViews.Attempt a, boolean empty) {
      super.updateItem(a, empty);
      if (empty || a == null) {
        setGraphic(null);
        return;
      }
      var state =
          Tone.of(a.state()).on(Widgets.label(texts.word("attempt.state", a.state()), "strong"));
      state.setMinWidth(USE_PREF_SIZE);
      var id = Widgets.label(a.id(), "mono");
      id.setMinWidth(USE_PREF_SIZE);
      var about = Widgets.label(about(a), "soft");
      var cost = Widgets.label(cost(a), "mono", "muted");
      var first = Widgets.line(10, id, state, Widgets.grow(about), cost);
      var lines = new VBox(3, first);
      if (a.detail() != null && !a.detail().isBlank()) {
        lines.getChildren().add(Widgets.label(texts.said(a.detail()), "soft"));
      }
      if (a.choice() != null) {
        lines
            .getChildren()
            .add(
                Widgets.label(
                    texts.text("choice.line", SelectionReason.words(texts, a.choice())), "muted"));
      }
      if (a.gates() != null && !a.gates().isEmpty()) {
        lines.getChildren().add(gates(texts, a.gates()));
      }
      setAccessibleText(a.id() + ", " + texts.word("attempt.state", a.state()));
      setGraphic(lines);
    }

    /** The skin asks what it shows without a width; lines that wrap need to know it. */
    @Override
    protected double computePrefHeight(double width) {
      return getGraphic() == null || width < 0
          ? super.computePrefHeight(width)
          : snappedTopInset()
              + getGraphic().prefHeight(width - snappedLeftInset() - snappedRightInset())
              + snappedBottomInset();
    }

    private String about(AttemptViews.Attempt a) {
      var who =
          byAgent
              ? a.agent()
              : context.live().tasks().get(a.task()).map(TaskViews.Task::title).orElse("");
      return a.reason() == null ? who : a.reason() + (who.isEmpty() ? "" : " · " + who);
    }

    private String cost(AttemptViews.Attempt a) {
      var end = a.endedAt() == null ? context.live().now().get() : a.endedAt();
      var took =
          a.startedAt() == null ? "" : texts.span(Duration.between(a.startedAt(), end)) + " · ";
      return took + texts.cost(a.cost());
    }
  }

  /** One mark per gate: icon, name, and what it found on hover. */
  public static Region gates(Texts texts, List<GateResult> gates) {
    var row = Widgets.flow(10, 3);
    for (var gate : gates) {
      var mark = Tone.of(gate.outcome()).on(icon(gate.outcome()).node());
      var name = Widgets.label(gate.gate(), "gate-name");
      name.setOnMouseEntered(null);
      if (gate.summary() != null) {
        name.setTooltip(Widgets.tooltip(texts.said(gate.summary())));
      }
      row.getChildren().add(Widgets.row(4, mark, name));
    }
    return row;
  }

  private static Icon icon(Outcome outcome) {
    return switch (outcome) {
      case PASSED -> Icon.PASSED;
      case WARNED -> Icon.WARNED;
      case FAILED -> Icon.FAILED;
    };
  }
}
