package dev.hivedeck.engine.gateway.proxy;

import dev.hivedeck.engine.gateway.framing.Framing;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Headers that are meant for the next one on the way alone, as RFC 9110 has it in 7.6.1: {@code
 * Connection}, those that it names, and some that never go further.
 */
public final class HopByHop {
  private static final HttpString HTTP2_SETTINGS = new HttpString("HTTP2-Settings");
  private static final HttpString KEEP_ALIVE = new HttpString("Keep-Alive");
  private static final HttpString PROXY_CONNECTION = new HttpString("Proxy-Connection");
  private static final String WEBSOCKET = "websocket";

  /** They say where the message goes and where it ends; whoever names them is not listened to. */
  private static final Set<HttpString> NEEDED =
      Set.of(
          Headers.HOST,
          Headers.CONTENT_LENGTH,
          Headers.TRANSFER_ENCODING,
          Headers.TRAILER,
          Headers.UPGRADE);

  private HopByHop() {}

  /** Takes them out of a request. An upgrade stays where it is one to WebSocket. */
  public static void removeFromRequest(HttpServerExchange exchange) {
    var headers = exchange.getRequestHeaders();
    var named = named(headers);
    if (named.contains(Headers.CLOSE)) { // which Undertow does not see beside others
      exchange.setPersistent(false);
    }
    boolean upgrades = named.contains(Headers.UPGRADE) && isToWebSocket(headers);
    remove(headers, named);
    headers.remove(Headers.TE);
    headers.remove(HTTP2_SETTINGS);
    headers.remove(Headers.UPGRADE);
    if (upgrades) {
      headers.put(Headers.CONNECTION, "Upgrade");
      headers.put(Headers.UPGRADE, WEBSOCKET);
    }
  }

  private static boolean isToWebSocket(HeaderMap headers) {
    return headers.contains(Headers.UPGRADE)
        && headers.get(Headers.UPGRADE).size() == 1
        && headers.getFirst(Headers.UPGRADE).strip().equalsIgnoreCase(WEBSOCKET);
  }

  /** Takes them out of an answer; one that ends HTTP/1.1 on the connection keeps saying so. */
  static void removeFromAnswer(HeaderMap headers, int status) {
    remove(headers, named(headers));
    if (status == 101) {
      headers.put(Headers.CONNECTION, "Upgrade");
    } else {
      headers.remove(Headers.UPGRADE);
    }
  }

  /** Trailers that may go on: each is one line, and says nothing of where a message ends. */
  static HeaderMap trailers(HeaderMap came) {
    var plain = new HeaderMap();
    for (var values : came) {
      String name = values.getHeaderName().toString();
      for (String value : values) {
        if (!NEEDED.contains(values.getHeaderName())
            && Framing.ofHead("GET", "/", List.of("Host", "", name, value)) == null) {
          plain.add(values.getHeaderName(), value);
        }
      }
    }
    return plain;
  }

  private static void remove(HeaderMap headers, Set<HttpString> named) {
    for (var name : named) {
      if (!NEEDED.contains(name)) {
        headers.remove(name);
      }
    }
    headers.remove(Headers.CONNECTION);
    headers.remove(KEEP_ALIVE);
    headers.remove(PROXY_CONNECTION);
  }

  private static Set<HttpString> named(HeaderMap headers) {
    var names = new HashSet<HttpString>();
    if (headers.contains(Headers.CONNECTION)) {
      for (String line : headers.get(Headers.CONNECTION)) {
        for (String name : line.split(",")) {
          if (!name.isBlank()) {
            names.add(new HttpString(name.strip()));
          }
        }
      }
    }
    return names;
  }
}
