package dev.hivedeck.engine.config.rollout;

import dev.hivedeck.engine.config.service.ServiceConfig.HealthRule;
import dev.hivedeck.engine.config.yaml.SharePercent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A proxy of yours that carries the traffic of a rollout in the gateway's place: one of the two.
 *
 * @param versions in their order; the first has what no other has
 * @param health where versions are looked at, whether they are well; empty for by the proxy alone
 */
public record ProxyConfig(
    List<String> versions,
    @Nullable Haproxy haproxy,
    @Nullable Nginx nginx,
    Map<String, List<Check>> health) {
  public ProxyConfig {
    versions = List.copyOf(versions);
    health = health == null ? Map.of() : Map.copyOf(health); // of an earlier version
  }

  /** HAProxy's largest weight of a server; the smallest is 1. */
  private static final int HEAVIEST = 256;

  /** nginx shares by hundredths of a percent, and a share has thousandths. */
  private static final int NGINX_SHARE = 10;

  /** An address of a version, and how it is found out whether that is well. */
  public record Check(String host, int port, HealthRule rule) {}

  /**
   * HAProxy, steered by its runtime API.
   *
   * @param socket of the API
   * @param servers of the backend, by version
   */
  public record Haproxy(String socket, String backend, Map<String, List<String>> servers) {
    public Haproxy {
      servers = Map.copyOf(servers);
    }
  }

  /**
   * nginx, steered by a file that it includes.
   *
   * @param file that is written
   * @param log that nginx writes in the format of the file
   * @param key that versions are given by, of nginx's variables
   * @param upstreams by version
   * @param test command that says whether the files are right
   * @param reload command that has nginx read them again
   * @param status where nginx says by which file it goes; null for nowhere
   */
  public record Nginx(
      String file,
      String log,
      String key,
      Map<String, String> upstreams,
      String test,
      String reload,
      @Nullable String status) {
    public Nginx {
      upstreams = Map.copyOf(upstreams);
    }

    /** The variable that has the upstream of a service, and the name of its log's format. */
    public static String variable(String service) {
      return "hivedeck_" + service.replaceAll("[^A-Za-z0-9_]", "_");
    }
  }

  /** The version that has what no other has. */
  public String base() {
    return versions.getFirst();
  }

  /**
   * Why a version cannot have a share beside another, in words with what helps; empty where it can.
   *
   * @param share in thousandths of a percent
   */
  public Optional<String> unshareable(int share) {
    if (share == 0 || share == SharePercent.WHOLE) {
      return Optional.empty();
    }
    if (haproxy == null) {
      return share % NGINX_SHARE == 0
          ? Optional.empty()
          : Optional.of("nginx shares by hundredths of a percent; write 0.05% or 5%");
    }
    int least = least(haproxy);
    return share >= least && share <= SharePercent.WHOLE - least
        ? Optional.empty()
        : Optional.of(
            "HAProxy cannot share so finely; write between %s%% and %s%%, or 100%%"
                .formatted(
                    Math.ceil(least / 100.0) / 10,
                    Math.floor((SharePercent.WHOLE - least) / 100.0) / 10));
  }

  /** The least share that some version can have beside another. */
  private static int least(Haproxy haproxy) {
    int most = 1;
    int fewest = Integer.MAX_VALUE;
    for (var servers : haproxy.servers().values()) {
      most = Math.max(most, servers.size());
      fewest = Math.min(fewest, servers.size());
    }
    double least = most / (most + (double) HEAVIEST * fewest);
    return (int) Math.ceil(least * SharePercent.WHOLE);
  }

  /** What it is called. */
  public String name() {
    return haproxy != null ? "HAProxy" : "nginx";
  }

  /** The same for what means the same. */
  public String digest() {
    var said = new ArrayList<>(versions);
    if (haproxy != null) {
      said.add(haproxy.socket() + " " + haproxy.backend() + " " + new TreeMap<>(haproxy.servers()));
    }
    if (nginx != null) {
      said.add(
          nginx.file()
              + " "
              + nginx.log()
              + " "
              + nginx.key()
              + " "
              + new TreeMap<>(nginx.upstreams()));
    }
    return String.join(" ", said);
  }
}
