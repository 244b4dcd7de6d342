import java.util.Arrays;
import java.util.Locale;

/** A figure: one value, or the median of several with the lowest and the highest. */
record Figure(String section, String what, String unit, double[] taken, double wanted) {
  double median() {
    double[] sorted = Arrays.stream(taken).sorted().toArray();
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }

  String json() {
    return String.format(
        Locale.ROOT,
        "{\"section\": %s, \"what\": %s, \"unit\": \"%s\", \"median\": %.1f, \"least\": %.1f,"
            + " \"most\": %.1f, \"rounds\": %d%s}",
        Figures.quoted(section),
        Figures.quoted(what),
        unit,
        median(),
        Arrays.stream(taken).min().orElseThrow(),
        Arrays.stream(taken).max().orElseThrow(),
        taken.length,
        wanted > 0 ? String.format(Locale.ROOT, ", \"wanted\": %.1f", wanted) : "");
  }

  String line() {
    String range =
        taken.length == 1
            ? ""
            : String.format(
                Locale.ROOT,
                "%,.0f to %,.0f",
                Arrays.stream(taken).min().orElseThrow(),
                Arrays.stream(taken).max().orElseThrow());
    return String.format(
        Locale.ROOT,
        "| %s | %,.0f %s | %s | %s |",
        what,
        median(),
        unit,
        range,
        wanted > 0 ? String.format(Locale.ROOT, "%,.0f", wanted) : "");
  }
}
