package dev.hivedeck.engine.workspace;

import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.config.SloConfig;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.slo.policy.PolicyReader;
import dev.hivedeck.engine.slo.rule.RuleFile;
import dev.hivedeck.engine.slo.watch.ObjectiveReader;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What an edit of {@code hive.yaml} would bring in that those who watch objectives and rules cannot
 * read. What was there before stays as it is: it is told where it is shown, and keeps nobody from
 * an edit of something else.
 */
final class SloProblems {
  private SloProblems() {}

  /**
   * @param before the text there is; null for none
   * @throws HiveException {@code config-invalid} with all that is wrong with what is new in it
   */
  static void refuse(String before, String after) {
    var wrong = of(HiveConfig.parse(HiveConfig.FILE, after).slo());
    if (wrong.isEmpty()) {
      return;
    }
    wrong.keySet().removeAll(of(before).keySet());
    if (!wrong.isEmpty()) {
      throw new HiveException(
          ErrorCode.CONFIG_INVALID,
          wrong.values().stream().map(Throwable::getMessage).collect(Collectors.joining("\n")),
          wrong.values().iterator().next().hint());
    }
  }

  private static Map<String, HiveException> of(String text) {
    try {
      return text == null ? Map.of() : of(HiveConfig.parse(HiveConfig.FILE, text).slo());
    } catch (HiveException _) {
      return Map.of();
    }
  }

  /** By what is written, so that the same is known again. */
  private static Map<String, HiveException> of(SloConfig config) {
    var problems = new LinkedHashMap<String, HiveException>();
    config
        .objectives()
        .forEach(
            (name, node) -> {
              read(problems, "objective " + name + node, () -> ObjectiveReader.read(name, node));
              read(
                  problems,
                  "policy " + name + node.path("policy") + config.policies(),
                  () -> PolicyReader.read(name, node.path("policy"), config.policies()));
            });
    config
        .alerts()
        .forEach(
            (name, node) ->
                read(problems, "alert " + name + node, () -> RuleFile.alert(name, node)));
    return problems;
  }

  private static void read(Map<String, HiveException> problems, String what, Runnable reader) {
    try {
      reader.run();
    } catch (HiveException e) {
      problems.put(what, e);
    }
  }
}
