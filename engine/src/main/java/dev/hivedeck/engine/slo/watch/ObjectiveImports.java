package dev.hivedeck.engine.slo.watch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.protocol.Config;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.slo.Objective;
import dev.hivedeck.engine.slo.exchange.ObjectiveFile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What becomes of {@code hive.yaml} when objectives of others are taken over. What their formats
 * have no word for stays as it is there: policy, runbook, description and guard.
 *
 * @param changes one for each objective that is new or another
 */
public record ObjectiveImports(
    List<Config.Taken> taken, List<Config.Left> left, List<Config.Change> changes) {
  /** What Sloth takes where nobody says how long a period is. */
  public static final Duration PERIOD = Duration.ofDays(30);

  private static final List<String> KEPT = List.of("description", "guard", "policy", "runbook");

  /**
   * @param objectives as {@code hive.yaml} has them, by name
   * @param period of objectives whose format does not say it
   * @throws HiveException as {@link ObjectiveFile#read}
   */
  public static ObjectiveImports of(
      String file, String text, Duration period, JsonNode objectives) {
    var read = ObjectiveFile.read(file, text, period);
    var taken = new ArrayList<Config.Taken>();
    var left = new ArrayList<>(read.left());
    var changes = new ArrayList<Config.Change>();
    for (var each : read.taken()) {
      var objective = each.objective();
      var there = objectives.path(objective.name());
      var wanted = wanted(objective, there);
      var trouble = trouble(objective, wanted, there);
      if (trouble.isPresent()) {
        left.add(new Config.Left(each.line(), objective.name(), "", trouble.get()));
        continue;
      }
      boolean same =
          current(objective.name(), there)
              .filter(ObjectiveReader.read(objective.name(), wanted)::equals)
              .isPresent();
      taken.add(
          new Config.Taken(
              objective.name(),
              each.format(),
              each.line(),
              same ? "same" : there.isMissingNode() ? "new" : "changed"));
      if (!same) {
        String name = objective.name().replace("~", "~0").replace("/", "~1");
        changes.add(new Config.Change("/objectives/" + name, wanted));
      }
    }
    left.sort(Comparator.comparingInt(Config.Left::line));
    return new ObjectiveImports(List.copyOf(taken), List.copyOf(left), List.copyOf(changes));
  }

  private static ObjectNode wanted(Objective objective, JsonNode there) {
    var wanted = ObjectiveWriter.write(objective);
    KEPT.stream()
        .filter(key -> there.has(key) && !wanted.has(key))
        .forEach(key -> wanted.set(key, there.get(key)));
    return wanted;
  }

  private static Optional<Objective> current(String name, JsonNode there) {
    try {
      return there.isMissingNode()
          ? Optional.empty()
          : Optional.of(ObjectiveReader.read(name, there));
    } catch (HiveException e) {
      return Optional.empty(); // what cannot be read is replaced
    }
  }

  /** Why it is not taken, if it is not. */
  private static Optional<String> trouble(Objective objective, JsonNode wanted, JsonNode there) {
    if (objective.name().isBlank()) {
      return Optional.of("it has no name");
    }
    String service = there.path("indicator").path("service").asText("hive");
    if (!there.isMissingNode() && !service.equals(objective.service())) {
      return Optional.of(
          "hive.yaml has an objective of this name, about " + service + "; give one another name");
    }
    try {
      var again = ObjectiveReader.read(objective.name(), ObjectiveWriter.write(objective));
      return again.equals(objective)
          ? Optional.empty()
          : Optional.of("hive.yaml has no words for its " + difference(objective, again));
    } catch (HiveException e) {
      return Optional.of(e.getMessage() + " " + e.hint());
    }
  }

  private static String difference(Objective wanted, Objective got) {
    if (!wanted.indicator().equals(got.indicator())) {
      return "indicator";
    }
    if (!wanted.window().equals(got.window())) {
      return "window";
    }
    return wanted.alerts().equals(got.alerts()) ? "budget, service or labels" : "alerts";
  }

  /**
   * @param skip whether to take over what can be, without the rest
   * @throws HiveException {@code import-incomplete} or {@code import-empty} where nothing is to be
   *     written
   */
  public ObjectiveImports checked(boolean skip) {
    var whole = left.stream().filter(l -> l.key().isEmpty()).toList();
    if (!whole.isEmpty() && !skip) {
      var first = whole.getFirst();
      throw new HiveException(
          ErrorCode.IMPORT_INCOMPLETE,
          "%d of %d objectives cannot be taken over, first on line %d, %s: %s"
              .formatted(
                  whole.size(),
                  whole.size() + taken.size(),
                  first.line(),
                  first.objective().isEmpty() ? "of no name" : first.objective(),
                  first.why()),
          "Nothing was written. Mend or take them out, or skip them.");
    }
    if (taken.isEmpty()) {
      throw new HiveException(
          ErrorCode.IMPORT_EMPTY,
          "There is no objective in it that could be taken over.",
          "Nothing was written.");
    }
    return this;
  }
}
