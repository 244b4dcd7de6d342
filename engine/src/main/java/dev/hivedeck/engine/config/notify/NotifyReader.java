package dev.hivedeck.engine.config.notify;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.config.notify.ChannelConfig.Tls;
import dev.hivedeck.engine.config.notify.NotifyConfig.Escalation;
import dev.hivedeck.engine.config.notify.NotifyConfig.Inhibit;
import dev.hivedeck.engine.config.notify.NotifyConfig.Route;
import dev.hivedeck.engine.config.yaml.DidYouMean;
import dev.hivedeck.engine.config.yaml.YamlSource;
import dev.hivedeck.engine.protocol.Durations;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads {@code notify}, noting at its line what is wrong with it. */
public final class NotifyReader {
  private static final String AT = "/notify";
  private static final Duration LEAST_INTERVAL = Duration.ofSeconds(1);

  /** Names of secrets, as {@code hivedeck secret set} takes them. */
  public static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  private static final Set<String> LOCAL = Set.of("localhost", "127.0.0.1", "[::1]", "::1");

  private final YamlSource source;

  private NotifyReader(YamlSource source) {
    this.source = source;
  }

  /** What the section says; where there is none, the standard. */
  public static NotifyConfig read(YamlSource source) {
    return new NotifyReader(source).read(source.root().path("notify"));
  }

  private NotifyConfig read(JsonNode node) {
    var standard = NotifyConfig.STANDARD;
    if (node.isMissingNode() || node.isNull()) {
      return standard;
    }
    var channels = new LinkedHashMap<>(standard.channels());
    for (var e : node.path("channels").properties()) {
      String at = AT + "/channels/" + e.getKey();
      if (standard.channels().containsKey(e.getKey())) {
        source.wrong(at, e.getKey() + " is there without being declared; take it out");
        continue;
      }
      var channel = channel(e.getKey(), e.getValue(), at);
      if (channel != null) {
        channels.put(e.getKey(), channel);
      }
    }
    var routes = new ArrayList<Route>();
    int i = 0;
    for (var route : node.path("routes")) {
      routes.add(route(route, AT + "/routes/" + i++, channels.keySet()));
    }
    routes.add(NotifyConfig.REST);
    var inhibitions = new ArrayList<>(standard.inhibitions());
    int k = 0;
    for (var inhibit : node.path("inhibit")) {
      String at = AT + "/inhibit/" + k++;
      inhibitions.add(
          new Inhibit(
              matchers(inhibit.path("source"), at + "/source"),
              matchers(inhibit.path("target"), at + "/target"),
              strings(inhibit.path("equal"))));
    }
    return new NotifyConfig(
        channels,
        routes,
        quiet(node.path("quiet")),
        inhibitions,
        time(node, "decisions", AT, standard.decisions()));
  }

  // ── channels ────────────────────────────────────────────────────────────────────────────────

  private ChannelConfig channel(String name, JsonNode n, String at) {
    String type = n.path("type").asText();
    mustHave(n, at, name, type);
    return switch (type) {
      case "webhook" ->
          new ChannelConfig.Webhook(
              name, address(n, at), n.has("sign") ? secret(n, "sign", at) : null);
      case "slack" -> new ChannelConfig.Slack(name, address(n, at));
      case "alertmanager" ->
          new ChannelConfig.Alertmanager(
              name, address(n, at), n.has("bearer") ? secret(n, "bearer", at) : null);
      case "email" -> email(name, n, at);
      default -> null; // the schema has said so
    };
  }

  private static final Map<String, Set<String>> KEYS =
      Map.of(
          "webhook", Set.of("url", "sign"),
          "slack", Set.of("url"),
          "alertmanager", Set.of("url", "bearer"),
          "email", Set.of("host", "port", "tls", "from", "to", "user", "password"));

  private static final Map<String, List<String>> NEEDED =
      Map.of(
          "webhook", List.of("url"),
          "slack", List.of("url"),
          "alertmanager", List.of("url"),
          "email", List.of("host", "from", "to"));

