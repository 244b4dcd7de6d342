package dev.hivedeck.ui.view.slo;

import dev.hivedeck.engine.protocol.view.MetricViews;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Why a selector may find nothing: its series is not there, or not with those labels.
 *
 * @param name of the series that it names
 * @param there whether there are series of that name, with other labels
 * @param near series of that name, or names that are like it
 */
record SeriesGuess(String name, boolean there, List<String> near) {
  private static final Pattern SERIES =
      Pattern.compile("([A-Za-z_:][A-Za-z0-9_:]*)\\s*(\\{[^}]*\\}?)?(?![A-Za-z0-9_:(])");
  private static final int MOST = 4;

  /**
   * The first that is not as it was meant; empty when all that is named is there.
   *
   * @param selectors or queries, of which words with an underscore are taken for series
   * @param known series that there are
   */
  static Optional<SeriesGuess> of(List<String> selectors, List<MetricViews.Newest> known) {
    SeriesGuess labelled = null;
    for (var selector : selectors) {
      var found = SERIES.matcher(selector);
      while (found.find()) {
        var name = found.group(1);
        if (!name.contains("_") && known.stream().noneMatch(k -> k.name().equals(name))) {
          continue; // a function, or a word of PromQL
        }
        var same = known.stream().filter(k -> k.name().equals(name)).toList();
        if (same.isEmpty()) {
          return Optional.of(new SeriesGuess(name, false, like(name, known)));
        }
        if (labelled == null && found.group(2) != null) {
          labelled =
              new SeriesGuess(
                  name,
                  true,
                  same.stream().map(MetricViews.Newest::series).sorted().limit(MOST).toList());
        }
      }
    }
    return Optional.ofNullable(labelled);
  }

  /** Names that share most words with it. */
  private static List<String> like(String name, List<MetricViews.Newest> known) {
    var words = Arrays.asList(name.split("[_:]"));
    return known.stream()
        .map(MetricViews.Newest::name)
        .distinct()
        .filter(k -> shared(k, words) > 0)
        .sorted(
            Comparator.comparingLong((String k) -> -shared(k, words))
                .thenComparing(Comparator.naturalOrder()))
        .limit(MOST)
        .toList();
  }

  private static long shared(String name, List<String> words) {
    return Arrays.stream(name.split("[_:]")).filter(words::contains).count();
  }
}
