package dev.hivedeck.engine.gateway;

import dev.hivedeck.engine.config.gateway.GatewayConfig.ServiceRoute;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.Cookie;
import io.undertow.server.handlers.CookieImpl;
import io.undertow.util.Headers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a visitor keeps their version by. */
final class VisitorKey {
  static final String COOKIE = "hivedeck-visitor";
  private static final int LONGEST = 256;
  private static final int YEAR = 365 * 24 * 60 * 60;
  private static final String BASIC = "Basic ";

  private final Supplier<String> ids;

  /**
   * @param ids makes the keys of visitors who come for the first time
   */
  VisitorKey(Supplier<String> ids) {
    this.ids = ids;
  }

  /** The key of whoever asks; null where nothing tells. */
  @Nullable String of(HttpServerExchange exchange, ServiceRoute service) {
    return switch (service.stickyBy()) {
      case NONE -> null;
      case COOKIE -> cookie(exchange);
      case HEADER -> exchange.getRequestHeaders().getFirst(service.header());
      case USER -> user(exchange.getRequestHeaders().getFirst(Headers.AUTHORIZATION));
    };
  }

  private String cookie(HttpServerExchange exchange) {
    Cookie sent = exchange.getRequestCookie(COOKIE);
    if (sent != null && !sent.getValue().isEmpty() && sent.getValue().length() <= LONGEST) {
      return sent.getValue();
    }
    String key = ids.get();
    exchange.setResponseCookie(
        new CookieImpl(COOKIE, key)
            .setPath("/")
            .setHttpOnly(true)
            .setSameSiteMode("Lax")
            .setMaxAge(YEAR));
    return key;
  }

  /** The name that Basic authorisation says; of any other the whole value. */
  private static @Nullable String user(@Nullable String authorization) {
    if (authorization == null || !authorization.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
      return authorization;
    }
    try {
      String both =
          new String(
              Base64.getDecoder().decode(authorization.substring(BASIC.length()).strip()),
              StandardCharsets.UTF_8);
      int colon = both.indexOf(':');
      return colon < 0 ? both : both.substring(0, colon);
    } catch (IllegalArgumentException e) {
      return authorization;
    }
  }
}
