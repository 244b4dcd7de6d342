package dev.hivedeck.engine.config.gate;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.config.yaml.YamlSource;
import java.nio.file.FileSystems;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.PatternSyntaxException;

/** Reads {@code measure} and {@code min} of a gate. */
public final class CoverageRules {
  private CoverageRules() {}

  /**
   * Empty where the gate measures nothing, or where what it says is wrong: then the source knows.
   *
   * @param at the place of the gate
   */
  public static Optional<CoverageRule> read(YamlSource source, String name, JsonNode gate) {
    String at = "/gates/" + name;
    if (!gate.hasNonNull("measure")) {
      if (gate.hasNonNull("min")) {
        source.wrong(at + "/min", "min is for a gate with measure; leave it out of gate " + name);
      }
      return Optional.empty();
    }
    if (!gate.hasNonNull("run")) {
      source.wrong(
          at + "/measure",
          "gate " + name + " measures what no command made: give it run, which writes the report");
      return Optional.empty();
    }
    String measure = gate.get("measure").asText();
    int colon = measure.indexOf(':');
    var format = CoverageFormat.of(measure.substring(0, Math.max(colon, 0)));
    String reports = measure.substring(colon + 1).strip();
    if (format.isEmpty() || reports.isEmpty()) {
      source.wrong(
          at + "/measure",
          "\"%s\" is no report; write FORMAT:FILE, as cobertura:coverage.xml (%s)"
              .formatted(measure, CoverageFormat.words()));
      return Optional.empty();
    }
    if (!below(reports)) {
      source.wrong(
          at + "/measure",
          "\"%s\" is no pattern of files in the repository; write %s:build/coverage.xml"
              .formatted(reports, format.get().word()));
      return Optional.empty();
    }
    return Optional.of(new CoverageRule(format.get(), reports, gate.path("min").asInt(0)));
  }

  private static boolean below(String pattern) {
    if (pattern.startsWith("/")
        || pattern.contains("\\")
        || Arrays.asList(pattern.split("/")).contains("..")) {
      return false;
    }
    try {
      FileSystems.getDefault().getPathMatcher("glob:" + pattern);
      return true;
    } catch (PatternSyntaxException e) {
      return false;
    }
  }
}
