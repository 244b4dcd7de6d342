package dev.hivedeck.engine.config.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.config.gateway.GatewayConfig.LimitBy;
import dev.hivedeck.engine.config.gateway.GatewayConfig.RateLimit;
import dev.hivedeck.engine.config.gateway.GatewayConfig.ServiceRoute;
import dev.hivedeck.engine.config.gateway.GatewayConfig.StickyBy;
import dev.hivedeck.engine.config.service.ServiceConfig.HealthRule;
import dev.hivedeck.engine.config.yaml.DidYouMean;
import dev.hivedeck.engine.config.yaml.SharePercent;
import dev.hivedeck.engine.config.yaml.YamlSource;
import dev.hivedeck.engine.protocol.Durations;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads {@code gateway}, noting at its line what is wrong with it. */
public final class GatewayReader {
  private static final String AT = "/gateway";

  private static final Pattern SIZE = Pattern.compile("(\\d{1,9})\\s*([kKmMgG]?)[bB]?");

  /** The gateway only leads to this machine. */
  private static final Pattern ADDRESS =
      Pattern.compile("(?:localhost|127(?:\\.\\d{1,3}){3}|\\[::1]):(\\d{1,5})");

  private static final Pattern ROUTE = Pattern.compile("(?:/[A-Za-z0-9._~-]+)+");
  private static final Pattern HEADER = Pattern.compile("header:([A-Za-z0-9-]{1,64})");

  private final YamlSource source;

  /** Whose each route is. */
  private final Map<String, String> routes = new HashMap<>();

  private GatewayReader(YamlSource source) {
    this.source = source;
  }

  /** What the section says; where there is none, the gateway is off. */
  public static GatewayConfig read(YamlSource source) {
    var node = source.root().path("gateway");
    return node.isObject() ? new GatewayReader(source).read(node) : GatewayConfig.OFF;
  }

  private GatewayConfig read(JsonNode node) {
    var services = new LinkedHashMap<String, ServiceRoute>();
    for (var e : node.path("services").properties()) {
      services.put(e.getKey(), service(e.getKey(), e.getValue(), AT + "/services/" + e.getKey()));
    }
    return new GatewayConfig(node.path("port").asInt(), services);
  }

  private ServiceRoute service(String name, JsonNode node, String at) {
    var versions = versions(node.path("versions"), at + "/versions");
    String sticky = node.path("sticky").asText("none");
    var header = HEADER.matcher(sticky);
    String base = versions.isEmpty() ? found(name, node, at) : base(node, versions, at);
    return new ServiceRoute(
        name,
        route(name, node.path("route"), at + "/route"),
        versions,
        base,
        weights(node.path("weights"), base, versions, at + "/weights"),
        header.matches() ? StickyBy.HEADER : StickyBy.valueOf(sticky.toUpperCase(Locale.ROOT)),
        header.matches() ? header.group(1) : null,
        time(node.path("timeout"), at + "/timeout", GatewayConfig.TIMEOUT),
        node.path("retries").asInt(GatewayConfig.RETRIES),
        size(node.path("maxBody"), at + "/maxBody"),
        limit(node.path("limit"), at + "/limit"),
        strings(node.path("cors")),
        health(node.path("health"), versions, at + "/health"));
  }

  private HealthRule health(JsonNode node, Map<String, ?> versions, String at) {
    if (node.isMissingNode() || node.isNull()) {
      return ServiceRoute.LISTENS;
    }
    if (versions.isEmpty()) {
      source.wrong(
          at, "health is of versions with addresses; write it below services: where it runs");
    }
    var rule = HealthRule.parse(node.asText());
    if (rule.isEmpty()) {
      source.wrong(
          at, "\"" + node.asText() + "\" is no check; write a path such as /health, or tcp");
    }
    return rule.orElse(ServiceRoute.LISTENS);
  }

  private @Nullable String route(String name, JsonNode node, String at) {
    if (node.isMissingNode() || node.isNull()) {
      return null;
    }
    String route = node.asText();
    if (!ROUTE.matcher(route).matches() || route.contains("/.")) {
      source.wrong(at, "\"" + route + "\" is no beginning of a path; write /orders");
    } else if (route.equals("/api") || route.startsWith("/api/v1")) {
      source.wrong(at, "/api/v1/" + name + " leads to it anyway; choose another route");
    } else if (routes.putIfAbsent(route, name) != null) {
      source.wrong(at, route + " leads to " + routes.get(route) + " already; choose another");
    }
    return route;
  }

