package dev.hivedeck.engine.slo.watch;

import dev.hivedeck.engine.slo.history.Attribution;
import dev.hivedeck.engine.slo.history.Attribution.Rise;
import dev.hivedeck.engine.slo.history.Attribution.Suspect;
import java.time.Duration;
import java.util.Locale;
import java.util.stream.Collectors;

/** An attribution in a sentence or two. */
final class AttributionText {
  private AttributionText() {}

  static String of(Attribution found) {
    return switch (found.verdict()) {
      case NO_DATA -> "Nothing was counted in this time.";
      case NO_RISE ->
          "No single cause: the share of bad events did not rise at any moment of this time.";
      case NO_MERGE -> rose(found.rise().orElseThrow()) + " Nothing was merged in the hour before.";
      case ONE_MERGE -> {
        var suspect = found.suspects().getFirst();
        yield rose(found.rise().orElseThrow())
            + " "
            + name(suspect)
            + " was merged "
            + span(suspect.before())
            + ". By chance a merge is so near in "
            + percent(suspect.chance())
            + " of cases.";
      }
      case NO_SINGLE_CAUSE ->
          rose(found.rise().orElseThrow()) + " No single cause: " + several(found);
    };
  }

  private static String rose(Rise rise) {
    return "Bad events rose from %s to %s at %s (%s : 1 that they rose)."
        .formatted(
            percent(rise.before()),
            percent(rise.after()),
            rise.at(),
            rise.odds() >= 1_000 ? "over 1000" : String.valueOf(Math.round(rise.odds())));
  }

  private static String several(Attribution found) {
    var suspects = found.suspects();
    if (found.merges() < Attribution.LEAST_MERGES) {
      return name(suspects.getFirst())
          + " was merged "
          + span(suspects.getFirst().before())
          + ", and is the only merge that is known: how often one is so near by chance nobody can"
          + " say.";
    }
    return suspects.size() == 1
        ? name(suspects.getFirst())
            + " was merged "
            + span(suspects.getFirst().before())
            + ", yet merges are so frequent that one is as near in "
            + percent(suspects.getFirst().chance())
            + " of cases."
        : suspects.stream().limit(5).map(AttributionText::name).collect(Collectors.joining(", "))
            + " were merged in the hour before, and cannot be told apart.";
  }

  private static String name(Suspect suspect) {
    return "#" + suspect.merge().number() + " " + suspect.merge().title();
  }

  private static String span(Duration before) {
    long minutes = Math.abs(before.toMinutes());
    String length = minutes < 1 ? Math.abs(before.toSeconds()) + " s" : minutes + " min";
    return length + (before.isNegative() ? " after the likeliest moment" : " before");
  }

  private static String percent(double share) {
    double percent = 100 * share;
    return String.format(Locale.ROOT, percent < 0.1 ? "%.2g%%" : "%.1f%%", percent);
  }
}
