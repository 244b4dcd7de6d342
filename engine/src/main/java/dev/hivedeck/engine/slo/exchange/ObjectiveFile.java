package dev.hivedeck.engine.slo.exchange;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.config.yaml.YamlSource;
import dev.hivedeck.engine.protocol.Config;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.slo.Objective;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The objectives of a text of others, whatever their format: OpenSLO v1, Sloth's files and {@code
 * PrometheusServiceLevel}, Pyrra's {@code ServiceLevelObjective}, Prometheus rules in Sloth's shape
 * and {@code PrometheusRule}; several documents may be mixed. An objective is taken whole or not at
 * all.
 *
 * @param taken in the order of the text, each with a name of its own
 * @param left what is not
 */
public record ObjectiveFile(List<Taken> taken, List<Config.Left> left) {
  private static final Pattern LABEL = Pattern.compile("(sloth_\\w+)\\s*=\\s*\"([^\"]*)\"");
  private static final String NO_PLACE = "has no place in hive.yaml";
  private static final Map<String, String> OTHER_KINDS =
      Map.of(
          "Service", "says nothing that an objective needs",
          "DataSource", "is not needed: what is counted is kept here",
          "AlertNotificationTarget", "who is told is said below notify in hive.yaml");

  /**
   * @param format {@code openslo}, {@code sloth}, {@code pyrra} or {@code prometheus}
   * @param line where it begins
   */
  public record Taken(String format, int line, Objective objective) {}

  /**
   * @param file its name, for messages
   * @param period of objectives whose format does not say it
   * @throws HiveException {@code import-invalid} when it is no YAML, {@code import-empty} when
   *     there is nothing in it
   */
  public static ObjectiveFile read(String file, String text, Duration period) {
    var reader = new Reader(period);
    var documents = YamlSource.documents(file, text, ErrorCode.IMPORT_INVALID);
    for (var source : documents) {
      for (var part : parts(source)) {
        reader.parts.add(part);
      }
    }
    reader.parts.forEach(reader::read);
    if (reader.parts.isEmpty()) {
      throw new HiveException(
          ErrorCode.IMPORT_EMPTY,
          file + " has nothing in it.",
          "Give a file of OpenSLO v1, Sloth, Pyrra or Prometheus rules in Sloth's shape.");
    }
    return reader.named();
  }

  /** A document, or an item of one that is a list. */
  private record Part(YamlSource source, String at, JsonNode node) {
    int line(String pointer) {
      return source.line(at + pointer);
    }
  }

  private static List<Part> parts(YamlSource source) {
    if (!source.root().isArray()) {
      return List.of(new Part(source, "", source.root()));
    }
    var parts = new ArrayList<Part>();
    source.root().forEach(n -> parts.add(new Part(source, "/" + parts.size(), n)));
    return parts;
  }

  /** Takes parts in, one after the other. */
  private static final class Reader {
    private final Duration period;
    private final List<Part> parts = new ArrayList<>();
    private final List<Taken> taken = new ArrayList<>();
    private final List<Config.Left> left = new ArrayList<>();

    Reader(Duration period) {
      this.period = period;
    }

    void read(Part part) {
      String version = part.node().path("apiVersion").asText();
      String kind = part.node().path("kind").asText();
      if (version.equals(OpenSlo.API)) {
        openSlo(part, kind);
      } else if (part.node().path("version").asText().equals(SlothSpec.VERSION)) {
        sloth(part, "", SlothSpec.KEYS);
      } else if (version.equals(SlothSpec.API) && kind.equals("PrometheusServiceLevel")) {
        sloth(part, "/spec", SlothSpec.KUBERNETES_KEYS);
      } else if (version.equals(PyrraSpec.API) && kind.equals(PyrraSpec.KIND)) {
        pyrra(part);
      } else if (part.node().has("groups")) {
        rules(part, "/groups");
      } else if (kind.equals("PrometheusRule")) {
        rules(part, "/spec/groups");
      } else {
        String what = kind.isEmpty() ? "this" : kind + (version.isEmpty() ? "" : " of " + version);
        leave(part, "", "", "", what + " is none of the formats that objectives are read from");
      }
    }

    private void openSlo(Part part, String kind) {
      String name = part.node().path("metadata").path("name").asText();
      if (OTHER_KINDS.containsKey(kind)) {
        leave(part, "/kind", name, "kind", kind + " " + OTHER_KINDS.get(kind));
        return;
      }
      if (!kind.equals("SLO")) {
        if (!kind.matches("SLI|AlertPolicy|AlertCondition")) {
          leave(part, "/kind", name, "", "OpenSLO v1 has no kind \"" + kind + "\"");
        }
        return;
      }
      int count = part.node().path("spec").path("objectives").size();
      if (count == 0) {
        leave(part, "", name, "", "it has no objectives");
      }
      for (int i = 0; i < count; i++) {
        int number = i;
        take(
            part,
            count == 1 ? "" : "/spec/objectives/" + i,
            name,
            "openslo",
            () -> OpenSlo.of(openSloDocuments()).objective(part.node(), number));
      }
      leaveOthers(part, OpenSlo.KEYS, _ -> name);
    }

    private List<JsonNode> openSloDocuments() {
      return parts.stream()
          .map(Part::node)
          .filter(n -> n.path("apiVersion").asText().equals(OpenSlo.API))
          .filter(n -> n.path("kind").asText().matches("SLO|SLI|AlertPolicy|AlertCondition"))
          .toList();
    }

