package dev.hivedeck.ui.view.overview;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.view.ChangeViews.Change;
import dev.hivedeck.engine.protocol.view.DecisionViews;
import dev.hivedeck.ui.live.LiveModel;
import dev.hivedeck.ui.shell.OpenWorkspace;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.action.DecisionButtons;
import dev.hivedeck.ui.shell.notice.AttentionCounts;
import dev.hivedeck.ui.shell.notice.Choices;
import dev.hivedeck.ui.shell.text.DisplayText;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.ScrollPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.VBox;

/**
 * Open decisions with their options as buttons, then changes that want a review, of all workspaces
 * that are open. While the pointer is on them each keeps its place: what is new comes last, what is
 * over stays with its buttons off, or a click would answer another question than the one that was
 * read.
 */
final class AttentionList extends ScrollPane {
  private static final int MOST = 12;

  private static final Comparator<DecisionViews.Decision> BY_URGENCY =
      Comparator.comparing(
              DecisionViews.Decision::dueAt,
              Comparator.nullsLast(Comparator.<Instant>naturalOrder()))
          .thenComparing(DecisionViews.Decision::openedAt);

  private final ScreenContext context;
  private final VBox list = new VBox(14);
  private final List<Item> shown = new ArrayList<>();
  private boolean unordered;

  /**
   * Something that waits.
   *
   * @param state what it says; an item of another state is made anew
   */
  private record Item(Object state, Node node) {}

  /** Something that waits, and where. */
  private record Asked<T>(OpenWorkspace workspace, T thing) {
    /** Its node hangs on this: where there is another, the node is made anew. */
    LiveModel live() {
      return workspace.live();
    }

    static <T> Stream<Asked<T>> in(OpenWorkspace workspace, Stream<T> things) {
      return things.map(thing -> new Asked<>(workspace, thing));
    }
  }

  AttentionList(ScreenContext context) {
    this.context = context;
    setContent(list);
    setFitToWidth(true);
    setMinHeight(60);
    list.heightProperty().subscribe(h -> setPrefViewportHeight(h.doubleValue() + 2));
    setHbarPolicy(ScrollBarPolicy.NEVER);
    getStyleClass().add("plain-scroll");
    setAccessibleText(context.texts().text("overview.needs"));
    setFocusTraversable(false);
    hoverProperty()
        .addListener(
            (_, _, hover) -> {
              if (!hover && unordered) {
                renew();
              }
            });
  }

  /** Shows what is open now and answers how much that is. */
  int renew() {
    var decisions =
        context.workspaces().all().stream()
            .flatMap(w -> Asked.in(w, w.live().decisions().all().stream()))
            .filter(asked -> asked.thing().state() == DecisionViews.DecisionState.OPEN)
            .sorted(Comparator.comparing(Asked::thing, BY_URGENCY))
            .toList();
    var reviews =
        context.workspaces().all().stream()
            .flatMap(
                w ->
                    Asked.in(
                        w, w.live().changes().all().stream().filter(AttentionCounts::wantsReview)))
            .toList();
    var choices =
        context.workspaces().all().stream()
            .flatMap(w -> Asked.in(w, Choices.open(w.live()).stream()))
            .toList();
    var now = new LinkedHashMap<Object, Supplier<Node>>();
    choices.stream()
        .limit(MOST)
        .forEach(
            asked ->
                now.put(
                    Arrays.asList(
                        asked.live(),
                        asked.thing().group(),
                        asked.thing().changes().stream().map(Change::head).toList()),
                    () -> choice(context.in(asked.workspace()), asked.workspace(), asked.thing())));
    decisions.stream()
        .limit(MOST)
        .forEach(
            asked ->
                now.put(
                    Arrays.asList(asked.live(), asked.thing()),
                    () ->
                        decision(context.in(asked.workspace()), asked.workspace(), asked.thing())));
    reviews.stream()
        .limit(MOST)
        .forEach(
            asked -> {
              var c = asked.thing();
              now.put(
                  Arrays.asList(
                      asked.live(), c.id(), c.state(), c.head(), c.files(), c.additions()),
                  () -> review(context.in(asked.workspace()), asked.workspace(), c));
            });
    if (now.isEmpty()) {
      now.put("nothing", this::nothing);
    }
    show(now);
    return decisions.size() + choices.size() + reviews.size();
  }

