package dev.hivedeck.ui.view.decision;

import dev.hivedeck.engine.protocol.view.DecisionViews;
import dev.hivedeck.engine.protocol.view.DecisionViews.DecisionState;
import dev.hivedeck.ui.control.table.EntityMenu;
import dev.hivedeck.ui.control.table.FilterField;
import dev.hivedeck.ui.control.table.MasterDetail;
import dev.hivedeck.ui.control.table.SavedFilters;
import dev.hivedeck.ui.shell.Screen;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.action.DecisionButtons;
import dev.hivedeck.ui.shell.text.DisplayText;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Label;
import javafx.scene.control.ListCell;
import javafx.scene.control.ListView;
import javafx.scene.control.SplitPane;
import javafx.scene.control.TextInputControl;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.ToggleGroup;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import javafx.util.Subscription;

/** Every question, the open ones first, and the one that is looked at in full. */
public final class DecisionsScreen implements Screen {
  private static final Duration SOON = Duration.ofMinutes(5);

  /** How what is looked at is written down with a saved filter. */
  private static final String OPEN = "open";

  private static final String ANSWERED = "answered";

  private final ScreenContext context;
  private final Texts texts;
  private final VBox node;
  private final Label summary = Widgets.label("", "summary");
  private final ObservableList<DecisionViews.Decision> rows = FXCollections.observableArrayList();
  private final ListView<DecisionViews.Decision> list = new ListView<>(rows);
  private final DecisionInspector inspector;
  private final SplitPane split;
  private final StackPane body = new StackPane();
  private final FilterField search;
  private final ToggleButton open;
  private final ToggleButton answered;
  private Subscription watching = () -> {};
  private boolean renewing;

  /** The rows stand as they did when the pointer came onto them, not as they should. */
  private boolean unordered;

  /** Which of them are there no more. */
  private List<String> gone = List.of();

  private DecisionViews.Decision inspected;
  private boolean inspecting;

  public DecisionsScreen(ScreenContext context) {
    this.context = context;
    this.texts = context.texts();
    inspector = new DecisionInspector(context, this::open);
    var group = new ToggleGroup();
    open = filter("decisions.open", group);
    answered = filter("decisions.answered", group);
    open.setSelected(true);
    Widgets.oneChosen(group, _ -> renew());
    var title = Widgets.title(texts.text("place.decisions"));
    var rules =
        Widgets.button(
            texts.text("permissions.see"), () -> context.go().to(ScreenId.SETTINGS, "permissions"));
    rules.setGraphic(Icon.SHIELD.node());
    search = new FilterField(texts.text("decisions.search"), this::renew, this::list);
    var saved =
        new SavedFilters(
            context,
            "decisions",
            () ->
                new SavedFilters.Saved(
                    open.isSelected() ? OPEN : ANSWERED, search.getText().strip()),
            f -> {
              (f.group().equals(OPEN) ? open : answered).setSelected(true);
              search.setText(f.letters());
            },
            name -> texts.text("decisions.group." + name));
    var head = Widgets.head(title, open, answered, Widgets.grow(summary), search, saved, rules);

    list.getStyleClass().addAll("plain-list", "decision-list");
    list.setAccessibleText(texts.text("place.decisions"));
    list.setCellFactory(_ -> new Cell());
    list.getSelectionModel()
        .selectedItemProperty()
        .subscribe(
            _ -> {
              if (!renewing) {
                inspect();
              }
            });
    list.hoverProperty()
        .addListener(
            (_, _, hover) -> {
              if (!hover && unordered) {
                renew();
              }
            });
    menu().on(list, () -> List.copyOf(list.getSelectionModel().getSelectedItems()));
    list.setOnKeyPressed(
        e -> {
          if (Hotkey.OPEN.pressed(e)) {
            inspector.requestFocus();
          }
        });
    split = MasterDetail.of(context, "decisions.split", 0.42, inspector, list);
    body.getChildren().setAll(split);
    node = Widgets.screen(head, body);
  }

  @Override
  public Region node() {
    return node;
  }

  @Override
  public void shown() {
    watching = context.live().decisions().watch(() -> renew(list.isHover()));
  }

  @Override
  public void hidden() {
    watching.unsubscribe();
  }

  @Override
  public boolean typed(char letter) {
    return inspector.typed(letter);
  }

  @Override
  public void open(String id) {
    context
        .live()
        .decisions()
        .get(id)
        .ifPresent(
            d -> {
              (d.state() == DecisionState.OPEN ? open : answered).setSelected(true);
              search.clear();
              renew();
              select(d.id(), false);
            });
  }

