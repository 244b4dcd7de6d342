package dev.hivedeck.engine.slo.watch;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.config.SloConfig;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.slo.rule.Rule;
import dev.hivedeck.engine.slo.rule.RuleFile;
import dev.hivedeck.engine.slo.rule.RuleGroup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The rules of {@code hive.yaml} and of the files that it names. What is not understood any more
 * goes on as it was understood last.
 *
 * @param groups by their place: {@code rule:} with the file and the group's name
 * @param problems why some cannot be read, by their place
 * @param waiting places of what has changed and waits for consent
 * @param of what it was read of: while that is the same nothing is read again
 */
public record RuleFiles(
    Map<String, RuleGroup> groups,
    Map<String, HiveException> problems,
    Set<String> waiting,
    Source of) {
  /** Nothing is watched. */
  public static final RuleFiles NONE =
      new RuleFiles(Map.of(), Map.of(), Set.of(), new Source(SloConfig.NONE, SloConfig.NONE));

  /** What the names of all rules begin with; objectives have none of it. */
  static final String PREFIX = "rule:";

  private static final String OWN = PREFIX + "hive.yaml";

  /** As in Prometheus without a word about it. */
  private static final Duration INTERVAL = Duration.ofMinutes(1);

  /**
   * What rules are read of.
   *
   * @param inForce what a person consented to
   * @param said what the files say, consented to or not
   */
  public record Source(SloConfig inForce, SloConfig said) {}

  /** Whether this is the name of a rule; else it is an objective's. */
  public static boolean isRule(String name) {
    return name.startsWith(PREFIX);
  }

  /**
   * Reads all that is in force; what cannot be read leaves the others.
   *
   * @param former as it was read last
   */
  public static RuleFiles read(Source source, RuleFiles former) {
    if (source.equals(former.of())) {
      return former;
    }
    var config = source.inForce();
    var groups = new LinkedHashMap<String, RuleGroup>();
    var problems = new LinkedHashMap<String, HiveException>();
    var own = new ArrayList<Rule>();
    config.alerts().forEach((name, node) -> alert(name, node, former, own, problems));
    if (!own.isEmpty()) {
      groups.put(OWN, new RuleGroup("hive.yaml", SloWatch.INTERVAL, own));
    }
    for (String file : config.rules()) {
      try {
        for (var group :
            RuleFile.read(
                text(config, file),
                INTERVAL,
                (rule, why) -> {
                  problems.put(place(file) + rule, why);
                  return former(former, file, rule);
                })) {
          groups.put(place(file) + group.name(), group);
        }
      } catch (HiveException e) {
        problems.put(PREFIX + file, e);
        former.groups().forEach((place, g) -> keep(place, file, g, groups));
      }
    }
    return new RuleFiles(groups, problems, waiting(source), source);
  }

  /** A rule as it was understood last. */
  private static Optional<Rule> former(RuleFiles former, String file, String rule) {
    int slash = rule.lastIndexOf('/');
    return former.groups().get(place(file) + rule.substring(0, slash)) instanceof RuleGroup group
        ? group.rules().stream().filter(r -> r.name().equals(rule.substring(slash + 1))).findFirst()
        : Optional.empty();
  }

  private static void keep(
      String place, String file, RuleGroup group, Map<String, RuleGroup> groups) {
    if (place.equals(place(file) + group.name())) {
      groups.put(place, group);
    }
  }

  private static String place(String file) {
    return PREFIX + file + "/";
  }

  private static Set<String> waiting(Source source) {
    var waiting = new LinkedHashSet<String>();
    source
        .said()
        .alerts()
        .forEach(
            (name, node) -> {
              if (!node.equals(source.inForce().alerts().get(name))) {
                waiting.add(OWN + "/" + name);
              }
            });
    for (String file : source.said().rules()) {
      boolean same =
          source.inForce().rules().contains(file)
              && Objects.equals(
                  source.inForce().files().get(file), source.said().files().get(file));
      if (!same) {
        waiting.add(PREFIX + file);
      }
    }
    return waiting;
  }

  /** Whether alerts of a rule stay although it is not evaluated: nobody knows how it stands. */
  boolean isHeld(String rule) {
    return isHeld(rule, problems.keySet()) || isHeld(rule, waiting);
  }

  private static boolean isHeld(String rule, Set<String> places) {
    return places.stream()
        .anyMatch(
            place ->
                rule.equals(place) || rule.startsWith(place + "/") || rule.startsWith(place + "#"));
  }

  private static void alert(
      String name,
      JsonNode node,
      RuleFiles former,
      List<Rule> own,
      Map<String, HiveException> problems) {
    try {
      own.add(RuleFile.alert(name, node));
    } catch (HiveException e) {
      problems.put(OWN + "/" + name, e);
      if (former.groups().get(OWN) instanceof RuleGroup group) {
        group.rules().stream()
            .filter(r -> r instanceof Rule.Alerting a && a.alert().name().equals(name))
            .forEach(own::add);
      }
    }
  }

  private static String text(SloConfig config, String file) {
    var read = config.files().get(file);
    if (read == null) {
      throw new HiveException(
          ErrorCode.RULES_UNREADABLE,
          "What is in " + file + " waits for your consent.",
          "hivedeck trust shows it.");
    }
    if (read.text() == null) {
      throw new HiveException(
          ErrorCode.RULES_UNREADABLE,
          "The rule file " + read.trouble(),
          "Mend it; until then it is evaluated as it was understood last.");
    }
    return read.text();
  }
}
