package dev.hivedeck.engine.rollout.proxy;

import dev.hivedeck.engine.config.rollout.ProxyConfig;
import dev.hivedeck.engine.rollout.bucketing.Bucket;
import dev.hivedeck.engine.rollout.bucketing.Split;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * HAProxy by its runtime API. A version without a share is in maintenance, since weight 0 and drain
 * still serve whoever has its cookie. What a reload forgets is given again at the next look.
 * Servers that somebody else has in maintenance stay there, unless their version begins to have a
 * share.
 */
final class Haproxy implements Proxy {
  /** Where the fields of servers begin, in the list of counters. */
  private static final String HEAD = "# pxname";

  private static final Logger LOG = LoggerFactory.getLogger(Haproxy.class);

  /** What a server has counted that has just begun. */
  private static final Server NONE = new Server("", "", 0, 0, 0, 0);

  private final ProxyConfig config;
  private final ProxyConfig.Haproxy own;
  private final HaproxySocket socket;
  private final Function<String, VersionTally> tallies;

  /** What was counted at the last look, by server. */
  private Map<String, Server> before = Map.of();

  /** Whose counts those are: another process, or one that was begun anew, begins at zero. */
  private @Nullable String process;

  /** What it took last; null for nothing yet. */
  private @Nullable Taken taken;

  /** Servers that somebody else has in maintenance. */
  private Set<String> kept = Set.of();

  /**
   * @param weights of the servers of each version
   * @param process that took them
   */
  private record Taken(Map<String, Integer> weights, String process) {}

  /**
   * @param missed that another server answered in its place
   */
  private record Server(
      String name, String status, int weight, long requests, long errors, long missed) {
    boolean isDown() {
      return status.startsWith("DOWN");
    }

    boolean isInMaintenance() {
      return status.startsWith("MAINT");
    }

    boolean isOff() {
      return isInMaintenance() || status.startsWith("DRAIN");
    }

    /** Whether no order ends its maintenance: it has no address, or goes by another server. */
    boolean isForced() {
      return isInMaintenance() && status.contains("(");
    }

    /** Whether it counts from zero again. */
    boolean fell(Server earlier) {
      return requests < earlier.requests || errors < earlier.errors || missed < earlier.missed;
    }
  }

  Haproxy(ProxyConfig config, ProxyConfig.Haproxy own, Function<String, VersionTally> tallies) {
    this.config = config;
    this.own = own;
    this.socket = new HaproxySocket(Path.of(own.socket()));
    this.tallies = tallies;
  }

  @Override
  public synchronized Standing follow(@Nullable Split wanted) throws IOException {
    var servers = read();
    if (wanted == null) {
      taken = null;
    } else {
      String told = String.valueOf(process);
      var fresh = fresh(servers);
      var weights = weights(servers, wanted, fresh);
      var orders = orders(servers, weights, fresh);
      if (!orders.isEmpty()) {
        var said = socket.ask(String.join(";", orders)).stream().filter(s -> !s.isBlank()).toList();
        if (!said.isEmpty()) {
          throw new IOException("HAProxy does not take weights: " + said.getFirst().strip());
        }
        servers = read();
        if (!orders(servers, weights, fresh).isEmpty()) {
          throw new IOException("HAProxy has other weights than those that it was given");
        }
      }
      taken = new Taken(weights, told);
      keep(servers, weights);
    }
    return standing(servers);
  }

  /**
   * Versions whose servers are to be made ready once they have a share: nobody else stopped them.
   */
  private Set<String> fresh(Map<String, Server> servers) throws IOException {
    var last = taken;
    var fresh = new HashSet<String>();
    for (String version : config.versions()) {
      if (last == null
          ? of(servers, version).stream().allMatch(Server::isOff)
          : !last.process().equals(process) || last.weights().getOrDefault(version, 0) == 0) {
        fresh.add(version);
      }
    }
    return fresh;
  }

  /** The weights of servers, by how many of each version there can be. */
  private Map<String, Integer> weights(Map<String, Server> servers, Split wanted, Set<String> fresh)
      throws IOException {
    var counts = new HashMap<String, Integer>();
    for (String version : config.versions()) {
      var all = of(servers, version);
      long there =
          all.stream().filter(s -> fresh.contains(version) ? !s.isForced() : !s.isOff()).count();
      counts.put(version, there == 0 ? all.size() : (int) there);
    }
    var weights = ServerWeights.of(wanted, counts);
    if (weights.values().stream().allMatch(weight -> weight == 0)) {
      throw new IOException("nobody would have any traffic by " + wanted + "; it stays as it is");
    }
    return weights;
  }

  /** Whoever gets more goes first: at no moment there is nobody. */
  private List<String> orders(
      Map<String, Server> servers, Map<String, Integer> weights, Set<String> fresh)
      throws IOException {
    var more = new ArrayList<String>();
    var none = new ArrayList<String>();
    boolean served = false;
    for (String version : config.versions()) {
      int weight = weights.getOrDefault(version, 0);
      for (var server : of(servers, version)) {
        String order = "set server " + own.backend() + "/" + server.name();
        if (weight == 0) {
          if (!server.isInMaintenance()) {
            none.add(order + " state maint");
          }
        } else if (!server.isForced()) {
          boolean begins = server.isOff() && fresh.contains(version);
          served |= begins || !server.isOff();
          if (server.weight() != weight) {
            more.add(order + " weight " + weight);
          }
          if (begins) {
            more.add(order + " state ready");
          }
        }
      }
    }
    if (!none.isEmpty() && !served) {
      throw new IOException(
          "all servers that would serve are out; the others stay until they are back");
    }
    more.addAll(none);
    return more;
  }

