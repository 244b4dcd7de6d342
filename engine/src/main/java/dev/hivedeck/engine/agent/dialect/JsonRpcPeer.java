package dev.hivedeck.engine.agent.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.protocol.Json;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * One side of a conversation in <a href="https://www.jsonrpc.org/specification">JSON-RPC 2.0</a>, a
 * message per line. It knows which answers belong to which of its questions.
 */
public final class JsonRpcPeer {
  public static final int NO_METHOD = -32601;
  public static final int BAD_PARAMS = -32602;

  /**
   * An error as an answer.
   *
   * @param text its message, with what more there is about it
   */
  public record Failure(int code, String text) {}

  private record PendingCall(
      Function<JsonNode, List<DialectEvent>> done, Function<Failure, List<DialectEvent>> failed) {}

  private final Map<Long, PendingCall> open = new HashMap<>();
  private long last;

  /** The question with which a conversation is opened. */
  public static String first(String method, ObjectNode params) {
    return question(0, method, params);
  }

  /**
   * @param done what the answer to the first question means
   * @param failed what an error means that answers it
   */
  public JsonRpcPeer(
      Function<JsonNode, List<DialectEvent>> done, Function<Failure, List<DialectEvent>> failed) {
    open.put(0L, new PendingCall(done, failed));
  }

  /** A question, and what its answer will mean. */
  public DialectEvent.Send ask(
      String method,
      ObjectNode params,
      Function<JsonNode, List<DialectEvent>> done,
      Function<Failure, List<DialectEvent>> failed) {
    open.put(++last, new PendingCall(done, failed));
    return new DialectEvent.Send(question(last, method, params));
  }

  private static String question(long id, String method, ObjectNode params) {
    var message = message().put("id", id).put("method", method);
    message.set("params", params);
    return message.toString();
  }

  /** Something that is not answered. */
  public static String notice(String method, ObjectNode params) {
    var message = message().put("method", method);
    message.set("params", params);
    return message.toString();
  }

  /** The answer to a question of the other side. */
  public static String answer(JsonNode id, JsonNode result) {
    var message = message();
    message.set("id", id);
    message.set("result", result);
    return message.toString();
  }

  public static String refusal(JsonNode id, int code, String text) {
    var message = message();
    message.set("id", id);
    message.putObject("error").put("code", code).put("message", text);
    return message.toString();
  }

  private static ObjectNode message() {
    return Json.object().put("jsonrpc", "2.0");
  }

  /** What a message means, if it answers one of the questions. */
  public Optional<List<DialectEvent>> answered(JsonNode message) {
    if (message.has("method") || !(message.has("result") || message.has("error"))) {
      return Optional.empty();
    }
    var pendingCall = open.remove(message.path("id").asLong(-1));
    if (pendingCall == null) {
      return Optional.empty();
    }
    return Optional.of(
        message.hasNonNull("error")
            ? pendingCall.failed().apply(failure(message.get("error")))
            : pendingCall.done().apply(message.path("result")));
  }

  private static Failure failure(JsonNode error) {
    String more = EventParsing.text(error.path("data"));
    return new Failure(
        error.path("code").asInt(),
        error.path("message").asText("it failed without a word")
            + (more.isEmpty() ? "" : ": " + more));
  }
}
