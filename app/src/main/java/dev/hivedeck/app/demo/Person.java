package dev.hivedeck.app.demo;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Door;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.Views;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers and approves in the place of the person who is not there when the demo has no window. */
final class Person implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Person.class);

  private final Door door;
  private final Door.Subscription subscription;

  Person(Door door) {
    this.door = door;
    this.subscription = door.subscribe(door.stats().seq(), this::happened);
  }

  private void happened(List<Event> events) {
    for (var event : events) {
      if (event.data() == null) {
        continue;
      }
      if (event.type().equals("decision.opened")) {
        var decision = Json.as(event.data(), Views.Decision.class);
        act(new Command.Decide(decision.id(), decision.options().getFirst(), "The demo decides."));
      } else if (event.topic() == Topic.CHANGE && event.type().equals("change.opened")) {
        var change = Json.as(event.data(), Views.Change.class);
        if (change.review().equals("wanted")) {
          act(new Command.ApproveChange(change.id(), "The demo approves."));
        }
      }
    }
  }

  private void act(Command command) {
    Thread.ofVirtual()
        .name("demo-person")
        .start(
            () -> {
              try {
                door.execute(command, null);
              } catch (HiveException e) {
                LOG.warn("{} was refused: {}", command, e.getMessage());
              }
            });
  }

  @Override
  public void close() {
    subscription.close();
  }
}
