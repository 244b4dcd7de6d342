package dev.hivedeck.engine.protocol.gateway;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The gateway and what it leads to, as clients see it. */
public final class GatewayViews {
  private GatewayViews() {}

  /**
   * How it stands.
   *
   * @param on whether it listens
   * @param address where; null while it does not
   * @param problem why it does not though it should; null for nothing
   * @param remedy what helps; null for nothing
   */
  public record GatewayStatus(
      boolean on,
      @Nullable String address,
      @Nullable String problem,
      @Nullable String remedy,
      List<RoutedService> services) {
    public GatewayStatus {
      services = List.copyOf(services);
    }
  }

  /**
   * A service behind it.
   *
   * @param paths the beginnings of paths that lead to it
   * @param sticky what versions are given by, as in {@code hive.yaml}
   * @param faults what its requests are made to suffer
   */
  public record RoutedService(
      String name,
      List<String> paths,
      String sticky,
      List<RoutedVersion> versions,
      List<InjectedFault> faults) {
    public RoutedService {
      faults = List.copyOf(faults);
      paths = List.copyOf(paths);
      versions = List.copyOf(versions);
    }
  }

  /**
   * What requests are made to suffer, for practice and for tests.
   *
   * @param version null for all
   * @param errors share that is answered by 503, from 0 to 1
   * @param aborts share whose connection is ended without an answer
   * @param delay seconds that each waits
   * @param until when it ends by itself
   */
  public record InjectedFault(
      @Nullable String version, double errors, double aborts, double delay, Instant until) {}

  /**
   * A version of it.
   *
   * @param weight its share of the traffic, from 0 to 1
   * @param requests answered since the gateway was started
   * @param errors of those, answers with 500 and above, and where no answer came
   */
  public record RoutedVersion(
      String name, double weight, long requests, long errors, List<RoutedInstance> instances) {
    public RoutedVersion {
      instances = List.copyOf(instances);
    }
  }

  /**
   * An instance of that.
   *
   * @param open requests that are under way
   * @param resting whether it failed again and again and gets none for a while
   */
  public record RoutedInstance(String address, int open, boolean resting) {}
}