    private void sloth(Part part, String at, KnownKeys keys) {
      var spec = part.node().at(at);
      var slos = spec.path("slos");
      if (slos.isEmpty()) {
        leave(part, at, "", "", "it has no slos");
      }
      for (int i = 0; i < slos.size(); i++) {
        var slo = slos.get(i);
        String place = at + "/slos/" + i;
        take(
            part,
            place,
            slo.path("name").asText(),
            "sloth",
            () -> SlothSpec.slo(spec, slo, period).objective());
      }
      leaveOthers(
          part,
          keys,
          pointer -> {
            var steps = pointer.substring(at.length()).split("/");
            return steps.length > 2 && steps[1].equals("slos")
                ? slos.path(Integer.parseInt(steps[2])).path("name").asText()
                : "";
          });
    }

    private void pyrra(Part part) {
      String name = part.node().path("metadata").path("name").asText();
      take(part, "", name, "pyrra", () -> PyrraSpec.read(part.node()));
      var differences = PyrraSpec.differences(part.node());
      differences.forEach((key, why) -> leave(part, key, name, key.substring(1), why));
      for (String key : PyrraSpec.KEYS.others(part.node())) {
        if (!differences.containsKey(key) && !key.endsWith("/grouping")) {
          leave(part, key, name, key.substring(1), NO_PLACE);
        }
      }
    }

    private void rules(Part part, String at) {
      record Key(String service, String name) {}
      var objectives = new LinkedHashMap<Key, List<JsonNode>>();
      var lines = new HashMap<Key, String>();
      var alerts = new LinkedHashMap<String, JsonNode>();
      var groups = part.node().at(at);
      for (int g = 0; g < groups.size(); g++) {
        var rules = groups.get(g).path("rules");
        for (int r = 0; r < rules.size(); r++) {
          var rule = rules.get(r);
          String place = at + "/" + g + "/rules/" + r;
          if (!SlothRuleReader.isOfSloth(rule)) {
            String name = rule.path("alert").asText(rule.path("record").asText());
            leave(part, place, name, "", "this rule is of no objective; name the file below rules");
            continue;
          }
          var labels =
              rule.has("alert") ? matchers(rule.path("expr").asText()) : rule.path("labels");
          var key =
              new Key(labels.path("sloth_service").asText(), labels.path("sloth_slo").asText());
          objectives.computeIfAbsent(key, _ -> new ArrayList<>()).add(rule);
          lines.putIfAbsent(key, place);
          if (rule.has("alert")) {
            alerts.put(place, rule);
          }
        }
      }
      if (groups.isEmpty()) {
        leave(part, at, "", "", "it has no groups");
      }
      objectives.forEach(
          (key, all) ->
              take(
                  part,
                  lines.get(key),
                  key.name(),
                  "prometheus",
                  () -> new SlothRuleReader(key.name(), key.service(), all).read().objective()));
      alerts.forEach(
          (place, rule) ->
              SlothRuleReader.differences(rule)
                  .forEach(
                      (key, why) ->
                          leave(
                              part,
                              place + key,
                              matchers(rule.path("expr").asText()).path("sloth_slo").asText(),
                              rule.path("alert").asText() + key,
                              why)));
    }

    /** The conditions of the first series of a query, as if they were labels. */
    private static JsonNode matchers(String query) {
      var labels = Json.object();
      var m = LABEL.matcher(query);
      while (m.find() && !labels.has(m.group(1))) {
        labels.put(m.group(1), m.group(2));
      }
      return labels;
    }

    private void take(
        Part part, String place, String name, String format, Supplier<Objective> read) {
      try {
        taken.add(new Taken(format, part.line(place), read.get()));
      } catch (HiveException e) {
        leave(part, place, name, "", (e.getMessage() + " " + e.hint()).strip());
      } catch (DateTimeException | IllegalArgumentException | ArithmeticException e) {
        leave(part, place, name, "", "a value cannot be read: " + e.getMessage());
      }
    }

    private void leaveOthers(Part part, KnownKeys keys, Function<String, String> name) {
      for (String pointer : keys.others(part.node())) {
        leave(part, pointer, name.apply(pointer), pointer.substring(1), NO_PLACE);
      }
    }

    private void leave(Part part, String place, String name, String key, String why) {
      left.add(new Config.Left(part.line(place), name, key, why));
    }

    /** Gives those that share a name the service's before it; what is still alike is left. */
    ObjectiveFile named() {
      var times =
          taken.stream()
              .collect(Collectors.groupingBy(t -> t.objective().name(), Collectors.counting()));
      var named = new LinkedHashMap<String, Taken>();
      for (var each : taken) {
        var objective = each.objective();
        String name =
            times.get(objective.name()) == 1
                ? objective.name()
                : objective.service() + "-" + objective.name();
        var former =
            named.putIfAbsent(name, new Taken(each.format(), each.line(), objective.named(name)));
        if (former != null) {
          left.add(
              new Config.Left(
                  each.line(),
                  name,
                  "",
                  "line " + former.line() + " has an objective of this name; give it another"));
        }
      }
      var sorted = new ArrayList<>(left);
      sorted.sort(Comparator.comparingInt(Config.Left::line));
      return new ObjectiveFile(List.copyOf(named.values()), List.copyOf(sorted));
    }
  }
}
