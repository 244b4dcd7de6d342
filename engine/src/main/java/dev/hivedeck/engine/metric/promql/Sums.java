package dev.hivedeck.engine.metric.promql;

import java.util.Arrays;

/**
 * Sums of numbers with the error of each addition carried along (Neumaier, "Rundungsfehleranalyse
 * einiger Verfahren zur Summation endlicher Summen", 1974), and what rests on them.
 */
final class Sums {
  private double sum;
  private double lost;

  private Sums() {}

  private void add(double value) {
    double next = sum + value;
    if (Double.isInfinite(next)) {
      lost = 0;
    } else if (Math.abs(sum) >= Math.abs(value)) {
      lost += sum - next + value;
    } else {
      lost += value - next + sum;
    }
    sum = next;
  }

  private double total() {
    return Double.isInfinite(sum) ? sum : sum + lost;
  }

  static double sum(double[] values) {
    var sums = new Sums();
    for (double value : values) {
      sums.add(value);
    }
    return sums.total();
  }

  /** The mean, also where the sum is too large for a number. */
  static double mean(double[] values) {
    var sums = new Sums();
    for (int i = 0; i < values.length; i++) {
      sums.add(values[i]);
      if (Double.isInfinite(sums.sum)) {
        return largeMean(values);
      }
    }
    return sums.sum / values.length + sums.lost / values.length;
  }

  private static double largeMean(double[] values) {
    double mean = 0;
    var parts = new Sums();
    for (double value : values) {
      if (Double.isInfinite(value)) {
        mean += value; // opposite ones make no number
      } else {
        parts.add(value / values.length);
      }
    }
    return Double.isInfinite(mean) || Double.isNaN(mean) ? mean : parts.total();
  }

  static double min(double[] values) {
    return Arrays.stream(values).reduce((a, b) -> b < a || Double.isNaN(a) ? b : a).orElseThrow();
  }

  static double max(double[] values) {
    return Arrays.stream(values).reduce((a, b) -> b > a || Double.isNaN(a) ? b : a).orElseThrow();
  }

  /** Of the whole, not of a sample (Welford 1962). */
  static double variance(double[] values) {
    double mean = 0;
    var squares = new Sums();
    for (int i = 0; i < values.length; i++) {
      double delta = values[i] - mean;
      mean += delta / (i + 1);
      squares.add(delta * (values[i] - mean));
    }
    return squares.total() / values.length;
  }

  static double quantile(double q, double[] values) {
    if (values.length == 0 || Double.isNaN(q)) {
      return Double.NaN;
    }
    if (q < 0) {
      return Double.NEGATIVE_INFINITY;
    }
    if (q > 1) {
      return Double.POSITIVE_INFINITY;
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int numbers = sorted.length;
    while (numbers > 0 && Double.isNaN(sorted[numbers - 1])) {
      numbers--;
    }
    if (numbers < sorted.length) { // what is not a number counts as the lowest
      int missing = sorted.length - numbers;
      System.arraycopy(sorted, 0, sorted, missing, numbers);
      Arrays.fill(sorted, 0, missing, Double.NaN);
    }
    double rank = q * (sorted.length - 1);
    int low = (int) Math.floor(rank);
    int high = Math.min(sorted.length - 1, low + 1);
    double weight = rank - low;
    return sorted[low] * (1 - weight) + sorted[high] * weight;
  }
}
