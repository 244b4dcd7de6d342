package dev.hivedeck.engine.gateway.proxy;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.circuitbreaker.internal.CircuitBreakerStateMachine;
import io.undertow.client.UndertowClient;
import io.undertow.server.handlers.proxy.ConnectionPoolManager;
import io.undertow.server.handlers.proxy.ProxyConnectionPool;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.xnio.OptionMap;

/**
 * A place that requests are sent to: the connections that are kept to it, how many requests are
 * under way there, and whether it rests. One that fails to answer half of its last ten requests
 * gets none for a while, and then one to see.
 */
final class Backend implements ConnectionPoolManager, AutoCloseable {
  /** So many failures say more of the instance than of the requests. */
  private static final int LEAST_CALLS = 5;

  private static final Duration REST = Duration.ofSeconds(5);

  /** Streams that stay open take one each. */
  private static final int MOST_CONNECTIONS = 30_000;

  private static final int MOST_IDLE = 256;

  /** Milliseconds that a connection is kept unused; servers are known to end them after 5 s. */
  private static final long IDLE = 4_000;

  private final String address;
  private final ProxyConnectionPool pool;
  private final CircuitBreaker circuit;
  private final AtomicInteger open = new AtomicInteger();

  /**
   * @param host as in an address, an IPv6 one without brackets
   */
  Backend(String host, int port, Clock clock) {
    this.address = (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    this.pool =
        new ProxyConnectionPool(
            this,
            URI.create(StrictClientProvider.SCHEME + "://" + address + "/"),
            UndertowClient.getInstance(),
            OptionMap.EMPTY);
    this.circuit =
        new CircuitBreakerStateMachine(
            address,
            CircuitBreakerConfig.custom()
                .clock(clock)
                .slidingWindowType(SlidingWindowType.COUNT_BASED)
                .slidingWindowSize(2 * LEAST_CALLS)
                .minimumNumberOfCalls(LEAST_CALLS)
                .failureRateThreshold(50)
                .waitDurationInOpenState(REST)
                .permittedNumberOfCallsInHalfOpenState(1)
                .build());
  }

  String address() {
    return address;
  }

  ProxyConnectionPool pool() {
    return pool;
  }

  /** Takes on a request, unless it rests. Each that is taken on ends by one of the next three. */
  boolean takes() {
    boolean takes = circuit.tryAcquirePermission();
    if (takes) {
      open.incrementAndGet();
    }
    return takes;
  }

  void answered() {
    open.decrementAndGet();
    circuit.onSuccess(0, TimeUnit.NANOSECONDS);
  }

  void failed() {
    open.decrementAndGet();
    circuit.onError(0, TimeUnit.NANOSECONDS, new IOException(address + " gave no answer"));
  }

  /** Whoever asked went away before there was an answer. */
  void left() {
    open.decrementAndGet();
    circuit.releasePermission();
  }

  /** Requests that are under way, until they are answered. */
  int open() {
    return open.get();
  }

  boolean rests() {
    return circuit.getState() == CircuitBreaker.State.OPEN;
  }

  @Override
  public void close() {
    pool.close();
  }

  @Override
  public boolean isAvailable() {
    return true;
  }

  @Override
  public boolean handleError() {
    return true;
  }

  @Override
  public boolean clearError() {
    return true;
  }

  @Override
  public int getProblemServerRetry() {
    return 0;
  }

  @Override
  public int getMaxConnections() {
    return MOST_CONNECTIONS;
  }

  @Override
  public int getMaxCachedConnections() {
    return MOST_IDLE;
  }

  @Override
  public int getSMaxConnections() {
    return 0;
  }

  @Override
  public long getTtl() {
    return IDLE;
  }

  @Override
  public int getMaxQueueSize() {
    return 0;
  }
}
