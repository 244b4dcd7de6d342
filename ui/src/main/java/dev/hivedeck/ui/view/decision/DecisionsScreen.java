package dev.hivedeck.ui.view.decision;

import dev.hivedeck.engine.protocol.Views;
import dev.hivedeck.engine.protocol.Views.DecisionState;
import dev.hivedeck.ui.control.Halves;
import dev.hivedeck.ui.shell.Answers;
import dev.hivedeck.ui.shell.Desk;
import dev.hivedeck.ui.shell.Editor;
import dev.hivedeck.ui.shell.Icon;
import dev.hivedeck.ui.shell.Parts;
import dev.hivedeck.ui.shell.Placard;
import dev.hivedeck.ui.shell.Place;
import dev.hivedeck.ui.shell.Screen;
import dev.hivedeck.ui.shell.Texts;
import dev.hivedeck.ui.shell.Tone;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Label;
import javafx.scene.control.ListCell;
import javafx.scene.control.ListView;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.SplitPane;
import javafx.scene.control.TextArea;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.ToggleGroup;
import javafx.scene.input.KeyCode;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import javafx.util.Subscription;

/** Every question, the open ones first, and the one that is looked at in full. */
public final class DecisionsScreen implements Screen {
  private static final Duration SOON = Duration.ofMinutes(5);

  private final Desk desk;
  private final Texts texts;
  private final VBox node = new VBox(12);
  private final Label summary = Parts.label("", "summary");
  private final ObservableList<Views.Decision> rows = FXCollections.observableArrayList();
  private final ListView<Views.Decision> list = new ListView<>(rows);
  private final StackPane inspector = new StackPane();
  private final SplitPane split;
  private final StackPane body = new StackPane();
  private final ToggleButton open;
  private final ToggleButton answered;
  private Subscription watching = () -> {};
  private Views.Decision inspected;
  private boolean inspecting;

  public DecisionsScreen(Desk desk) {
    this.desk = desk;
    this.texts = desk.texts();
    var group = new ToggleGroup();
    open = filter("decisions.open", group);
    answered = filter("decisions.answered", group);
    open.setSelected(true);
    group
        .selectedToggleProperty()
        .addListener(
            (_, old, now) -> {
              if (now == null) {
                old.setSelected(true);
              } else {
                renew();
              }
            });
    var title = Parts.label(texts.text("place.decisions"), "title");
    title.setMinWidth(Region.USE_PREF_SIZE);
    var head = Parts.row(10, title, open, answered, Parts.grow(summary));
    head.getStyleClass().add("screen-head");

    list.getStyleClass().addAll("plain-list", "decision-list");
    list.setAccessibleText(texts.text("place.decisions"));
    list.setCellFactory(_ -> new Cell());
    list.getSelectionModel().selectedItemProperty().subscribe(_ -> inspect());
    list.setOnKeyPressed(
        e -> {
          if (e.getCode() == KeyCode.ENTER) {
            inspector.requestFocus();
          }
        });
    split = Halves.of(desk, "decisions.split", 0.42, inspector, list);
    SplitPane.setResizableWithParent(split.getItems().getFirst(), false);
    body.getChildren().setAll(split);
    VBox.setVgrow(body, Priority.ALWAYS);
    node.getStyleClass().add("screen");
    node.getChildren().addAll(head, body);
  }

  @Override
  public Region node() {
    return node;
  }

  @Override
  public void shown() {
    watching = desk.live().decisions().watch(this::renew);
  }

  @Override
  public void hidden() {
    watching.unsubscribe();
  }

  @Override
  public void open(String id) {
    desk.live()
        .decisions()
        .get(id)
        .ifPresent(
            d -> {
              (d.state() == DecisionState.OPEN ? open : answered).setSelected(true);
              renew();
              select(d.id());
            });
  }

  private ToggleButton filter(String key, ToggleGroup group) {
    var button = new ToggleButton(texts.text(key, 0));
    button.setUserData(key);
    button.getStyleClass().add("chip");
    button.setToggleGroup(group);
    return button;
  }

  private void renew() {
    var all = desk.live().decisions().all();
    var pending = all.filtered(d -> d.state() == DecisionState.OPEN);
    open.setText(texts.text("decisions.open", pending.size()));
    answered.setText(texts.text("decisions.answered", all.size() - pending.size()));
    var wanted = new ArrayList<Views.Decision>();
    all.stream()
        .filter(d -> (d.state() == DecisionState.OPEN) == open.isSelected())
        .sorted(open.isSelected() ? byUrgency() : byAnswer())
        .forEach(wanted::add);
    var selected = list.getSelectionModel().getSelectedItem();
    if (!wanted.equals(rows)) {
      rows.setAll(wanted);
      select(selected == null ? null : selected.id());
    }
    var due =
        pending.stream().map(Views.Decision::dueAt).filter(t -> t != null).min(Instant::compareTo);
    summary.setText(
        pending.isEmpty()
            ? texts.text("decisions.none")
            : due.map(t -> texts.text("decisions.next", texts.left(t, desk.live().now().get())))
                .orElse(texts.text("decisions.wait")));
    if (wanted.isEmpty()) {
      body.getChildren().setAll(Parts.card(Parts.grow(nothing(all.isEmpty()))));
    } else if (body.getChildren().getFirst() != split) {
      body.getChildren().setAll(split);
    }
    inspect();
  }

