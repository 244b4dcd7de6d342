package dev.hivedeck.ui;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.Muted;
import dev.hivedeck.engine.protocol.view.NotifyViews;
import dev.hivedeck.engine.protocol.view.SloViews;
import dev.hivedeck.engine.protocol.view.SloViews.AlertState;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.notice.WorkspaceNotice;
import dev.hivedeck.ui.shell.settings.Settings;
import dev.hivedeck.ui.shell.theme.Theme;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import javafx.scene.control.ListCell;
import javafx.scene.control.ListView;
import javafx.scene.input.KeyCode;
import javafx.stage.Stage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a person was told: counted at the bell, read and followed in the inbox. */
class InboxTest {
  @TempDir Path folder;
  private final InMemoryEngineApi door = Sample.door();
  private final List<String> told = new CopyOnWriteArrayList<>();
  private Desktop desktop;
  private TestUser person;

  @AfterEach
  void close() {
    FxThread.closeAll();
  }

  private void open(List<NotifyViews.Notice> notices) {
    door.queries = Samples::nothing;
    notices.forEach(n -> door.seed(Topic.NOTICE, n));
    for (var o : SloSamples.several()) {
      door.seed(Topic.OBJECTIVE, o);
    }
    door.answer =
        command -> {
          if (command instanceof Command.ReadNotice c) {
            read(c.id());
          } else if (command instanceof Command.ReadNotices) {
            notices.forEach(n -> read(n.id()));
          }
          return Samples.nothing(null);
        };
    desktop =
        FxThread.get(
            () -> {
              var options =
                  new Desktop.Options(
                      folder.resolve("desktop.json"),
                      Sample.CLOCK,
                      ZoneOffset.UTC,
                      new FxThread.Answering());
              var made = Desktop.open(new Stage(), new Program(), options);
              made.stage().setWidth(1440);
              made.stage().setHeight(900);
              made.show(door);
              return made;
            });
    FxThread.until(
        "all is shown",
        () ->
            desktop.frame() != null
                && desktop.frame().place() != null
                && desktop.frame().desk().live().stats().get() != null);
    person = new TestUser(desktop);
  }

  /** Writes down what the system is asked to show. */
  private final class Program implements Desktop.Host {
    @Override
    public EngineApi open(Path folder) {
      return door;
    }

    @Override
    public void tell(String title, String text, boolean urgent) {
      told.add(title + " | " + text + (urgent ? " | urgent" : ""));
    }
  }

  private void read(String id) {
    var n = Samples.one(door, Topic.NOTICE, NotifyViews.Notice.class, id);
    if (n.readAt() == null) {
      door.tell("notice.read", Topic.NOTICE, null, n.marked(Sample.NOW, null));
    }
  }

  /** What is listed, from top to bottom. */
  private List<String> listed() {
    return FxThread.get(this::items);
  }

  private List<String> items() {
    return person
        .nodes(n -> n instanceof ListView<?> list && "Inbox".equals(list.getAccessibleText()))
        .stream()
        .flatMap(n -> ((ListView<?>) n).getItems().stream())
        .map(n -> ((WorkspaceNotice) n).id())
        .toList();
  }

  @Test
  void theBellCountsWhatIsUnreadAndTheNewestIsOnTop() {
    open(NotifySamples.several());
    person.click("Inbox: 3 unread");
    person.waitsFor("orders-api answers in 400 ms burns");
    assertThat(listed()).containsExactly("N-5", "N-4", "N-3", "N-2", "N-1");
    assertThat(person.sees("3 unread")).isTrue();
    door.tell(
        "notice.added",
        Topic.NOTICE,
        null,
        NotifySamples.notice(6, "Something new", "page", "firing", "", "", 0, false));
    person.waitsFor("Something new");
    person.waitsFor("4 unread");
    person.button("Inbox: 4 unread");
  }

  @Test
  void byKeyOneOpensWhatANoticeIsAboutAndHasReadIt() {
    open(NotifySamples.several());
    person.types("i");
    person.waitsFor("orders-api answers in 400 ms burns");
    person.types("jj");
    person.presses(KeyCode.ENTER);
    FxThread.until("the decision", () -> desktop.frame().place() == ScreenId.DECISIONS);
    person.waitsFor("The orders table holds 41 million rows");
    assertThat(door.commands).containsExactly(new Command.ReadNotice("N-3"));
    person.button("Inbox: 2 unread");
    person.types("i");
    person.waitsFor("2 unread");
    person.presses(KeyCode.SPACE);
    person.waitsFor("1 unread");
    assertThat(listed()).as("it keeps its place").startsWith("N-5", "N-4");
    person.presses(KeyCode.ESCAPE);
    person.waitsUntilGone("Mark all as read");
    assertThat(door.commands).contains(new Command.ReadNotice("N-5"));
  }

  @Test
  void eachLeadsToItsThing() {
    open(NotifySamples.several());
    person.types("i");
    person
        .robot()
        .clickOn(
            person.one(
                n ->
                    n instanceof ListCell<?> c
                        && c.getItem() instanceof WorkspaceNotice v
                        && v.id().equals("N-2"),
                "N-2"));
    FxThread.until("the task", () -> desktop.frame().place() == ScreenId.TASKS);
    assertThat(door.commands).as("it was read before").isEmpty();
    person.types("i");
    person.presses(KeyCode.ENTER);
    FxThread.until("the objective", () -> desktop.frame().place() == ScreenId.SLOS);
    person.types("i");
    person.types("j");
    person.presses(KeyCode.ENTER);
    FxThread.until("the channels", () -> desktop.frame().place() == ScreenId.SETTINGS);
  }

