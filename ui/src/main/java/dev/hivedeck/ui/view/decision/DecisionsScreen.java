package dev.hivedeck.ui.view.decision;

import dev.hivedeck.engine.protocol.view.DecisionViews;
import dev.hivedeck.engine.protocol.view.DecisionViews.DecisionState;
import dev.hivedeck.ui.control.table.EntityMenu;
import dev.hivedeck.ui.control.table.FilterField;
import dev.hivedeck.ui.control.table.MasterDetail;
import dev.hivedeck.ui.control.table.SavedFilters;
import dev.hivedeck.ui.live.LiveModel;
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

/**
 * Every question, the open ones first, and the one that is looked at in full: of all repositories
 * that are open, each answered where it was asked.
 */
public final class DecisionsScreen implements Screen {
  private static final Duration SOON = Duration.ofMinutes(5);

  /** How what is looked at is written down with a saved filter. */
  private static final String OPEN = "open";

  private static final String ANSWERED = "answered";

  private final ScreenContext context;
  private final Texts texts;
  private final VBox node;
  private final Label summary = Widgets.label("", "summary");
  private final ObservableList<Question> rows = FXCollections.observableArrayList();
  private final ListView<Question> list = new ListView<>(rows);
  private final QuestionPane inspector;
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
  private List<Question> gone = List.of();

  private Question inspected;
  private boolean inspecting;

