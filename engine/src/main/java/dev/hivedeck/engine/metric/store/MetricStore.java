package dev.hivedeck.engine.metric.store;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.metric.LabelMatcher;
import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.metric.MetricKind;
import dev.hivedeck.engine.metric.MetricRegistry.Reading;
import dev.hivedeck.engine.metric.Point;
import dev.hivedeck.engine.metric.Series;
import dev.hivedeck.engine.metric.SeriesSource;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.store.Ledger;
import dev.hivedeck.engine.store.Sql;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Samples in the engine's database. What is appended is a row; once its hour is over, {@link
 * #compact} puts it into a chunk, and thins it out with age as {@link SampleRetention} says.
 */
public final class MetricStore implements SeriesSource {
  /** Series beside which no more are taken in; a sign of a label that has no end. */
  public static final int MOST_SERIES = 20_000;

  private static final long FINE = 0;
  private static final long MINUTE = Duration.ofMinutes(1).toMillis();
  private static final long HOUR = Duration.ofHours(1).toMillis();
  private static final long DAY = Duration.ofDays(1).toMillis();

  private final Ledger ledger;
  private final SampleRetention retention;

  private record Known(long id, Labels labels, MetricKind kind) {}

  public MetricStore(Ledger ledger, SampleRetention retention) {
    this.ledger = ledger;
    this.retention = retention;
  }

  /**
   * Adds samples; of two of one series at one time the later stays.
   *
   * @param source who gives them, {@link SeriesQuota#OWN} for the engine
   * @return how many were refused because there are too many series
   */
  public static int append(Sql sql, String source, Collection<Reading> readings)
      throws SQLException {
    int refused = 0;
    SeriesQuota quota = null;
    for (var reading : readings) {
      String labels = Json.tree(reading.labels().toMap()).toString();
      long series = sql.number("SELECT id FROM metric_series WHERE labels = ?", labels);
      if (series == 0) {
        quota = quota == null ? SeriesQuota.count(sql) : quota;
        if (!quota.take(source)) {
          refused++;
          continue;
        }
        sql.update(
            "INSERT INTO metric_series(labels, kind, source) VALUES (?, ?, ?)",
            labels,
            reading.kind(),
            source);
        series = sql.number("SELECT id FROM metric_series WHERE labels = ?", labels);
      }
      Point point = reading.point();
      sql.update(
          "INSERT OR REPLACE INTO metric_sample(series, time, value, chunk) VALUES (?, ?, ?, ?)",
          series,
          point.time(),
          point.stale() || point.isHistogram() ? null : (Object) point.value(),
          point.isHistogram() || Double.isNaN(point.value()) && !point.stale()
              ? ChunkCodec.encode(List.of(point))
              : null);
    }
    return refused;
  }

  /** Puts hours that are over into chunks, thins out what has aged, and forgets what is too old. */
  public void compact(Sql sql, long now) throws SQLException {
    for (var series : known(sql)) {
      seal(sql, series, now);
      coarsen(sql, series, FINE, MINUTE, now - retention.fine().toMillis());
      coarsen(sql, series, MINUTE, HOUR, now - retention.middle().toMillis());
      sql.update(
          "DELETE FROM metric_chunk WHERE series = ? AND start < ?",
          series.id(),
          now - retention.coarse().toMillis() - DAY);
    }
    sql.update(
        "DELETE FROM metric_series WHERE NOT EXISTS (SELECT 1 FROM metric_sample s WHERE s.series ="
            + " metric_series.id) AND NOT EXISTS (SELECT 1 FROM metric_chunk c WHERE c.series ="
            + " metric_series.id)");
  }

  /** Rows of hours that are over, as chunks of an hour. */
  private static void seal(Sql sql, Known series, long now) throws SQLException {
    long end = Math.floorDiv(now, HOUR) * HOUR;
    var rows = rows(sql, series.id(), Long.MIN_VALUE, end);
    merge(sql, series.id(), FINE, HOUR, rows);
    sql.update("DELETE FROM metric_sample WHERE series = ? AND time <= ?", series.id(), end);
  }

  /** Chunks that are wholly older than a time, thinned, as chunks of a day. */
  private static void coarsen(Sql sql, Known series, long from, long to, long before)
      throws SQLException {
    long length = from == FINE ? HOUR : DAY;
    var old = chunks(sql, series.id(), "step = ? AND start + ? <= ?", from, length, before);
    if (old.isEmpty()) {
      return;
    }
    // The next point says whether the last of them is the last of its slot.
    merge(
        sql,
        series.id(),
        to,
        DAY,
        SampleRetention.thinned(series.kind(), old, Duration.ofMillis(to)));
    sql.update(
        "DELETE FROM metric_chunk WHERE series = ? AND step = ? AND start + ? <= ?",
        series.id(),
        from,
        length,
        before);
  }

