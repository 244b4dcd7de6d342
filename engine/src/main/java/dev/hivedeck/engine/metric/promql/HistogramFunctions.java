package dev.hivedeck.engine.metric.promql;

import dev.hivedeck.engine.metric.Histogram;
import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.metric.Quantiles;
import dev.hivedeck.engine.metric.Quantiles.Cumulative;
import dev.hivedeck.engine.metric.SampleValue;
import dev.hivedeck.engine.metric.promql.Functions.Registry;
import dev.hivedeck.engine.metric.promql.Value.Sample;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/** What histograms tell, native ones and those of one series per bucket. */
final class HistogramFunctions {
  /** The label that holds the bound of a classic bucket. */
  private static final String BOUND = "le";

  private HistogramFunctions() {}

  static void register(Registry registry) {
    ofNative(registry, "histogram_count", Histogram::count);
    ofNative(registry, "histogram_sum", Histogram::sum);
    ofNative(registry, "histogram_avg", h -> h.sum() / h.count());
    ofNative(registry, "histogram_stdvar", HistogramFunctions::variance);
    ofNative(registry, "histogram_stddev", h -> Math.sqrt(variance(h)));
    registry.add(
        "histogram_quantile",
        2,
        2,
        a ->
            any(
                a.vector(1),
                "",
                h -> Quantiles.quantile(a.number(0), h),
                c -> Quantiles.quantile(a.number(0), c)));
    registry.add(
        "histogram_fraction",
        3,
        3,
        a ->
            any(
                a.vector(2),
                "",
                h -> Quantiles.fraction(a.number(0), a.number(1), h),
                c -> Quantiles.fraction(a.number(0), a.number(1), c)));
    registry.add("histogram_quantiles", 3, 12, HistogramFunctions::quantiles);
  }

  private static void ofNative(
      Registry registry, String name, ToDoubleFunction<Histogram> function) {
    registry.add(
        name,
        1,
        1,
        a ->
            Evaluator.unique(
                a.vector(0).samples().stream()
                    .filter(Sample::isHistogram)
                    .map(
                        s ->
                            new Sample(
                                s.labels().withoutName(),
                                s.time(),
                                function.applyAsDouble(s.histogram())))
                    .toList()));
  }

  private static Value quantiles(Functions.Arguments arguments) {
    var samples = new ArrayList<Sample>();
    String label = arguments.text(1);
    for (int i = 2; i < arguments.size(); i++) {
      double q = arguments.number(i);
      String name =
          q == Math.rint(q) && !Double.isInfinite(q) ? Double.toString(q) : SampleValue.text(q);
      for (var sample :
          any(
                  arguments.vector(0),
                  label,
                  h -> Quantiles.quantile(q, h),
                  c -> Quantiles.quantile(q, c))
              .samples()) {
        samples.add(sample.with(sample.labels().with(label, name)));
      }
    }
    return Evaluator.unique(samples);
  }

  /** Applies one of two, by the kind of histogram; one series of both kinds tells nothing. */
  private static Value.Vector any(
      Value.Vector vector,
      String newLabel,
      ToDoubleFunction<Histogram> natively,
      ToDoubleFunction<List<Cumulative>> classically) {
    Map<Labels, List<Cumulative>> classics = new LinkedHashMap<>();
    Set<Labels> natives = new HashSet<>();
    Set<Labels> named = new HashSet<>();
    var samples = new ArrayList<Sample>();
    for (var sample : vector.samples()) {
      if (sample.isHistogram()) {
        natives.add(sample.labels());
        continue;
      }
      var bound = bound(sample.labels());
      if (bound.isPresent()) {
        Labels whole = sample.labels().without(BOUND);
        if (named.add(whole)) {
          mustBeOnly(classics.keySet(), whole);
        }
        classics
            .computeIfAbsent(whole, k -> new ArrayList<>())
            .add(new Cumulative(bound.getAsDouble(), sample.value()));
      }
    }
    if (vector.samples().stream().anyMatch(s -> !newLabel.isEmpty() && s.labels().has(newLabel))) {
      throw Evaluator.failed("the label " + newLabel + " is there already");
    }
    for (var sample : vector.samples()) {
      if (sample.isHistogram() && !classics.containsKey(sample.labels())) {
        samples.add(
            new Sample(
                sample.labels().withoutName(),
                sample.time(),
                natively.applyAsDouble(sample.histogram())));
      }
    }
    classics.forEach(
        (labels, buckets) -> {
          if (!natives.contains(labels)) {
            samples.add(new Sample(labels.withoutName(), 0, classically.applyAsDouble(buckets)));
          }
        });
    return Evaluator.unique(samples);
  }

  private static void mustBeOnly(Set<Labels> others, Labels whole) {
    for (var other : others) {
      if (other.withoutName().equals(whole.withoutName())) {
        throw Evaluator.failed("two histograms have the same labels " + whole.withoutName());
      }
    }
  }

  private static OptionalDouble bound(Labels labels) {
    String text = labels.get(BOUND);
    return switch (text) {
      case "+Inf", "+inf", "Inf", "inf" -> OptionalDouble.of(Double.POSITIVE_INFINITY);
      case "" -> OptionalDouble.empty();
      default -> {
        try {
          yield OptionalDouble.of(Double.parseDouble(text));
        } catch (NumberFormatException e) {
          yield OptionalDouble.empty();
        }
      }
    };
  }

  /** As far as buckets tell: each observation counts as the middle of its bucket. */
  private static double variance(Histogram histogram) {
    double mean = histogram.sum() / histogram.count();
    double squares = 0;
    for (var bucket : histogram.buckets()) {
      double middle = middle(histogram, bucket);
      squares += bucket.count() * (middle - mean) * (middle - mean);
    }
    return squares / histogram.count();
  }

  private static double middle(Histogram histogram, Histogram.Bucket bucket) {
    double lower = bucket.lower();
    double upper = bucket.upper();
    if (histogram.isCustom()) {
      if (lower == Double.NEGATIVE_INFINITY && upper > 0) {
        lower = 0;
      }
      return (lower + upper) / 2;
    }
    if (lower <= 0 && upper >= 0) {
      return 0;
    }
    double middle = Math.sqrt(lower * upper);
    return lower < 0 ? -middle : middle;
  }
}