  @Override
  public Node list() {
    return list;
  }

  @Override
  public TextInputControl filter() {
    return search;
  }

  @Override
  public String chosen() {
    var selected = list.getSelectionModel().getSelectedItem();
    return selected == null ? null : selected.id();
  }

  private ToggleButton filter(String key, ToggleGroup group) {
    var button = new ToggleButton(texts.text(key, 0));
    button.setUserData(key);
    button.getStyleClass().add("chip");
    button.setToggleGroup(group);
    return button;
  }

  private EntityMenu<DecisionViews.Decision> menu() {
    return new EntityMenu<DecisionViews.Decision>(context)
        .ways(Icon.DECISION, "palette.answer", this::answers)
        .one(
            Icon.TASK,
            "menu.task",
            d -> d.task() != null,
            d -> context.go().to(ScreenId.TASKS, d.task()))
        .line()
        .copy("menu.copy.id", DecisionViews.Decision::id)
        .copy("menu.copy.text", d -> DisplayText.line(texts.asked(d, d.question())))
        .folder(DecisionViews.Decision::attempt);
  }

  /** Each answer that can be given now; what is written beside goes with it. */
  private Map<String, Runnable> answers(DecisionViews.Decision d) {
    var given = new LinkedHashMap<String, Runnable>();
    if (d.state() == DecisionState.OPEN) {
      var decisionButtons = new DecisionButtons(context);
      for (var option : d.options()) {
        given.put(
            decisionButtons.name(d, option),
            () -> decisionButtons.give(d, option, context.drafts().text("answer " + d.id())));
      }
    }
    return given;
  }

  private void renew() {
    renew(false);
  }

  /**
   * @param calm whether each row keeps its place: what is new comes last, what is over stays and
   *     says so, or a click would choose another question than the one that was read
   */
  private void renew(boolean calm) {
    var all = context.live().decisions().all();
    var pending = all.filtered(d -> d.state() == DecisionState.OPEN);
    open.setText(texts.text("decisions.open", pending.size()));
    answered.setText(texts.text("decisions.answered", all.size() - pending.size()));
    var wanted =
        all.stream()
            .filter(d -> (d.state() == DecisionState.OPEN) == open.isSelected())
            .filter(
                d -> search.finds(d.id(), d.question(), d.detail(), d.agent(), d.task(), d.kind()))
            .sorted(open.isSelected() ? byUrgency() : byAnswer())
            .toList();
    var shown = calm ? inPlace(wanted) : wanted;
    unordered = !shown.equals(wanted);
    if (!shown.equals(rows)) {
      var chosen = chosen(wanted);
      renewing = true;
      rows.setAll(shown);
      select(chosen, calm);
      renewing = false;
    }
    var over = shown.stream().map(DecisionViews.Decision::id).filter(this::removed).toList();
    if (!over.equals(gone)) {
      gone = over;
      list.refresh(); // Its rows are the same; how they look is not.
    }
    var due =
        pending.stream()
            .map(DecisionViews.Decision::dueAt)
            .filter(t -> t != null)
            .min(Instant::compareTo);
    summary.setText(
        pending.isEmpty()
            ? texts.text("decisions.none")
            : due.map(t -> texts.text("decisions.next", texts.left(t, context.live().now().get())))
                .orElse(texts.text("decisions.wait")));
    if (shown.isEmpty()) {
      body.getChildren().setAll(Widgets.card(Widgets.grow(nothing(all.isEmpty()))));
    } else if (body.getChildren().getFirst() != split) {
      body.getChildren().setAll(split);
    }
    inspect();
  }

  private Region nothing(boolean never) {
    if (never) {
      return EmptyState.empty(
          Icon.DECISION,
          texts.text("decisions.empty"),
          texts.text("decisions.empty.more"),
          Widgets.button(
              texts.text("action.go", texts.text("place.tasks")),
              () -> context.go().to(ScreenId.TASKS)));
    }
    if (!search.sought().isEmpty()) {
      return EmptyState.empty(
          Icon.SEARCH, texts.text("decisions.notfound"), texts.text("decisions.none.more"));
    }
    return open.isSelected()
        ? EmptyState.empty(
            Icon.PASSED,
            texts.text("decisions.none"),
            texts.text("decisions.none.more"),
            Widgets.button(texts.text("decisions.see"), () -> answered.setSelected(true)))
        : EmptyState.empty(
            Icon.DECISION, texts.text("decisions.noanswer"), texts.text("decisions.none.more"));
  }

