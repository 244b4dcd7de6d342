package dev.hivedeck.engine.metric.store;

import dev.hivedeck.engine.metric.BucketCounts;
import dev.hivedeck.engine.metric.Histogram;
import java.util.ArrayList;

/** A histogram in few bytes: buckets by their distance, counts, which are whole. */
final class HistogramCodec {
  private static final Histogram.ResetHint[] HINTS = Histogram.ResetHint.values();

  private HistogramCodec() {}

  static void write(ByteWriter out, Histogram histogram) {
    out.signed(histogram.schema());
    out.real(histogram.zeroThreshold());
    out.number(whole(histogram.zeroCount()));
    out.number(whole(histogram.count()));
    out.real(histogram.sum());
    out.number(histogram.hint().ordinal());
    write(out, histogram.positive());
    write(out, histogram.negative());
    out.number(histogram.bounds().size());
    histogram.bounds().forEach(out::real);
  }

  private static void write(ByteWriter out, BucketCounts side) {
    out.number(side.size());
    int former = 0;
    for (int i = 0; i < side.size(); i++) {
      out.signed(side.index(i) - former);
      former = side.index(i);
      out.number(whole(side.count(i)));
    }
  }

  private static long whole(double count) {
    long whole = (long) count;
    if (whole != count || whole < 0) {
      throw new IllegalArgumentException("counts are whole, " + count + " is not");
    }
    return whole;
  }

  static Histogram read(ByteReader in) {
    int schema = (int) in.signed();
    double zeroThreshold = in.real();
    double zeroCount = in.number();
    double count = in.number();
    double sum = in.real();
    var hint = HINTS[(int) in.number()];
    var positive = readSide(in);
    var negative = readSide(in);
    var bounds = new ArrayList<Double>();
    for (long left = in.number(); left > 0; left--) {
      bounds.add(in.real());
    }
    return new Histogram(
        schema, zeroThreshold, zeroCount, count, sum, positive, negative, bounds, hint);
  }

  private static BucketCounts readSide(ByteReader in) {
    int size = (int) in.number();
    var indexes = new int[size];
    var counts = new double[size];
    int former = 0;
    for (int i = 0; i < size; i++) {
      former += (int) in.signed();
      indexes[i] = former;
      counts[i] = in.number();
    }
    return BucketCounts.of(indexes, counts, size);
  }
}
