package dev.hivedeck.engine.slo.watch;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.slo.Objective;
import dev.hivedeck.engine.slo.exchange.OpenSlo;
import dev.hivedeck.engine.slo.exchange.PrometheusSlo;
import dev.hivedeck.engine.slo.exchange.RuleUnitTest;
import dev.hivedeck.engine.slo.exchange.SlothRules;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Writes the objectives of {@code hive.yaml} in the formats of others. */
public final class ObjectiveExport {
  /** What unit tests call the file of the rules that they test. */
  private static final String RULES = "rules.yml";

  private static final Set<String> FORMATS = Set.of("openslo", "prometheus", "promtool");

  private ObjectiveExport() {}

  /**
   * @param query the format, which objectives, and whether those are left out that it has no words
   *     for
   * @param declared objectives as they are written, by name
   * @param now calendar windows are as long as they are then
   * @throws HiveException {@code bad-parameter} for another format, {@code no-objectives}, {@code
   *     no-objective}, {@code slo-unexportable}; of an objective that cannot be read, what is wrong
   *     with it
   */
  public static Query.Exported write(
      Query.ObjectiveExport query, Map<String, JsonNode> declared, Instant now) {
    if (query.format() == null || !FORMATS.contains(query.format())) {
      throw new HiveException(
          ErrorCode.BAD_PARAMETER,
          query.format() == null ? "There is no format." : "format is \"" + query.format() + "\".",
          "Write openslo, prometheus or promtool.");
    }
    var taken = new ArrayList<Objective>();
    var left = new ArrayList<Query.LeftOut>();
    chosen(query.names(), declared)
        .forEach(
            (name, node) -> {
              try {
                var objective = ObjectiveReader.read(name, node);
                text(query.format(), List.of(objective), now);
                taken.add(objective);
              } catch (HiveException e) {
                if (!query.skip()) {
                  throw e;
                }
                left.add(new Query.LeftOut(name, e.getMessage()));
              }
            });
    if (taken.isEmpty()) {
      throw new HiveException(
          ErrorCode.SLO_UNEXPORTABLE,
          "None of the objectives can be exported: " + left.getFirst().why(),
          "hivedeck slos lists all of them.");
    }
    return new Query.Exported(query.format(), text(query.format(), taken, now), List.copyOf(left));
  }

  private static Map<String, JsonNode> chosen(List<String> names, Map<String, JsonNode> declared) {
    if (declared.isEmpty()) {
      throw new HiveException(
          ErrorCode.NO_OBJECTIVES,
          "There are no objectives in .hivedeck/hive.yaml.",
          "docs/slo.md has an example of each kind.");
    }
    if (names.isEmpty()) {
      return declared;
    }
    var chosen = new LinkedHashMap<String, JsonNode>();
    for (String name : names) {
      if (!declared.containsKey(name)) {
        throw new HiveException(
            ErrorCode.NO_OBJECTIVE,
            "There is no objective " + name + " in hive.yaml.",
            "There are: " + String.join(", ", declared.keySet()) + ".");
      }
      chosen.put(name, declared.get(name));
    }
    return chosen;
  }

  private static String text(String format, List<Objective> objectives, Instant now) {
    return switch (format) {
      case "openslo" -> OpenSlo.write(objectives);
      case "prometheus" -> SlothRules.write(rules(objectives, now));
      default -> RuleUnitTest.write(RULES, rules(objectives, now));
    };
  }

  private static List<PrometheusSlo> rules(List<Objective> objectives, Instant now) {
    return objectives.stream().map(o -> PrometheusSlo.of(o, now)).toList();
  }
}
