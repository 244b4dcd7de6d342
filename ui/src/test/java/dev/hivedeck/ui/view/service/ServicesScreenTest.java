package dev.hivedeck.ui.view.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.gateway.GatewayQuery;
import dev.hivedeck.engine.protocol.gateway.GatewayViews.GatewayStatus;
import dev.hivedeck.engine.protocol.service.ServiceCommand;
import dev.hivedeck.engine.protocol.service.ServiceQuery;
import dev.hivedeck.engine.protocol.service.ServiceState;
import dev.hivedeck.engine.protocol.service.ServiceViews.InstanceFigures;
import dev.hivedeck.engine.protocol.service.ServiceViews.Service;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceFigures;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceLine;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceLog;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceOrigin;
import dev.hivedeck.ui.Desktop;
import dev.hivedeck.ui.FxThread;
import dev.hivedeck.ui.InMemoryEngineApi;
import dev.hivedeck.ui.Sample;
import dev.hivedeck.ui.SampleServices;
import dev.hivedeck.ui.control.table.EntityTable;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.theme.Theme;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Labeled;
import javafx.scene.control.ListView;
import javafx.scene.control.TextField;
import javafx.scene.control.TextInputControl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testfx.api.FxRobot;

/** Services as a person looks at them and steers them. */
class ServicesScreenTest {
  private static final Path PICTURES = Path.of("target", "screens");
  private static final Topic TOPIC = Topic.of("service");

  @TempDir Path folder;
  private final InMemoryEngineApi door = Sample.door();
  private final FxRobot robot = new FxRobot();
  private final FxThread.Answering dialogs = new FxThread.Answering();
  private Desktop desktop;

