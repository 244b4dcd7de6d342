package dev.hivedeck.ui.view.service;

import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.service.ServiceCommand;
import dev.hivedeck.engine.protocol.service.ServiceState;
import dev.hivedeck.engine.protocol.service.ServiceViews.Service;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceInstance;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceOrigin;
import dev.hivedeck.ui.control.chart.Sparkline;
import dev.hivedeck.ui.control.table.CellContent;
import dev.hivedeck.ui.control.table.EntityMenu;
import dev.hivedeck.ui.control.table.EntityTable;
import dev.hivedeck.ui.control.table.FilterBar;
import dev.hivedeck.ui.control.table.FilterField;
import dev.hivedeck.ui.control.table.ListScreen;
import dev.hivedeck.ui.control.table.MasterDetail;
import dev.hivedeck.ui.control.table.SavedFilters;
import dev.hivedeck.ui.live.EntityStore;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.EmptyState;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
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

/** What runs beside the agents: how it is, what it says, and what can be done with it. */
public final class ServicesScreen implements ListScreen {
  public static final ScreenId ID = new ScreenId("services", Icon.SERVICE, 'v', ScreenId.Group.RUN);

  /** The worst first. */
  private static final List<ServiceState> WORST =
      List.of(
          ServiceState.FAILED,
          ServiceState.BACKING_OFF,
          ServiceState.UNHEALTHY,
          ServiceState.STOPPING,
          ServiceState.STARTING,
          ServiceState.HEALTHY,
          ServiceState.STOPPED);

  private enum Group {
    LOOK,
    OWN,
    OUTSIDE
  }

  private final ScreenContext context;
  private final Texts texts;
  private final EntityStore<Service> services;
  private final LiveFigures figures;
  private final FilterBar<Group> filter;
  private final Label summary = Widgets.label("", "soft");
  private final EntityTable<Service> table;
  private final FilterField search;
  private final ServiceInspector inspector;
  private final ServiceLogPane log;
  private final SplitPane split;
  private final StackPane body = new StackPane();
  private final VBox node;
  private Subscription watching = () -> {};

  public ServicesScreen(ScreenContext context) {
    this.context = context;
    this.texts = context.texts();
    this.services = context.live().things(Topic.of("service"), Service.class);
    filter = new FilterBar<>(texts);
    filter.chosenProperty().addListener((_, _, _) -> renew());
    search = new FilterField(texts.text("services.search"), this::renew, this::list);
    figures = new LiveFigures(context, this::measured);
    table = newTable();
    inspector = new ServiceInspector(context, services, figures, this::filterLog);
    log = new ServiceLogPane(context);
    table.chosen().subscribe(_ -> inspect());
    var framed = Widgets.card(table.framed());
    framed.getStyleClass().add("tight");
    VBox.setVgrow(framed.getChildren().getFirst(), Priority.ALWAYS);
    var left = new VBox(12, framed, log.node());
    VBox.setVgrow(framed, Priority.ALWAYS);
    VBox.setVgrow(log.node(), Priority.ALWAYS);
    framed.setPrefHeight(320);
    log.node().setPrefHeight(420);
    var right = Widgets.card(inspector);
    VBox.setVgrow(inspector, Priority.ALWAYS);
    split = MasterDetail.split(context, "services.split", 0.64, left, right);
    body.getChildren().setAll(split);
    node =
        Widgets.screen(
            Widgets.head(
                Widgets.title(texts.text(ID.key())),
                filter,
                Widgets.grow(summary),
                search,
                SavedFilters.of(context, "services", search)),
            body);
  }

  @Override
  public Region node() {
    return node;
  }

  @Override
  public void shown() {
    watching = Subscription.combine(services.watch(this::renew), figures.begin(), log.begin());
  }

  @Override
  public void hidden() {
    watching.unsubscribe();
  }

  @Override
  public void open(String id) {
    if (services.get(id).isPresent()) {
      filter.choose(null);
      search.clear();
      renew();
      table.choose(id);
    }
  }

  @Override
  public boolean typed(char letter) {
    return inspector.typed(letter);
  }

  @Override
  public EntityTable<Service> table() {
    return table;
  }

  @Override
  public FilterField search() {
    return search;
  }

  private void filterLog(String instance) {
    log.choose(instance);
  }

  private EntityTable<Service> newTable() {
    return EntityTable.<Service>of(context, texts.text(ID.key()), this::renew)
        .column(
            texts.text("services.col.service"),
            150,
            110,
            0,
            EntityTable.by(Service::id),
            CellContent.of(() -> new NameCell(), (cell, s) -> cell.show(s)))
        .column(
            texts.text("services.col.health"),
            200,
            110,
            0,
            Comparator.comparing(s -> WORST.indexOf(s.state())),
            CellContent.of(() -> Widgets.label(""), this::fillHealth))
        .column(
            texts.text("services.col.instances"),
            64,
            56,
            3,
            Comparator.comparing(Service::healthy),
            CellContent.text(
                s -> texts.text("services.of", s.healthy(), s.instances().size()), "mono"))
        .column(
            texts.text("services.col.version"),
            80,
            70,
            2,
            EntityTable.by(ServicesScreen::versions),
            CellContent.text(ServicesScreen::versions, "mono"))
        .column(
            texts.text("services.col.ports"),
            110,
            60,
            4,
            EntityTable.by(ServicesScreen::ports),
            CellContent.text(ServicesScreen::ports, "mono"))
        .column(
            texts.text("services.col.check"),
            76,
            66,
            1,
            null,
            CellContent.text(s -> figures.latest(s.id()), "mono"))
        .column(
            texts.text("services.col.shape"),
            90,
            70,
            5,
            null,
            CellContent.of(
                () -> new Sparkline(context.theme(), Tone.NEUTRAL),
                (line, s) ->
                    line.show(
                        figures.shape(s.id()),
                        s.state() == ServiceState.HEALTHY ? Tone.NEUTRAL : Tone.AMBER)))
        .remember("services")
        .menu(
            new EntityMenu<Service>(context)
                .send(
                    Icon.PLAY,
                    "services.start",
                    s -> ours(s) && (!s.wanted() || s.state() == ServiceState.FAILED),
                    s -> new ServiceCommand.StartService(s.id()),
                    s -> new ServiceCommand.StopService(s.id()))
                .send(
                    Icon.RETRY,
                    "services.restart",
                    s -> ours(s) && s.wanted(),
                    s -> new ServiceCommand.RestartService(s.id()),
                    s -> null)
                .line()
                .copy(
                    "services.copy",
                    s ->
                        s.instances().stream()
                            .map(i -> i.host() + ":" + i.port())
                            .collect(Collectors.joining(" "))));
  }