  private LinkedHashMap<String, List<InetSocketAddress>> versions(JsonNode node, String at) {
    var versions = new LinkedHashMap<String, List<InetSocketAddress>>();
    for (var version : node.properties()) {
      var addresses = new ArrayList<InetSocketAddress>();
      for (var address : version.getValue()) {
        addresses.addAll(address(address.asText(), at + "/" + version.getKey()));
      }
      versions.put(version.getKey(), List.copyOf(addresses));
    }
    return versions;
  }

  private List<InetSocketAddress> address(String text, String at) {
    var address = ADDRESS.matcher(text);
    int port = address.matches() ? Integer.parseInt(address.group(1)) : 0;
    if (port < 1 || port > 65_535) {
      source.wrong(
          at,
          "\""
              + text
              + "\" is no place on this machine, and the gateway leads to no other; write"
              + " 127.0.0.1:9001");
      return List.of();
    }
    return List.of(new InetSocketAddress(text.startsWith("[") ? "::1" : "127.0.0.1", port));
  }

  /** The base of a service whose instances are found: where services: has it. */
  private String found(String name, JsonNode node, String at) {
    if (!source.root().path("services").has(name)) {
      source.wrong(
          at,
          name
              + " has no versions, and services: has no "
              + name
              + "; write its addresses: versions: { v1: [\"127.0.0.1:9001\"] }");
    }
    for (String key : List.of("base", "weights")) {
      if (node.has(key)) {
        source.wrong(
            at + "/" + key,
            key + " is of versions with addresses; take it out, or write versions:");
      }
    }
    return ServiceRoute.FOUND;
  }

  /** The one that is named, or the only one without a weight. */
  private String base(JsonNode node, Map<String, ?> versions, String at) {
    String named = node.path("base").asText("");
    if (!named.isEmpty()) {
      if (!versions.containsKey(named)) {
        source.wrong(
            at + "/base", named + " is no version of it" + DidYouMean.to(named, versions.keySet()));
      }
      return named;
    }
    var others = versions.keySet().stream().filter(v -> !node.path("weights").has(v)).toList();
    if (others.size() != 1) {
      source.wrong(
          at,
          "which version has the rest of the traffic is not said; give each but one of its"
              + " versions a weight, or name it: base: "
              + versions.keySet().iterator().next());
    }
    return others.size() == 1 ? others.getFirst() : versions.keySet().iterator().next();
  }

  private Map<String, Integer> weights(
      JsonNode node, String base, Map<String, ?> versions, String at) {
    var weights = new LinkedHashMap<String, Integer>();
    int sum = 0;
    for (var e : node.properties()) {
      String here = at + "/" + e.getKey();
      var weight = SharePercent.thousandths(e.getValue().asText());
      if (!versions.containsKey(e.getKey())) {
        source.wrong(
            here,
            e.getKey() + " is no version of it" + DidYouMean.to(e.getKey(), versions.keySet()));
      } else if (e.getKey().equals(base)) {
        source.wrong(here, e.getKey() + " is the base and has the rest; leave it out");
      } else if (weight.isEmpty()) {
        source.wrong(here, "\"" + e.getValue().asText() + "\" is no share; write 5% or 0.5%");
      } else {
        weights.put(e.getKey(), weight.getAsInt());
        sum += weight.getAsInt();
      }
    }
    if (sum > SharePercent.WHOLE) {
      source.wrong(at, "the weights are more than 100% together");
      return Map.of();
    }
    return weights;
  }

  private @Nullable RateLimit limit(JsonNode node, String at) {
    return node.isObject()
        ? new RateLimit(
            node.path("requests").asInt(1),
            time(node.path("per"), at + "/per", Duration.ofMinutes(1)),
            LimitBy.of(node.path("by").asText("client")))
        : null;
  }

  private long size(JsonNode node, String at) {
    if (node.isMissingNode() || node.isNull()) {
      return GatewayConfig.MOST_BODY;
    }
    var size = SIZE.matcher(node.asText());
    if (!size.matches()) {
      source.wrong(at, "\"" + node.asText() + "\" is no size; write 10MB or 500kB");
      return GatewayConfig.MOST_BODY;
    }
    int power = " kmg".indexOf((size.group(2) + " ").toLowerCase(Locale.ROOT).charAt(0));
    return Long.parseLong(size.group(1)) * (long) Math.pow(1_000, power);
  }

  private Duration time(JsonNode node, String at, Duration otherwise) {
    if (node.isMissingNode() || node.isNull()) {
      return otherwise;
    }
    var time = Durations.parse(node.asText()).filter(Duration::isPositive);
    if (time.isEmpty()) {
      source.wrong(at, "\"" + node.asText() + "\" is no time; write " + Durations.EXAMPLES);
    }
    return time.orElse(otherwise);
  }

  private static List<String> strings(JsonNode node) {
    var all = new ArrayList<String>();
    node.forEach(item -> all.add(item.asText()));
    return List.copyOf(all);
  }
}
