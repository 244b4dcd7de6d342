package dev.hivedeck.ui.view.agent;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Views;
import dev.hivedeck.engine.protocol.Views.AgentState;
import dev.hivedeck.ui.control.health.HealthBadge;
import dev.hivedeck.ui.control.table.Face;
import dev.hivedeck.ui.control.table.FilterBar;
import dev.hivedeck.ui.control.table.FilterField;
import dev.hivedeck.ui.control.table.Halves;
import dev.hivedeck.ui.control.table.ListScreen;
import dev.hivedeck.ui.control.table.SavedFilters;
import dev.hivedeck.ui.control.table.ThingMenu;
import dev.hivedeck.ui.control.table.ThingTable;
import dev.hivedeck.ui.shell.Desk;
import dev.hivedeck.ui.shell.Navigator;
import dev.hivedeck.ui.shell.part.Parts;
import dev.hivedeck.ui.shell.part.Placard;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import javafx.geometry.Pos;
import javafx.scene.control.Label;
import javafx.scene.control.SplitPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import javafx.util.Subscription;

/** Every agent, those that need attention first, and the one that is watched. */
public final class AgentsScreen implements ListScreen {
  private static final List<AgentState> ATTENTION =
      List.of(
          AgentState.WAITING,
          AgentState.RETRYING,
          AgentState.VALIDATING,
          AgentState.RUNNING,
          AgentState.PAUSED,
          AgentState.IDLE);

  private final Desk desk;
  private final Texts texts;
  private final VBox node;
  private final FilterBar<String> filter;
  private final FilterField search;
  private final ThingTable<Views.Agent> table;
  private final AgentInspector inspector;
  private final SplitPane split;
  private final StackPane body = new StackPane();
  private final FindAgents finder;
  private Map<String, List<String>> busy = Map.of();
  private Subscription watching = () -> {};

  public AgentsScreen(Desk desk) {
    this.desk = desk;
    this.texts = desk.texts();
    filter = new FilterBar<>(texts);
    filter.chosenProperty().addListener((_, _, _) -> renew());
    var title = Parts.title(texts.text("place.agents"));
    var head = Parts.head(title, Parts.grow(filter));
    var find = Parts.button(texts.text("agents.find"), this::find);
    find.setGraphic(Icon.SEARCH.node());
    search = new FilterField(texts.text("agents.search"), this::renew, this::list);
    var saved =
        new SavedFilters(
            desk,
            "agents",
            () ->
                new SavedFilters.Saved(
                    Objects.requireNonNullElse(filter.chosen(), ""), search.getText().strip()),
            f -> {
              filter.choose(f.group().isEmpty() ? null : f.group());
              search.setText(f.letters());
            },
            name -> name);
    head.getChildren().addAll(search, saved, find);

    table = newTable();
    inspector = new AgentInspector(desk);
    table.chosen().subscribe(_ -> inspect());
    split = Halves.of(desk, "agents.split", 0.56, inspector, table.framed());
    body.getChildren().setAll(split);
    node = Parts.screen(head, body);
    finder = new FindAgents(desk, () -> node.getChildren().setAll(head, body));
    VBox.setVgrow(finder, Priority.ALWAYS);
  }

  @Override
  public Region node() {
    return node;
  }

  @Override
  public void shown() {
    watching =
        Subscription.combine(
            desk.live().agents().watch(this::renew),
            desk.live().attempts().watch(inspector::renew),
            desk.live().decisions().watch(inspector::renew));
  }

  @Override
  public void hidden() {
    watching.unsubscribe();
    inspector.hidden();
  }

  /** Shows what could become agents, in the place of those there are. */
  private void find() {
    node.getChildren().setAll(finder);
    finder.look();
  }

  @Override
  public boolean typed(char letter) {
    return inspector.typed(letter);
  }

  @Override
  public void open(String id) {
    if (id.equals(Navigator.FIND_AGENTS)) {
      find();
      return;
    }
    desk.live()
        .attempts()
        .get(id)
        .ifPresent(
            attempt -> {
              open(attempt.agent());
              inspector.read(attempt);
            });
    desk.live()
        .agents()
        .get(id)
        .ifPresent(
            a -> {
              if (filter.chosen() != null && !filter.chosen().equals(category(a))) {
                filter.choose(null);
              }
              search.clear();
              renew();
              table.choose(id);
            });
  }

  @Override
  public ThingTable<Views.Agent> table() {
    return table;
  }

  @Override
  public FilterField search() {
    return search;
  }

  private ThingTable<Views.Agent> newTable() {
    var made =
        new ThingTable<Views.Agent>(desk, texts.text("place.agents"), this::renew)
            .column(
                texts.text("col.agent"),
                150,
                110,
                0,
                ThingTable.by(Views.Agent::id),
                Face.of(AgentsScreen::nameBox, this::fillName))
            .column(
                texts.text("col.runs"),
                120,
                84,
                6,
                ThingTable.by(AgentsScreen::runs),
                Face.text(AgentsScreen::runs, "soft"))
            .column(
                texts.text("col.kind"),
                96,
                76,
                5,
                ThingTable.by(AgentsScreen::category),
                Face.of(TagBox::new, (t, a) -> t.show(category(a))))
            .column(
                texts.text("col.task"),
                64,
                60,
                2,
                ThingTable.by(Views.Agent::task),
                Face.text(this::tasks, "mono"))
            .column(
                texts.text("col.state"),
                118,
                112,
                1,
                Comparator.comparingInt(a -> ATTENTION.indexOf(a.state())),
                Face.of(() -> Parts.label(""), this::fillState))
            .column(
                texts.text("col.health"),
                178,
                178,
                3,
                Comparator.comparing(
                    a -> a.health().score(), Comparator.nullsFirst(Comparator.naturalOrder())),
                Face.of(() -> new HealthBadge(texts), HealthBadge::show))
            .column(
                texts.text("col.verified"),
                66,
                66,
                7,
                Comparator.comparingDouble(AgentsScreen::verified),
                Face.text(this::share, "mono"))
            .column(
                texts.text("col.spent"),
                68,
                68,
                4,
                Comparator.comparingDouble(Views.Agent::cost),
                Face.text(a -> texts.money(a.cost()), "mono"));
    made.remember("agents").menu(menu());
    return made.onOpen(() -> inspector.enter());
  }