  private void show(Map<Object, Supplier<Node>> now) {
    var known = new LinkedHashMap<Object, Item>();
    shown.forEach(item -> known.put(item.state(), item));
    var wanted = new ArrayList<Item>();
    if (isHover()) {
      for (var item : shown) {
        item.node().setDisable(!now.containsKey(item.state()));
        wanted.add(item);
      }
    }
    now.forEach(
        (state, made) -> {
          var item = known.get(state);
          if (item == null) {
            wanted.add(new Item(state, made.get()));
          } else if (!isHover()) {
            wanted.add(item);
          }
        });
    unordered = isHover() && !List.copyOf(now.keySet()).equals(states(wanted));
    if (!wanted.equals(shown)) {
      shown.clear();
      shown.addAll(wanted);
      list.getChildren().setAll(wanted.stream().map(Item::node).toList());
    }
  }

  private static List<Object> states(List<Item> items) {
    return items.stream().map(Item::state).toList();
  }

  private Node nothing() {
    var icon = Tone.GREEN.on(Icon.PASSED.node());
    return Widgets.row(
        10, icon, Widgets.prose(context.texts().text("overview.needs.none"), "soft"));
  }

  /** Whose it is, where that is not the workspace that is shown. */
  private void addWhose(HBox head, OpenWorkspace workspace) {
    if (workspace.live() != context.live()) {
      head.getChildren().add(Widgets.tag(workspace.name()));
    }
  }

  /**
   * @param there what is given in the workspace that asks
   */
  private Node decision(ScreenContext there, OpenWorkspace workspace, DecisionViews.Decision d) {
    var texts = context.texts();
    var head = Widgets.row(8);
    addWhose(head, workspace);
    if (d.kind() != null && !d.kind().isBlank()) {
      head.getChildren().add(Widgets.tag(d.kind()));
    }
    var question =
        question(texts.asked(d, d.question()), () -> there.go().to(ScreenId.DECISIONS, d.id()));
    var by = texts.text("decision.by", d.agent(), d.task());
    var otherwise =
        d.fallback() == null ? "" : texts.text("decision.fallback", texts.asked(d, d.fallback()));
    var box = new VBox(5);
    if (!head.getChildren().isEmpty()) {
      box.getChildren().add(head);
    }
    var line = Widgets.label(about(by, d.dueAt(), otherwise), "soft");
    if (d.dueAt() != null) {
      line.textProperty().bind(there.live().now().map(_ -> about(by, d.dueAt(), otherwise)));
    }
    box.getChildren()
        .addAll(
            question, line, DecisionButtons.laid(new DecisionButtons(there).buttons(d, () -> "")));
    return box;
  }

  /** By whom, how long one may think about it, and what happens then. */
  private String about(String by, Instant due, String otherwise) {
    var left = due == null ? "" : context.texts().left(due, context.live().now().get());
    return DisplayText.line(
        Stream.of(by, left, otherwise)
            .filter(word -> !word.isEmpty())
            .collect(Collectors.joining(" · ")));
  }

  /** One for all alternatives of a task, with the way to their table. */
  private Node choice(ScreenContext there, OpenWorkspace workspace, Choices.Choice choice) {
    var texts = context.texts();
    var head = Widgets.row(8);
    addWhose(head, workspace);
    head.getChildren().add(Widgets.tag(texts.text("overview.choice")));
    var first = choice.changes().getFirst();
    Runnable open = () -> there.go().to(ScreenId.CHANGES, first.id());
    return new VBox(
        5,
        head,
        question(choice.group().id() + " " + first.title(), open),
        Widgets.label(
            texts.text(
                "overview.choice.about", choice.changes().size(), choice.group().tasks().size()),
            "soft"),
        Widgets.row(6, Widgets.button(texts.text("overview.choice.compare"), open, "success")));
  }

  private Node review(ScreenContext there, OpenWorkspace workspace, Change c) {
    var texts = context.texts();
    var head = Widgets.row(8);
    addWhose(head, workspace);
    head.getChildren().add(Widgets.tag(texts.text("overview.review")));
    var approve =
        there.act(
            texts.text("change.approve"),
            () -> there.steering().execute(new Command.ApproveChange(c.id(), null, c.head())),
            "success");
    return new VBox(
        5,
        head,
        question("#" + c.number() + " " + c.title(), () -> there.go().to(ScreenId.CHANGES, c.id())),
        Widgets.label(
            texts.text(
                "overview.review.about",
                c.agent(),
                texts.count(c.additions()),
                texts.count(c.deletions()),
                c.health()),
            "soft"),
        Widgets.row(6, approve));
  }

  /** What is asked, as the way to it. */
  private static Button question(String text, Runnable open) {
    var button = Widgets.link(text, open, "question-link");
    button.setWrapText(true);
    button.setMinWidth(0);
    button.setMinHeight(USE_PREF_SIZE);
    button.setMaxWidth(Double.MAX_VALUE);
    return button;
  }
}