  private Region nothing(boolean never) {
    if (never) {
      return Placard.empty(
          Icon.DECISION,
          texts.text("decisions.empty"),
          texts.text("decisions.empty.more"),
          Parts.button(
              texts.text("action.go", texts.text("place.tasks")), () -> desk.go().to(Place.TASKS)));
    }
    return open.isSelected()
        ? Placard.empty(
            Icon.PASSED,
            texts.text("decisions.none"),
            texts.text("decisions.none.more"),
            Parts.button(texts.text("decisions.see"), () -> answered.setSelected(true)))
        : Placard.empty(
            Icon.DECISION, texts.text("decisions.noanswer"), texts.text("decisions.none.more"));
  }

  private void select(String id) {
    for (int i = 0; i < rows.size(); i++) {
      if (rows.get(i).id().equals(id)) {
        list.getSelectionModel().select(i);
        list.scrollTo(Math.max(0, i - 2));
        return;
      }
    }
    list.getSelectionModel().selectFirst();
  }

  private static Comparator<Views.Decision> byUrgency() {
    return Comparator.comparing(
            Views.Decision::dueAt, Comparator.nullsLast(Comparator.<Instant>naturalOrder()))
        .thenComparing(Views.Decision::openedAt);
  }

  private static Comparator<Views.Decision> byAnswer() {
    return Comparator.comparing(
        Views.Decision::answeredAt,
        Comparator.nullsLast(Comparator.<Instant>naturalOrder().reversed()));
  }

  private void inspect() {
    var d = list.getSelectionModel().getSelectedItem();
    if (inspecting && java.util.Objects.equals(d, inspected)) {
      return;
    }
    inspecting = true;
    inspected = d;
    inspector.getChildren().setAll(d == null ? new Region() : detail(d));
  }

  private Region detail(Views.Decision d) {
    var box = new VBox(14);
    var tags =
        Parts.row(8, Tone.of(d).on(Parts.label(texts.word("decision.state", d.state()), "strong")));
    if (d.kind() != null && !d.kind().isBlank()) {
      tags.getChildren().add(Parts.tag(d.kind()));
    }
    tags.getChildren().addAll(Parts.label(d.id(), "mono", "muted"));
    box.getChildren().addAll(tags, Parts.prose(d.question(), "question"));
    if (d.detail() != null && !d.detail().isBlank()) {
      box.getChildren().add(Parts.prose(d.detail(), "soft"));
    }
    box.getChildren().add(facts(d));
    box.getChildren().add(d.state() == DecisionState.OPEN ? answer(d) : answered(d));
    box.getChildren().add(history(d));
    var scroll = new ScrollPane(box);
    scroll.setFitToWidth(true);
    scroll.getStyleClass().add("plain-scroll");
    scroll.setFocusTraversable(false);
    return scroll;
  }

  private GridPane facts(Views.Decision d) {
    var grid = new GridPane(16, 6);
    grid.getStyleClass().add("facts");
    int row = 0;
    var agent = Parts.button(d.agent(), () -> desk.go().to(Place.AGENTS, d.agent()), "link");
    grid.addRow(row++, Parts.label(texts.text("decision.asks"), "muted"), agent);
    if (d.task() != null) {
      var title = desk.live().tasks().get(d.task()).map(t -> " " + t.title()).orElse("");
      var task = Parts.button(d.task() + title, () -> desk.go().to(Place.TASKS, d.task()), "link");
      task.setMinWidth(0);
      grid.addRow(row++, Parts.label(texts.text("decision.for"), "muted"), task);
    }
    grid.addRow(
        row++,
        Parts.label(texts.text("decision.level"), "muted"),
        Parts.label(texts.text("decision.level." + Math.clamp(d.level(), 1, 3))));
    grid.addRow(
        row++,
        Parts.label(texts.text("decision.since"), "muted"),
        exact(Parts.label(texts.ago(d.openedAt(), desk.live().now().get())), d.openedAt()));
    if (d.state() == DecisionState.OPEN) {
      var due = Parts.label(texts.text("decision.nodue"));
      if (d.dueAt() != null) {
        due.textProperty().bind(desk.live().now().map(now -> texts.left(d.dueAt(), now)));
        exact(due, d.dueAt());
        if (soon(d)) {
          Tone.AMBER.on(due);
        }
      }
      grid.addRow(row++, Parts.label(texts.text("decision.due"), "muted"), due);
      grid.addRow(
          row,
          Parts.label(texts.text("decision.else"), "muted"),
          Parts.label(
              d.fallback() == null
                  ? texts.text("decision.else.waits")
                  : texts.text("decision.fallback", d.fallback())));
    }
    return grid;
  }

  private Label exact(Label label, Instant at) {
    label.setTooltip(Parts.tooltip(texts.moment(at)));
    label.setOnMouseEntered(null);
    return label;
  }

