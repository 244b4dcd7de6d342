package dev.hivedeck.app.demo;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.DecisionViews;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
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

  /** After these a change may wait for a person. */
  private static final Set<String> ASKED = Set.of("change.opened", "change.held");

  private void happened(List<Event> events) {
    for (var event : events) {
      if (event.data() == null) {
        continue;
      }
      if (event.type().equals("decision.opened")) {
        var decision = Json.as(event.data(), DecisionViews.Decision.class);
        act(new Command.Decide(decision.id(), decision.options().getFirst(), "The demo decides."));
      } else if (ASKED.contains(event.type())) {
        var change = Json.as(event.data(), ChangeViews.Change.class);
        if (change.review().equals("wanted")) {
          act(new Command.ApproveChange(change.id(), "The demo approves.", change.head()));
        }
      }
    }
  }

  /** How many answers were begun, and whether all of them are given. */
  record Given(int answers, boolean all) {}

  Given given() {
    int done = ended.get();
    int all = begun.get();
    return new Given(all, done == all);
  }

  private void act(Command command) {
    begun.incrementAndGet();
    Thread.ofVirtual()
        .name("demo-person")
        .start(
            () -> {
              try {
                Thread.sleep(pause);
                engine.execute(command, null);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              } catch (HiveException e) {
                LOG.warn("{} was refused: {}", command, e.getMessage());
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
