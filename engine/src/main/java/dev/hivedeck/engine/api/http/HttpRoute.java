package dev.hivedeck.engine.api.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.EngineApi;
import java.util.List;
import java.util.Optional;

/**
 * One operation of the HTTP API. Its handler, its part of {@code openapi.yaml} and its place in the
 * tests follow from this.
 *
 * @param id what a generated client calls it
 * @param path with {@code {id}} where the thing's id stands
 * @param parameters of the query string; a request with others is refused
 * @param body what is sent, or null for nothing
 * @param answer what comes back
 * @param successor the path that has taken its place, or null while it is current
 */
public record HttpRoute(
    String method,
    String path,
    String id,
    String summary,
    List<Parameter> parameters,
    Body body,
    Answer answer,
    String successor,
    Handler handler) {

  /**
   * A parameter of the query string.
   *
   * @param type {@code string}, {@code integer} or {@code boolean}
   * @param words the only values there are; empty for any
   */
  public record Parameter(String name, String type, List<String> words, String description) {}

  /**
   * A request's body: a command or a query without its type, and without what the path says.
   *
   * @param type its word, as the feed has it; {@link #SAMPLES}, {@link #WEBHOOK} or {@link
   *     #ALERTS}; null for a command that names its own
   * @param path the field that stands in the path, or null
   */
  public record Body(String type, String path) {
    /** One sample of a service, or a list of them. */
    public static final String SAMPLES = "samples";

    /** What a webhook of Alertmanager sends. */
    public static final String WEBHOOK = "webhook";

    /** Alerts as Prometheus sends them to an Alertmanager. */
    public static final String ALERTS = "alerts";
  }

  /**
   * What comes back.
   *
   * @param type a record; {@code Object} for any JSON, {@code String} for a text
   * @param list whether there are several
   */
  public record Answer(Class<?> type, boolean list) {}

  /** What a handler sees of a request. */
  public interface Call {
    /** The id in the path. */
    String id();

    Optional<String> parameter(String name);

    /** What was sent, whatever it is. */
    JsonNode sent();

    /** What was sent, an object; empty when nothing was. */
    ObjectNode body();

    /** Runs a command in the caller's name, with the key and the correlation of the request. */
    Object execute(Command command);
  }

  /** Answers one request. */
  @FunctionalInterface
  public interface Handler {
    Object answer(EngineApi engine, Call call);
  }

  /** The same at a path that it had before. */
  public HttpRoute formerly(String former, String name) {
    return new HttpRoute(method, former, name, summary, parameters, body, answer, path, handler);
  }

  /** Whether it takes metrics in, so that a token that may only push opens it. */
  public boolean takesMetrics() {
    return body != null && Body.SAMPLES.equals(body.type());
  }

  public Optional<Parameter> parameter(String name) {
    return parameters.stream().filter(p -> p.name().equals(name)).findFirst();
  }
}
