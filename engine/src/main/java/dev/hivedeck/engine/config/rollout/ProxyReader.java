package dev.hivedeck.engine.config.rollout;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.config.rollout.ProxyConfig.Check;
import dev.hivedeck.engine.config.rollout.ProxyConfig.Haproxy;
import dev.hivedeck.engine.config.rollout.ProxyConfig.Nginx;
import dev.hivedeck.engine.config.rollout.RolloutConfig.Limit;
import dev.hivedeck.engine.config.rollout.RolloutConfig.Step;
import dev.hivedeck.engine.config.service.ServiceConfig.HealthRule;
import dev.hivedeck.engine.config.yaml.DidYouMean;
import dev.hivedeck.engine.config.yaml.YamlSource;
import dev.hivedeck.engine.protocol.rollout.RolloutMetric;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads {@code traffic} of a rollout, noting at its line what is wrong with it. */
final class ProxyReader {
  private static final int LAST_PORT = 65_535;
  private static final Pattern ADDRESS =
      Pattern.compile(
          "(?<http>http://)?(?<host>[A-Za-z0-9.-]{1,253}|\\[[0-9a-fA-F:]{2,45}]):(?<port>\\d{1,5})(?<path>/.*)?");

  /** Where nobody else gets in. */
  private static final Pattern LOOPBACK =
      Pattern.compile("127(\\.(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)){3}|localhost|\\[::1]");

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.:-]{1,100}");

  /** Of nginx's variables, with nothing that would end the text that it stands in. */
  private static final Pattern KEY = Pattern.compile("(?=.*\\$)[$\\w{}:|.-]{1,200}");

  private final YamlSource source;

  /** Whose traffic a rollout has already. */
  private final Map<String, ProxyConfig> known = new TreeMap<>();

  ProxyReader(YamlSource source) {
    this.source = source;
  }

  /**
   * The proxy of a rollout; null where the gateway has its traffic.
   *
   * @param led services that the gateway leads to
   */
  @Nullable ProxyConfig read(
      String at,
      JsonNode rollout,
      String service,
      Set<String> led,
      List<Step> steps,
      List<Limit> limits) {
    var node = rollout.path("traffic");
    if (!node.isObject()) {
      return null;
    }
    String here = at + "/traffic";
    if (rollout.path("subject").has("flag") || rollout.path("subject").has("agent")) {
      source.wrong(here, "HAProxy and nginx have the traffic of services alone; take it out");
      return null;
    }
    if (led.contains(service)) {
      source.wrong(
          here,
          "the gateway leads to %s already; name another: subject: { service: %s-proxy }"
              .formatted(service, service));
    }
    if (node.has("haproxy") == node.has("nginx")) {
      source.wrong(here, "say which proxy has the traffic: haproxy: or nginx:, and one of them");
      return null;
    }
    var versions = new ArrayList<String>();
    node.properties()
        .forEach(
            proxy ->
                proxy
                    .getValue()
                    .path("versions")
                    .properties()
                    .forEach(e -> versions.add(e.getKey())));
    if (versions.size() < 2) {
      source.wrong(here, "a rollout has two versions at least: versions: { v1: …, v2: … }");
      return null;
    }
    var health = health(here + "/health", node.path("health"), versions);
    if (rollout.has("blueGreen") && !health.keySet().containsAll(versions)) {
      source.wrong(
          here,
          "blueGreen switches to what is well; say where each version is looked at:"
              + " health: { v1: [\"http://127.0.0.1:9001/health\"], v2: [\"127.0.0.1:9002\"] }");
    }
    boolean isHaproxy = node.has("haproxy");
    var config =
        new ProxyConfig(
            versions,
            isHaproxy ? haproxy(here + "/haproxy", node.path("haproxy")) : null,
            isHaproxy ? null : nginx(here + "/nginx", node.path("nginx")),
            health);
    fits(at, config, steps, limits);
    var other = known.putIfAbsent(service, config);
    if (other != null && !other.equals(config)) {
      source.wrong(here, "another rollout says otherwise of " + service + "; say the same in both");
    }
    apart(here, service, config);
    return config;
  }

  /** Two services share nothing that is told to a proxy. */
  private void apart(String at, String service, ProxyConfig config) {
    var mine = config.haproxy();
    var own = config.nginx();
    known.forEach(
        (other, before) -> {
          var theirs = before.haproxy();
          var file = before.nginx();
          if (other.equals(service)) {
            return;
          }
          if (mine != null
              && theirs != null
              && mine.socket().equals(theirs.socket())
              && mine.backend().equals(theirs.backend())) {
            source.wrong(
                at + "/haproxy/backend",
                "%s splits the backend %s already; name another".formatted(other, mine.backend()));
          }
          if (own != null && file != null && own.file().equals(file.file())) {
            source.wrong(
                at + "/nginx/file",
                "%s has the file %s already; name another".formatted(other, own.file()));
          }
          String variable = Nginx.variable(service);
          if (own != null && file != null && variable.equals(Nginx.variable(other))) {
            source.wrong(
                at + "/nginx",
                "$%s is the variable of %s already; name the service otherwise"
                    .formatted(variable, other));
          }
        });
  }

  private Haproxy haproxy(String at, JsonNode node) {
    var servers = new LinkedHashMap<String, List<String>>();
    for (var version : node.path("versions").properties()) {
      var names = new ArrayList<String>();
      for (var name : version.getValue()) {
        names.add(name(at + "/versions/" + version.getKey(), name.asText()));
      }
      if (servers.values().stream().anyMatch(others -> others.stream().anyMatch(names::contains))) {
        source.wrong(
            at + "/versions/" + version.getKey(), "a server is of one version; name another");
      }
      servers.put(version.getKey(), names);
    }
    return new Haproxy(
        path(at + "/socket", node.path("socket").asText()),
        name(at + "/backend", node.path("backend").asText()),
        servers);
  }

  private Nginx nginx(String at, JsonNode node) {
    var upstreams = new LinkedHashMap<String, String>();
    for (var version : node.path("versions").properties()) {
      String here = at + "/versions/" + version.getKey();
      String upstream = name(here, version.getValue().asText());
      if (upstreams.containsValue(upstream)) {
        source.wrong(here, "an upstream is of one version; name another");
      }
      upstreams.put(version.getKey(), upstream);
    }
    String key = node.path("key").asText("$remote_addr");
    if (!KEY.matcher(key).matches()) {
      source.wrong(
          at + "/key",
          "\"" + key + "\" has no variable of nginx; write $remote_addr or $cookie_id");
    }
    return new Nginx(
        path(at + "/file", node.path("file").asText()),
        path(at + "/log", node.path("log").asText()),
        key,
        upstreams,
        node.path("test").asText("nginx -t"),
        node.path("reload").asText("nginx -s reload"),
        node.hasNonNull("status") ? status(at + "/status", node.get("status").asText()) : null);
  }

  /** Where versions are looked at. */
  private Map<String, List<Check>> health(String at, JsonNode node, List<String> versions) {
    var health = new LinkedHashMap<String, List<Check>>();
    for (var version : node.properties()) {
      String here = at + "/" + version.getKey();
      if (!versions.contains(version.getKey())) {
        source.wrong(
            here,
            version.getKey() + " is no version of it" + DidYouMean.to(version.getKey(), versions));
      }
      var checks = new ArrayList<Check>();
      for (var address : version.getValue()) {
        check(here, address.asText()).ifPresent(checks::add);
      }
      health.put(version.getKey(), List.copyOf(checks));
    }
    return health;
  }

  private Optional<Check> check(String at, String text) {
    var form = ADDRESS.matcher(text);
    String path = form.matches() ? form.group("path") : null;
    boolean isHttp = form.matches() && form.group("http") != null;
    int port = form.matches() ? Integer.parseInt(form.group("port")) : 0;
    var rule = HealthRule.parse(!isHttp ? "tcp" : path == null ? "/" : path);
    if (port < 1 || port > LAST_PORT || rule.isEmpty() || (!isHttp && path != null)) {
      source.wrong(
          at,
          "\"" + text + "\" is no address; write http://127.0.0.1:9001/health or 127.0.0.1:9001");
      return Optional.empty();
    }
    return Optional.of(new Check(form.group("host"), port, rule.get()));
  }

  private String status(String at, String text) {
    var form = ADDRESS.matcher(text);
    boolean isHere =
        form.matches()
            && form.group("http") == null
            && form.group("path") == null
            && LOOPBACK.matcher(form.group("host")).matches()
            && Integer.parseInt(form.group("port")) >= 1
            && Integer.parseInt(form.group("port")) <= LAST_PORT;
    if (!isHere) {
      source.wrong(at, "\"" + text + "\" is no port of this machine; write 127.0.0.1:8099");
    }
    return text;
  }

  private String name(String at, String text) {
    if (!NAME.matcher(text).matches()) {
      source.wrong(at, "\"" + text + "\" is no name; write letters, digits, _, . and -");
    }
    return text;
  }

  private String path(String at, String text) {
    try {
      if (Path.of(text).isAbsolute()) {
        return text;
      }
    } catch (InvalidPathException e) {
      // The same as one that is not whole.
    }
    source.wrong(at, "\"" + text + "\" is no whole path; write it from the root on");
    return text;
  }

  /** What a proxy can neither share nor count is not promised. */
  private void fits(String at, ProxyConfig config, List<Step> steps, List<Limit> limits) {
    var haproxy = config.haproxy();
    if (haproxy != null && limits.stream().anyMatch(l -> l.metric() == RolloutMetric.SLOW)) {
      source.wrong(
          at + "/rollback",
          "HAProxy does not count how many answers are slow; take the rule out, or use nginx");
    }
    for (int i = 0; i < steps.size(); i++) {
      String here = at + "/steps/" + i;
      config.unshareable(steps.get(i).weight()).ifPresent(why -> source.wrong(here, why));
    }
  }
}
