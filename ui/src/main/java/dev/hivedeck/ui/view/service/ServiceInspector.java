package dev.hivedeck.ui.view.service;

import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.service.ServiceCommand;
import dev.hivedeck.engine.protocol.service.ServiceState;
import dev.hivedeck.engine.protocol.service.ServiceViews.CheckKind;
import dev.hivedeck.engine.protocol.service.ServiceViews.Service;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceOrigin;
import dev.hivedeck.ui.control.chart.Sparkline;
import dev.hivedeck.ui.live.EntityStore;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.action.WebPage;
import dev.hivedeck.ui.shell.text.DisplayText;
import dev.hivedeck.ui.shell.text.Hotkey;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.EmptyState;
import dev.hivedeck.ui.shell.widget.ErrorBoundary;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;

/** One service: its instances, its checks, what it is connected with, and what happened. */
final class ServiceInspector extends StackPane {
  private static final int HAPPENED = 6;

  private final ScreenContext context;
  private final Texts texts;
  private final EntityStore<Service> services;
  private final LiveFigures figures;
  private final ServiceTraffic traffic;
  private final ErrorBoundary boundary;
  private final Label title = Widgets.heading("", "inspector-title");
  private final Label health = Widgets.label("", "strong");
  private final Label whose = Widgets.prose("", "soft");
  private final Button open;
  private final Button restart;
  private final Button start;
  private final Button stop;
  private final InstanceGrid instances;
  private final Label answering = Widgets.label("", "soft");
  private final Sparkline shape;
  private final VBox checks = new VBox(4);
  private final Label rule = Widgets.label("", "muted");
  private final VBox connected = new VBox(6);
  private final VBox happened = new VBox(3);
  private final ScrollPane content;
  private List<List<String>> joined = List.of();
  private Service service;

  ServiceInspector(
      ScreenContext context,
      EntityStore<Service> services,
      LiveFigures figures,
      ServiceTraffic traffic,
      Consumer<String> toLog) {
    this.context = context;
    this.texts = context.texts();
    this.services = services;
    this.figures = figures;
    this.traffic = traffic;
    boundary = new ErrorBoundary(this, texts);
    open = Widgets.button(texts.text("services.open"), this::open);
    open.setGraphic(Icon.DETACH.node());
    restart = context.act(texts.text("services.restart"), this::restart);
    restart.setGraphic(Icon.RETRY.node());
    start = context.act(texts.text("services.start"), this::start, "accent");
    start.setGraphic(Icon.PLAY.node());
    stop = context.act(texts.text("services.stop"), this::stop, "danger", "button-outlined");
    instances = new InstanceGrid(context, figures, toLog);
    shape = new Sparkline(context.theme(), Tone.BLUE);
    shape.setPrefHeight(72);
    health.setMinWidth(Region.USE_PREF_SIZE);
    var lines =
        new VBox(
            10,
            Widgets.row(8, Widgets.grow(title), health),
            whose,
            Widgets.flow(8, 6, open, restart, start, stop),
            Widgets.row(
                8, Widgets.label(texts.text("services.instances"), "card-title"), answering),
            instances,
            Widgets.label(texts.text("services.took"), "card-title"),
            shape,
            Widgets.row(
                8,
                Widgets.label(texts.text("services.checks"), "card-title"),
                Widgets.spacer(),
                rule),
            checks,
            Widgets.label(texts.text("services.connected"), "card-title"),
            connected,
            Widgets.label(texts.text("services.happened"), "card-title"),
            happened);
    content = Widgets.scroll(lines);
  }

  /** Shows this service; null for none. */
  void show(Service wanted) {
    boundary.fill(() -> fill(wanted));
  }

  private void fill(Service wanted) {
    service = wanted;
    if (wanted == null) {
      getChildren()
          .setAll(
              EmptyState.empty(
                  Icon.SERVICE, texts.text("services.choose"), texts.text("services.choose.more")));
      return;
    }
    if (getChildren().isEmpty() || getChildren().getFirst() != content) {
      getChildren().setAll(content);
    }
    title.setText(DisplayText.text(wanted.id()));
    health.setText(texts.word("services.state", wanted.state()));
    ServiceTable.tone(wanted.state()).on(health);
    whose.setText(whose(wanted));
    boolean ours = ServiceTable.ours(wanted);
    Widgets.show(open, wanted.check().kind() == CheckKind.HTTP && wanted.healthy() > 0);
    Widgets.show(restart, ours && wanted.wanted() && wanted.state() != ServiceState.FAILED);
    Widgets.show(start, ours && (!wanted.wanted() || wanted.state() == ServiceState.FAILED));
    Widgets.show(stop, ours && wanted.wanted());
    answering.setText(texts.text("services.answer", wanted.healthy(), wanted.instances().size()));
    connect();
    happened();
    measured();
  }

  private String whose(Service s) {
    var text = new StringBuilder(texts.word("services.origin", s.origin()));
    if (s.run() != null) {
      text.append(" · ").append(DisplayText.text(s.run()));
    }
    if (!s.folder().equals(".")) {
      text.append(" · ").append(DisplayText.text(s.folder()));
    }
    if (!s.watch().isEmpty()) {
      text.append(" · ").append(texts.text("services.reload"));
    }
    if (!s.why().isEmpty()) {
      text.append("\n").append(texts.part(DisplayText.text(s.why())));
    }
    return text.toString();
  }

