package dev.hivedeck.engine.config.rollout;

import dev.hivedeck.engine.config.service.ServiceConfig.HealthRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
   */
  public record Nginx(
      String file,
      String log,
      String key,
      Map<String, String> upstreams,
      String test,
      String reload) {
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
