package dev.hivedeck.engine.config.rollout;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.config.gateway.GatewayConfig;
import dev.hivedeck.engine.config.rollout.RolloutConfig.Limit;
import dev.hivedeck.engine.config.rollout.RolloutConfig.Step;
import dev.hivedeck.engine.config.yaml.DidYouMean;
import dev.hivedeck.engine.config.yaml.SharePercent;
import dev.hivedeck.engine.config.yaml.YamlSource;
import dev.hivedeck.engine.protocol.Durations;
import dev.hivedeck.engine.protocol.rollout.RolloutMetric;
import dev.hivedeck.engine.protocol.rollout.RolloutStrategy;
import dev.hivedeck.engine.protocol.rollout.RolloutSubject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads {@code rollouts}, noting at its line what is wrong with it. */
public final class RolloutReader {
  private static final String AT = "/rollouts/";
  private static final Pattern RULE =
      Pattern.compile(
          "(?:(?<errors>error-rate|errors|5xx)|p(?<quantile>\\d{1,2}(?:\\.\\d+)?))"
              + "\\s*>\\s*(?<limit>\\S+?(?:\\s*%)?)(?:\\s+for\\s+(?<held>\\S+))?");

  private static final Pattern OBJECTIVE = Pattern.compile("slo\\s+(?<name>\\S+)");

  private static final Duration HOLD = Duration.ofMinutes(15);
  private static final Duration SCALE_DOWN = Duration.ofMinutes(10);
  private static final Duration PATIENCE = Duration.ofHours(2);
  private static final Duration LONGEST = Duration.ofDays(30);
  private static final Limit ERRORS = new Limit(RolloutMetric.ERRORS, null, 0.02, Duration.ZERO);

  /** Agents fail more often than services: half of the attempts is what they may. */
  private static final Limit FAILURES = new Limit(RolloutMetric.ERRORS, null, 0.5, Duration.ZERO);

  private static final double RATIO = 1.2;
  private static final double MOST_QUANTILE = 0.9999;

  private final YamlSource source;
  private final ProxyReader proxies;
  private final GatewayConfig gateway;
  private final Set<String> services;
  private final Set<String> flags;
  private final Set<String> agents;

  /** Agents that a rollout is about already. */
  private final Set<String> shared = new TreeSet<>();

  private RolloutReader(
      YamlSource source,
      GatewayConfig gateway,
      Set<String> services,
      Set<String> flags,
      Set<String> agents) {
    this.source = source;
    this.proxies = new ProxyReader(source);
    this.gateway = gateway;
    this.services = services;
    this.flags = flags;
    this.agents = agents;
  }

  /** The rollouts of a configuration, by name, in its order. */
  public static Map<String, RolloutConfig> read(
      YamlSource source, GatewayConfig gateway, Set<String> flags, Set<String> agents) {
    var services = new TreeSet<>(gateway.services().keySet());
    source.root().path("services").properties().forEach(e -> services.add(e.getKey()));
    var reader = new RolloutReader(source, gateway, services, flags, agents);
    var rollouts = new LinkedHashMap<String, RolloutConfig>();
    for (var entry : source.root().path("rollouts").properties()) {
      rollouts.put(entry.getKey(), reader.rollout(entry.getKey(), entry.getValue()));
    }
    return rollouts;
  }

  private RolloutConfig rollout(String name, JsonNode node) {
    boolean isBlueGreen = node.has("blueGreen");
    if (!isBlueGreen && !node.has("steps")) {
      source.wrong(AT + name, "say how it gets its traffic: steps: [5%, 50%], or blueGreen: {}");
    }
    String service = subject(name, node);
    var steps = isBlueGreen ? blueGreen(name, node) : steps(name, node);
    var limits = limits(name, node.path("rollback"), node.path("subject").has("agent"));
    var led = gateway.isOn() ? services : gateway.services().keySet();
    return new RolloutConfig(
        name,
        service,
        steps,
        limits,
        node.path("ratio").asDouble(RATIO),
        isBlueGreen
            ? node.at("/blueGreen/autoPromotion").asBoolean(true)
            : !node.path("promote").asText("automatic").equals("manual"),
        time(name, node, "patience", PATIENCE),
        objectives(name, node.path("rollback")),
        node.path("rework").asBoolean(true),
        node.path("subject").has("agent") ? node.at("/subject/canary").asText("") : null,
        isBlueGreen ? RolloutStrategy.BLUE_GREEN : RolloutStrategy.CANARY,
        proxies.read(AT + name, node, service, led, steps, limits));
  }

