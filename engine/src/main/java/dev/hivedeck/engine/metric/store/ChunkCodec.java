package dev.hivedeck.engine.metric.store;

import dev.hivedeck.engine.metric.Point;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * Many points of one series in few bytes: times by how their distance changes, whole numbers by
 * their difference, then deflated. A counter that stands still takes hardly anything.
 */
final class ChunkCodec {
  private static final int VERSION = 1;
  private static final int WHOLE = 0;
  private static final int REAL = 1;
  private static final int HISTOGRAM = 2;
  private static final int STALE = 3;
  private static final double LARGEST_WHOLE = 0x1p53;

  private ChunkCodec() {}

  static byte[] encode(List<Point> points) {
    var out = new ByteWriter();
    out.number(VERSION);
    out.number(points.size());
    long former = 0;
    long distance = 0;
    for (var point : points) {
      long next = point.time() - former;
      out.signed(next - distance);
      distance = next;
      former = point.time();
    }
    for (var point : points) {
      out.number(kind(point));
    }
    long whole = 0;
    for (var point : points) {
      switch (kind(point)) {
        case WHOLE -> {
          out.signed((long) point.value() - whole);
          whole = (long) point.value();
        }
        case REAL -> out.real(point.value());
        case HISTOGRAM -> HistogramCodec.write(out, point.histogram());
        default -> {}
      }
    }
    return deflated(out.toBytes());
  }

  static int kind(Point point) {
    if (point.stale()) {
      return STALE;
    }
    if (point.isHistogram()) {
      return HISTOGRAM;
    }
    return isWhole(point.value()) ? WHOLE : REAL;
  }

  private static boolean isWhole(double value) {
    return value == Math.rint(value)
        && Math.abs(value) < LARGEST_WHOLE
        && (value != 0 || 1 / value > 0);
  }

  static List<Point> decode(byte[] bytes) {
    var in = new ByteReader(inflated(bytes));
    if (in.number() != VERSION) {
      throw new IllegalArgumentException("a chunk of another version");
    }
    int size = (int) in.number();
    var times = new long[size];
    long time = 0;
    long distance = 0;
    for (int i = 0; i < size; i++) {
      distance += in.signed();
      time += distance;
      times[i] = time;
    }
    var kinds = new int[size];
    for (int i = 0; i < size; i++) {
      kinds[i] = (int) in.number();
    }
    var points = new ArrayList<Point>(size);
    long whole = 0;
    for (int i = 0; i < size; i++) {
      points.add(
          switch (kinds[i]) {
            case WHOLE -> new Point(times[i], whole += in.signed());
            case REAL -> new Point(times[i], in.real());
            case HISTOGRAM -> new Point(times[i], HistogramCodec.read(in));
            default -> Point.stale(times[i]);
          });
    }
    return points;
  }

  private static byte[] deflated(byte[] bytes) {
    try (var deflater = new Deflater(Deflater.BEST_COMPRESSION, true)) {
      deflater.setInput(bytes);
      deflater.finish();
      var out = new ByteArrayOutputStream(bytes.length / 2 + 16);
      var buffer = new byte[4_096];
      while (!deflater.finished()) {
        out.write(buffer, 0, deflater.deflate(buffer));
      }
      return out.toByteArray();
    }
  }

  private static byte[] inflated(byte[] bytes) {
    try (var inflater = new Inflater(true)) {
      inflater.setInput(bytes);
      var out = new ByteArrayOutputStream(4 * bytes.length + 16);
      var buffer = new byte[4_096];
      while (!inflater.finished()) {
        int read = inflater.inflate(buffer);
        if (read == 0 && inflater.needsInput()) {
          throw new IllegalArgumentException("a chunk without its end");
        }
        out.write(buffer, 0, read);
      }
      return out.toByteArray();
    } catch (DataFormatException e) {
      throw new IllegalArgumentException("no chunk", e);
    }
  }
}
