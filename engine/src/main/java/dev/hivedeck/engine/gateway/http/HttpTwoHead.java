package dev.hivedeck.engine.gateway.http;

import dev.hivedeck.engine.gateway.framing.Framing;
import dev.hivedeck.engine.gateway.framing.Malformed;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/** A request that came by HTTP/2, held to what it becomes behind the gateway: one of HTTP/1.1. */
final class HttpTwoHead {
  private HttpTwoHead() {}

  /** Why it could not be written as HTTP/1.1; null where it could. */
  static @Nullable Malformed malformed(HttpServerExchange exchange) {
    var sent = exchange.getRequestHeaders();
    if (sent.contains(Headers.TRANSFER_ENCODING) && !isFirstAfterUpgrade(exchange)) {
      return Malformed.ENCODING;
    }
    var headers = new ArrayList<String>();
    for (var values : sent) {
      for (String value : values) {
        headers.add(values.getHeaderName().toString());
        headers.add(value);
      }
    }
    String query = exchange.getQueryString();
    String target = exchange.getRequestURI() + (query.isEmpty() ? "" : "?" + query);
    return Framing.ofHead(exchange.getRequestMethod().toString(), target, headers);
  }

  /** That one came as HTTP/1.1, and its body is read already. */
  private static boolean isFirstAfterUpgrade(HttpServerExchange exchange) {
    return exchange.getRequestHeaders().contains("HTTP2-Settings");
  }
}
