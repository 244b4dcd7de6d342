package dev.hivedeck.engine.slo.rule;

import java.time.Duration;
import java.util.List;

/**
 * Rules that are evaluated one after the other at one time; later ones see what earlier ones have
 * recorded.
 */
public record RuleGroup(String name, Duration interval, List<Rule> rules) {
  public RuleGroup {
    rules = List.copyOf(rules);
  }
}
