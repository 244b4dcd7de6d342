package dev.hivedeck.engine.api.feed;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.failure.ErrorCode;

/** The messages of JSON-RPC 2.0, written and read. */
final class JsonRpc {
  static final int PARSE_ERROR = -32700;
  static final int INVALID_REQUEST = -32600;
  static final int NO_METHOD = -32601;
  static final int INTERNAL_ERROR = -32603;

  /** The engine refuses what was asked. */
  static final int REFUSED = -32000;

  static final int NOT_KNOWN = -32001;
  static final int OTHER_PROTOCOL = -32002;
  static final int TOO_MANY_CLIENTS = -32003;

  private JsonRpc() {}

  /** What somebody asks. */
  record Request(JsonNode id, String method, JsonNode params) {}

  /** What was sent is no request. */
  static final class Malformed extends Exception {
    private static final long serialVersionUID = 1;
    private final int number;
    private final transient HiveException.Fault fault;

    Malformed(int number, HiveException.Fault fault) {
      super(fault.message());
      this.number = number;
      this.fault = fault;
    }

    int number() {
      return number;
    }

    HiveException.Fault fault() {
      return fault;
    }
  }

  /**
   * @throws Malformed when it is no request
   */
  static Request read(String text) throws Malformed {
    JsonNode request;
    try {
      request = Json.MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new Malformed(
          PARSE_ERROR,
          HiveException.Fault.of(
              ErrorCode.BAD_JSON, "Not JSON: " + e.getOriginalMessage(), "Send JSON-RPC 2.0."));
    }
    JsonNode id = request.get("id");
    if (id == null || !id.isValueNode() || !request.path("method").isTextual()) {
      throw new Malformed(
          INVALID_REQUEST,
          HiveException.Fault.of(
              ErrorCode.BAD_REQUEST, "Not a JSON-RPC 2.0 request.", "Send id and method."));
    }
    return new Request(id, request.get("method").asText(), request.path("params"));
  }

  static String notification(String method, JsonNode params) {
    ObjectNode message = Json.object().put("jsonrpc", "2.0").put("method", method);
    message.set("params", params);
    return Json.write(message);
  }

  static String answer(JsonNode id, JsonNode result) {
    ObjectNode message = Json.object().put("jsonrpc", "2.0");
    message.set("id", id);
    message.set("result", result);
    return Json.write(message);
  }

  static String error(JsonNode id, int number, HiveException.Fault fault) {
    ObjectNode message = Json.object().put("jsonrpc", "2.0");
    message.set("id", id);
    ObjectNode error =
        message.putObject("error").put("code", number).put("message", fault.message());
    error.set("data", Json.tree(fault));
    return Json.write(message);
  }
}
