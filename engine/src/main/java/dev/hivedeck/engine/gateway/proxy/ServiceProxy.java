package dev.hivedeck.engine.gateway.proxy;

import io.undertow.predicate.Predicate;
import io.undertow.server.ExchangeCompletionListener.NextListener;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.proxy.ProxyHandler;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import java.time.Clock;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Sends requests to services, by Undertow's proxy. */
public final class ServiceProxy {
  private static final HttpString VERSION = new HttpString("X-Hivedeck-Version");

  /** As RFC 9110 has them, but for those that may have a body that is gone once it was sent. */
  private static final Set<HttpString> SENT_AGAIN =
      Set.of(
          Methods.GET, Methods.HEAD, Methods.OPTIONS, Methods.PUT, Methods.DELETE, Methods.TRACE);

  private final LongSupplier nanos;
  private final Clock clock;
  private final HttpHandler handler;

  /** How a call ended that no instance answered. */
  public enum Unanswered {
    /** There was nobody to ask. */
    NOBODY,
    /** Who was asked gave no answer, or one that is none. */
    NO_ANSWER,
    LATE,
    /** It was made to go wrong. */
    INJECTED
  }

  /**
   * @param nanos a clock for durations, in nanoseconds
   */
  public ServiceProxy(LongSupplier nanos, Clock clock) {
    this.nanos = nanos;
    this.clock = clock;
    this.handler =
        ProxyHandler.builder()
            .setProxyClient(new BackendClient())
            .setMaxRequestTime(-1) // a stream may stay open for as long as it likes
            .setMaxConnectionRetries(0) // each service has its own
            .setIdempotentRequestPredicate(again())
            .setRewriteHostHeader(false)
            .setReuseXForwarded(false)
            .build();
  }

  private static Predicate again() {
    return x -> SENT_AGAIN.contains(x.getRequestMethod()) && !hasBody(x);
  }

  private static boolean hasBody(HttpServerExchange x) {
    return x.getRequestHeaders().contains(Headers.TRANSFER_ENCODING)
        || x.getRequestContentLength() > 0;
  }

  /**
   * Sends a request on.
   *
   * @param version that a header named; null for none
   * @param key that the version is given by; null for each request by itself
   */
  public void send(
      HttpServerExchange exchange,
      VersionedService service,
      @Nullable String version,
      @Nullable String key)
      throws Exception {
    String wanted =
        version != null ? version : key != null ? service.version(key) : service.nextVersion();
    var call = new ProxiedCall(service, wanted, version != null, nanos);
    exchange.putAttachment(ProxiedCall.KEY, call);
    exchange.addResponseCommitListener(x -> x.getResponseHeaders().put(VERSION, call.served()));
    exchange.addExchangeCompleteListener(
        (HttpServerExchange x, NextListener next) -> {
          call.over(x);
          next.proceed();
        });
    var fault = service.fault(wanted, clock);
    if (fault == null) {
      handler.handleRequest(exchange);
    } else {
      FaultyPath.send(exchange, fault, handler);
    }
  }

  /** Why there is no answer; null where there is one, or the request went nowhere. */
  public static @Nullable Unanswered unanswered(HttpServerExchange exchange) {
    var call = exchange.getAttachment(ProxiedCall.KEY);
    if (call == null || call.isAnswered()) {
      return null;
    }
    if (call.isSuffered()) {
      return Unanswered.INJECTED;
    }
    return call.isLate()
        ? Unanswered.LATE
        : call.isUntried() ? Unanswered.NOBODY : Unanswered.NO_ANSWER;
  }
}
