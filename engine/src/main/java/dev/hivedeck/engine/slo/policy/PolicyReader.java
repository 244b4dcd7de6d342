package dev.hivedeck.engine.slo.policy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.config.SloConfig;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.SloViews;
import dev.hivedeck.engine.protocol.view.Word;
import dev.hivedeck.engine.slo.BudgetPolicy;
import dev.hivedeck.engine.slo.BudgetPolicy.Action;
import dev.hivedeck.engine.slo.BudgetPolicy.Step;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads an error-budget policy as {@code hive.yaml} has it. */
public final class PolicyReader {
  private PolicyReader() {}

  /**
   * @param objective its name
   * @param node a name, steps, or nothing
   * @param named policies by their names
   * @throws HiveException {@code policy-invalid}, with the place and the remedy
   */
  public static BudgetPolicy read(String objective, JsonNode node, Map<String, JsonNode> named) {
    if (node.isMissingNode()) {
      return BudgetPolicy.TELL;
    }
    if (node.isArray()) {
      return new BudgetPolicy(steps(objective, node));
    }
    return switch (node.asText()) {
      case "default" -> BudgetPolicy.DEFAULT;
      case "none" -> BudgetPolicy.NONE;
      default -> {
        var steps = named.get(node.asText());
        if (steps == null) {
          throw invalid(objective, "there is no policy " + node.asText());
        }
        yield new BudgetPolicy(steps(objective, steps));
      }
    };
  }

  /**
   * Those of all objectives.
   *
   * @param unreadable takes why one cannot be read, by its objective
   */
  public static Map<String, BudgetPolicy> all(
      SloConfig config, Map<String, HiveException> unreadable) {
    var policies = new HashMap<String, BudgetPolicy>();
    config
        .objectives()
        .forEach(
            (name, node) -> {
              try {
                policies.put(name, read(name, node.path("policy"), config.policies()));
              } catch (HiveException e) {
                unreadable.putIfAbsent(name, e);
              }
            });
    return policies;
  }

  /** As clients see it. */
  public static List<SloViews.PolicyStep> steps(BudgetPolicy policy) {
    return policy.steps().stream()
        .map(
            s ->
                new SloViews.PolicyStep(
                    s.below().doubleValue(),
                    Word.kebab(s.action()),
                    s.action() == Action.FEWER_AGENTS ? s.agents() : null,
                    s.action() == Action.ONLY_FIXES ? s.kinds() : List.of()))
        .toList();
  }

  private static List<Step> steps(String objective, JsonNode node) {
    var steps = new ArrayList<Step>();
    var seen = EnumSet.noneOf(Action.class);
    for (var step : node) {
      var action = Word.parse(Action.class, step.path("do").asText().replace('-', '_'));
      if (!seen.add(action)) {
        throw invalid(objective, step.path("do").asText() + " is there twice");
      }
      var kinds = new ArrayList<String>();
      step.path("kinds").forEach(kind -> kinds.add(kind.asText()));
      steps.add(
          new Step(
              share(step.path("left").asText()),
              action,
              step.has("agents") ? share(step.path("agents").asText()).doubleValue() : Step.HALF,
              kinds.isEmpty() ? Step.FIXES : kinds));
    }
    return steps;
  }

  private static BigDecimal share(String percent) {
    return new BigDecimal(percent.replace("%", "").strip()).movePointLeft(2);
  }

  private static HiveException invalid(String objective, String why) {
    return new HiveException(
        ErrorCode.POLICY_INVALID,
        "The policy of " + objective + " cannot be read: " + why + ".",
        "docs/slo.md has an example.");
  }
}
