package dev.hivedeck.engine.metric.export;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.event.AttemptEvent;
import dev.hivedeck.engine.protocol.event.ChangeEvent;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;

/**
 * Spans of what happened, named as OpenTelemetry names them (<a
 * href="https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-agent-spans/">generative AI
 * agents</a>, <a
 * href="https://opentelemetry.io/docs/specs/semconv/registry/attributes/vcs/">version control</a>):
 * a trace for each attempt, with its gates and the merge of its change. Gates have no times of
 * their own, only how long they took; they stand one after the other.
 */
final class Spans implements AutoCloseable {
  /** Spans that wait to be sent; later ones are let go of. */
  static final int MOST = 2_048;

  /** Attempts whose merge may still come. */
  private static final int MOST_REMEMBERED = 1_000;

  private final ArrayBlockingQueue<SpanData> ended = new ArrayBlockingQueue<>(MOST);
  private final SdkTracerProvider provider;
  private final Tracer tracer;

  /** When the gates of an attempt began, by its id. */
  private final Map<String, Instant> checking = remembering();

  private final Map<String, SpanContext> attempts = remembering();

  Spans(Resource resource) {
    this.provider =
        SdkTracerProvider.builder()
            .setResource(resource)
            .addSpanProcessor(
                new SpanProcessor() {
                  @Override
                  public void onStart(Context parent, ReadWriteSpan span) {
                    // Nothing is to be done before it has ended.
                  }

                  @Override
                  public boolean isStartRequired() {
                    return false;
                  }

                  @Override
                  public void onEnd(ReadableSpan span) {
                    ended.offer(span.toSpanData());
                  }

                  @Override
                  public boolean isEndRequired() {
                    return true;
                  }
                })
            .build();
    this.tracer = provider.get("hivedeck");
  }

  private static <V> Map<String, V> remembering() {
    return new LinkedHashMap<>() {
      @Override
      protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
        return size() > MOST_REMEMBERED;
      }
    };
  }

  /** What has ended and was not sent. */
  List<SpanData> take() {
    var all = new ArrayList<SpanData>();
    ended.drainTo(all);
    return all;
  }

  /** What could not be sent waits again, as far as there is room. */
  void putBack(List<SpanData> spans) {
    spans.forEach(ended::offer);
  }

  synchronized void happened(List<Event> events) {
    for (var event : events) {
      if (event.data() == null) {
        continue;
      }
      if (event.type() == AttemptEvent.CHECKING) {
        checking.putIfAbsent(event.id(), event.at());
      } else if (AttemptEvent.ends(event.type())) {
        attempt(event.id(), event.data(), event.at());
      } else if (event.type() == ChangeEvent.MERGED) {
        merge(event.id(), event.data(), event.at());
      }
    }
  }

  private static Instant time(JsonNode node, String key, Instant otherwise) {
    return node.hasNonNull(key) ? Instant.parse(node.path(key).asText()) : otherwise;
  }

  private void attempt(String id, JsonNode attempt, Instant at) {
    Instant end = time(attempt, "endedAt", at);
    String agent = attempt.path("agent").asText();
    var span =
        tracer
            .spanBuilder("invoke_agent " + agent)
            .setNoParent()
            .setStartTimestamp(time(attempt, "startedAt", end))
            .setAttribute("gen_ai.operation.name", "invoke_agent")
            .setAttribute("gen_ai.agent.name", agent)
            .setAttribute("gen_ai.usage.input_tokens", attempt.path("tokensIn").asLong())
            .setAttribute("gen_ai.usage.output_tokens", attempt.path("tokensOut").asLong())
            .setAttribute("hivedeck.task.id", attempt.path("task").asText())
            .setAttribute("hivedeck.attempt.id", id)
            .startSpan();
    if (attempt.hasNonNull("cost")) {
      span.setAttribute("hivedeck.cost.dollars", attempt.path("cost").asDouble());
    }
    String state = attempt.path("state").asText();
    span.setAttribute("hivedeck.attempt.state", state);
    if (!state.equals("succeeded")) {
      span.setAttribute("error.type", attempt.path("reason").asText(state));
      span.setStatus(StatusCode.ERROR);
    }
    gates(span, attempt.path("gates"), checking.remove(id), end);
    span.end(end);
    attempts.put(id, span.getSpanContext());
  }

  private void gates(Span attempt, JsonNode gates, Instant began, Instant end) {
    Instant start = began == null ? end : began;
    for (var gate : gates) {
      Instant until = start.plusMillis(Math.round(gate.path("seconds").asDouble() * 1e3));
      var span =
          tracer
              .spanBuilder("gate " + gate.path("gate").asText())
              .setParent(Context.root().with(attempt))
              .setStartTimestamp(start)
              .setAttribute("cicd.pipeline.task.name", gate.path("gate").asText())
              .setAttribute(
                  "cicd.pipeline.task.run.result",
                  gate.path("outcome").asText().equals("failed") ? "failure" : "success")
              .startSpan();
      if (gate.path("outcome").asText().equals("failed")) {
        span.setStatus(StatusCode.ERROR);
      }
      span.end(until);
      start = until;
    }
  }

  private void merge(String id, JsonNode change, Instant at) {
    Instant end = time(change, "mergedAt", at);
    var builder =
        tracer
            .spanBuilder("merge")
            .setStartTimestamp(time(change, "openedAt", end))
            .setAttribute("vcs.change.id", id)
            .setAttribute("vcs.change.title", change.path("title").asText())
            .setAttribute("vcs.change.state", "merged")
            .setAttribute("vcs.ref.head.revision", change.path("merge").asText());
    var attempt = attempts.get(change.path("attempt").asText());
    if (attempt == null) {
      builder.setNoParent();
    } else {
      builder.setParent(Context.root().with(Span.wrap(attempt)));
    }
    builder.startSpan().end(end);
  }

  @Override
  public void close() {
    provider.close();
  }
}
