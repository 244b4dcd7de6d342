package dev.hivedeck.engine.gateway.proxy;

import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.proxy.ProxyCallback;
import io.undertow.server.handlers.proxy.ProxyClient;
import io.undertow.server.handlers.proxy.ProxyConnection;
import io.undertow.util.WorkerUtils;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;

/** Finds a connection for a call, each time that it is tried; ends it when no answer comes. */
final class BackendClient implements ProxyClient {
  private static final int LATE = 504;

  @Override
  public @Nullable ProxyTarget findTarget(HttpServerExchange exchange) {
    return exchange.getAttachment(ProxiedCall.KEY);
  }

  @Override
  public void getConnection(
      ProxyTarget target,
      HttpServerExchange exchange,
      ProxyCallback<ProxyConnection> callback,
      long timeout,
      TimeUnit unit) {
    var call = (ProxiedCall) target;
    if (call.isLate()) {
      return; // it is answered
    }
    var backend = call.next();
    if (backend == null) {
      callback.couldNotResolveBackend(exchange);
      return;
    }
    long patience = call.service().settings().timeout().toMillis();
    call.timer(
        WorkerUtils.executeAfter(
            exchange.getIoThread(), () -> late(exchange, call), patience, TimeUnit.MILLISECONDS));
    backend
        .pool()
        .connect(
            target,
            exchange,
            new ProxyCallback<>() {
              @Override
              public void completed(HttpServerExchange x, ProxyConnection found) {
                var connection = found.getConnection();
                if (call.isLate()) {
                  IoUtils.safeClose(connection);
                  return;
                }
                if (connection instanceof BackendConnection mine) {
                  mine.give(call);
                }
                call.goesBy(connection);
                callback.completed(x, found);
              }

              @Override
              public void failed(HttpServerExchange x) {
                if (!call.isLate()) {
                  callback.failed(x);
                }
              }

              @Override
              public void couldNotResolveBackend(HttpServerExchange x) {
                callback.failed(x);
              }

              @Override
              public void queuedRequestFailed(HttpServerExchange x) {
                callback.queuedRequestFailed(x);
              }
            },
            timeout,
            unit,
            false);
  }

  private static void late(HttpServerExchange exchange, ProxiedCall call) {
    if (call.isAnswered() || call.isLate()) {
      return;
    }
    call.late();
    if (!exchange.isResponseStarted()) {
      exchange.setStatusCode(LATE);
      exchange.endExchange();
    }
  }

  @Override
  public List<ProxyTarget> getAllTargets() {
    return List.of();
  }
}