  /** These in the places that they have, between what is over; what is new comes last. */
  private List<DecisionViews.Decision> inPlace(List<DecisionViews.Decision> wanted) {
    var fresh = new LinkedHashMap<String, DecisionViews.Decision>();
    wanted.forEach(d -> fresh.put(d.id(), d));
    var placed = new ArrayList<DecisionViews.Decision>();
    for (var row : rows) {
      fresh.remove(row.id());
      placed.add(context.live().decisions().get(row.id()).orElse(row));
    }
    placed.addAll(fresh.values());
    return placed;
  }

  /** What to look at now: the same, or where that is over the next below it; null for the first. */
  private String chosen(List<DecisionViews.Decision> wanted) {
    var ids = wanted.stream().map(DecisionViews.Decision::id).collect(Collectors.toSet());
    int selected = list.getSelectionModel().getSelectedIndex();
    return rows.stream()
        .skip(selected < 0 ? rows.size() : selected)
        .map(DecisionViews.Decision::id)
        .filter(ids::contains)
        .findFirst()
        .orElse(wanted.isEmpty() ? null : wanted.getFirst().id());
  }

  private boolean removed(String id) {
    return context.live().decisions().get(id).isEmpty();
  }

  private void select(String id, boolean calm) {
    for (int i = 0; i < rows.size(); i++) {
      if (rows.get(i).id().equals(id)) {
        list.getSelectionModel().clearAndSelect(i);
        if (!calm) {
          list.scrollTo(Math.max(0, i - 2));
        }
        return;
      }
    }
    list.getSelectionModel().selectFirst();
  }

  private static Comparator<DecisionViews.Decision> byUrgency() {
    return Comparator.comparing(
            DecisionViews.Decision::dueAt, Comparator.nullsLast(Comparator.<Instant>naturalOrder()))
        .thenComparing(DecisionViews.Decision::openedAt);
  }

  static Comparator<DecisionViews.Decision> byAnswer() {
    return Comparator.comparing(
        DecisionViews.Decision::answeredAt,
        Comparator.nullsLast(Comparator.<Instant>naturalOrder().reversed()));
  }

  private void inspect() {
    var d = list.getSelectionModel().getSelectedItem();
    if (inspecting && java.util.Objects.equals(d, inspected)) {
      return;
    }
    inspecting = true;
    inspected = d;
    inspector.show(d);
  }

  static boolean soon(ScreenContext context, DecisionViews.Decision d) {
    return d.dueAt() != null
        && Duration.between(context.live().now().get(), d.dueAt()).compareTo(SOON) < 0;
  }

  static Icon icon(DecisionViews.Decision d) {
    return switch (d.state()) {
      case OPEN -> Icon.WAITING;
      case DECIDED -> Icon.PASSED;
      case EXPIRED -> Icon.CLOCK;
      case WITHDRAWN -> Icon.CANCEL;
    };
  }

  private final class Cell extends ListCell<DecisionViews.Decision> {
    Cell() {
      setPrefWidth(0);
    }

    @Override
    protected void updateItem(DecisionViews.Decision d, boolean empty) {
      super.updateItem(d, empty);
      if (empty || d == null) {
        setGraphic(null);
        setAccessibleText(null);
        return;
      }
      setDisable(removed(d.id()));
      var words = texts.asked(d, d.question());
      var question = Widgets.label(words, "strong");
      var about = new ArrayList<>(List.of(d.agent()));
      if (d.task() != null) {
        about.add(d.task());
      }
      if (d.kind() != null && !d.kind().isBlank()) {
        about.add(d.kind());
      }
      var icon = Tone.of(d).on(icon(d).node());
      var right = right(d);
      var lines =
          Widgets.grow(new VBox(2, question, Widgets.label(String.join(" · ", about), "soft")));
      lines.setMinWidth(0);
      var box = new HBox(10, icon, lines, right);
      box.setAlignment(Pos.CENTER_LEFT);
      setAccessibleText(texts.word("decision.state", d.state()) + ": " + words + ", " + d.agent());
      setGraphic(box);
    }

    private Node right(DecisionViews.Decision d) {
      var label = Widgets.label("");
      label.setMinWidth(USE_PREF_SIZE);
      if (d.state() == DecisionState.OPEN) {
        (soon(context, d) ? Tone.AMBER : Tone.NEUTRAL).on(label);
        if (d.dueAt() != null) {
          label.textProperty().bind(context.live().now().map(now -> texts.left(d.dueAt(), now)));
        }
      } else {
        Tone.of(d).on(label);
        label.setText(d.answer() == null ? "" : texts.asked(d, d.answer()));
      }
      return label;
    }
  }
}
