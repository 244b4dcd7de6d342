package dev.hivedeck.engine.config.service;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.config.notify.SecretRef;
import dev.hivedeck.engine.config.service.ServiceConfig.HealthRule;
import dev.hivedeck.engine.config.yaml.DidYouMean;
import dev.hivedeck.engine.config.yaml.YamlSource;
import dev.hivedeck.engine.protocol.Durations;
import dev.hivedeck.engine.protocol.service.ServiceViews.CheckKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads {@code services}, noting at its line what is wrong with it. */
public final class ServiceReader {
  private static final String AT = "/services/";
  private static final Pattern ADDRESS =
      Pattern.compile("([A-Za-z0-9][A-Za-z0-9.-]*|\\[[0-9A-Fa-f:]+]):(\\d{1,5})");
  private static final Duration LEAST = Duration.ofMillis(100);
  private static final Duration SHORTEST = Duration.ofMillis(10);
  private static final int PORTS = 65_535;

  private final YamlSource source;

  private ServiceReader(YamlSource source) {
    this.source = source;
  }

  /** The services of a configuration, by name, in its order. */
  public static Map<String, ServiceConfig> read(YamlSource source) {
    var reader = new ServiceReader(source);
    var services = new LinkedHashMap<String, ServiceConfig>();
    for (var entry : source.root().path("services").properties()) {
      services.put(entry.getKey(), reader.service(entry.getKey(), entry.getValue()));
    }
    services.values().forEach(service -> reader.check(service, services));
    reader.checkRoutes(services);
    return services;
  }

  private ServiceConfig service(String name, JsonNode node) {
    String run = text(node, "run");
    String address = text(node, "address");
    String host = null;
    int port = node.path("port").asInt(0);
    if (run == null && address == null) {
      wrong(name, "", "service " + name + " neither runs nor is anywhere; write run: or address:");
    } else if (run != null && address != null) {
      wrong(
          name,
          "address",
          "service " + name + " has run and address; what Hivedeck runs has its port by itself");
    } else if (address != null) {
      var form = ADDRESS.matcher(address);
      if (!form.matches()
          || Integer.parseInt(form.group(2)) > PORTS
          || Integer.parseInt(form.group(2)) == 0) {
        wrong(name, "address", "\"" + address + "\" is no address; write 127.0.0.1:5432");
      } else {
        host = form.group(1);
        port = Integer.parseInt(form.group(2));
      }
      for (String key : List.of("port", "instances", "watch", "env", "pass", "folder", "seed")) {
        if (node.has(key)) {
          wrong(name, key, "a service that runs elsewhere has no " + key + "; take it out");
        }
      }
    }
    int instances = node.path("instances").asInt(1);
    if (port + instances - 1 > PORTS) {
      wrong(name, "port", "ports end at " + PORTS);
    }
    return new ServiceConfig(
        name,
        run,
        host,
        folder(name, node),
        env(name, node),
        strings(node.path("pass")),
        port,
        instances,
        strings(node.path("needs")),
        watch(name, node),
        route(name, node),
        text(node, "seed"),
        !node.path("start").asText("auto").equals("manual"),
        health(name, node.path("health"), address == null ? CheckKind.NONE : CheckKind.TCP));
  }

  private String folder(String name, JsonNode node) {
    String folder = text(node, "folder");
    if (folder == null) {
      return ".";
    }
    if (leaves(folder)) {
      wrong(name, "folder", "\"" + folder + "\" leaves the repository; paths start at its root");
    }
    return folder;
  }

  private static boolean leaves(String path) {
    return path.startsWith("/") || path.indexOf(0) >= 0 || List.of(path.split("/")).contains("..");
  }

  private Map<String, String> env(String name, JsonNode node) {
    var env = new LinkedHashMap<String, String>();
    for (var entry : node.path("env").properties()) {
      String value = entry.getValue().asText();
      if ((value.startsWith("secret:") || value.startsWith("env:"))
          && !SecretRef.FORM.matcher(value).matches()) {
        wrong(
            name,
            "env/" + entry.getKey(),
            "\"" + value + "\" names no secret; write secret:NAME or env:NAME");
      }
      env.put(entry.getKey(), value);
    }
    return env;
  }

  private List<String> watch(String name, JsonNode node) {
    var patterns = strings(node.path("watch"));
    for (String pattern : patterns) {
      if (pattern.isBlank() || leaves(pattern.replaceFirst("^/(?!/)", ""))) {
        wrong(
            name,
            "watch",
            "\"" + pattern + "\" is no pattern of files here; write services/api/**");
      }
    }
    return patterns;
  }

