package dev.hivedeck.engine.slo.watch;

import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.slo.Counts;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** The labels that events can be told apart by, and the usual names of some. */
record SpentLabels(List<String> names) {
  /** What is asked for, and what it is often called; the first that there is counts. */
  private static final Map<String, List<String>> USUAL =
      Map.of(
          "endpoint",
              List.of("endpoint", "route", "path", "handler", "http_route", "uri", "url", "method"),
          "error",
              List.of(
                  "error",
                  "reason",
                  "error_type",
                  "exception",
                  "code",
                  "status",
                  "status_code",
                  "outcome",
                  "type"),
          "version", List.of("version", "release", "commit", "build", "service_version"));

  /** Which of them is taken when none is asked for. */
  private static final List<String> FIRST = List.of("endpoint", "agent", "gate", "error");

  /** A value has to have this much of what is bad to stand out. */
  private static final double MUCH = 0.6;

  /** And so many times its part of all events. */
  private static final double BEYOND = 1.5;

  static SpentLabels of(Collection<Labels> series) {
    var names = new TreeSet<String>();
    series.forEach(labels -> names.addAll(labels.names()));
    return new SpentLabels(List.copyOf(names));
  }

  /**
   * The label that is meant.
   *
   * @param asked null for any
   * @return empty when there is none to tell events apart by
   * @throws HiveException {@code no-label}
   */
  String resolve(String asked) {
    if (asked != null) {
      return usual(asked)
          .orElseThrow(
              () ->
                  new HiveException(
                      ErrorCode.NO_LABEL,
                      "Nothing that was counted has the label " + asked + ".",
                      names.isEmpty()
                          ? "What is counted has no labels."
                          : "There are: " + String.join(", ", names) + "."));
    }
    return FIRST.stream()
        .flatMap(name -> usual(name).stream())
        .findFirst()
        .orElse(names.isEmpty() ? "" : names.getFirst());
  }

  private Optional<String> usual(String asked) {
    return names.contains(asked)
        ? Optional.of(asked)
        : USUAL.getOrDefault(asked, List.of()).stream().filter(names::contains).findFirst();
  }

  /** Events by the values of a label. */
  Map<String, Counts> values(Map<Labels, Counts> byLabels, String label) {
    var values = new HashMap<String, Counts>();
    byLabels.forEach(
        (labels, counts) ->
            values.merge(
                label.isEmpty() ? PastEvents.WITHOUT : labels.get(label), counts, Counts::plus));
    return values;
  }

  /** A value that has most of what is bad, beyond its part of all. */
  record StandingOut(String label, String value, double share) {}

  /** The one that stands out most; empty when bad events are spread as all are. */
  static Optional<StandingOut> standingOut(Map<Labels, Counts> byLabels) {
    var labels = of(byLabels.keySet());
    var found = new ArrayList<Map.Entry<Double, StandingOut>>();
    for (String label : labels.names()) {
      var values = labels.values(byLabels, label);
      long bad = values.values().stream().mapToLong(Counts::bad).sum();
      long all = values.values().stream().mapToLong(Counts::total).sum();
      if (values.size() < 2 || bad < 3 || all == 0) {
        continue;
      }
      values.forEach(
          (value, counts) -> {
            double share = (double) counts.bad() / bad;
            double part = (double) counts.total() / all;
            // What is never good, such as a code of an error, says what bad means, no more.
            boolean says = counts.good() <= 0 && counts.total() > 0;
            if (!says && !value.isEmpty() && share >= MUCH && share >= BEYOND * part) {
              found.add(Map.entry(share - part, new StandingOut(label, value, share)));
            }
          });
    }
    return found.stream()
        .max(Comparator.comparingDouble(Map.Entry<Double, StandingOut>::getKey))
        .map(Map.Entry::getValue);
  }
}