  private ThingMenu<Views.Agent> menu() {
    return new ThingMenu<Views.Agent>(desk)
        .send(
            Icon.PAUSE,
            "agent.pause",
            a -> a.state() != AgentState.PAUSED,
            a -> new Command.PauseAgent(a.id()),
            a -> new Command.ResumeAgent(a.id()))
        .send(
            Icon.PLAY,
            "agent.resume",
            a -> a.state() == AgentState.PAUSED,
            a -> new Command.ResumeAgent(a.id()),
            a -> new Command.PauseAgent(a.id()))
        .line()
        .copy("menu.copy.name", Views.Agent::id)
        .folder(Views.Agent::attempt)
        .line()
        .ask(
            Icon.STOP,
            "agents.stop",
            a -> a.task() != null,
            a -> new Command.StopAgent(a.id()),
            "agent.stop.verb");
  }

  private static HBox nameBox() {
    var label = Parts.label("", "strong");
    return Parts.row(8, Parts.dot(Tone.NEUTRAL), label);
  }

  private void fillName(HBox box, Views.Agent a) {
    Tone.of(a.state()).on(box.getChildren().getFirst());
    ((Label) box.getChildren().getLast()).setText(a.id());
    box.setAccessibleText(a.id() + ", " + texts.state(a));
  }

  private void fillState(Label label, Views.Agent a) {
    label.setText(texts.state(a));
    Tone.of(a.state()).on(label);
  }

  /** Every task that the agent is at. */
  private String tasks(Views.Agent a) {
    var at = busy.getOrDefault(a.id(), List.of());
    return at.size() > 1 ? String.join(", ", at) : a.task() == null ? "–" : a.task();
  }

  private static String runs(Views.Agent a) {
    var what = a.model() == null || a.model().isBlank() ? a.driver() : a.model();
    return a.version() == null || a.version().isBlank() ? what : what + " " + a.version();
  }

  private static String category(Views.Agent a) {
    return a.category() == null ? "" : a.category();
  }

  private static double verified(Views.Agent a) {
    var ended = a.succeeded() + a.failed();
    return ended == 0 ? -1 : (double) a.succeeded() / ended;
  }

  private String share(Views.Agent a) {
    return verified(a) < 0 ? "–" : texts.percent(verified(a));
  }

  private void renew() {
    var all = desk.live().agents().all();
    var counts =
        all.stream().collect(Collectors.groupingBy(AgentsScreen::category, Collectors.counting()));
    var pills = new ArrayList<FilterBar.Pill<String>>();
    pills.add(new FilterBar.Pill<>(null, texts.text("filter.all"), all.size()));
    counts.entrySet().stream()
        .filter(e -> !e.getKey().isEmpty())
        .sorted(
            Map.Entry.<String, Long>comparingByValue()
                .reversed()
                .thenComparing(Map.Entry.comparingByKey()))
        .forEach(e -> pills.add(new FilterBar.Pill<>(e.getKey(), e.getKey(), e.getValue())));
    filter.show(pills);
    busy =
        desk.live().attempts().all().stream()
            .filter(a -> !a.state().over())
            .collect(
                Collectors.groupingBy(
                    Views.Attempt::agent,
                    Collectors.mapping(Views.Attempt::task, Collectors.toList())));
    var wanted = new ArrayList<Views.Agent>();
    for (var a : all) {
      if ((filter.chosen() == null || filter.chosen().equals(category(a)))
          && search.finds(a.id(), a.role(), runs(a), a.task(), a.activity())) {
        wanted.add(a);
      }
    }
    wanted.sort(table.order(byAttention()));
    table.renew(wanted);
    if (table.chosen().get() == null && !wanted.isEmpty()) {
      table.choose(wanted.getFirst().id());
    }
    if (all.isEmpty()) {
      body.getChildren().setAll(empty());
    } else if (body.getChildren().getFirst() != split) {
      body.getChildren().setAll(split);
    }
    inspect();
  }

  private static Comparator<Views.Agent> byAttention() {
    return Comparator.<Views.Agent>comparingInt(a -> ATTENTION.indexOf(a.state()))
        .thenComparing(Views.Agent::id);
  }

  private void inspect() {
    inspector.show(desk.live().agents().get(table.chosen().get()).orElse(null));
  }

  private Region empty() {
    return Parts.card(
        Parts.grow(
            Placard.empty(
                Icon.AGENT,
                texts.text("agents.empty"),
                texts.text("agents.empty.more"),
                Parts.button(texts.text("agents.find"), this::find, "accent"),
                desk.act(texts.text("action.setup"), desk.go()::setUp))));
  }

  /** A tag that keeps its own width, in a cell. */
  private static final class TagBox extends HBox {
    private final Label tag = Parts.label("", "tag");

    TagBox() {
      setAlignment(Pos.CENTER_LEFT);
      getChildren().add(tag);
      setMinWidth(0);
    }

    void show(String text) {
      tag.setText(text);
      Parts.show(tag, !Objects.equals(text, ""));
    }
  }
}
