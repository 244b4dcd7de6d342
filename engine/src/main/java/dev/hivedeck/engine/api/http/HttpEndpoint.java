package dev.hivedeck.engine.api.http;

import dev.hivedeck.engine.api.Authenticator;
import dev.hivedeck.engine.security.TokenScope;
import io.undertow.server.HttpServerExchange;

/**
 * Something of its own at a path of the HTTP API. That has looked at where a request comes from,
 * and at its token; what it may do is the mount's to say.
 */
public interface HttpEndpoint {
  /**
   * The one path that it answers at; or, where it {@link #serves} several, what they begin with.
   */
  String path();

  /** Whether a path is one of its own. */
  default boolean serves(String path) {
    return path.equals(path());
  }

  /** Whether it answers without a token, to anybody on this machine. */
  default boolean isPublic() {
    return false;
  }

  /** Whether a token of this scope, which opens nothing else, opens it. */
  default boolean opensTo(TokenScope scope) {
    return false;
  }

  /** Whether programs may come only so often: what asks nothing but memory need not say so. */
  default boolean isLimited() {
    return true;
  }

  /** Whether it may block: then it is called on a thread for that, and may read the request. */
  default boolean blocks() {
    return false;
  }

  /**
   * Answers a request; where it does not {@link #blocks}, on a thread of the server.
   *
   * @param caller null where it is {@link #isPublic} and no token was looked at
   */
  void handle(HttpServerExchange exchange, Authenticator.Caller caller) throws Exception;
}