  private boolean soon(Views.Decision d) {
    return d.dueAt() != null
        && Duration.between(desk.live().now().get(), d.dueAt()).compareTo(SOON) < 0;
  }

  private Region answer(Views.Decision d) {
    var comment = new TextArea();
    comment.setPromptText(texts.text("decision.comment"));
    comment.setAccessibleText(texts.text("decision.comment"));
    comment.setPrefRowCount(3);
    comment.setWrapText(true);
    var buttons = new FlowPane(8, 8);
    if (Views.MANUAL.equals(d.kind())) {
      desk.live()
          .attempts()
          .get(d.attempt())
          .map(Views.Attempt::worktree)
          .ifPresent(
              folder ->
                  buttons
                      .getChildren()
                      .add(
                          Parts.button(
                              texts.text("decision.editor"),
                              () -> new Editor(desk).open(Path.of(folder)),
                              "accent")));
    }
    buttons.getChildren().addAll(new Answers(desk).buttons(d, comment::getText));
    return new VBox(8, comment, buttons);
  }

  private Region answered(Views.Decision d) {
    var box = new VBox(4);
    var by = d.by() == null ? "" : d.by();
    var key =
        switch (d.state()) {
          case EXPIRED -> "decision.was.expired";
          case WITHDRAWN -> "decision.was.withdrawn";
          default -> "decision.was.decided";
        };
    var answer = d.answer() == null ? "–" : d.answer();
    var line =
        Parts.row(
            8, Tone.of(d).on(icon(d).node()), Parts.prose(texts.text(key, answer, by), "strong"));
    box.getChildren().add(line);
    if (d.comment() != null && !d.comment().isBlank()) {
      box.getChildren().add(Parts.prose("“" + d.comment() + "”", "soft"));
    }
    if (d.answeredAt() != null) {
      box.getChildren()
          .add(
              Parts.label(
                  texts.text(
                      "decision.took",
                      texts.span(Duration.between(d.openedAt(), d.answeredAt())),
                      texts.moment(d.answeredAt())),
                  "muted"));
    }
    return box;
  }

  /** Questions of the same kind, so that one answers alike. */
  private Region history(Views.Decision d) {
    var alike =
        desk.live().decisions().all().stream()
            .filter(o -> !o.id().equals(d.id()) && o.answer() != null)
            .filter(o -> java.util.Objects.equals(o.kind(), d.kind()))
            .sorted(byAnswer())
            .limit(5)
            .toList();
    var box = new VBox(6);
    if (alike.isEmpty()) {
      return box;
    }
    var heading =
        d.kind() == null || d.kind().isBlank()
            ? texts.text("decision.before")
            : texts.text("decision.before.kind", d.kind());
    box.getChildren().add(Parts.label(heading, "card-title"));
    for (var o : alike) {
      var link = Parts.button(o.question(), () -> open(o.id()), "link");
      link.setMinWidth(0);
      var answer = Tone.of(o).on(Parts.label(o.answer()));
      answer.setMinWidth(Region.USE_PREF_SIZE);
      box.getChildren().add(Parts.row(10, answer, link));
    }
    return box;
  }

  private static Icon icon(Views.Decision d) {
    return switch (d.state()) {
      case OPEN -> Icon.WAITING;
      case DECIDED -> Icon.PASSED;
      case EXPIRED -> Icon.CLOCK;
      case WITHDRAWN -> Icon.CANCEL;
    };
  }

  private final class Cell extends ListCell<Views.Decision> {
    Cell() {
      setPrefWidth(0);
    }

    @Override
    protected void updateItem(Views.Decision d, boolean empty) {
      super.updateItem(d, empty);
      if (empty || d == null) {
        setGraphic(null);
        setAccessibleText(null);
        return;
      }
      var question = Parts.label(d.question(), "strong");
      var about = new ArrayList<>(List.of(d.agent()));
      if (d.task() != null) {
        about.add(d.task());
      }
      if (d.kind() != null && !d.kind().isBlank()) {
        about.add(d.kind());
      }
      var icon = Tone.of(d).on(icon(d).node());
      var right = right(d);
      var lines = Parts.grow(new VBox(2, question, Parts.label(String.join(" · ", about), "soft")));
      lines.setMinWidth(0);
      var box = new HBox(10, icon, lines, right);
      box.setAlignment(Pos.CENTER_LEFT);
      setAccessibleText(
          texts.word("decision.state", d.state()) + ": " + d.question() + ", " + d.agent());
      setGraphic(box);
    }

    private Node right(Views.Decision d) {
      var label = Parts.label("");
      label.setMinWidth(USE_PREF_SIZE);
      if (d.state() == DecisionState.OPEN) {
        (soon(d) ? Tone.AMBER : Tone.NEUTRAL).on(label);
        if (d.dueAt() != null) {
          label.textProperty().bind(desk.live().now().map(now -> texts.left(d.dueAt(), now)));
        }
      } else {
        Tone.of(d).on(label);
        label.setText(d.answer() == null ? "" : d.answer());
      }
      return label;
    }
  }
}
