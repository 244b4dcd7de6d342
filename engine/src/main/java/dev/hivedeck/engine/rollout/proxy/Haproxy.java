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
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * HAProxy by its runtime API. A version without a share is in maintenance, since weight 0 and drain
 * still serve whoever has its cookie. What a reload forgets is given again at the next look.
 */
final class Haproxy implements Proxy {
  /** Where the fields of servers begin, in the list of counters. */
  private static final String HEAD = "# pxname";

  private final ProxyConfig config;
  private final ProxyConfig.Haproxy own;
  private final HaproxySocket socket;
  private final Function<String, VersionTally> tallies;

  /** What was counted at the last look, by server. */
  private Map<String, Server> before = Map.of();

  /** Whose counts those are: another process, or one that was begun anew, begins at zero. */
  private @Nullable String process;

  /**
   * @param missed that another server answered in its place
   */
  private record Server(
      String name, String status, int weight, long requests, long errors, long missed) {
    boolean isDown() {
      return status.startsWith("DOWN");
    }

    boolean isOff() {
      return status.startsWith("MAINT") || status.startsWith("DRAIN");
    }

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
    if (wanted != null) {
      var orders = orders(servers, wanted);
      if (!orders.isEmpty()) {
        var said = socket.ask(String.join(";", orders)).stream().filter(s -> !s.isBlank()).toList();
        if (!said.isEmpty()) {
          throw new IOException("HAProxy does not take weights: " + said.getFirst().strip());
        }
        servers = read();
        if (!orders(servers, wanted).isEmpty()) {
          throw new IOException("HAProxy has other weights than those that it was given");
        }
      }
    }
    return standing(servers);
  }

  /** Whoever gets more goes first: at no moment there is nobody. */
  private List<String> orders(Map<String, Server> servers, Split wanted) throws IOException {
    var counts =
        own.servers().entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue().size()));
    var weights = ServerWeights.of(wanted, counts);
    var more = new ArrayList<String>();
    var none = new ArrayList<String>();
    for (String version : config.versions()) {
      int weight = weights.getOrDefault(version, 0);
      for (var server : of(servers, version)) {
        String order = "set server " + own.backend() + "/" + server.name();
        if (weight == 0 && !server.status().startsWith("MAINT")) {
          none.add(order + " state maint");
        }
        if (weight > 0 && server.weight() != weight) {
          more.add(order + " weight " + weight);
        }
        if (weight > 0 && server.isOff()) {
          more.add(order + " state ready");
        }
      }
    }
    more.addAll(none);
    return more;
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
      if (all.stream().allMatch(Server::isDown)) {
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
    boolean anew =
        !begun.equals(process)
            || servers.values().stream()
                .anyMatch(
                    s -> s.fell(before.getOrDefault(s.name(), new Server("", "", 0, 0, 0, 0))));
    if (process != null) {
      own.servers()
          .forEach(
              (version, names) -> {
                for (String name : names) {
                  var now = servers.get(name);
                  var then = anew ? null : before.get(name);
                  if (now != null) {
                    tallies
                        .apply(version)
                        .add(
                            now.requests() - (then == null ? 0 : then.requests()),
                            now.errors() - (then == null ? 0 : then.errors()),
                            now.missed() - (then == null ? 0 : then.missed()));
                  }
                }
              });
    }
    before = servers;
    process = begun;
  }
}
