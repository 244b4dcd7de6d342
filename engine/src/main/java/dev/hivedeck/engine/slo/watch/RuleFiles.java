package dev.hivedeck.engine.slo.watch;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.config.SloConfig;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.slo.rule.Rule;
import dev.hivedeck.engine.slo.rule.RuleFile;
import dev.hivedeck.engine.slo.rule.RuleGroup;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The rules of {@code hive.yaml} and of the files that it names.
 *
 * @param groups by their place: {@code rule:} with the file and the group's name
 * @param problems why some cannot be read, by their place
 * @param seen of what it was read: while that is the same nothing is read again
 */
public record RuleFiles(
    Map<String, RuleGroup> groups, Map<String, HiveException> problems, List<Object> seen) {
  /** Nothing is watched. */
  public static final RuleFiles NONE = new RuleFiles(Map.of(), Map.of(), List.of());

  /** What the names of all rules begin with; objectives have none of it. */
  public static final String PREFIX = "rule:";

  /** As in Prometheus without a word about it. */
  private static final Duration INTERVAL = Duration.ofMinutes(1);

  private static final long LARGEST = 1 << 20;

  /**
   * Reads all; what cannot be read leaves the others.
   *
   * @param former as it was read last
   */
  public static RuleFiles read(SloConfig config, Path root, RuleFiles former) {
    var seen = new ArrayList<Object>(List.of(config.alerts()));
    config.rules().forEach(file -> seen.add(file + " " + stamp(root.resolve(file))));
    if (seen.equals(former.seen())) {
      return former;
    }
    var groups = new LinkedHashMap<String, RuleGroup>();
    var problems = new LinkedHashMap<String, HiveException>();
    var own = new ArrayList<Rule>();
    config.alerts().forEach((name, node) -> alert(name, node, own, problems));
    if (!own.isEmpty()) {
      groups.put(PREFIX + "hive.yaml", new RuleGroup("hive.yaml", SloWatch.INTERVAL, own));
    }
    for (String file : config.rules()) {
      try {
        for (var group : RuleFile.read(text(root, file), INTERVAL)) {
          groups.put(PREFIX + file + "/" + group.name(), group);
        }
      } catch (HiveException e) {
        problems.put(PREFIX + file, e);
      }
    }
    return new RuleFiles(groups, problems, seen);
  }

  private static String stamp(Path file) {
    try {
      return Files.getLastModifiedTime(file) + " " + Files.size(file);
    } catch (IOException e) {
      return "";
    }
  }

  private static void alert(
      String name, JsonNode node, List<Rule> own, Map<String, HiveException> problems) {
    try {
      own.add(RuleFile.alert(name, node));
    } catch (HiveException e) {
      problems.put(PREFIX + "hive.yaml/" + name, e);
    }
  }

  private static String text(Path root, String file) {
    try {
      Path path = root.resolve(file).toRealPath();
      if (!path.startsWith(root.toRealPath())) {
        throw new HiveException(
            ErrorCode.RULES_UNREADABLE,
            "The rule file " + file + " lies outside of the repository.",
            "Move it there; a link may not lead out of it.");
      }
      if (Files.size(path) > LARGEST) {
        throw new HiveException(
            ErrorCode.RULES_UNREADABLE,
            "The rule file " + file + " is larger than 1 MB.",
            "Split it.");
      }
      return Files.readString(path, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new HiveException(
          ErrorCode.RULES_UNREADABLE,
          "The rule file " + file + " cannot be read: " + e.getMessage() + ".",
          "Write its path from the repository's root.");
    }
  }
}
