package dev.hivedeck.ui.view.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.service.ServiceCommand;
import dev.hivedeck.engine.protocol.service.ServiceQuery;
import dev.hivedeck.engine.protocol.service.ServiceState;
import dev.hivedeck.engine.protocol.service.ServiceViews.CheckKind;
import dev.hivedeck.engine.protocol.service.ServiceViews.InstanceFigures;
import dev.hivedeck.engine.protocol.service.ServiceViews.Service;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceCheck;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceFigures;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceInstance;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceLine;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceLog;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceOrigin;
import dev.hivedeck.ui.Desktop;
import dev.hivedeck.ui.FxThread;
import dev.hivedeck.ui.InMemoryEngineApi;
import dev.hivedeck.ui.Sample;
import dev.hivedeck.ui.control.table.EntityTable;
import dev.hivedeck.ui.shell.theme.Theme;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javafx.scene.control.Labeled;
import javafx.scene.control.ListView;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testfx.api.FxRobot;

/** Services as a person looks at them and steers them. */
class ServicesScreenTest {
  private static final Path PICTURES = Path.of("target", "screens");
  private static final Topic TOPIC = Topic.of("service");
  private static final Instant NOW = Sample.NOW;

  @TempDir Path folder;
  private final InMemoryEngineApi door = Sample.door();
  private final FxRobot robot = new FxRobot();
  private Desktop desktop;

  private static Service service(
      String id, ServiceOrigin origin, ServiceState state, String why, int port, int count) {
    var instances = new ArrayList<ServiceInstance>();
    boolean retries = state == ServiceState.BACKING_OFF;
    for (int i = 1; i <= count; i++) {
      instances.add(
          new ServiceInstance(
              id + "-" + i,
              state,
              origin == ServiceOrigin.HIVEDECK ? "e3b1c07" : "16.4",
              "127.0.0.1",
              port + i - 1,
              origin == ServiceOrigin.HIVEDECK && !retries ? 4_100L + port + i : null,
              NOW.minusSeconds(900),
              retries ? 3 : 0,
              why,
              retries ? NOW.plusSeconds(8) : null,
              null));
    }
    boolean http = origin == ServiceOrigin.HIVEDECK;
    return new Service(
        id,
        origin,
        state,
        true,
        why,
        http ? "python3 -m uvicorn api:app --port $PORT" : null,
        http ? "services/" + id : ".",
        http ? "/" + id : null,
        id.equals("orders-api") ? List.of("postgres", "redis") : List.of(),
        http ? List.of("services/" + id + "/**") : List.of(),
        new ServiceCheck(http ? CheckKind.HTTP : CheckKind.TCP, http ? "/health" : "", 10, 2, 2, 3),
        instances);
  }

  private static ServiceFigures figures(Service s, double millis) {
    var latest = new ArrayList<Double>();
    for (int i = 0; i < 40; i++) {
      latest.add(millis * (1 + 0.3 * Math.sin(i * 1.7)));
    }
    return new ServiceFigures(
        s.id(),
        s.instances().stream()
            .map(
                i ->
                    new InstanceFigures(i.name(), NOW.minusSeconds(4), "200", millis, latest, null))
            .toList());
  }

  @BeforeEach
  void open() {
    var orders = service("orders-api", ServiceOrigin.HIVEDECK, ServiceState.HEALTHY, "", 8101, 3);
    var all =
        List.of(
            service(
                "notifier",
                ServiceOrigin.HIVEDECK,
                ServiceState.BACKING_OFF,
                "ended with exit 1",
                8141,
                1),
            orders,
            service("catalog-api", ServiceOrigin.HIVEDECK, ServiceState.HEALTHY, "", 8111, 2),
            service(
                "cart-web", ServiceOrigin.HIVEDECK, ServiceState.UNHEALTHY, "answers 503", 8151, 1),
            service("postgres", ServiceOrigin.ADDRESS, ServiceState.HEALTHY, "", 5432, 1),
            service("redis", ServiceOrigin.REGISTERED, ServiceState.HEALTHY, "", 6379, 1));
    all.forEach(s -> door.seed(TOPIC, s));
    door.queries =
        query ->
            switch (query) {
              case ServiceQuery.Figures _ ->
                  Json.tree(all.stream().map(s -> figures(s, 3.4)).toList());
              case ServiceQuery.Log q -> Json.tree(log(q));
              default -> Json.MAPPER.createArrayNode();
            };
    desktop = FxThread.desktop(door, folder.resolve("desktop.json"));
    FxThread.run(() -> desktop.frame().to(ServicesScreen.ID));
    FxThread.until("services", () -> rows().size() == 6);
  }

