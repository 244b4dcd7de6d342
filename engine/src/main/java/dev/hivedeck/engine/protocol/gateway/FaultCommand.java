package dev.hivedeck.engine.protocol.gateway;

import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.hivedeck.engine.protocol.Command;
import org.jspecify.annotations.Nullable;

/**
 * Faults that requests through the gateway are made to suffer, for practice and for tests. Answer:
 * {@link GatewayViews.GatewayStatus}.
 */
public sealed interface FaultCommand extends Command {

  /** The service. */
  String id();

  /**
   * From now on, for a time; in place of what the version suffered before.
   *
   * @param id the service
   * @param version null for all
   * @param errors share that is answered by 503, as {@code 3%}; null for none
   * @param abort share whose connection is ended without an answer; null for none
   * @param delay before each is sent on, as {@code 100ms}; null for none
   * @param time for which it holds, as {@code 10m}; null for that; a day at most
   */
  @JsonTypeName("gateway.fault")
  record InjectFault(
      String id,
      @Nullable String version,
      @Nullable String errors,
      @Nullable String abort,
      @Nullable String delay,
      @Nullable String time)
      implements FaultCommand {}

  /**
   * No more.
   *
   * @param id the service
   * @param version null for all
   */
  @JsonTypeName("gateway.clear")
  record ClearFault(String id, @Nullable String version) implements FaultCommand {}
}