  /** All traffic at once, where one with steps has it by and by: what is about those is refused. */
  private List<Step> blueGreen(String name, JsonNode node) {
    var subject = node.path("subject");
    if (subject.has("flag") || subject.has("agent")) {
      wrong(name, "blueGreen", "blueGreen is of services; write steps: for others");
    }
    for (var other :
        Map.of("steps", "", "hold", ": preview and scaleDownDelay", "promote", ": autoPromotion")
            .entrySet()) {
      if (node.has(other.getKey())) {
        wrong(
            name,
            other.getKey(),
            other.getKey()
                + " is of rollouts step by step; blueGreen has its own"
                + (other.getValue().isEmpty() ? ", and no steps" : other.getValue()));
      }
    }
    var own = node.path("blueGreen");
    return RolloutConfig.blueGreen(
        time(name, own, "preview", "blueGreen/preview", Duration.ZERO),
        time(name, own, "scaleDownDelay", "blueGreen/scaleDownDelay", SCALE_DOWN));
  }

  private String subject(String name, JsonNode node) {
    var subject = node.path("subject");
    String at = AT + name + (node.has("subject") ? "/subject" : "");
    long kinds = Stream.of("service", "flag", "agent").filter(subject::has).count();
    if (kinds > 1) {
      source.wrong(at, "a rollout has one subject: a service, a flag, or an agent");
    }
    if (subject.has("canary") && !subject.has("agent")) {
      source.wrong(
          at + "/canary", "canary is of agents; rollout start " + name + " --canary names others");
    }
    if (subject.has("agent")) {
      return agent(name, subject, at);
    }
    if (subject.has("flag")) {
      String flag = subject.path("flag").asText();
      if (!flags.contains(flag)) {
        source.wrong(
            at + "/flag", flag + " is no flag" + DidYouMean.to(flag, flags) + "; add it to flags");
      }
      return RolloutSubject.flag(flag).key();
    }
    String service = subject.path("service").asText(name);
    if (!services.contains(service) && !node.has("traffic")) {
      source.wrong(
          at,
          service
              + " is no service that the gateway leads to"
              + DidYouMean.to(service, services)
              + "; add it to gateway.services, or say which proxy has its traffic");
    }
    return service;
  }

  private String agent(String name, JsonNode subject, String at) {
    String agent = subject.path("agent").asText();
    String canary = subject.path("canary").asText("");
    if (canary.isEmpty()) {
      source.wrong(at, "say which agent is to take its place: canary: " + agent + "-next");
    }
    for (String key : List.of("agent", "canary")) {
      String one = subject.path(key).asText("");
      if (one.isEmpty()) {
        continue;
      }
      if (!agents.contains(one)) {
        source.wrong(
            at + "/" + key,
            one + " is no agent" + DidYouMean.to(one, agents) + "; add it to agents");
      } else if (!shared.add(one)) {
        source.wrong(
            at + "/" + key,
            agent.equals(canary)
                ? "an agent is not its own canary; name another"
                : one + " is in a rollout already; an agent is in one at most");
      }
    }
    if (agents.contains(agent) && agents.contains(canary)) {
      alike(agent, canary, at + "/canary");
    }
    return RolloutSubject.agent(agent).key();
  }

  /** A task goes to either of them, by its number alone: then each has to be able to do it. */
  private void alike(String agent, String canary, String at) {
    if (!words(agent, "capabilities").equals(words(canary, "capabilities"))) {
      source.wrong(
          at,
          "%s has other capabilities than %s: a task goes to either of them; give both the same"
              .formatted(canary, agent));
    }
    if (words(agent, "fallback").contains(canary) || words(canary, "fallback").contains(agent)) {
      source.wrong(
          at,
          "%s and %s fall back to each other: in a rollout a task stays with one of them; name another in fallback"
              .formatted(agent, canary));
    }
  }

  private Set<String> words(String agent, String key) {
    var words = new TreeSet<String>();
    source.root().path("agents").path(agent).path(key).forEach(word -> words.add(word.asText()));
    return words;
  }

  private List<Step> steps(String name, JsonNode node) {
    var hold = time(name, node, "hold", HOLD);
    var steps = new ArrayList<Step>();
    int before = 0;
    int index = 0;
    for (var item : node.path("steps")) {
      String at = "steps/" + index++;
      var weight = item.isObject() ? item.path("weight") : item;
      int share = share(name, at, weight.asText());
      if (share > 0 && share <= before) {
        wrong(name, at, "a step has a larger weight than the one before it");
      }
      before = Math.max(before, share);
      Double errors =
          item.hasNonNull("errors")
              ? share(name, at + "/errors", item.path("errors").asText())
                  / (double) SharePercent.WHOLE
              : null;
      steps.add(new Step(share, item.isObject() ? time(name, at, item, hold) : hold, errors));
    }
    return steps;
  }

