package dev.hivedeck.engine.metric;

/**
 * The bounds of exponential buckets: with schema {@code s} bucket {@code i} holds what is above
 * {@code base^(i-1)} and at most {@code base^i}, where {@code base = 2^(2^-s)}, as in Prometheus'
 * native histograms (<a href="https://prometheus.io/docs/specs/native_histograms/">Native
 * Histograms</a>, "Schema").
 *
 * <p>Hivedeck records with schema 3, base 2^(1/8) ≈ 1.0905. A value told by its bucket's geometric
 * middle is off by at most a factor 2^(1/16): {@link #RELATIVE_ERROR}.
 */
public final class ExponentialBuckets {
  /** The schema that Hivedeck records with. */
  public static final int SCHEMA = 3;

  /** How far a value may be from the geometric middle of its bucket, relative to the value. */
  public static final double RELATIVE_ERROR = Math.pow(2, 1.0 / 16) - 1;

  /** The schemas that are known; a larger one is finer. */
  public static final int COARSEST = -4;

  public static final int FINEST = 8;

  /** {@code 2^(i/8)}, the upper bounds of the buckets between 1 and 2. */
  private static final double[] MANTISSAS = new double[(1 << SCHEMA) + 1];

  static {
    for (int i = 0; i < MANTISSAS.length; i++) {
      MANTISSAS[i] = Math.pow(2, (double) i / (1 << SCHEMA));
    }
  }

  private ExponentialBuckets() {}

  /**
   * The bucket of schema {@link #SCHEMA} that a value belongs to.
   *
   * @param value above 0, finite
   */
  public static int index(double value) {
    int exponent = Math.getExponent(value);
    double normal = value;
    if (exponent < Double.MIN_EXPONENT) { // subnormal
      normal = value * 0x1p60;
      exponent = Math.getExponent(normal) - 60;
      normal = Math.scalb(normal, -exponent - 60);
    } else {
      normal = Math.scalb(normal, -exponent);
    }
    int step = 0;
    while (normal > MANTISSAS[step]) {
      step++;
    }
    return (exponent << SCHEMA) + step;
  }

  /** The upper bound of a bucket, which the bucket includes. */
  public static double upper(int schema, int index) {
    if (schema <= 0) {
      return Math.scalb(1.0, (int) clamp((long) index << -schema));
    }
    int steps = 1 << schema;
    double fraction = (double) Math.floorMod(index, steps) / steps;
    return Math.scalb(Math.pow(2, fraction), Math.floorDiv(index, steps));
  }

  /** The lower bound of a bucket, which the bucket leaves out. */
  public static double lower(int schema, int index) {
    return upper(schema, index - 1);
  }

  private static long clamp(long exponent) {
    return Math.clamp(exponent, -5_000L, 5_000L);
  }

  /** The bucket of a schema coarser by {@code shift} that holds this one whole. */
  static int coarser(int index, int shift) {
    return ((index - 1) >> shift) + 1;
  }
}