  @BeforeEach
  void open() {
    door.queries = SampleServices::answer;
    desktop = FxThread.desktop(door, folder.resolve("desktop.json"), dialogs);
    FxThread.run(() -> desktop.frame().to(ScreenId.SERVICES));
    FxThread.until("services", () -> rows().size() == 6);
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

  private Node link(String text) {
    return robot.lookup(n -> n instanceof Button b && text.equals(b.getText())).query();
  }

  /** Looks elsewhere and here again: then all is asked anew. */
  private void again() {
    FxThread.run(() -> desktop.frame().to(ScreenId.OVERVIEW));
    FxThread.run(() -> desktop.frame().to(ScreenId.SERVICES));
  }

  private static Service needing(Service s, String need) {
    return new Service(
        s.id(),
        s.origin(),
        s.state(),
        s.wanted(),
        s.why(),
        s.run(),
        s.folder(),
        s.route(),
        List.of(need),
        s.watch(),
        s.check(),
        s.instances());
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
      FxThread.run(() -> desktop.frame().to(ScreenId.SERVICES, "orders-api"));
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
    FxThread.run(() -> desktop.frame().to(ScreenId.SERVICES, "orders-api"));
    robot.clickOn("Restart in turn");
    FxThread.until(
        "restart", () -> door.commands.contains(new ServiceCommand.RestartService("orders-api")));
    FxThread.run(() -> desktop.frame().to(ScreenId.SERVICES, "postgres"));
    FxThread.until("who needs it", () -> text("used by"));
    assertThat(FxThread.get(() -> text("Stop…"))).isFalse();
  }

  @Test
  void isStoppedOnceAskedWithWhoUsesIt() {
    var catalog = SampleServices.all().get(2);
    door.tell("service.reloaded", TOPIC, "catalog-api", needing(catalog, "orders-api"));
    FxThread.run(() -> desktop.frame().to(ScreenId.SERVICES, "orders-api"));
    FxThread.until("who uses it", () -> text("used by"));
    robot.clickOn("Stop…");
    FxThread.until(
        "stop", () -> door.commands.contains(new ServiceCommand.StopService("orders-api")));
    assertThat(dialogs.asked).singleElement().asString().contains("orders-api", "catalog-api");
  }

  @Test
  void linksStayWhereTheyAreWhileChecksAreMeasured() {
    FxThread.run(() -> desktop.frame().to(ScreenId.SERVICES, "orders-api"));
    FxThread.until("instances", () -> text("8101") && text("postgres"));
    var port = FxThread.get(() -> link("8101"));
    var need = FxThread.get(() -> link("postgres"));
    door.queries =
        query ->
            query instanceof ServiceQuery.Figures
                ? Json.tree(
                    List.of(
                        new ServiceFigures(
                            "orders-api",
                            List.of(
                                new InstanceFigures(
                                    "orders-api-1", Sample.NOW, "200", 77.0, List.of(), null)))))
                : SampleServices.answer(query);
    again();
    FxThread.until("measured", () -> text("77 ms"));
    door.tell("service.healthy", TOPIC, "redis answers", SampleServices.all().getLast());
    FxThread.pulse();
    assertThat(FxThread.get(() -> link("8101"))).isSameAs(port);
    assertThat(FxThread.get(() -> link("postgres"))).isSameAs(need);
  }

  @Test
  void portsAreARowOnlyWhereNoneIsMissing() {
    var two = SampleServices.service("a", ServiceOrigin.HIVEDECK, ServiceState.HEALTHY, "", 80, 1);
    var three =
        SampleServices.service("a", ServiceOrigin.HIVEDECK, ServiceState.HEALTHY, "", 80, 3);
    assertThat(ServiceTable.ports(three)).isEqualTo("80–82");
    var twice = List.of(two.instances().getFirst(), two.instances().getFirst());
    var gap = Stream.concat(twice.stream(), Stream.of(three.instances().getLast())).toList();
    assertThat(
            ServiceTable.ports(
                new Service(
                    "a",
                    two.origin(),
                    two.state(),
                    true,
                    "",
                    two.run(),
                    two.folder(),
                    two.route(),
                    List.of(),
                    List.of(),
                    two.check(),
                    gap)))
        .isEqualTo("80, 82");
  }

  @Test
  void anAnswerOfAnEarlierChoiceIsNotTaken() {
    FxThread.run(() -> desktop.frame().to(ScreenId.SERVICES, "orders-api"));
    FxThread.until("its log", () -> lines().getItems().size() == 12);
    var asked = new CountDownLatch(1);
    var go = new CountDownLatch(1);
    door.queries =
        query -> {
          if (query instanceof ServiceQuery.Log q && q.from() >= 0 && asked.getCount() > 0) {
            asked.countDown();
            await(go);
            var late = new ServiceLine(12, Sample.NOW, "orders-api-1", "info", "late");
            return Json.tree(new ServiceLog(q.id(), 13, List.of(late)));
          }
          return SampleServices.answer(query);
        };
    again();
    FxThread.until("asked", () -> asked.getCount() == 0);
    FxThread.run(() -> desktop.frame().to(ScreenId.SERVICES, "redis"));
    FxThread.run(() -> desktop.frame().to(ScreenId.SERVICES, "orders-api"));
    go.countDown();
    FxThread.until("all of it", () -> lines().getItems().size() == 12);
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void itsLogIsNarrowedToAnInstanceALevelAndLetters() {
    FxThread.run(() -> desktop.frame().to(ScreenId.SERVICES, "orders-api"));
    FxThread.until("its log", () -> lines().getItems().size() == 12);
    robot.clickOn("error 1");
    FxThread.until("errors", () -> lines().getItems().size() == 1);
    robot.clickOn("all");
    FxThread.until("all", () -> lines().getItems().size() == 12);
  }

  @Test
  void newsOfAServiceIsShownAtOnce() {
    var stopped =
        SampleServices.service(
                "orders-api", ServiceOrigin.HIVEDECK, ServiceState.STOPPED, "", 8101, 3)
            .with(false);
    door.tell("service.stopped", TOPIC, "orders-api is stopped", stopped);
    FxThread.run(() -> desktop.frame().to(ScreenId.SERVICES, "orders-api"));
    FxThread.until("stopped", () -> text("stopped by you"));
    robot.clickOn("Start");
    FxThread.until(
        "start", () -> door.commands.contains(new ServiceCommand.StartService("orders-api")));
  }

  @Test
  void whatTheGatewayMeasuredStandsBesideEachAndInTheSummary() {
    FxThread.until("rate", () -> text("100"));
    FxThread.until("p95", () -> text("388 ms"));
    FxThread.until("errors", () -> text("3.1%"));
    FxThread.until(
        "summary",
        () -> text("9 instances · 7 healthy · 112 requests/min · gateway 127.0.0.1:8080"));
  }

  @Test
  void withoutAGatewayNothingIsSaidOfTraffic() {
    door.queries =
        query ->
            query instanceof GatewayQuery.Status
                ? Json.tree(new GatewayStatus(false, null, null, null, List.of()))
                : SampleServices.answer(query);
    FxThread.run(() -> desktop.frame().to(ScreenId.OVERVIEW));
    FxThread.run(() -> desktop.frame().to(ScreenId.SERVICES));
    FxThread.until("summary", () -> text("9 instances · 7 healthy"));
    FxThread.until("what was measured before is gone", () -> !text("388 ms"));
  }

  @Test
  void aServiceIsRegisteredAndBadInputIsToldBefore() {
    robot.clickOn("Register…");
    FxThread.until("asks its name", () -> text("Say what it is called."));
    robot.write("stock");
    FxThread.until("asks its port", () -> text("A port is a number from 1 to 65535."));
    assertThat(FxThread.get(() -> robot.lookup("Register").queryButton().isDisabled())).isTrue();
    robot.clickOn(field("Port")).write("70000");
    FxThread.until("still", () -> text("A port is a number from 1 to 65535."));
    FxThread.run(() -> ((TextInputControl) field("Port")).setText("9200"));
    robot.clickOn("Register");
    FxThread.until(
        "registered",
        () ->
            door.commands.contains(
                new ServiceCommand.RegisterService(
                    "stock", null, "127.0.0.1", 9200, null, "8h", "tcp")));
  }

  @Test
  void isRegisteredOnceAndClosesNoOtherSheet() {
    var go = new CountDownLatch(1);
    door.answer =
        _ -> {
          await(go);
          return Json.object();
        };
    robot.clickOn("Register…");
    robot.write("stock");
    FxThread.run(() -> ((TextInputControl) field("Port")).setText("9200"));
    robot.clickOn("Register");
    FxThread.until("sent", () -> door.commands.size() == 1);
    FxThread.run(() -> ((TextInputControl) field("Port")).setText("9201"));
    assertThat(FxThread.get(() -> robot.lookup("Register").queryButton().isDisabled())).isTrue();
    FxThread.run(desktop.frame()::closeSheet);
    robot.clickOn("Register…");
    FxThread.until("another", () -> text("Say what it is called."));
    go.countDown();
    FxThread.until("told", () -> text("stock is registered"));
    assertThat(FxThread.get(() -> text("Register a service"))).isTrue();
    assertThat(door.commands).hasSize(1);
  }

  @Test
  void aRefusalOfTheEngineStaysInTheSheet() {
    door.answer =
        _ -> {
          throw new HiveException(ErrorCode.BAD_USAGE, "Nothing was registered.", "Correct that.");
        };
    robot.clickOn("Register…");
    robot.write("stock");
    FxThread.run(() -> ((TextInputControl) field("Port")).setText("9200"));
    robot.clickOn("Register");
    FxThread.until("why", () -> text("Nothing was registered. Correct that."));
  }

  @Test
  void whereThereIsNoneOneIsRegistered() {
    SampleServices.all().forEach(s -> door.remove(TOPIC, s.id(), s.id() + " is gone"));
    FxThread.until("none", () -> text("No service"));
    Node register = robot.lookup(".placard-steps .button").nth(1).query();
    robot.clickOn(register);
    FxThread.until("sheet", () -> text("Register a service"));
  }

  @Test
  void theRailCountsWhatNeedsALook() {
    FxThread.until(
        "two",
        () ->
            robot.lookup(".rail .badge").queryAllAs(Labeled.class).stream()
                .anyMatch(
                    b ->
                        b.getText().equals("2")
                            && b.getParent().lookupAll(".label").stream()
                                .anyMatch(
                                    l ->
                                        l instanceof Labeled w && w.getText().equals("Services"))));
  }

  private Node field(String name) {
    return robot.lookup(n -> n instanceof TextField && name.equals(n.getAccessibleText())).query();
  }
}