  @Test
  void alertsOfRulesAndOfOthersAreCountedToo() {
    open(List.of());
    person.waitsFor("5 alerts");
    door.tell(
        "alert.firing",
        Topic.ALERT,
        "page: a disk is full",
        new SloViews.Alert(
            "0c2d",
            "DiskFull",
            Map.of("severity", "page"),
            Map.of("summary", "The disk of db-1 is full"),
            AlertState.FIRING,
            Sample.NOW,
            null,
            Muted.NONE,
            "prometheus"));
    person.waitsFor("6 alerts");
  }

  @Test
  void whatFiresStandsInTheStatusBarAndOnTheOverview() {
    open(List.of());
    tell("9bb2", AlertState.FIRING, Muted.SILENCED);
    tell("7aa1", AlertState.PENDING, Muted.NONE);
    person.waitsFor("1 alert pending");
    assertThat(person.sees("alert firing")).as("nobody is told of what is silenced").isFalse();
    tell("0c2d", AlertState.FIRING, Muted.NONE);
    FxThread.run(() -> desktop.frame().to(ScreenId.OVERVIEW));
    person.waitsFor("1 alert firing, 1 pending: The disk of 0c2d is full");
    FxThread.picture(desktop, Path.of("target", "screens", "overview-alert.png"));
    person.click("1 alert firing, 1 pending");
    FxThread.until("the alerts", () -> desktop.frame().place() == ScreenId.SLOS);
    person.waitsFor("Source");
    tell("0c2d", AlertState.RESOLVED, Muted.NONE);
    tell("7aa1", AlertState.RESOLVED, Muted.NONE);
    person.waitsUntilGone("1 alert firing");
  }

  private void tell(String id, AlertState state, Muted muted) {
    door.tell(
        "alert." + state.word(),
        Topic.ALERT,
        "page: a disk is full",
        new SloViews.Alert(
            id,
            "DiskFull",
            Map.of("severity", "page"),
            Map.of("summary", "The disk of " + id + " is full"),
            state,
            Sample.NOW,
            null,
            muted,
            "prometheus"));
  }

  @Test
  void allAreReadAtOnceAndAnEmptyInboxTeaches() {
    open(NotifySamples.several());
    person.types("i");
    person.click("Mark all as read");
    person.waitsFor("nothing unread");
    assertThat(door.commands).containsExactly(new Command.ReadNotices());
    person.waitsUntilGone("Mark all as read");
    NotifySamples.several().forEach(n -> door.remove(Topic.NOTICE, n.id(), null));
    person.waitsFor("You were told nothing yet");
    person.types("i");
    person.waitsUntilGone("You were told nothing yet");
  }

  @Test
  void theSystemTellsWhoDoesNotLookAtTheWindow() {
    open(NotifySamples.several());
    FxThread.run(desktop.stage()::requestFocus);
    FxThread.until("in front", () -> desktop.stage().isFocused());
    var page = NotifySamples.several().getLast();
    var ticket = NotifySamples.several().get(2);
    door.tell("notice.shown", Topic.NOTICE, null, ticket);
    door.tell("notice.read", Topic.NOTICE, null, ticket.marked(Sample.NOW, Sample.NOW));
    person.button("Inbox: 2 unread");
    assertThat(told).as("whoever looks at the window sees the bell").isEmpty();

    FxThread.run(() -> desktop.stage().setIconified(true));
    door.tell("notice.changed", Topic.NOTICE, null, page);
    door.tell("notice.shown", Topic.NOTICE, null, page);
    FxThread.until("told", () -> !told.isEmpty());
    assertThat(told)
        .containsExactly(
            "orders-api answers in 400 ms burns its error budget 15 times faster than allowed"
                + " | At this speed the budget of 30 days is gone in 2.1 days. | urgent");
  }

  @ParameterizedTest
  @CsvSource({
    "usual, en, 1, 1440, 900, DARK",
    "usual, en, 1, 1440, 900, LIGHT",
    "small, en, 1, 1024, 700, LIGHT",
    "small, de, 1.5, 1024, 700, DARK"
  })
  void nothingClips(
      String size, String language, double scale, int width, int height, Theme.Preference theme) {
    var settings = new Settings(folder.resolve("desktop.json"));
    settings.put("language", language);
    settings.put("text.scale", scale);
    settings.close();
    open(NotifySamples.several());
    FxThread.run(() -> desktop.theme().choose(theme));
    FxThread.run(() -> desktop.frame().to(ScreenId.PLAN));
    person.types("i");
    person.one(n -> n instanceof ListCell<?> c && c.getItem() instanceof WorkspaceNotice, "it");
    var name = "inbox-%s-%s-%s".formatted(size, language, theme);
    Baseline.await(name, () -> FxThread.picture(desktop, width, height));
    assertThat(FxThread.get(() -> LayoutChecks.faults(desktop.stage().getScene().getRoot())))
        .as(name)
        .isEmpty();
  }
}
