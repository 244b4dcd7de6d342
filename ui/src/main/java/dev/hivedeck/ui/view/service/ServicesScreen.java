package dev.hivedeck.ui.view.service;

import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.service.ServiceState;
import dev.hivedeck.engine.protocol.service.ServiceViews.Service;
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
import dev.hivedeck.ui.shell.widget.EmptyState;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Locale;
import javafx.scene.control.Label;
import javafx.scene.control.SplitPane;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import javafx.util.Subscription;

/** What runs beside the agents: how it is, what it says, and what can be done with it. */
public final class ServicesScreen implements ListScreen {
  private enum Group {
    LOOK,
    OWN,
    OUTSIDE
  }

  private final ScreenContext context;
  private final Texts texts;
  private final EntityStore<Service> services;
  private final LiveFigures figures;
  private final ServiceTraffic traffic;
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
    traffic = new ServiceTraffic(context, this::routed);
    table = new ServiceTable(context, figures, traffic).of(this::renew);
    inspector = new ServiceInspector(context, services, figures, traffic, this::filterLog);
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
    split = MasterDetail.split(context, "services.split", 0.66, left, right);
    body.getChildren().setAll(split);
    node =
        Widgets.screen(
            Widgets.head(
                Widgets.title(texts.text(ScreenId.SERVICES.key())),
                filter,
                Widgets.grow(summary),
                search,
                SavedFilters.of(context, "services", search),
                context.act(texts.text("services.register"), this::register, "accent")),
            body);
  }

  @Override
  public Region node() {
    return node;
  }

  @Override
  public void shown() {
    watching =
        Subscription.combine(
            services.watch(this::renew), figures.begin(), traffic.begin(), log.begin());
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

  private void register() {
    RegisterSheet.open(context, id -> context.go().to(ScreenId.SERVICES, id));
  }

  private static boolean needsLook(Service s) {
    return s.state() == ServiceState.FAILED
        || s.state() == ServiceState.BACKING_OFF
        || s.state() == ServiceState.UNHEALTHY;
  }

  private static boolean in(Group group, Service s) {
    return switch (group) {
      case LOOK -> needsLook(s);
      case OWN -> ServiceTable.ours(s);
      case OUTSIDE -> !ServiceTable.ours(s);
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
    summary();
    var wanted = new ArrayList<Service>();
    for (var s : all) {
      if ((filter.chosen() == null || in(filter.chosen(), s))
          && search.finds(s.id(), s.why(), s.run())) {
        wanted.add(s);
      }
    }
    wanted.sort(
        table.order(
            Comparator.<Service>comparingInt(s -> ServiceTable.WORST.indexOf(s.state()))
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
                              () -> context.go().to(ScreenId.SETTINGS, null)),
                          context.act(texts.text("services.register"), this::register)))));
    } else if (body.getChildren().getFirst() != split) {
      body.getChildren().setAll(split);
    }
    inspect();
  }

  private void summary() {
    var all = services.all();
    String counted =
        texts.text(
            "services.summary",
            all.stream().mapToInt(s -> s.instances().size()).sum(),
            all.stream().mapToLong(Service::healthy).sum());
    summary.setText(
        traffic.address() == null
            ? counted
            : texts.text(
                "services.summary.gateway",
                counted,
                texts.count(Math.round(traffic.rate())),
                traffic.address()));
  }

  private void routed() {
    summary();
    table.refresh();
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
