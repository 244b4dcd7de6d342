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
import java.util.List;
import java.util.Map;

/** Writes the objectives of {@code hive.yaml} in the formats of others. */
public final class ObjectiveExport {
  /** What unit tests call the file of the rules that they test. */
  private static final String RULES = "rules.yml";

  private ObjectiveExport() {}

  /**
   * @param declared objectives as they are written, by name
   * @param now calendar windows are as long as they are then
   * @throws HiveException {@code bad-parameter} for another format, {@code no-objectives}, {@code
   *     slo-unexportable}; of an objective that cannot be read, what is wrong with it
   */
  public static Query.Exported write(String format, Map<String, JsonNode> declared, Instant now) {
    String text =
        switch (format) {
          case "openslo" -> OpenSlo.write(read(declared));
          case "prometheus" -> SlothRules.write(rules(declared, now));
          case "promtool" -> RuleUnitTest.write(RULES, rules(declared, now));
          case null, default ->
              throw new HiveException(
                  ErrorCode.BAD_PARAMETER,
                  format == null ? "There is no format." : "format is \"" + format + "\".",
                  "Write openslo, prometheus or promtool.");
        };
    return new Query.Exported(format, text);
  }

  private static List<Objective> read(Map<String, JsonNode> declared) {
    if (declared.isEmpty()) {
      throw new HiveException(
          ErrorCode.NO_OBJECTIVES,
          "There are no objectives in .hivedeck/hive.yaml.",
          "docs/slo.md has an example of each kind.");
    }
    var objectives = new ArrayList<Objective>();
    declared.forEach((name, node) -> objectives.add(ObjectiveReader.read(name, node)));
    return objectives;
  }

  private static List<PrometheusSlo> rules(Map<String, JsonNode> declared, Instant now) {
    return read(declared).stream().map(o -> PrometheusSlo.of(o, now)).toList();
  }
}
