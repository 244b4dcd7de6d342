package dev.hivedeck.engine.config.metrics;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/**
 * Something that is tried from outside, as a user would.
 *
 * @param name the label {@code check} of its series
 * @param http what is got; null where a connection is all that is tried
 * @param host to connect to; null where {@code http} says it
 * @param port to connect to
 * @param expect what counts as good
 * @param every how often it is tried
 * @param timeout how long that may take
 * @param labels of all its series
 * @param redirects how many are followed
 */
public record CheckConfig(
    String name,
    URI http,
    String host,
    int port,
    Expect expect,
    Duration every,
    Duration timeout,
    Map<String, String> labels,
    int redirects)
    implements SourceConfig {

  /**
   * @param status codes that are good; empty for all from 200 to 299
   * @param contains text that has to be in the answer; null for any
   * @param below how long it may take to be good; null for any time
   */
  public record Expect(Set<Integer> status, String contains, Duration below) {
    public boolean isGood(int code) {
      return status.isEmpty() ? code >= 200 && code < 300 : status.contains(code);
    }
  }

  /** What is tried, in short. */
  public String target() {
    return http != null ? http.toString() : host + ":" + port;
  }
}