  private static void merge(Sql sql, long series, long step, long length, List<Point> points)
      throws SQLException {
    Map<Long, TreeMap<Long, Point>> byStart = new TreeMap<>();
    for (var point : points) {
      byStart
          .computeIfAbsent(Math.floorDiv(point.time() - 1, length) * length, k -> new TreeMap<>())
          .put(point.time(), point);
    }
    for (var entry : byStart.entrySet()) {
      for (var point : chunks(sql, series, "step = ? AND start = ?", step, entry.getKey())) {
        entry.getValue().putIfAbsent(point.time(), point);
      }
      sql.update(
          "INSERT OR REPLACE INTO metric_chunk(series, step, start, data) VALUES (?, ?, ?, ?)",
          series,
          step,
          entry.getKey(),
          ChunkCodec.encode(new ArrayList<>(entry.getValue().values())));
    }
  }

  /** When something was sampled last, about; the smallest time when nothing was. */
  public long newest() {
    return ledger.read(
        sql -> {
          long row = sql.number("SELECT max(time) FROM metric_sample");
          long chunk = sql.number("SELECT max(start) FROM metric_chunk WHERE step = 0");
          return row == 0 && chunk == 0 ? Long.MIN_VALUE : Math.max(row, chunk + HOUR);
        });
  }

  @Override
  public List<Series> select(List<LabelMatcher> matchers, long after, long until) {
    return ledger.read(sql -> select(sql, matchers, after, until));
  }

  /** All series with their points, as {@link #select(List, long, long)} does, in one snapshot. */
  public static List<Series> select(Sql sql, List<LabelMatcher> matchers, long after, long until)
      throws SQLException {
    var found = new ArrayList<Series>();
    for (var series : known(sql, matchers)) {
      if (matchers.stream().allMatch(m -> m.matches(series.labels()))) {
        var points = points(sql, series.id(), after, until);
        if (!points.isEmpty()) {
          found.add(new Series(series.labels(), points));
        }
      }
    }
    return found;
  }

  private static List<Point> points(Sql sql, long series, long after, long until)
      throws SQLException {
    var points = new TreeMap<Long, Point>();
    var chunked =
        chunks(
            sql,
            series,
            "start < ? AND start + CASE step WHEN 0 THEN 3600000 ELSE 86400000 END > ?",
            until,
            after);
    for (var point : chunked) {
      if (point.time() > after && point.time() <= until) {
        points.put(point.time(), point);
      }
    }
    rows(sql, series, after, until).forEach(p -> points.put(p.time(), p));
    return new ArrayList<>(points.values());
  }

  private static List<Point> rows(Sql sql, long series, long after, long until)
      throws SQLException {
    return sql.list(
        "SELECT time, value, chunk FROM metric_sample WHERE series = ? AND time > ? AND time <= ?"
            + " ORDER BY time",
        row -> {
          byte[] chunk = row.bytes("chunk");
          if (chunk != null) {
            return ChunkCodec.decode(chunk).getFirst();
          }
          return row.isNull("value")
              ? Point.stale(row.number("time"))
              : new Point(row.number("time"), row.real("value"));
        },
        series,
        after,
        until);
  }

  private static List<Point> chunks(Sql sql, long series, String condition, Object... parameters)
      throws SQLException {
    var all = new ArrayList<Object>();
    all.add(series);
    all.addAll(List.of(parameters));
    var points = new ArrayList<Point>();
    for (byte[] data :
        sql.list(
            "SELECT data FROM metric_chunk WHERE series = ? AND " + condition + " ORDER BY start",
            row -> row.bytes("data"),
            all.toArray())) {
      points.addAll(ChunkCodec.decode(data));
    }
    return points;
  }

  /** Of all series. */
  static List<Labels> labels(Sql sql) throws SQLException {
    return sql.list("SELECT labels FROM metric_series", row -> labels(row.text("labels")));
  }

  private static List<Known> known(Sql sql) throws SQLException {
    return sql.list("SELECT id, labels, kind FROM metric_series", MetricStore::known);
  }

  /**
   * Those that may meet the conditions. One on the metric's name is looked for in the text of the
   * labels, so that not all of them are read.
   */
  private static List<Known> known(Sql sql, List<LabelMatcher> matchers) throws SQLException {
    for (var matcher : matchers) {
      if (matcher.name().equals(Labels.NAME)
          && matcher.type() == LabelMatcher.Type.EQUAL
          && !matcher.value().isEmpty()) {
        return sql.list(
            "SELECT id, labels, kind FROM metric_series WHERE instr(labels, ?) > 0",
            MetricStore::known,
            Json.write(Labels.NAME) + ":" + Json.write(matcher.value()));
      }
    }
    return known(sql);
  }

  private static Known known(Sql.Row row) throws SQLException {
    return new Known(
        row.number("id"), labels(row.text("labels")), row.word("kind", MetricKind.class));
  }

  private static Labels labels(String json) {
    var labels = new HashMap<String, String>();
    Json.read(json, JsonNode.class)
        .properties()
        .forEach(e -> labels.put(e.getKey(), e.getValue().asText()));
    return Labels.of(labels);
  }
}
