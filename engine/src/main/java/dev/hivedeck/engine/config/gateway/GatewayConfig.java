package dev.hivedeck.engine.config.gateway;

import dev.hivedeck.engine.config.service.ServiceConfig.HealthRule;
import dev.hivedeck.engine.protocol.service.ServiceViews.CheckKind;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The gateway: where it listens, and the services behind it.
 *
 * @param port on the loopback address; 0 for none: there is no gateway
 * @param services by their names
 */
public record GatewayConfig(int port, Map<String, ServiceRoute> services) {
  static final Duration TIMEOUT = Duration.ofSeconds(60);
  static final int RETRIES = 1;
  static final long MOST_BODY = 1L << 40;

  /** Without a gateway. */
  public static final GatewayConfig OFF = new GatewayConfig(0, Map.of());

  /** Whether there is one. */
  public boolean isOn() {
    return port > 0;
  }

  /** What a visitor keeps their version by. */
  public enum StickyBy {
    /** Nothing: each request is given a version by itself. */
    NONE,
    /** A cookie that the gateway sets. */
    COOKIE,
    /** The value of a header. */
    HEADER,
    /** Who is named by {@code Authorization}. */
    USER
  }

  /** Whose requests are counted together for a limit. */
  public enum LimitBy {
    /** The address that it comes from. */
    CLIENT,
    /** The key that versions are given by. */
    KEY,
    /** The path. */
    PATH;

    /** As in {@code hive.yaml}. */
    public static LimitBy of(String word) {
      return valueOf(word.toUpperCase(Locale.ROOT));
    }
  }

  /**
   * How many requests there may be.
   *
   * @param requests at most so many
   * @param per within any time so long
   */
  public record RateLimit(int requests, Duration per, LimitBy by) {}

  /**
   * A service behind the gateway.
   *
   * @param route the beginning of paths that lead to it, beside {@code /api/v1/NAME}; or null
   * @param versions the addresses of each; empty for wherever the service is found
   * @param base the version that has what no other has
   * @param weights of versions beside the base, in thousandths of a percent
   * @param stickyBy what versions are given by
   * @param header for {@link StickyBy#HEADER}; else null
   * @param timeout until it begins to answer
   * @param retries of a request that may be sent twice, when no answer came
   * @param maxBody bytes that a request's body may have
   * @param limit of requests; or null
   * @param origins that may call it from a browser; {@code *} for all
   * @param health how it is found out whether its addresses are well
   */
  public record ServiceRoute(
      String name,
      @Nullable String route,
      Map<String, List<InetSocketAddress>> versions,
      String base,
      Map<String, Integer> weights,
      StickyBy stickyBy,
      @Nullable String header,
      Duration timeout,
      int retries,
      long maxBody,
      @Nullable RateLimit limit,
      List<String> origins,
      HealthRule health) {
    /** Something has to listen at an address; nothing more is asked. */
    public static final HealthRule LISTENS = HealthRule.NONE.of(CheckKind.TCP, "");

    /** The base of a service whose instances are found. */
    public static final String FOUND = "stable";

    /** What holds of one that says nothing else: any body within a minute, and one more try. */
    public static ServiceRoute usual(String name, @Nullable String route, String base) {
      return new ServiceRoute(
          name,
          route,
          Map.of(),
          base,
          Map.of(),
          StickyBy.NONE,
          null,
          TIMEOUT,
          RETRIES,
          MOST_BODY,
          null,
          List.of(),
          LISTENS);
    }

    /** The same, led to by that path too. */
    public ServiceRoute at(@Nullable String path) {
      return new ServiceRoute(
          name, path, versions, base, weights, stickyBy, header, timeout, retries, maxBody, limit,
          origins, health);
    }
  }
}
