package dev.hivedeck.engine.gateway;

import dev.hivedeck.engine.gateway.framing.Malformed;
import dev.hivedeck.engine.protocol.Json;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.Protocols;
import java.nio.charset.StandardCharsets;

/** What the gateway answers by itself: what happened and what helps, as the engine's API does. */
enum GatewayFault {
  NO_SERVICE(
      404,
      "no-service",
      "GET /v1/gateway of the engine, or hivedeck gateway, lists what there is."),
  BAD_PATH(400, "bad-path", "Send a path without . and .. in it."),
  NO_VERSION(404, "no-version", "hivedeck gateway lists the versions there are."),
  ORIGIN(403, "origin-refused", "Add the origin to cors of the service in hive.yaml."),
  TOO_MANY(429, "too-many-requests", "Come again after the seconds in Retry-After."),
  TOO_LARGE(413, "too-large", "Send less, or raise maxBody of the service in hive.yaml."),
  HEADERS_TOO_LARGE(431, "headers-too-large", "Send what is long as the body."),
  BAD_MESSAGE(400, "bad-message", "Send HTTP/1.1 as RFC 9112 has it."),
  SLOW(408, "too-slow", "Send the whole request at once."),
  NO_TUNNEL(405, "no-tunnel", "The gateway leads to services only."),
  NO_INSTANCE(503, "no-instance", "hivedeck gateway shows its instances; start one."),
  INJECTED(503, "injected-fault", "hivedeck gateway fault SERVICE --clear ends that."),
  NO_ANSWER(502, "no-answer", "Look at the log of the service."),
  LATE(504, "late", "Raise timeout of the service in hive.yaml, or look why it is slow.");

  private final int status;
  private final String code;
  private final String hint;

  GatewayFault(int status, String code, String hint) {
    this.status = status;
    this.code = code;
    this.hint = hint;
  }

  /** Ends an exchange, and its connection, since what was sent is no message of HTTP. */
  static void malformed(HttpServerExchange exchange, Malformed why) {
    exchange.setPersistent(false);
    exchange.getResponseHeaders().clear();
    if (!exchange.getProtocol().equals(Protocols.HTTP_2_0)) { // that one knows no such header
      exchange.getResponseHeaders().put(Headers.CONNECTION, "close");
    }
    var fault =
        switch (why) {
          case SLOW -> SLOW;
          case HEAD_SIZE -> HEADERS_TOO_LARGE;
          default -> BAD_MESSAGE;
        };
    fault.answer(exchange, why.message());
  }

  /** Ends the exchange by saying this. */
  void answer(HttpServerExchange exchange, String message) {
    exchange.setStatusCode(status);
    exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "application/json");
    exchange
        .getResponseSender()
        .send(
            Json.write(Json.object().put("code", code).put("message", message).put("hint", hint)),
            StandardCharsets.UTF_8);
  }
}