  private @Nullable String route(String name, JsonNode node) {
    String route = text(node, "route");
    if (route != null && !HealthRule.isPath(route)) {
      wrong(name, "route", "\"" + route + "\" is no path; write /" + name);
    }
    return route;
  }

  private HealthRule health(String name, JsonNode node, CheckKind usual) {
    var none = HealthRule.NONE;
    if (node.isTextual()) {
      return rule(name, node.asText(), "health");
    }
    if (!node.isObject()) {
      return none.of(usual, "");
    }
    boolean http = node.hasNonNull("http");
    var kind =
        http
            ? rule(name, node.get("http").asText(), "health/http")
            : none.of(node.path("tcp").asBoolean(false) ? CheckKind.TCP : usual, "");
    var every = time(name, node, "every", none.every(), LEAST);
    var timeout = time(name, node, "timeout", none.timeout(), SHORTEST);
    return new HealthRule(
        kind.kind(),
        kind.path(),
        every,
        timeout,
        node.path("rise").asInt(none.rise()),
        node.path("fall").asInt(none.fall()),
        time(name, node, "within", none.within(), LEAST));
  }

  private HealthRule rule(String name, String text, String key) {
    var rule = HealthRule.parse(text);
    if (rule.isEmpty()) {
      wrong(name, key, "\"" + text + "\" is no check; write a path such as /health, or tcp");
    }
    return rule.orElse(HealthRule.NONE);
  }

  private Duration time(String name, JsonNode node, String key, Duration usual, Duration least) {
    if (!node.hasNonNull(key)) {
      return usual;
    }
    String text = node.get(key).asText();
    var time = Durations.parse(text);
    if (time.isEmpty()) {
      wrong(name, "health/" + key, "\"" + text + "\" is no time; write " + Durations.EXAMPLES);
    } else if (time.get().compareTo(least) < 0) {
      wrong(
          name,
          "health/" + key,
          "\"" + text + "\" is too short; at least " + least.toMillis() + "ms");
    }
    return time.orElse(usual);
  }

  private void check(ServiceConfig service, Map<String, ServiceConfig> all) {
    for (String other : service.needs()) {
      if (!all.containsKey(other)) {
        wrong(
            service.name(),
            "needs",
            "service "
                + service.name()
                + " needs "
                + other
                + ", which is no service here"
                + DidYouMean.to(other, all.keySet()));
      }
    }
    var way = way(service.name(), service.name(), all, new LinkedHashSet<>());
    if (way != null) {
      wrong(
          service.name(),
          "needs",
          "services need each other in a circle: " + String.join(" → ", way) + "; let one go");
    }
  }

  /** How a service comes to need itself; null when it does not. */
  private static @Nullable List<String> way(
      String from, String goal, Map<String, ServiceConfig> all, Set<String> seen) {
    var service = all.get(from);
    if (service == null || !seen.add(from)) {
      return null;
    }
    for (String next : service.needs()) {
      if (next.equals(goal)) {
        return new ArrayList<>(List.of(from, goal));
      }
      var rest = way(next, goal, all, seen);
      if (rest != null) {
        rest.addFirst(from);
        return rest;
      }
    }
    return null;
  }

  private void checkRoutes(Map<String, ServiceConfig> all) {
    var owners = new LinkedHashMap<String, String>();
    var ports = new LinkedHashMap<Integer, String>();
    for (var service : all.values()) {
      String other =
          service.route() == null ? null : owners.putIfAbsent(service.route(), service.name());
      if (other != null) {
        wrong(
            service.name(),
            "route",
            "route " + service.route() + " leads to " + other + " already");
      }
      for (int i = 0; service.run() != null && service.port() > 0 && i < service.instances(); i++) {
        String holder = ports.putIfAbsent(service.port() + i, service.name());
        if (holder != null) {
          wrong(
              service.name(),
              "port",
              "port " + (service.port() + i) + " is that of " + holder + " already");
        }
      }
    }
  }

  private static @Nullable String text(JsonNode node, String key) {
    String text = node.path(key).asText("").strip();
    return text.isEmpty() ? null : text;
  }

  private static List<String> strings(JsonNode node) {
    var texts = new ArrayList<String>();
    node.forEach(item -> texts.add(item.asText()));
    return texts;
  }

  private void wrong(String service, String key, String text) {
    source.wrong(AT + service + (key.isEmpty() ? "" : "/" + key), text);
  }
}