  /** How a service is, in the words of a row. */
  static String health(ScreenContext context, Service s) {
    var texts = context.texts();
    if (s.state() == ServiceState.BACKING_OFF) {
      var retry =
          s.instances().stream()
              .filter(i -> i.retryAt() != null)
              .map(i -> Duration.between(context.live().now().get(), i.retryAt()).toSeconds())
              .min(Long::compare)
              .orElse(0L);
      return texts.text("services.retry", Math.max(0, retry));
    }
    String word = texts.word("services.state", s.state());
    if (!s.wanted() && s.state() == ServiceState.STOPPED) {
      return texts.text("services.unwanted");
    }
    return s.why().isEmpty() ? word : word + ", " + texts.part(DisplayText.text(s.why()));
  }

  /** What is measured has changed. */
  void measured() {
    if (service == null) {
      return;
    }
    instances.show(service);
    shape.show(figures.shape(service.id()));
    checks();
  }

  private void checks() {
    var check = service.check();
    checks.getChildren().clear();
    rule.setText(
        check.kind() == CheckKind.NONE
            ? ""
            : texts.text("services.rule", check.fall(), check.rise()));
    String what =
        switch (check.kind()) {
          case HTTP -> texts.text("services.check.http", check.path(), check.every());
          case TCP -> texts.text("services.check.tcp", ServiceTable.ports(service), check.every());
          case NONE ->
              texts.text(
                  service.origin() == ServiceOrigin.REGISTERED
                      ? "services.check.heard"
                      : "services.check.none");
        };
    checks.getChildren().add(Widgets.prose(what, "soft"));
    for (var f : figures.instances(service.id())) {
      if (f.at() != null) {
        var said = Widgets.label(DisplayText.text(f.said()), "mono");
        (f.millis() == null && check.kind() != CheckKind.NONE ? Tone.RED : Tone.GREEN).on(said);
        checks
            .getChildren()
            .add(
                Widgets.row(
                    8,
                    Widgets.label(DisplayText.text(f.instance())),
                    Widgets.spacer(),
                    said,
                    Widgets.label(texts.ago(f.at(), context.live().now().get()), "muted")));
      }
    }
  }

  private List<String> users(String id) {
    return services.all().stream().filter(s -> s.needs().contains(id)).map(Service::id).toList();
  }

  private void connect() {
    var users = users(service.id());
    var now = List.of(service.needs(), users);
    if (now.equals(joined)) {
      return; // A link that is pressed must not be replaced meanwhile.
    }
    joined = now;
    connected.getChildren().clear();
    join("services.needs", service.needs());
    join("services.users", users);
    if (connected.getChildren().isEmpty()) {
      connected.getChildren().add(Widgets.label(texts.text("services.alone"), "muted"));
    }
  }

  private void join(String key, List<String> names) {
    if (!names.isEmpty()) {
      var line = new HBox(8, Widgets.label(texts.text(key), "muted"));
      names.forEach(
          name ->
              line.getChildren()
                  .add(Widgets.link(name, () -> context.go().to(ScreenId.SERVICES, name))));
      connected.getChildren().add(line);
    }
  }

  private void happened() {
    happened.getChildren().clear();
    context.live().happenings().reversed().stream()
        .filter(e -> e.topic().word().equals("service") && service.id().equals(e.id()))
        .limit(HAPPENED)
        .forEach(e -> happened.getChildren().add(event(e)));
    if (happened.getChildren().isEmpty()) {
      happened.getChildren().add(Widgets.label(texts.text("services.quiet"), "muted"));
    }
  }

  private Node event(Event e) {
    var text = Widgets.prose(texts.said(e.text()), "soft");
    HBox.setHgrow(text, Priority.ALWAYS);
    var at = Widgets.label(texts.time(e.at()), "mono", "muted");
    at.setMinWidth(Region.USE_PREF_SIZE);
    return Widgets.row(8, at, text);
  }

  /** Takes a letter. */
  boolean typed(char letter) {
    if (service == null) {
      return false;
    }
    if (Hotkey.OPEN_SERVICE.typed(letter)) {
      press(open);
    } else if (Hotkey.RESTART_SERVICE.typed(letter)) {
      press(restart);
    } else {
      return false;
    }
    return true;
  }

  private static void press(Button button) {
    if (button.isVisible() && !button.isDisabled()) {
      button.fire();
    }
  }

  /** By the gateway where that leads to it, else one of its instances. */
  private void open() {
    if (traffic.address() != null && service.route() != null) {
      WebPage.open(context, "http://" + traffic.address() + service.route());
      return;
    }
    service.instances().stream()
        .filter(i -> i.state() == ServiceState.HEALTHY)
        .findFirst()
        .ifPresent(i -> WebPage.open(context, "http://" + i.host() + ":" + i.port() + "/"));
  }

  private void restart() {
    String id = service.id();
    context
        .steering()
        .execute(new ServiceCommand.RestartService(id))
        .thenAccept(_ -> context.notices().say(texts.text("services.restarted", id)));
  }

  private void start() {
    String id = service.id();
    context
        .steering()
        .execute(new ServiceCommand.StartService(id))
        .thenAccept(_ -> context.notices().say(texts.text("services.started", id)));
  }

  private void stop() {
    String id = service.id();
    var users = users(id);
    if (context
        .dialogs()
        .confirm(
            texts.text("services.stop.title", id),
            users.isEmpty()
                ? texts.text("services.stop.more")
                : texts.text("services.stop.users", String.join(", ", users)),
            texts.text("services.stop.verb"))) {
      context
          .steering()
          .execute(new ServiceCommand.StopService(id))
          .thenAccept(
              _ ->
                  context
                      .notices()
                      .done(
                          texts.text("services.stopped", id),
                          () -> context.steering().execute(new ServiceCommand.StartService(id))));
    }
  }
}
