package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.metric.EngineMetric;
import dev.hivedeck.engine.metric.MetricRegistry;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.GateViews;
import dev.hivedeck.engine.time.VirtualTime;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the engine measures of itself is what happened, and nothing that it did not see. */
class EngineMetricsTest {
  private final VirtualTime time = new VirtualTime();
  private final MetricRegistry registry = new MetricRegistry();
  private final EngineMetrics metrics = new EngineMetrics(registry, time.clock());

  private void happens(String type, Topic topic, String id, ObjectNode data) {
    metrics.happened(
        List.of(Event.of(1, time.clock().instant(), "c", type, topic, id, null, data)));
  }

  private static ObjectNode state(String state) {
    return Json.object().put("state", state);
  }

  private static ObjectNode attempt(String state) {
    return state(state).put("agent", "maker").put("task", "T-1");
  }

  private static GateViews.GateResult gate(String name, double seconds) {
    return new GateViews.GateResult(
        name, "attempt", GateViews.Outcome.PASSED, "", List.of(), seconds);
  }

  private double mean(EngineMetric metric, String... labels) {
    var histogram = registry.histogram(metric.of(labels)).histogram();
    return histogram.count() == 0 ? Double.NaN : histogram.sum() / histogram.count();
  }

  private void pass(int seconds) {
    time.advance(Duration.ofSeconds(seconds));
  }

  @Test
  void aTasksWayIsMeasured() {
    happens("task.ready", Topic.TASK, "T-1", state("ready"));
    pass(7);
    happens("attempt.preparing", Topic.ATTEMPT, "T-1.1", attempt("preparing"));
    pass(1);
    happens("attempt.working", Topic.ATTEMPT, "T-1.1", attempt("working"));
    pass(3);
    happens("attempt.progressed", Topic.ATTEMPT, "T-1.1", attempt("working").put("activity", "x"));
    pass(2);
    var gates = attempt("failed");
    gates.putArray("gates").add(Json.tree(gate("lint", 1.5)));
    happens("attempt.failed", Topic.ATTEMPT, "T-1.1", gates);
    pass(10);
    happens("attempt.working", Topic.ATTEMPT, "T-1.2", attempt("working"));
    pass(20);
    happens(
        "attempt.succeeded",
        Topic.ATTEMPT,
        "T-1.2",
        attempt("succeeded").put("tokensIn", 1_000).put("tokensOut", 50).put("cost", 0.5));
    happens("task.done", Topic.TASK, "T-1", state("done"));
    happens(
        "change.merged",
        Topic.CHANGE,
        "C-1",
        Json.object().put("openedAt", time.clock().instant().minusSeconds(40).toString()));
    assertThat(mean(EngineMetric.GATE_SECONDS, "lint")).isEqualTo(1.5);
    assertThat(mean(EngineMetric.QUEUE_WAIT, "maker")).isEqualTo(7);
    assertThat(mean(EngineMetric.FIRST_TOKEN, "maker")).isEqualTo((3 + 20) / 2.0);
    assertThat(mean(EngineMetric.RECOVERY)).isEqualTo(30);
    assertThat(mean(EngineMetric.TOKEN_RATE, "maker")).isEqualTo(2.5);
    assertThat(mean(EngineMetric.MERGE_LEAD)).isEqualTo(40);
    assertThat(registry.counter(EngineMetric.TOKENS.of("maker", "in")).count()).isEqualTo(1_000);
    assertThat(registry.counter(EngineMetric.TASKS.of("done")).count()).isEqualTo(1);
    assertThat(registry.histogram(EngineMetric.ATTEMPT_COST.of("maker")).histogram().count())
        .as("of the attempt whose cost is not known there is none")
        .isEqualTo(1);
  }

  @Test
  void whatWasNotSeenIsNotMeasured() {
    happens("attempt.preparing", Topic.ATTEMPT, "T-1.1", attempt("preparing"));
    happens("attempt.succeeded", Topic.ATTEMPT, "T-1.1", attempt("succeeded"));
    assertThat(mean(EngineMetric.QUEUE_WAIT, "maker")).isNaN();
    assertThat(mean(EngineMetric.RECOVERY)).isNaN();
    assertThat(mean(EngineMetric.FIRST_TOKEN, "maker")).isNaN();
    assertThat(mean(EngineMetric.TOKEN_RATE, "maker")).isNaN();
    happens("task.ready", Topic.TASK, "T-2", state("ready"));
    pass(50);
    happens("task.paused", Topic.TASK, "T-2", state("paused"));
    pass(50);
    happens("task.ready", Topic.TASK, "T-2", state("ready"));
    pass(5);
    happens("attempt.preparing", Topic.ATTEMPT, "T-2.1", attempt("preparing").put("task", "T-2"));
    assertThat(mean(EngineMetric.QUEUE_WAIT, "maker")).as("not while paused").isEqualTo(5);
  }

  @Test
  void anAgentsTimeIsCountedByWhatItDoes() {
    happens("agent.configured", Topic.AGENT, "maker", state("idle"));
    pass(10);
    metrics.tick();
    time.advance(Duration.ofMillis(500));
    metrics.tick();
    time.advance(Duration.ofMillis(1_500));
    happens("agent.changed", Topic.AGENT, "maker", state("running"));
    pass(30);
    metrics.tick();
    assertThat(registry.counter(EngineMetric.AGENT_SECONDS.of("maker", "idle")).count())
        .isEqualTo(12);
    assertThat(registry.counter(EngineMetric.AGENT_SECONDS.of("maker", "running")).count())
        .isEqualTo(30);
    metrics.happened(
        List.of(
            Event.of(
                2, time.clock().instant(), "c", "agent.removed", Topic.AGENT, "maker", "", null)));
    pass(30);
    metrics.tick();
    assertThat(registry.counter(EngineMetric.AGENT_SECONDS.of("maker", "running")).count())
        .isEqualTo(30);
  }
}
