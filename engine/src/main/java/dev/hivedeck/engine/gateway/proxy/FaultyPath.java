package dev.hivedeck.engine.gateway.proxy;

import dev.hivedeck.engine.gateway.proxy.TrafficFault.Outcome;
import io.undertow.server.Connectors;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.SameThreadExecutor;
import io.undertow.util.WorkerUtils;
import java.util.concurrent.TimeUnit;
import org.xnio.IoUtils;

/** Has a request suffer a fault before it is sent on, if it still is then. */
final class FaultyPath {
  private static final int ERROR = 503;
  private static final int NO_ANSWER = 502;

  private FaultyPath() {}

  static void send(HttpServerExchange exchange, TrafficFault fault, HttpHandler on)
      throws Exception {
    if (fault.delay().isZero()) {
      suffer(exchange, fault.next(), on);
      return;
    }
    exchange.dispatch(
        SameThreadExecutor.INSTANCE,
        () ->
            WorkerUtils.executeAfter(
                exchange.getIoThread(),
                () -> Connectors.executeRootHandler(x -> suffer(x, fault.next(), on), exchange),
                fault.delay().toMillis(),
                TimeUnit.MILLISECONDS));
  }

  private static void suffer(HttpServerExchange exchange, Outcome outcome, HttpHandler on)
      throws Exception {
    var call = exchange.getAttachment(ProxiedCall.KEY);
    switch (outcome) {
      case SENT -> on.handleRequest(exchange);
      case ERROR -> {
        call.suffered();
        exchange.setStatusCode(ERROR);
        exchange.endExchange();
      }
      case ABORT -> {
        exchange.setStatusCode(NO_ANSWER);
        call.over(exchange);
        IoUtils.safeClose(exchange.getConnection());
      }
    }
  }
}