  private static ServiceLog log(ServiceQuery.Log query) {
    var lines = new ArrayList<ServiceLine>();
    for (int i = 0; i < 12; i++) {
      String instance = "orders-api-" + (1 + i % 3);
      String level = i == 4 ? "error" : i == 8 ? "warn" : i == 0 ? "hivedeck" : "info";
      String text =
          switch (level) {
            case "error" -> "ERROR payments-api timed out";
            case "warn" -> "WARN pool 18 of 20 connections in use";
            case "hivedeck" -> "begun, pid 4211, port 8101";
            default -> "GET /orders?page=" + i + " 200 in 4" + i + " ms";
          };
      lines.add(new ServiceLine(i, NOW.minusSeconds(120 - i * 7), instance, level, text));
    }
    boolean first = query.from() < 0;
    return new ServiceLog(query.id(), 12, first ? lines : List.of());
  }

  @AfterEach
  void close() {
    FxThread.run(desktop.stage()::close);
  }

  private List<Service> rows() {
    return robot.lookup(".thing-table").<EntityTable<Service>>query().rows();
  }

  private ListView<?> lines() {
    return robot.lookup(".service-log").query();
  }

  private boolean text(String text) {
    return robot
        .lookup(n -> n instanceof Labeled l && l.isVisible() && text.equals(l.getText()))
        .tryQuery()
        .isPresent();
  }

  @Test
  void howItLooks() {
    for (var preference : List.of(Theme.Preference.DARK, Theme.Preference.LIGHT)) {
      FxThread.run(() -> desktop.theme().choose(preference));
      FxThread.run(() -> desktop.frame().to(ServicesScreen.ID, "orders-api"));
      FxThread.until("its log", () -> lines().getItems().size() == 12);
      FxThread.picture(desktop, PICTURES.resolve("services-" + preference + ".png"));
    }
  }

  @Test
  void whatNeedsALookStandsOnTopAndSaysWhenItIsTriedAgain() {
    assertThat(FxThread.get(() -> rows().stream().map(Service::id).limit(2).toList()))
        .containsExactly("notifier", "cart-web");
    FxThread.until("when", () -> text("restarts, try in 8 s"));
    robot.clickOn("From outside 2");
    FxThread.until("two", () -> rows().size() == 2);
  }

  @Test
  void isRestartedAndStoppedOnceAskedWithWhoNeedsIt() {
    FxThread.run(() -> desktop.frame().to(ServicesScreen.ID, "orders-api"));
    robot.clickOn("Restart in turn");
    FxThread.until(
        "restart", () -> door.commands.contains(new ServiceCommand.RestartService("orders-api")));
    FxThread.run(() -> desktop.frame().to(ServicesScreen.ID, "postgres"));
    FxThread.until("who needs it", () -> text("used by"));
    assertThat(FxThread.get(() -> text("Stop…"))).isFalse();
  }

  @Test
  void itsLogIsNarrowedToAnInstanceALevelAndLetters() {
    FxThread.run(() -> desktop.frame().to(ServicesScreen.ID, "orders-api"));
    FxThread.until("its log", () -> lines().getItems().size() == 12);
    robot.clickOn("error 1");
    FxThread.until("errors", () -> lines().getItems().size() == 1);
    robot.clickOn("all");
    FxThread.until("all", () -> lines().getItems().size() == 12);
  }

  @Test
  void newsOfAServiceIsShownAtOnce() {
    var stopped =
        service("orders-api", ServiceOrigin.HIVEDECK, ServiceState.STOPPED, "", 8101, 3)
            .with(false);
    door.tell("service.stopped", TOPIC, "orders-api is stopped", stopped);
    FxThread.run(() -> desktop.frame().to(ServicesScreen.ID, "orders-api"));
    FxThread.until("stopped", () -> text("stopped by you"));
    robot.clickOn("Start");
    FxThread.until(
        "start", () -> door.commands.contains(new ServiceCommand.StartService("orders-api")));
  }
}