  private void mustHave(JsonNode n, String at, String name, String type) {
    for (String key : NEEDED.getOrDefault(type, List.of())) {
      if (!n.hasNonNull(key)) {
        source.wrong(at, "channel " + name + " has no " + key + "; " + type + " needs it");
      }
    }
    var keys = KEYS.get(type);
    if (keys != null) {
      for (var e : n.properties()) {
        if (!e.getKey().equals("type") && !keys.contains(e.getKey())) {
          source.wrong(
              at + "/" + e.getKey(),
              e.getKey() + " is nothing for " + type + "; leave it out of channel " + name);
        }
      }
    }
  }

  private ChannelConfig email(String name, JsonNode n, String at) {
    String host = n.path("host").asText("");
    var tls = Tls.valueOf(n.path("tls").asText("starttls").toUpperCase(Locale.ROOT));
    if (tls == Tls.NONE && !LOCAL.contains(host)) {
      source.wrong(
          at + "/tls",
          "mail to "
              + host
              + " would go over the network for anybody to read; write starttls or"
              + " tls, none is for a server on this machine");
    }
    if (n.hasNonNull("user") != n.hasNonNull("password")) {
      source.wrong(at, "a login is user and password; channel " + name + " has one of them");
    }
    for (String address : addresses(n)) {
      if (!address.matches("[^@\\s<>,]+@[^@\\s<>,]+")) {
        source.wrong(at, "\"" + address + "\" is no mail address; write name@example.com");
      }
    }
    return new ChannelConfig.Email(
        name,
        host,
        n.path("port").asInt(tls == Tls.TLS ? 465 : tls == Tls.STARTTLS ? 587 : 25),
        tls,
        n.path("from").asText(""),
        strings(n.path("to")),
        n.path("user").asText(null),
        n.has("password") ? secret(n, "password", at) : null);
  }

  private static List<String> addresses(JsonNode n) {
    var all = new ArrayList<>(strings(n.path("to")));
    if (n.hasNonNull("from")) {
      all.add(n.path("from").asText());
    }
    return all;
  }

  /** Where something is sent: written out, or by reference where the address is the secret. */
  private SecretRef address(JsonNode n, String at) {
    JsonNode url = n.path("url");
    if (SecretRef.FORM.matcher(url.asText()).matches()) {
      return SecretRef.parse(url.asText());
    }
    String problem = problem(url.asText());
    if (problem != null) {
      source.wrong(at + "/url", problem);
    }
    return new SecretRef.Plain(url.asText());
  }

  /**
   * What is wrong with an address.
   *
   * @return null when nothing is
   */
  public static String problem(String text) {
    try {
      var url = new URI(text);
      if (url.getHost() == null || !Set.of("http", "https").contains(url.getScheme())) {
        return "\"" + text + "\" is no address; write https://example.com/path";
      }
      if (url.getUserInfo() != null || url.getHost().equals("hooks.slack.com")) {
        return "this address is a secret by itself; write url: secret:NAME and keep it with"
            + " hivedeck secret set NAME";
      }
      if (url.getScheme().equals("http") && !LOCAL.contains(url.getHost())) {
        return "http to " + url.getHost() + " can be read on the way; write https";
      }
      return null;
    } catch (URISyntaxException e) {
      return "\"" + text + "\" is no address; write https://example.com/path";
    }
  }

  private SecretRef secret(JsonNode n, String key, String at) {
    String text = n.path(key).asText();
    if (!SecretRef.FORM.matcher(text).matches()) {
      source.wrong(
          at + "/" + key,
          "a secret would stand here in clear; write "
              + key
              + ": secret:NAME, and keep it with hivedeck secret set NAME");
      return null;
    }
    return SecretRef.parse(text);
  }

  // ── routes ──────────────────────────────────────────────────────────────────────────────────