  /** Says once which servers are out by somebody else's order. */
  private void keep(Map<String, Server> servers, Map<String, Integer> weights) throws IOException {
    var off = new TreeSet<String>();
    for (String version : config.versions()) {
      if (weights.getOrDefault(version, 0) > 0) {
        of(servers, version).stream().filter(Server::isOff).map(Server::name).forEach(off::add);
      }
    }
    if (!off.equals(kept)) {
      LOG.warn("{}: {}", own.backend(), off.isEmpty() ? "all are back" : off + " stay out");
    }
    kept = off;
  }

  private boolean isDown(Server server, String version) {
    var last = taken;
    boolean has = last != null && last.weights().getOrDefault(version, 0) > 0;
    return server.isDown() || server.isForced() || (has && server.isOff());
  }

  private List<Server> of(Map<String, Server> servers, String version) throws IOException {
    var all = new ArrayList<Server>();
    for (String name : Objects.requireNonNull(own.servers().get(version))) {
      var server = servers.get(name);
      if (server == null) {
        throw new IOException(
            "HAProxy's backend %s has no server %s; it has %s"
                .formatted(own.backend(), name, String.join(", ", servers.keySet())));
      }
      all.add(server);
    }
    return all;
  }

  private Standing standing(Map<String, Server> servers) throws IOException {
    var weights = new LinkedHashMap<String, Integer>();
    var down = new HashSet<String>();
    int sum = 0;
    for (String version : config.versions()) {
      var all = of(servers, version);
      int weight = all.stream().filter(s -> !s.isOff()).mapToInt(Server::weight).sum();
      weights.put(version, weight);
      sum += weight;
      if (all.stream().allMatch(s -> isDown(s, version))) {
        down.add(version);
      }
    }
    double whole = sum;
    weights.replaceAll(
        (version, weight) -> whole == 0 ? 0 : (int) Math.round(weight / whole * Bucket.COUNT));
    return new Standing(weights, down);
  }

  private Map<String, Server> read() throws IOException {
    var lines = socket.ask("show info;show stat " + own.backend() + " 4 -1");
    String begun =
        lines.stream()
            .filter(line -> line.startsWith("Pid: ") || line.startsWith("Start_time_sec: "))
            .collect(Collectors.joining(" "));
    int head = 0;
    while (head < lines.size() && !lines.get(head).startsWith(HEAD)) {
      head++;
    }
    if (head == lines.size()) {
      throw new IOException(
          "HAProxy has no backend "
              + own.backend()
              + lines.stream()
                  .filter(line -> line.startsWith("No such") || line.contains("ermission"))
                  .findFirst()
                  .map(line -> ": " + line.strip())
                  .orElse(""));
    }
    var fields = List.of(lines.get(head).substring(2).split(","));
    var servers = new LinkedHashMap<String, Server>();
    for (String line : lines.subList(head + 1, lines.size())) {
      if (!line.isBlank()) {
        var server = server(fields, line.split(",", -1));
        servers.put(server.name(), server);
      }
    }
    count(servers, begun);
    return servers;
  }

  private static Server server(List<String> fields, String[] values) throws IOException {
    var row = new HashMap<String, String>();
    for (int i = 0; i < Math.min(fields.size(), values.length); i++) {
      row.put(fields.get(i), values[i]);
    }
    if (row.getOrDefault("hrsp_2xx", "").isEmpty()) {
      throw new IOException(
          "HAProxy counts no answers of " + row.get("svname") + "; write mode http in its backend");
    }
    long unanswered = number(row, "econ") + number(row, "eresp");
    long failed = number(row, "hrsp_5xx") + unanswered;
    long answered = failed + number(row, "hrsp_other");
    for (int hundred = 1; hundred < 5; hundred++) {
      answered += number(row, "hrsp_" + hundred + "xx");
    }
    String weight = row.getOrDefault("uweight", "").isEmpty() ? "weight" : "uweight";
    return new Server(
        row.getOrDefault("svname", ""),
        row.getOrDefault("status", ""),
        (int) number(row, weight),
        answered,
        failed,
        number(row, "wredis"));
  }

  private static long number(Map<String, String> row, String field) throws IOException {
    String text = row.getOrDefault(field, "");
    try {
      return text.isEmpty() ? 0 : Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new IOException("HAProxy says \"" + text + "\" where " + field + " should be", e);
    }
  }

  /** What came since the last look; of a process that was begun since, all. */
  private void count(Map<String, Server> servers, String begun) {
    var last = begun.equals(process) ? before : Map.<String, Server>of();
    if (process != null) {
      own.servers()
          .forEach(
              (version, names) -> {
                for (String name : names) {
                  var now = servers.get(name);
                  if (now != null) {
                    var earlier = last.getOrDefault(name, NONE);
                    var from = now.fell(earlier) ? NONE : earlier;
                    tallies
                        .apply(version)
                        .add(
                            now.requests() - from.requests(),
                            now.errors() - from.errors(),
                            now.missed() - from.missed());
                  }
                }
              });
    }
    before = servers;
    process = begun;
  }
}
