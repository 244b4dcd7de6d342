package dev.hivedeck.engine.api;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import io.undertow.server.HttpServerExchange;

/** How long the headers of a request may be, whoever sends it: that is looked at before a token. */
public final class HeaderSize {
  private static final int MOST = 32_768;

  private HeaderSize() {}

  /**
   * Looks at them.
   *
   * @throws HiveException {@code headers-too-large}
   */
  public static void check(HttpServerExchange x) {
    long size = x.getRequestURI().length() + (long) x.getQueryString().length();
    for (var values : x.getRequestHeaders()) {
      for (String value : values) {
        size += values.getHeaderName().length() + (long) value.length();
      }
    }
    if (size > MOST) {
      throw new HiveException(
          ErrorCode.HEADERS_TOO_LARGE,
          String.format(
              "The headers of this request have %,d bytes; at most %,d pass.", size, MOST),
          "Send what is long as the body.");
    }
  }
}
