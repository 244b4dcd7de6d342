package dev.hivedeck.app.demo;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.EventType;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.event.ChangeEvent;
import dev.hivedeck.engine.protocol.event.DecisionEvent;
import dev.hivedeck.engine.protocol.event.TaskEvent;
import dev.hivedeck.engine.protocol.merge.MergeCommand;
import dev.hivedeck.engine.protocol.merge.MergeRegistration;
import dev.hivedeck.engine.protocol.merge.MergeViews.Forecast;
import dev.hivedeck.engine.protocol.merge.StackCommand;
import dev.hivedeck.engine.protocol.merge.StackViews.Parts;
import dev.hivedeck.engine.protocol.merge.StackViews.SplitBy;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.DecisionViews;
import dev.hivedeck.engine.protocol.view.SloViews;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers and approves in the place of the person who is not there when the demo has no window. */
final class SimulatedPerson implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SimulatedPerson.class);

  /** A person takes a moment, so that what waits for them can be seen waiting. */
  private static final Duration THINKS = Duration.ofSeconds(20);

  private final EngineApi engine;
  private final Duration pause;
  private final AtomicInteger begun = new AtomicInteger();
  private final AtomicInteger ended = new AtomicInteger();
  private final EngineApi.Subscription subscription;

  SimulatedPerson(EngineApi engine, double speed) {
    this.engine = engine;
    this.pause = Duration.ofNanos((long) (THINKS.toNanos() / speed));
    this.subscription = engine.subscribe(engine.stats().seq(), this::happened);
  }

  /** The task that ends an alert: nobody approves it before they know why. */
  private static final String FIX = "T-7";

  private static final Duration LOOKS = Duration.ofMillis(200);
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  /** After these a change may wait for a person. */
  private static final Set<EventType> ASKED = Set.of(ChangeEvent.OPENED, ChangeEvent.HELD);

  /** What follows this task is judged as one batch. */
  private static final String GATHERS = "T-9";

  private static final Set<String> GATHERED = Set.of("T-26", "T-27", "T-28");
  private static final Duration GATHERING = Duration.ofMinutes(5);

  /** The change of this task is read and merged in parts. */
  private static final String SPLIT = "T-12";

  /** What this task brought to main is taken back. */
  private static final String REGRETTED = "T-29";

  /** These change the same line. */
  private static final Set<String> MEETING = Set.of("T-6", "T-24");

  /**
   * Lets nothing merge before two changes stand in line that conflict, so that it is told. Frozen
   * when this returns: what begins after that finds it so.
   */
  void begin() {
    engine.execute(new MergeCommand.Freeze("until it is known who meets whom"), null);
    act(() -> unfreezeOnce(this::meets, PATIENCE));
  }

  private void unfreezeOnce(BooleanSupplier there, Duration longest) throws InterruptedException {
    try {
      for (long i = 0; i < longest.dividedBy(LOOKS) && !there.getAsBoolean(); i++) {
        Thread.sleep(LOOKS);
      }
    } finally {
      engine.execute(new MergeCommand.Unfreeze(null), null);
    }
  }

  private boolean meets() {
    var both =
        changes().stream()
            .filter(c -> MEETING.contains(c.task()))
            .map(ChangeViews.Change::id)
            .collect(Collectors.toSet());
    return engine
        .snapshot(Set.of(MergeRegistration.FORECAST))
        .things()
        .get(MergeRegistration.FORECAST)
        .stream()
        .map(Forecast.class::cast)
        .anyMatch(f -> DemoReport.conflicts(f).contains(both));
  }

  private void happened(List<Event> events) {
    for (var event : events) {
      if (event.data() == null) {
        continue;
      }
      if (event.type() == TaskEvent.MERGED && event.id().equals(REGRETTED)) {
        revert();
      }
      if (event.type() == TaskEvent.MERGED && event.id().equals(GATHERS)) {
        gather();
      }
      if (event.type() == DecisionEvent.OPENED) {
        var decision = Json.as(event.data(), DecisionViews.Decision.class);
        act(
            new Command.Decide(decision.id(), decision.options().getFirst(), "The demo decides."),
            _ -> true);
      } else if (ASKED.contains(event.type())) {
        var change = Json.as(event.data(), ChangeViews.Change.class);
        if (event.type() == ChangeEvent.OPENED && change.task().equals(SPLIT)) {
          split(change.id());
        } else if (event.type() == ChangeEvent.OPENED && isPart(change)) {
          LOG.debug("{} is approved with the rest of its stack", change.id());
        } else if (change.review() == ChangeViews.ReviewState.WANTED) {
          boolean fix = change.task().equals(FIX);
          act(
              new Command.ApproveChange(change.id(), "The demo approves.", change.head()),
              alerts -> !fix || alerts.stream().anyMatch(DemoReport::fires));
        }
      }
    }
  }

  /** No attempt made it: it was split off. */
  private static boolean isPart(ChangeViews.Change change) {
    return change.attempt().equals(change.task() + ".0");
  }

  /** Reads the stack from the top: with the last approval all of it may be merged at once. */
  private void split(String change) {
    act(
        () -> {
          Thread.sleep(pause);
          var split = engine.execute(new StackCommand.Split(change, SplitBy.DIRECTORY), null);
          for (String part : Json.as(split, Parts.class).parts().reversed()) {
            Thread.sleep(pause);
            engine.execute(new Command.ApproveChange(part, "The demo approves."), null);
          }
        });
  }

  private void revert() {
    act(
        () -> {
          Thread.sleep(pause);
          for (var change : changes()) {
            if (change.task().equals(REGRETTED)) {
              engine.execute(
                  new MergeCommand.Revert(change.id(), "it counts what was taken out again"), null);
            }
          }
        });
  }

  /** How many answers were begun, and whether all of them are given. */
  record Given(int answers, boolean all) {}

  Given given() {
    int done = ended.get();
    int all = begun.get();
    return new Given(all, done == all);
  }

  /** Looks at the alerts until they are so, or for long enough. */
  void await(Predicate<List<SloViews.Alert>> wanted, Duration longest) throws InterruptedException {
    for (long i = 0; i < longest.dividedBy(LOOKS) && !wanted.test(alerts()); i++) {
      Thread.sleep(LOOKS);
    }
  }

  private List<SloViews.Alert> alerts() {
    return DemoReport.alerts(engine);
  }

  /** Freezes the merge queue until what follows stands in line. */
  private void gather() {
    act(
        () -> {
          engine.execute(new MergeCommand.Freeze("what follows deliveries goes together"), null);
          unfreezeOnce(this::gathered, GATHERING);
        });
  }

  private boolean gathered() {
    return changes().stream()
            .filter(c -> GATHERED.contains(c.task()))
            .filter(c -> c.state() == ChangeViews.ChangeState.QUEUED)
            .count()
        == GATHERED.size();
  }

  private List<ChangeViews.Change> changes() {
    return engine.snapshot(Set.of(Topic.CHANGE)).things().get(Topic.CHANGE).stream()
        .map(ChangeViews.Change.class::cast)
        .toList();
  }

  private void act(Command command, Predicate<List<SloViews.Alert>> when) {
    act(
        () -> {
          Thread.sleep(pause);
          await(when, PATIENCE);
          engine.execute(command, null);
        });
  }

  /** What a person does. */
  private interface Act {
    void run() throws InterruptedException;
  }

  private void act(Act what) {
    begun.incrementAndGet();
    Thread.ofVirtual()
        .name("demo-person")
        .start(
            () -> {
              try {
                what.run();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              } catch (HiveException e) {
                LOG.warn("the demo's person was refused: {}", e.getMessage());
              } finally {
                ended.incrementAndGet();
              }
            });
  }

  @Override
  public void close() {
    subscription.close();
  }
}
