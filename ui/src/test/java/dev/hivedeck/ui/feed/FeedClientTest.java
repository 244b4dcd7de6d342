package dev.hivedeck.ui.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.api.Authenticator;
import dev.hivedeck.engine.api.feed.FeedServer;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.event.PlanEvent;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.AttemptViews;
import dev.hivedeck.engine.time.SystemTimers;
import dev.hivedeck.ui.InMemoryEngineApi;
import dev.hivedeck.ui.Sample;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The client against the engine's own feed, with a door in memory behind it. */
class FeedClientTest {
  private static final String TOKEN = "right";
  private final InMemoryEngineApi door = Sample.door();
  private final SystemTimers timers = new SystemTimers();
  private FeedServer server;

  @BeforeEach
  void serve() {
    server = serve(0);
  }

  private FeedServer serve(int port) {
    Authenticator authenticator =
        token ->
            TOKEN.equals(token) ? Optional.of(Authenticator.Caller.person()) : Optional.empty();
    return FeedServer.start(door, authenticator, port, "0.1.0", timers);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private FeedClient connect(String token) {
    var address = URI.create(server.address());
    return FeedClient.connect(() -> new EngineAddress(address, token), "test", Clock.systemUTC());
  }

  @Test
  void seesWhatIsAndThenWhatHappens() {
    try (var client = connect(TOKEN)) {
      var snapshot = client.snapshot(Topic.all());
      assertThat(snapshot.things().get(Topic.TASK)).hasSize(60);
      assertThat(snapshot.things().get(Topic.WORKSPACE)).isEqualTo(List.of(Sample.workspace()));
      var events = new CopyOnWriteArrayList<Event>();
      client.subscribe(snapshot.seq(), events::addAll);
      for (int i = 0; i < 20; i++) {
        door.tell("workspace.changed", Topic.WORKSPACE, "news " + i, Sample.workspace());
      }
      until(() -> !events.isEmpty() && events.getLast().text().equals("news 19"));
      assertThat(events).extracting(Event::seq).isSorted().doesNotHaveDuplicates();
    }
  }

  @Test
  void twoThatHearTakeNothingFromEachOther() {
    try (var client = connect(TOKEN)) {
      var snapshot = client.snapshot(Topic.all());
      var first = new CopyOnWriteArrayList<Event>();
      var second = new CopyOnWriteArrayList<Event>();
      client.subscribe(snapshot.seq(), first::addAll);
      door.tell("workspace.changed", Topic.WORKSPACE, "one", Sample.workspace());
      until(() -> !first.isEmpty());
      var later = client.subscribe(first.getLast().seq(), second::addAll);
      door.tell("workspace.changed", Topic.WORKSPACE, "two", Sample.workspace());
      until(() -> first.size() == 2 && second.size() == 1);
      later.close();
      door.tell("workspace.changed", Topic.WORKSPACE, "three", Sample.workspace());
      until(() -> first.size() == 3);
      assertThat(first).extracting(Event::text).containsExactly("one", "two", "three");
      assertThat(second).extracting(Event::text).containsExactly("two");
    }
  }

  @Test
  void aRefusalCarriesCodeReasonAndNextStep() {
    door.answer =
        _ -> {
          throw new HiveException(ErrorCode.NOT_NOW, "T-1 is done.", "Add another task.");
        };
    try (var client = connect(TOKEN)) {
      assertThatThrownBy(() -> client.execute(new Command.CancelTask("T-1"), null))
          .isInstanceOfSatisfying(
              HiveException.class,
              e -> {
                assertThat(e.code()).isEqualTo("not-now");
                assertThat(e).hasMessage("T-1 is done.");
                assertThat(e.hint()).isEqualTo("Add another task.");
              });
    }
    assertThat(door.commands).containsExactly(new Command.CancelTask("T-1"));
  }

  @Test
  void theWrongTokenIsRefusedAndNotTriedAgain() {
    assertThatThrownBy(() -> connect("wrong"))
        .isInstanceOfSatisfying(
            HiveException.class, e -> assertThat(e.code()).isEqualTo("unauthorized"));
  }

  @Test
  void nobodyThereIsSaidPlainly() {
    server.close();
    assertThatThrownBy(() -> connect(TOKEN))
        .isInstanceOfSatisfying(
            HiveException.class, e -> assertThat(e.code()).isEqualTo("no-engine"));
  }

  @Test
  void afterACutEveryMissedEventComesOnce() {
    try (var client = connect(TOKEN)) {
      var states = new CopyOnWriteArrayList<Connection.State>();
      client.watch(c -> states.add(c.state()));
      var events = new CopyOnWriteArrayList<Event>();
      var snapshot = client.snapshot(Topic.all());
      client.subscribe(snapshot.seq(), events::addAll);
      door.tell("workspace.changed", Topic.WORKSPACE, "before", Sample.workspace());
      until(() -> events.size() == 1);

      var port = URI.create(server.address()).getPort();
      server.close();
      until(() -> client.connection().state() == Connection.State.RECONNECTING);
      assertThatThrownBy(() -> client.execute(new Command.PauseHive(), null))
          .isInstanceOfSatisfying(
              HiveException.class, e -> assertThat(e.code()).isEqualTo("disconnected"));
      door.tell("workspace.changed", Topic.WORKSPACE, "meanwhile", Sample.workspace());
      server = serve(port);
      until(() -> client.connection().live());
      door.tell("workspace.changed", Topic.WORKSPACE, "after", Sample.workspace());
      until(() -> events.size() >= 3);
      assertThat(events).extracting(Event::text).containsExactly("before", "meanwhile", "after");
      assertThat(states)
          .containsSubsequence(
              Connection.State.LIVE, Connection.State.RECONNECTING, Connection.State.LIVE);
    }
  }

  @Test
  void anEngineThatForgotAsksForANewSnapshot() {
    try (var client = connect(TOKEN)) {
      var events = new CopyOnWriteArrayList<Event>();
      client.subscribe(door.snapshot(Set.of(Topic.TASK)).seq() + 100, events::addAll);
      until(() -> !events.isEmpty());
      assertThat(events.getFirst().type()).isEqualTo(PlanEvent.RELOADED);
    }
  }

  @Test
  void linesOfLogsAndFiguresArrive() {
    try (var client = connect(TOKEN)) {
      var pages = new CopyOnWriteArrayList<Query.LogPage>();
      client.follow(pages::add);
      var line = new Query.LogLine(0, Sample.NOW, "say", "Grüße");
      until(
          () -> {
            door.log(new Query.LogPage("T-1.1", 0, 1, List.of(line)));
            return !pages.isEmpty();
          });
      assertThat(pages.getFirst().lines()).containsExactly(line);
      assertThat(client.stats().api()).isEqualTo(door.stats.api());
    }
  }

  @Test
  void manyThingsComeInPages() {
    for (int i = 0; i < 1_700; i++) {
      door.seed(
          Topic.KEPT, new AttemptViews.Kept("k" + i, "c", null, null, "why", 1, 2, Sample.NOW));
    }
    try (var client = connect(TOKEN)) {
      assertThat(client.snapshot(Set.of(Topic.KEPT)).things().get(Topic.KEPT)).hasSize(1_702);
    }
  }

  private static void until(BooleanSupplier so) {
    var end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!so.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(end);
      try {
        Thread.sleep(10);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
