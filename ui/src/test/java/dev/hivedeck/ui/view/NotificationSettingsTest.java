package dev.hivedeck.ui.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Config;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.view.NotifyViews;
import dev.hivedeck.engine.protocol.view.SloViews;
import dev.hivedeck.ui.Desktop;
import dev.hivedeck.ui.FxThread;
import dev.hivedeck.ui.InMemoryEngineApi;
import dev.hivedeck.ui.Sample;
import dev.hivedeck.ui.TestUser;
import dev.hivedeck.ui.shell.ScreenId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Channels in the settings: how they stand, a test of each, what was given up, who is told. */
class NotificationSettingsTest {
  @TempDir Path folder;
  private final InMemoryEngineApi door = Sample.door();
  private final List<NotifyViews.Notification> dead = new CopyOnWriteArrayList<>();
  private Desktop desktop;
  private TestUser person;

  @BeforeEach
  void open() {
    door.hive +=
        """
        notify:
          channels:
            chat: { type: slack, url: secret:chat-url }
          routes:
            - match: severity="page"
              to: [desktop, inbox]
              escalate:
                - { to: [chat], after: 15m }
          quiet: { from: "22:00", to: "07:00", zone: Europe/Berlin }
        """;
    var at = Sample.NOW.minus(Duration.ofMinutes(9));
    dead.add(
        new NotifyViews.Notification(
            7,
            "k",
            "chat",
            "orders-api is slow",
            "page",
            true,
            "dead",
            at,
            at,
            3,
            "404 no_team",
            at));
    door.queries =
        query ->
            switch (query) {
              case Query.Channels _ ->
                  Json.tree(
                      List.of(
                          new NotifyViews.Channel(
                              "desktop", "desktop", "", "ok", 0, 0, Sample.NOW, ""),
                          new NotifyViews.Channel(
                              "chat",
                              "slack",
                              "secret chat-url",
                              dead.isEmpty() ? "ok" : "dead letters",
                              2,
                              dead.size(),
                              at,
                              dead.isEmpty() ? "" : "404 no_team")));
              case Query.Notifications _ -> Json.tree(List.copyOf(dead));
              case Query.Silences _ ->
                  Json.tree(
                      List.of(
                          new SloViews.Silence(
                              3, "objective=\"api\"", at, Sample.NOW, "you", "move")));
              default -> Json.tree(List.of());
            };
    door.answer =
        command -> {
          switch (command) {
            case Command.TestChannel c -> {
              return Json.tree(
                  c.name().equals("chat")
                      ? new NotifyViews.Tested("chat", false, "404 no_team", 31)
                      : new NotifyViews.Tested("desktop", true, "It is in the inbox.", 4));
            }
            case Command.RetryNotification _ -> dead.clear();
            default -> {}
          }
          return Json.object();
        };
    desktop = FxThread.desktop(door, folder.resolve("desktop.json"));
    person = new TestUser(desktop);
    FxThread.run(() -> desktop.frame().to(ScreenId.SETTINGS, "notifications"));
  }

  @AfterEach
  void close() {
    FxThread.closeAll();
  }

  @Test
  void channelsSayHowTheyStandAndWhoIsToldIsSaidInWords() {
    person.waitsFor("chat · slack · secret chat-url");
    person.waitsFor("1 message given up · sent 9 m ago · 2 messages are tried again");
    person.waitsFor("Alerts with severity=\"page\" go to desktop, inbox.");
    person.waitsFor("Unread after 15m, also to chat.");
    person.waitsFor("From 22:00 to 07:00 (Europe/Berlin) only pages go out");
    person.waitsFor("Alerts with objective=\"api\" are silent until");
    person.click("End");
    FxThread.until("ended", () -> door.commands.contains(new Command.EndSilence(3)));
  }

  @Test
  void aTestShowsWhatTheOtherSideAnswered() {
    person.click("Send a test by chat");
    person.waitsFor("Not taken: 404 no_team");
    person.click("Send a test by desktop");
    person.waitsFor("Taken after 4 ms: It is in the inbox.");
    person.button("Send a test by chat");
  }

  @Test
  void whatWasGivenUpIsSentAgain() {
    person.waitsFor("orders-api is slow");
    person.waitsFor("tried 3 times · 404 no_team");
    person.click("Send again");
    person.waitsUntilGone("orders-api is slow");
    assertThat(door.commands).contains(new Command.RetryNotification(7));
    person.waitsFor("works · sent 9 m ago");
  }

  @Test
  void aChannelIsAddedWithTheDifferenceItMakes() {
    person.click("Channels");
    var name = person.field("Name of a new channel");
    person.robot().clickOn(name);
    person.types("ops");
    person.click("Add");
    person.waitsFor("Apply");
    FxThread.until(
        "it may be applied",
        () ->
            !person
                .nodes(
                    n ->
                        n instanceof javafx.scene.control.Button b
                            && !b.isDisabled()
                            && "Apply".equals(b.getText()))
                .isEmpty());
    person.click("Apply");
    FxThread.until(
        "applied", () -> door.commands.stream().anyMatch(c -> c instanceof Command.EditConfig));
    var edit =
        (Command.EditConfig)
            door.commands.stream().filter(c -> c instanceof Command.EditConfig).findFirst().get();
    assertThat(edit.changes())
        .extracting(Config.Change::at)
        .containsExactly("/notify/channels/ops");
    assertThat(Json.write(edit.changes().getFirst().value())).contains("webhook", "secret:ops");
  }
}