  static boolean ours(Service s) {
    return s.origin() == ServiceOrigin.HIVEDECK;
  }

  private static String versions(Service s) {
    var all = s.instances().stream().map(ServiceInstance::version).distinct().toList();
    return all.size() > 1 ? all.getFirst() + " +" + (all.size() - 1) : String.join("", all);
  }

  static String ports(Service s) {
    var all =
        s.instances().stream().map(ServiceInstance::port).filter(p -> p > 0).sorted().toList();
    boolean row = all.size() > 1 && all.getLast() - all.getFirst() == all.size() - 1;
    return row
        ? all.getFirst() + "–" + all.getLast()
        : all.stream().distinct().map(String::valueOf).collect(Collectors.joining(", "));
  }

  private void fillHealth(Label label, Service s) {
    label.setText(health(s));
    tone(s.state()).on(label);
  }

  private String health(Service s) {
    return ServiceInspector.health(context, s);
  }

  static Tone tone(ServiceState state) {
    return switch (state) {
      case HEALTHY -> Tone.GREEN;
      case STARTING -> Tone.BLUE;
      case STOPPED, STOPPING -> Tone.NEUTRAL;
      case UNHEALTHY -> Tone.AMBER;
      case BACKING_OFF, FAILED -> Tone.RED;
    };
  }

  static Icon icon(Service s) {
    if (!ours(s)) {
      return Icon.DISCONNECTED;
    }
    return switch (s.state()) {
      case HEALTHY -> Icon.CHECK;
      case STARTING, STOPPING -> Icon.WAITING;
      case STOPPED -> Icon.IDLE;
      case UNHEALTHY -> Icon.WARNED;
      case BACKING_OFF -> Icon.RETRY;
      case FAILED -> Icon.FAILED;
    };
  }

  /** Its name, with what tells its state to those who see no colours. */
  private static final class NameCell extends HBox {
    private final Label name = Widgets.label("", "strong");
    private final StackPane sign = new StackPane();

    NameCell() {
      super(8);
      getStyleClass().add("name-cell");
      setAlignment(Pos.CENTER_LEFT);
      sign.setMinWidth(16);
      getChildren().setAll(sign, name);
    }

    void show(Service s) {
      name.setText(s.id());
      var drawn = icon(s).node();
      tone(s.state()).on(drawn);
      sign.getChildren().setAll(drawn);
    }
  }

  private static boolean needsLook(Service s) {
    return s.state() == ServiceState.FAILED
        || s.state() == ServiceState.BACKING_OFF
        || s.state() == ServiceState.UNHEALTHY;
  }

  private static boolean in(Group group, Service s) {
    return switch (group) {
      case LOOK -> needsLook(s);
      case OWN -> ours(s);
      case OUTSIDE -> !ours(s);
    };
  }

  private void renew() {
    var all = services.all();
    var pills = new ArrayList<FilterBar.Pill<Group>>();
    pills.add(new FilterBar.Pill<>(null, texts.text("filter.all"), all.size()));
    for (var group : Group.values()) {
      pills.add(
          new FilterBar.Pill<>(
              group,
              texts.text("services.group." + group.name().toLowerCase(Locale.ROOT)),
              all.stream().filter(s -> in(group, s)).count()));
    }
    filter.show(pills);
    summary.setText(
        texts.text(
            "services.summary",
            all.stream().mapToInt(s -> s.instances().size()).sum(),
            all.stream().mapToLong(Service::healthy).sum()));
    var wanted = new ArrayList<Service>();
    for (var s : all) {
      if ((filter.chosen() == null || in(filter.chosen(), s))
          && search.finds(s.id(), s.why(), s.run())) {
        wanted.add(s);
      }
    }
    wanted.sort(
        table.order(
            Comparator.<Service>comparingInt(s -> WORST.indexOf(s.state()))
                .thenComparing(Service::id)));
    table.renew(wanted);
    if (table.chosen().get() == null && !wanted.isEmpty()) {
      table.choose(wanted.getFirst().id());
    }
    if (all.isEmpty()) {
      body.getChildren()
          .setAll(
              Widgets.card(
                  Widgets.grow(
                      EmptyState.empty(
                          Icon.SERVICE,
                          texts.text("services.empty"),
                          texts.text("services.empty.more"),
                          Widgets.button(
                              texts.text("services.empty.write"),
                              () -> context.go().to(ScreenId.SETTINGS, null))))));
    } else if (body.getChildren().getFirst() != split) {
      body.getChildren().setAll(split);
    }
    inspect();
  }

  private void measured() {
    table.refresh();
    inspector.measured();
  }

  private void inspect() {
    var chosen = services.get(table.chosen().get()).orElse(null);
    inspector.show(chosen);
    log.show(chosen);
  }
}
