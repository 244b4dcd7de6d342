package dev.hivedeck.engine.api.http;

import dev.hivedeck.engine.api.Authenticator;
import io.undertow.server.HttpServerExchange;

/**
 * Something of its own behind the HTTP door. The door has looked at where a request comes from, and
 * at its token; what it may do is the mount's to say.
 */
public interface HttpEndpoint {
  /** The one path that it answers at. */
  String path();

  /** Answers a request; on a thread of the server, so it must not block there. */
  void handle(HttpServerExchange exchange, Authenticator.Caller caller) throws Exception;
}