  private List<Limit> limits(String name, JsonNode node, boolean ofAgent) {
    var limits = new ArrayList<Limit>();
    int index = 0;
    for (var item : node) {
      String at = "rollback/" + index++;
      if (OBJECTIVE.matcher(item.asText().strip()).matches()) {
        continue;
      }
      var limit = limit(name, at, item.asText());
      if (limit == null) {
        continue;
      }
      if (ofAgent && limit.metric() == RolloutMetric.SLOW) {
        wrong(name, at, "how long attempts take is advice, and takes no agent back; take it out");
      }
      if (limits.stream()
          .anyMatch(
              other ->
                  other.metric() == limit.metric()
                      && !Objects.equals(other.above(), limit.above()))) {
        wrong(name, at, "slow answers are those above one time; there is a rule about another");
      }
      limits.add(limit);
    }
    if (limits.stream().noneMatch(limit -> limit.metric() == RolloutMetric.ERRORS)) {
      limits.addFirst(ofAgent ? FAILURES : ERRORS);
    }
    return limits;
  }

  /** Those whose alert takes a canary back. */
  private List<String> objectives(String name, JsonNode node) {
    var known = new TreeSet<String>();
    source.root().path("objectives").properties().forEach(e -> known.add(e.getKey()));
    var objectives = new ArrayList<String>();
    int index = 0;
    for (var item : node) {
      String at = "rollback/" + index++;
      var rule = OBJECTIVE.matcher(item.asText().strip());
      if (rule.matches()) {
        String objective = rule.group("name");
        if (!known.contains(objective)) {
          wrong(
              name,
              at,
              objective
                  + " is no objective"
                  + DidYouMean.to(objective, known)
                  + "; objectives: in hive.yaml says what there are");
        }
        objectives.add(objective);
      }
    }
    return objectives;
  }

  private @Nullable Limit limit(String name, String at, String text) {
    var rule = RULE.matcher(text.strip());
    if (!rule.matches()) {
      wrong(
          name,
          at,
          "\""
              + text
              + "\" is no rule; write error-rate > 2%, p95 > 400ms for slow answers, or slo NAME");
      return null;
    }
    var held = rule.group("held") == null ? Duration.ZERO : time(name, at, rule.group("held"));
    String limit = rule.group("limit");
    if (rule.group("errors") != null) {
      return new Limit(
          RolloutMetric.ERRORS, null, share(name, at, limit) / (double) SharePercent.WHOLE, held);
    }
    double quantile = Double.parseDouble(rule.group("quantile")) / 100;
    if (quantile < 0.5 || quantile > MOST_QUANTILE) {
      wrong(name, at, "slow answers are told by p50 to p99.99, such as p95 > 400ms");
    }
    return new Limit(
        RolloutMetric.SLOW, time(name, at, limit), Math.round(1e6 * (1 - quantile)) / 1e6, held);
  }

  /** Above none and at most all. */
  private int share(String name, String at, String text) {
    int thousandths = SharePercent.spaced(text).orElse(0);
    if (thousandths < 1 || thousandths > SharePercent.WHOLE) {
      wrong(name, at, "\"" + text + "\" is no share; write 5% or 0.5%");
      return 1;
    }
    return thousandths;
  }

  private Duration time(String name, JsonNode node, String key, Duration otherwise) {
    return time(name, node, key, key, otherwise);
  }

  private Duration time(String name, JsonNode node, String key, String at, Duration otherwise) {
    return node.hasNonNull(key) ? time(name, at, node.get(key).asText()) : otherwise;
  }

  private Duration time(String name, String at, JsonNode step, Duration otherwise) {
    return step.hasNonNull("hold")
        ? time(name, at + "/hold", step.get("hold").asText())
        : otherwise;
  }

  private Duration time(String name, String at, String text) {
    var time = Durations.parse(text).filter(t -> !t.isZero());
    if (time.isEmpty()) {
      wrong(name, at, "\"" + text + "\" is no time; write " + Durations.EXAMPLES);
    } else if (time.get().compareTo(LONGEST) > 0) {
      wrong(name, at, "\"" + text + "\" is too long; 30d at most");
    }
    return time.orElse(HOLD);
  }

  private void wrong(String rollout, String key, String text) {
    source.wrong(AT + rollout + "/" + key, text);
  }
}
