package dev.hivedeck.engine.gateway.proxy;

import io.undertow.client.ClientConnection;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.proxy.ProxyClient.MaxRetriesProxyTarget;
import io.undertow.util.AttachmentKey;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.XnioExecutor;

/**
 * A request on its way: to which version, where it was tried, and whether that was answered. All of
 * it happens on the one thread that the connection has.
 */
final class ProxiedCall implements MaxRetriesProxyTarget {
  static final AttachmentKey<ProxiedCall> KEY = AttachmentKey.create(ProxiedCall.class);

  /** The status of an exchange that nobody has answered yet. */
  private static final int UNSET = 200;

  private final VersionedService service;
  private final String version;
  private final boolean forced;
  private final LongSupplier nanos;
  private final long began;
  private final List<Backend> tried = new ArrayList<>();
  private @Nullable Backend under;
  private XnioExecutor.@Nullable Key timer;
  private @Nullable ClientConnection connection;
  private boolean answered;
  private boolean late;
  private boolean suffered;
  private String served;

  /**
   * @param forced whether a header named the version, so that no other is an answer
   */
  ProxiedCall(VersionedService service, String version, boolean forced, LongSupplier nanos) {
    this.service = service;
    this.version = version;
    this.forced = forced;
    this.nanos = nanos;
    this.began = nanos.getAsLong();
    this.served = version;
  }

  @Override
  public int getMaxRetries() {
    return service.settings().retries();
  }

  VersionedService service() {
    return service;
  }

  /** The version that answers, or was tried last. */
  String served() {
    return served;
  }

  /** Where to try next; null where there is nobody left. */
  @Nullable Backend next() {
    failed(); // whatever was tried before
    var found = service.pick(version, forced, tried::contains);
    if (found == null) {
      return null;
    }
    served = found.version();
    under = found.backend();
    tried.add(under);
    return under;
  }

  /** What ends it when no answer comes, instead of what would have before. */
  void timer(XnioExecutor.Key key) {
    stopTimer();
    timer = key;
  }

  /** An answer begins to come. */
  void answered(int status) {
    if (under != null) {
      under.answered();
      under = null;
    }
    count(status);
    stopTimer();
  }

  private void count(int status) {
    if (!answered) {
      answered = true;
      service.meter(served).answered(status, forced, nanos.getAsLong() - began);
      if (!served.equals(version)) {
        service.meter(version).miss();
      }
    }
  }

  /** What was tried gave no answer. */
  void failed() {
    if (under != null) {
      under.failed();
      under = null;
    }
    stopTimer();
  }

  /** The connection that it goes by. */
  void goesBy(ClientConnection by) {
    connection = by;
  }

  /** The time for an answer is over: nothing that comes now is one. */
  void late() {
    late = true;
    failed();
    IoUtils.safeClose(connection);
  }

  /** Whether the time for an answer was over. */
  boolean isLate() {
    return late;
  }

  /** It is made to go wrong. */
  void suffered() {
    suffered = true;
  }

  boolean isSuffered() {
    return suffered;
  }

  boolean isAnswered() {
    return answered;
  }

  /** Whether nobody was there to try. */
  boolean isUntried() {
    return tried.isEmpty();
  }

  /** It is over, with an answer or without one. */
  void over(HttpServerExchange exchange) {
    stopTimer();
    if (answered) {
      return;
    }
    if (exchange.getStatusCode() == UNSET) { // whoever asked went away
      if (under != null) {
        under.left();
        under = null;
      }
    } else if (exchange.getStatusCode() >= 500) {
      failed();
      count(exchange.getStatusCode());
    } else if (under != null) { // what was sent was not right
      under.left();
      under = null;
    }
  }

  private void stopTimer() {
    if (timer != null) {
      timer.remove();
      timer = null;
    }
  }
}
