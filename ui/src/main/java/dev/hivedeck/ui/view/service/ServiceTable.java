package dev.hivedeck.ui.view.service;

import dev.hivedeck.engine.protocol.service.ServiceCommand;
import dev.hivedeck.engine.protocol.service.ServiceState;
import dev.hivedeck.engine.protocol.service.ServiceViews.Service;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceInstance;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceOrigin;
import dev.hivedeck.ui.control.chart.Sparkline;
import dev.hivedeck.ui.control.table.CellContent;
import dev.hivedeck.ui.control.table.EntityMenu;
import dev.hivedeck.ui.control.table.EntityTable;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import javafx.geometry.Pos;
import javafx.scene.control.Label;
import javafx.scene.layout.HBox;
import javafx.scene.layout.StackPane;

/** What the table of services tells of each. */
final class ServiceTable {
  /** The worst first. */
  static final List<ServiceState> WORST =
      List.of(
          ServiceState.FAILED,
          ServiceState.BACKING_OFF,
          ServiceState.UNHEALTHY,
          ServiceState.STOPPING,
          ServiceState.STARTING,
          ServiceState.HEALTHY,
          ServiceState.STOPPED);

  /** A larger share of failed requests is worth a look. */
  private static final double MANY = 0.01;

  private final ScreenContext context;
  private final Texts texts;
  private final LiveFigures figures;
  private final ServiceTraffic traffic;

  ServiceTable(ScreenContext context, LiveFigures figures, ServiceTraffic traffic) {
    this.context = context;
    this.texts = context.texts();
    this.figures = figures;
    this.traffic = traffic;
  }

  /**
   * The table, without rows.
   *
   * @param renew puts them in its order
   */
  EntityTable<Service> of(Runnable renew) {
    return EntityTable.<Service>of(context, texts.text(ScreenId.SERVICES.key()), renew)
        .column(
            texts.text("services.col.service"),
            140,
            110,
            0,
            EntityTable.by(Service::id),
            CellContent.of(() -> new NameCell(), (cell, s) -> cell.show(s)))
        .column(
            texts.text("services.col.health"),
            180,
            150,
            0,
            Comparator.comparing(s -> WORST.indexOf(s.state())),
            CellContent.of(() -> Widgets.label(""), this::fillHealth))
        .column(
            texts.text("services.col.instances"),
            74,
            74,
            3,
            Comparator.comparing(Service::healthy),
            CellContent.text(
                s -> texts.text("services.of", s.healthy(), s.instances().size()), "mono"))
        .column(
            texts.text("services.col.version"),
            80,
            76,
            2,
            EntityTable.by(ServiceTable::versions),
            CellContent.text(ServiceTable::versions, "mono"))
        .column(
            texts.text("services.col.ports"),
            104,
            98,
            4,
            EntityTable.by(ServiceTable::ports),
            CellContent.text(ServiceTable::ports, "mono"))
        .column(
            texts.text("services.col.check"),
            72,
            66,
            6,
            null,
            CellContent.text(s -> figures.latest(s.id()), "mono"))
        .column(
            texts.text("services.col.p95"),
            72,
            70,
            1,
            null,
            CellContent.text(s -> p95(s.id()), "mono"))
        .column(
            texts.text("services.col.shape"),
            84,
            76,
            5,
            null,
            CellContent.of(
                () -> new Sparkline(context.theme(), Tone.NEUTRAL),
                (line, s) ->
                    line.show(
                        figures.shape(s.id()),
                        s.state() == ServiceState.HEALTHY ? Tone.NEUTRAL : Tone.AMBER)))
        .column(
            texts.text("services.col.rate"),
            72,
            70,
            1,
            null,
            CellContent.text(s -> rate(s.id()), "mono"))
        .column(
            texts.text("services.col.errors"),
            64,
            62,
            1,
            null,
            CellContent.of(() -> Widgets.label("", "mono"), this::fillErrors))
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
                .send(
                    Icon.CLOSE,
                    "services.forget",
                    s -> s.origin() == ServiceOrigin.REGISTERED,
                    s -> new ServiceCommand.DeregisterService(s.id(), null),
                    s -> null)
                .line()
                .copy(
                    "services.copy",
                    s ->
                        s.instances().stream()
                            .map(i -> i.host() + ":" + i.port())
                            .collect(Collectors.joining(" "))));
  }

  private String p95(String id) {
    var millis = traffic.p95(id);
    return millis.isPresent() ? LiveFigures.words(context, millis.getAsDouble()) : "–";
  }

  private String rate(String id) {
    var rate = traffic.rate(id);
    return rate.isPresent() ? texts.count(Math.round(rate.getAsDouble())) : "–";
  }

  private void fillErrors(Label label, Service s) {
    var share = traffic.errors(s.id());
    label.setText(share.isPresent() ? texts.text("services.share", share.getAsDouble()) : "–");
    (share.orElse(0) > MANY ? Tone.AMBER : Tone.NEUTRAL).on(label);
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
        s.instances().stream()
            .map(ServiceInstance::port)
            .filter(p -> p > 0)
            .distinct()
            .sorted()
            .toList();
    boolean row = all.size() > 1 && all.getLast() - all.getFirst() == all.size() - 1;
    return row
        ? all.getFirst() + "–" + all.getLast()
        : all.stream().map(String::valueOf).collect(Collectors.joining(", "));
  }

  private void fillHealth(Label label, Service s) {
    label.setText(ServiceInspector.health(context, s));
    tone(s.state()).on(label);
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
}
