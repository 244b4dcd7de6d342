package dev.hivedeck.engine.protocol.service;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.hivedeck.engine.protocol.view.View;
import dev.hivedeck.engine.protocol.view.Word;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Services as clients see them. */
public final class ServiceViews {
  /**
   * Before the name of a service that is a preview: {@code preview:C-4}. No service of hive.yaml
   * has a colon in its name.
   */
  public static final String PREVIEW = "preview:";

  private ServiceViews() {}

  /** Whose a service is. */
  public enum ServiceOrigin implements Word {
    /** Hivedeck starts and ends it. */
    HIVEDECK,
    /** It is configured with an address: Hivedeck only looks whether it answers. */
    ADDRESS,
    /** It registers itself. */
    REGISTERED;

    @JsonCreator
    public static ServiceOrigin of(String word) {
      return Word.parse(ServiceOrigin.class, word);
    }
  }

  /** How it is found out whether an instance is well. */
  public enum CheckKind implements Word {
    /** An HTTP request. */
    HTTP,
    /** A connection. */
    TCP,
    /** Only whether it runs; of one that registers itself, whether it is heard of. */
    NONE;

    @JsonCreator
    public static CheckKind of(String word) {
      return Word.parse(CheckKind.class, word);
    }
  }

  /**
   * How instances are checked.
   *
   * @param path that is asked for; empty unless {@code kind} is HTTP
   * @param every seconds between two checks
   * @param timeout seconds that one may take
   * @param rise so many good ones in a row make it healthy
   * @param fall so many bad ones in a row make it unhealthy
   */
  public record ServiceCheck(
      CheckKind kind, String path, double every, double timeout, int rise, int fall) {}

  /**
   * One running copy of a service.
   *
   * @param name of the service and a number: {@code orders-1}; as it said itself where it
   *     registered
   * @param version the commit it was begun on, or what it said itself; empty where nobody knows
   * @param port 0 while it has none
   * @param pid null where none runs, or it is not Hivedeck's
   * @param since when it came into this state
   * @param restarts how often it was begun again since the engine is up
   * @param why it is in this state, in words; empty where that needs none
   * @param retryAt when it is begun again; null unless it backs off
   * @param ttl seconds within which it has to be heard of; null unless it registered
   * @param check as it registered: {@code tcp} or a path; null for none, and for others
   */
  public record ServiceInstance(
      String name,
      ServiceState state,
      String version,
      String host,
      int port,
      @Nullable Long pid,
      Instant since,
      int restarts,
      String why,
      @Nullable Instant retryAt,
      @Nullable Double ttl,
      @Nullable String check) {
    /** The same for a reason put otherwise. */
    public ServiceInstance because(String reason) {
      return new ServiceInstance(
          name, state, version, host, port, pid, since, restarts, reason, retryAt, ttl, check);
    }
  }

  /**
   * A service.
   *
   * @param id its name
   * @param state the worst of its instances, but for those of other versions that run beside
   * @param wanted whether it is to run
   * @param why it is in this state, in words; empty where that needs none
   * @param run the command; null unless Hivedeck starts it
   * @param folder where that runs, from the repository's root; {@code .} for that
   * @param route path that the gateway leads to it; null for none
   * @param needs services that have to be healthy before it is begun
   * @param watch patterns of files at whose change it is restarted
   */
  public record Service(
      String id,
      ServiceOrigin origin,
      ServiceState state,
      boolean wanted,
      String why,
      @Nullable String run,
      String folder,
      @Nullable String route,
      List<String> needs,
      List<String> watch,
      ServiceCheck check,
      List<ServiceInstance> instances)
      implements View {
    public Service {
      needs = List.copyOf(needs);
      watch = List.copyOf(watch);
      instances = List.copyOf(instances);
    }

    /** What it is a preview of; null where it is none. */
    @JsonIgnore
    public @Nullable String previewed() {
      return id.startsWith(PREVIEW) ? id.substring(PREVIEW.length()) : null;
    }

    /** Where its first instance that is healthy answers; null while there is none. */
    @JsonIgnore
    public @Nullable String address() {
      return instances.stream()
          .filter(i -> i.state() == ServiceState.HEALTHY && i.port() > 0)
          .map(i -> "http://" + i.host() + ":" + i.port())
          .findFirst()
          .orElse(null);
    }

    /** How many of its instances are healthy. */
    public long healthy() {
      return instances.stream().filter(i -> i.state() == ServiceState.HEALTHY).count();
    }

    /** The same, asked to run or not. */
    public Service with(boolean now) {
      return new Service(
          id, origin, state, now, why, run, folder, route, needs, watch, check, instances);
    }
  }

  /**
   * What checks of an instance said of late.
   *
   * @param instance its name
   * @param at when it was last checked; null before
   * @param said what came of that: {@code 200}, {@code open} or what failed
   * @param millis what that took; null where it failed
   * @param latest milliseconds of the last good ones, the newest last
   * @param memory bytes that it holds; null where nobody knows
   */
  public record InstanceFigures(
      String instance,
      @Nullable Instant at,
      String said,
      @Nullable Double millis,
      List<Double> latest,
      @Nullable Long memory) {}

  /**
   * What is measured of a service: of the moment, and kept by no event.
   *
   * @param id its name
   */
  public record ServiceFigures(String id, List<InstanceFigures> instances) {}

  /**
   * A line of what a service printed, or of what was done with it.
   *
   * @param index its place in the log
   * @param instance who printed it; empty for what was done with all
   * @param level {@code info}, {@code warn}, {@code error}, or {@code hivedeck} for what was done
   */
  public record ServiceLine(long index, Instant at, String instance, String level, String text) {}

  /**
   * Lines of a service's log, the oldest first.
   *
   * @param total the place of the next line that will be written
   */
  public record ServiceLog(String id, long total, List<ServiceLine> lines) {}
}