  public DecisionsScreen(ScreenContext context) {
    this.context = context;
    this.texts = context.texts();
    inspector = new QuestionPane(context, this::show);
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
            inspector.enter();
          }
        });
    list.setOnMouseClicked(
        e -> {
          if (e.getClickCount() == 2) {
            inspector.enter();
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
    watching =
        Subscription.combine(
            context.live().decisions().watch(() -> renew(list.isHover())),
            context.workspaces().watch(() -> renew(list.isHover())));
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
    questions().stream()
        .filter(q -> isHere(q) && q.id().equals(id))
        .findFirst()
        .ifPresent(this::show);
  }

  private void show(Question q) {
    (q.decision().state() == DecisionState.OPEN ? open : answered).setSelected(true);
    search.clear();
    renew();
    select(q, false);
  }

  /** Those of every repository that is open. */
  private List<Question> questions() {
    return context.workspaces().all().stream()
        .flatMap(w -> w.live().decisions().all().stream().map(d -> new Question(w, d)))
        .toList();
  }

  private boolean isHere(Question q) {
    return q.workspace().live() == context.live();
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
    return selected == null || !isHere(selected) ? null : selected.id();
  }

  private ToggleButton filter(String key, ToggleGroup group) {
    var button = new ToggleButton(texts.text(key, 0));
    button.setUserData(key);
    button.getStyleClass().add("chip");
    button.setToggleGroup(group);
    return button;
  }

  private EntityMenu<Question> menu() {
    return new EntityMenu<Question>(context)
        .ways(Icon.DECISION, "palette.answer", this::answers)
        .one(
            Icon.TASK,
            "menu.task",
            q -> q.decision().task() != null,
            q -> q.in(context).go().to(ScreenId.TASKS, q.decision().task()))
        .line()
        .copy("menu.copy.id", Question::id)
        .copy("menu.copy.text", q -> DisplayText.line(q.asked(texts)))
        .folder(q -> isHere(q) ? q.decision().attempt() : null);
  }

  /** Each answer that can be given now; what is written beside goes with it. */
  private Map<String, Runnable> answers(Question q) {
    var given = new LinkedHashMap<String, Runnable>();
    var d = q.decision();
    if (d.state() == DecisionState.OPEN) {
      var there = q.in(context);
      var decisionButtons = new DecisionButtons(there);
      for (var option : d.options()) {
        given.put(
            decisionButtons.name(d, option),
            () -> decisionButtons.give(d, option, there.drafts().text("answer " + d.id())));
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
    var all = questions();
    var pending = all.stream().filter(Question::isOpen).toList();
    open.setText(texts.text("decisions.open", pending.size()));
    answered.setText(texts.text("decisions.answered", all.size() - pending.size()));
    var wanted =
        all.stream()
            .filter(q -> q.isOpen() == open.isSelected())
            .filter(q -> search.finds(q.words()))
            .sorted(
                Comparator.comparing(
                    Question::decision, open.isSelected() ? byUrgency() : byAnswer()))
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
    var over = shown.stream().filter(this::isRemoved).toList();
    if (!over.equals(gone)) {
      gone = over;
      list.refresh(); // Its rows are the same; how they look is not.
    }
    var due =
        pending.stream()
            .map(q -> q.decision().dueAt())
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
  private List<Question> inPlace(List<Question> wanted) {
    var fresh = new ArrayList<>(wanted);
    var placed = new ArrayList<Question>();
    for (var row : rows) {
      fresh.removeIf(row::isSame);
      placed.add(row.now());
    }
    placed.addAll(fresh);
    return placed;
  }

  /** What to look at now: the same, or where that is over the next below it; null for the first. */
  private Question chosen(List<Question> wanted) {
    int selected = list.getSelectionModel().getSelectedIndex();
    return rows.stream()
        .skip(selected < 0 ? rows.size() : selected)
        .filter(row -> wanted.stream().anyMatch(row::isSame))
        .findFirst()
        .orElse(wanted.isEmpty() ? null : wanted.getFirst());
  }

  private boolean isRemoved(Question q) {
    return !context.workspaces().all().contains(q.workspace())
        || q.workspace().live().decisions().get(q.id()).isEmpty();
  }

  private void select(Question wanted, boolean calm) {
    for (int i = 0; i < rows.size(); i++) {
      if (wanted != null && rows.get(i).isSame(wanted)) {
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
    var q = list.getSelectionModel().getSelectedItem();
    if (inspecting && java.util.Objects.equals(q, inspected)) {
      return;
    }
    inspecting = true;
    inspected = q;
    inspector.show(q);
  }

  static boolean soon(LiveModel live, DecisionViews.Decision d) {
    return d.dueAt() != null && Duration.between(live.now().get(), d.dueAt()).compareTo(SOON) < 0;
  }

  static Icon icon(DecisionViews.Decision d) {
    return switch (d.state()) {
      case OPEN -> Icon.WAITING;
      case DECIDED -> Icon.PASSED;
      case EXPIRED -> Icon.CLOCK;
      case WITHDRAWN -> Icon.CANCEL;
    };
  }

  private final class Cell extends ListCell<Question> {
    Cell() {
      setPrefWidth(0);
    }

    @Override
    protected void updateItem(Question q, boolean empty) {
      super.updateItem(q, empty);
      if (empty || q == null) {
        setGraphic(null);
        setAccessibleText(null);
        return;
      }
      var d = q.decision();
      setDisable(isRemoved(q));
      var words = q.asked(texts);
      var question = Widgets.label(words, "strong");
      var about = new ArrayList<String>();
      if (context.workspaces().all().size() > 1) {
        about.add(q.workspace().name());
      }
      about.add(d.agent());
      if (d.task() != null) {
        about.add(d.task());
      }
      if (d.kind() != null && !d.kind().isBlank()) {
        about.add(d.kind());
      }
      var icon = Tone.of(d).on(icon(d).node());
      var right = right(q);
      var lines =
          Widgets.grow(new VBox(2, question, Widgets.label(String.join(" · ", about), "soft")));
      lines.setMinWidth(0);
      var box = new HBox(10, icon, lines, right);
      box.setAlignment(Pos.CENTER_LEFT);
      setAccessibleText(
          texts.word("decision.state", d.state()) + ": " + words + ", " + about.getFirst());
      setGraphic(box);
    }

    private Node right(Question q) {
      var d = q.decision();
      var live = q.workspace().live();
      var label = Widgets.label("");
      label.setMinWidth(USE_PREF_SIZE);
      if (d.state() == DecisionState.OPEN) {
        (soon(live, d) ? Tone.AMBER : Tone.NEUTRAL).on(label);
        if (d.dueAt() != null) {
          label.textProperty().bind(live.now().map(now -> texts.left(d.dueAt(), now)));
        }
      } else {
        Tone.of(d).on(label);
        label.setText(d.answer() == null ? "" : texts.asked(d, d.answer()));
      }
      return label;
    }
  }
}
