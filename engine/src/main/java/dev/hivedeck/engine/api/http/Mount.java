package dev.hivedeck.engine.api.http;

import dev.hivedeck.engine.api.Access;
import io.undertow.server.HttpServerExchange;

/**
 * Something of its own behind the HTTP door. The door has looked at where a request comes from, and
 * at its token; what it may do is the mount's to say.
 */
public interface Mount {
  /** The one path that it answers at. */
  String path();

  /** Answers a request; on a thread of the server, so it must not block there. */
  void handle(HttpServerExchange exchange, Access.Caller caller) throws Exception;
}