  private Route route(JsonNode n, String at, Set<String> channels) {
    var standard = NotifyConfig.REST;
    var escalate = new ArrayList<Escalation>();
    int i = 0;
    for (var step : n.path("escalate")) {
      String here = at + "/escalate/" + i++;
      var after = time(step, "after", here, null);
      int repeats = step.path("repeats").asInt(0);
      if (after == null && repeats == 0) {
        source.wrong(here, "this step says neither after nor repeats; write after: 30m");
      }
      escalate.add(new Escalation(known(step.path("to"), here, channels), after, repeats));
    }
    return new Route(
        n.has("match") ? matchers(n.path("match"), at + "/match") : List.of(),
        known(n.path("to"), at, channels),
        n.has("groupBy") ? strings(n.path("groupBy")) : standard.groupBy(),
        wait(n, at, standard.groupWait()),
        interval(n, "groupInterval", at, standard.groupInterval()),
        interval(n, "repeatInterval", at, standard.repeatInterval()),
        escalate,
        n.path("continue").asBoolean(false));
  }

  private List<String> known(JsonNode names, String at, Set<String> channels) {
    var known = new LinkedHashSet<String>();
    int i = 0;
    for (String name : strings(names)) {
      if (!channels.contains(name)) {
        source.wrong(
            at + "/to/" + i,
            "there is no channel "
                + name
                + DidYouMean.to(name, channels)
                + "; declare it under notify.channels");
      }
      known.add(name);
      i++;
    }
    return List.copyOf(known);
  }

  private List<Matcher> matchers(JsonNode node, String at) {
    var matchers = Matcher.parse(node.asText(""));
    if (matchers.isEmpty()) {
      source.wrong(
          at,
          "\""
              + node.asText("")
              + "\" are no conditions on labels; write severity=\"page\", service=~\"shop.*\"");
    }
    return matchers.orElse(List.of());
  }

  private Duration wait(JsonNode n, String at, Duration otherwise) {
    if (!n.hasNonNull("groupWait")) {
      return otherwise;
    }
    var wait = Durations.parse(n.path("groupWait").asText());
    if (wait.isEmpty()) {
      noTime(n, "groupWait", at);
    }
    return wait.orElse(otherwise);
  }

  private Duration interval(JsonNode n, String key, String at, Duration otherwise) {
    var interval = time(n, key, at, otherwise);
    if (interval.compareTo(LEAST_INTERVAL) < 0) {
      source.wrong(at + "/" + key, key + " is less than a second; write 5m");
    }
    return interval;
  }

  private Duration time(JsonNode n, String key, String at, Duration otherwise) {
    if (!n.hasNonNull(key)) {
      return otherwise;
    }
    var time = Durations.parse(n.path(key).asText());
    if (time.isEmpty() || time.get().isZero()) {
      noTime(n, key, at);
      return otherwise;
    }
    return time.get();
  }

  private void noTime(JsonNode n, String key, String at) {
    source.wrong(
        at + "/" + key, "\"" + n.path(key).asText() + "\" is no time; write " + Durations.EXAMPLES);
  }

  private QuietHours quiet(JsonNode n) {
    if (n.isMissingNode() || n.isNull()) {
      return null;
    }
    String at = AT + "/quiet";
    var from = hour(n, "from", at);
    var to = hour(n, "to", at);
    if (from != null && from.equals(to)) {
      source.wrong(at, "these quiet hours begin when they end; write another end");
    }
    var zone = zone(n, at);
    return from == null || to == null ? null : new QuietHours(from, to, zone);
  }

  private LocalTime hour(JsonNode n, String key, String at) {
    try {
      return LocalTime.parse(n.path(key).asText());
    } catch (DateTimeException e) {
      source.wrong(
          at + "/" + key,
          "\"" + n.path(key).asText() + "\" is no time of day; write \"22:00\", in quotes");
      return null;
    }
  }

  private ZoneId zone(JsonNode n, String at) {
    String zone = n.path("zone").asText(null);
    try {
      return zone == null ? ZoneId.systemDefault() : ZoneId.of(zone);
    } catch (DateTimeException e) {
      source.wrong(at + "/zone", "\"" + zone + "\" is no time zone; write Europe/Berlin or UTC");
      return ZoneId.of("UTC");
    }
  }

  private static List<String> strings(JsonNode node) {
    var list = new ArrayList<String>();
    node.forEach(n -> list.add(n.asText()));
    return List.copyOf(list);
  }
}
