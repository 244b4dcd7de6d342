package dev.hivedeck.engine.protocol.gateway;

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
   */
  public record RoutedService(
      String name, List<String> paths, String sticky, List<RoutedVersion> versions) {
    public RoutedService {
      paths = List.copyOf(paths);
      versions = List.copyOf(versions);
    }
  }

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
