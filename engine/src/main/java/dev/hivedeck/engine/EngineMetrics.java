package dev.hivedeck.engine;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.metric.EngineMetric;
import dev.hivedeck.engine.metric.MetricRegistry;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.EventType;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.event.AgentEvent;
import dev.hivedeck.engine.protocol.event.AttemptEvent;
import dev.hivedeck.engine.protocol.event.ChangeEvent;
import dev.hivedeck.engine.protocol.event.TaskEvent;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the engine counts of itself, from its own events. What began before the engine did is not
 * measured, rather than measured wrongly.
 */
final class EngineMetrics {
  private static final Set<EventType> TASK_ENDS =
      Set.of(TaskEvent.DONE, TaskEvent.DEAD, TaskEvent.CANCELLED);

  private final MetricRegistry registry;
  private final Clock clock;

  /** Since when a task waits for an agent, by its id; it is taken out when one begins. */
  private final Map<String, Instant> ready = new HashMap<>();

  /** When a task failed first, by its id, until it succeeds or is given up. */
  private final Map<String, Instant> failed = new HashMap<>();

  /** When its agent began with an attempt, by its id, until it said something. */
  private final Map<String, Instant> silent = new HashMap<>();

  /** When its agent began with an attempt, by its id, until it is over. */
  private final Map<String, Instant> working = new HashMap<>();

  private final Map<String, Spell> agents = new HashMap<>();

  /** What an agent has been doing, and since when it is not counted. */
  private record Spell(String state, Instant since) {}

  EngineMetrics(MetricRegistry registry, Clock clock) {
    this.registry = registry;
    this.clock = clock;
  }

  synchronized void happened(List<Event> events) {
    for (var event : events) {
      registry.counter(EngineMetric.EVENTS.of(event.type().word())).increment();
      seconds(EngineMetric.EVENT_LAG, event.at(), clock.instant());
      if (event.topic() == Topic.TASK) {
        task(event);
      } else if (event.data() != null) {
        if (event.topic() == Topic.ATTEMPT) {
          attempt(event, event.data());
        } else if (event.topic() == Topic.AGENT) {
          agent(event, event.data().path("state").asText());
        } else if (event.topic() == Topic.CHANGE) {
          change(event, event.data());
        }
      } else if (event.type() == AgentEvent.REMOVED) {
        agents.remove(event.id());
      }
    }
  }

  /** Counts what has gone on until now. */
  synchronized void tick() {
    Instant now = clock.instant();
    for (var agent : Map.copyOf(agents).entrySet()) {
      agents.put(agent.getKey(), counted(agent.getKey(), agent.getValue(), now));
    }
  }

  private void seconds(EngineMetric metric, Instant from, Instant to, String... labels) {
    var took = Duration.between(from, to);
    if (!took.isNegative()) { // after a jump of the clock nobody knows
      registry.histogram(metric.of(labels)).observe(took.toMillis() / 1e3);
    }
  }

  private void task(Event event) {
    if (TASK_ENDS.contains(event.type())) {
      registry.counter(EngineMetric.TASKS.of(event.type().verb())).increment();
      ready.remove(event.id());
      if (event.type() != TaskEvent.DONE) {
        failed.remove(event.id());
      }
    } else if (event.data() != null) {
      if (event.data().path("state").asText().equals("ready")) {
        ready.putIfAbsent(event.id(), event.at());
      } else if (!event.data().path("state").asText().equals("running")) {
        ready.remove(event.id()); // it waits for something else than an agent
      }
    }
  }

  private void attempt(Event event, JsonNode attempt) {
    String agent = attempt.path("agent").asText();
    switch (event.type()) {
      case AttemptEvent.PREPARING -> {
        Instant since = ready.remove(attempt.path("task").asText());
        if (since != null) {
          seconds(EngineMetric.QUEUE_WAIT, since, event.at(), agent);
        }
      }
      case AttemptEvent.WORKING -> {
        if (working.putIfAbsent(event.id(), event.at()) == null) {
          silent.put(event.id(), event.at());
        }
      }
      default -> {}
    }
    if (attempt.path("tokensOut").asLong() > 0 || attempt.hasNonNull("activity")) {
      Instant since = silent.remove(event.id());
      if (since != null) {
        seconds(EngineMetric.FIRST_TOKEN, since, event.at(), agent);
      }
    }
    if (AttemptEvent.ends(event.type())) {
      ended(event, attempt, agent);
    }
  }

  private void ended(Event event, JsonNode attempt, String agent) {
    String outcome = attempt.path("state").asText();
    registry.counter(EngineMetric.ATTEMPTS.of(agent, outcome)).increment();
    if (attempt.hasNonNull("startedAt") && attempt.hasNonNull("endedAt")) {
      seconds(
          EngineMetric.ATTEMPT_SECONDS,
          Instant.parse(attempt.path("startedAt").asText()),
          Instant.parse(attempt.path("endedAt").asText()),
          agent);
    }
    if (attempt.hasNonNull("cost")) {
      registry
          .histogram(EngineMetric.ATTEMPT_COST.of(agent))
          .observe(attempt.path("cost").asDouble());
    }
    for (var gate : attempt.path("gates")) {
      registry
          .histogram(EngineMetric.GATE_SECONDS.of(gate.path("gate").asText()))
          .observe(gate.path("seconds").asDouble());
    }
    tokens(event, attempt, agent);
    String task = attempt.path("task").asText();
    switch (outcome) {
      case "succeeded" -> {
        Instant since = failed.remove(task);
        if (since != null) {
          seconds(EngineMetric.RECOVERY, since, event.at());
        }
      }
      case "failed", "lost" -> failed.putIfAbsent(task, event.at());
      default -> {}
    }
  }

  private void tokens(Event event, JsonNode attempt, String agent) {
    silent.remove(event.id());
    Instant began = working.remove(event.id());
    long read = attempt.path("tokensIn").asLong();
    long written = attempt.path("tokensOut").asLong();
    if (read + written == 0) {
      return; // an agent that does not tell
    }
    registry.counter(EngineMetric.TOKENS.of(agent, "in")).add(read);
    registry.counter(EngineMetric.TOKENS.of(agent, "out")).add(written);
    double seconds = began == null ? 0 : Duration.between(began, event.at()).toMillis() / 1e3;
    if (written > 0 && seconds > 0) {
      registry.histogram(EngineMetric.TOKEN_RATE.of(agent)).observe(written / seconds);
    }
  }

  private void agent(Event event, String state) {
    var before = agents.get(event.id());
    if (before == null) {
      agents.put(event.id(), new Spell(state, event.at()));
    } else if (!before.state().equals(state)) {
      var counted = counted(event.id(), before, event.at());
      agents.put(event.id(), new Spell(state, counted.since()));
    }
  }

  /** Whole seconds are counted; what is left of them counts later. */
  private Spell counted(String agent, Spell spell, Instant until) {
    long seconds = Duration.between(spell.since(), until).toSeconds();
    if (seconds < 0) {
      return new Spell(spell.state(), until); // the clock was set back
    }
    registry.counter(EngineMetric.AGENT_SECONDS.of(agent, spell.state())).add(seconds);
    return new Spell(spell.state(), spell.since().plusSeconds(seconds));
  }

  private void change(Event event, JsonNode change) {
    if (event.type() == ChangeEvent.MERGED && change.hasNonNull("openedAt")) {
      seconds(EngineMetric.MERGE_LEAD, Instant.parse(change.path("openedAt").asText()), event.at());
    }
  }
}
