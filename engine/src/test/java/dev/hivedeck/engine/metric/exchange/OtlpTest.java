package dev.hivedeck.engine.metric.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.hivedeck.engine.metric.Histogram;
import dev.hivedeck.engine.metric.Labels;
import dev.hivedeck.engine.metric.MetricKind;
import dev.hivedeck.engine.metric.MetricRegistry;
import dev.hivedeck.engine.metric.MetricRegistry.Reading;
import dev.hivedeck.engine.metric.Point;
import dev.hivedeck.engine.metric.intake.Refused;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogram;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Gauge;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.Sum;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is pushed by OTLP is what is kept: added up, exact, or refused point by point. */
class OtlpTest {
  private static final long NOW = 1_767_614_400_000L;

  private final OtlpTotals totals = new OtlpTotals();

  private OtlpTotals.Taken json(String metrics) {
    return totals.take(
        OtlpReader.read(
            Json.read(
                "{\"resourceMetrics\":[{\"resource\":{\"attributes\":[{\"key\":\"service.name\","
                    + "\"value\":{\"stringValue\":\"shop\"}}]},\"scopeMetrics\":[{\"metrics\":["
                    + metrics
                    + "]}]}]}",
                JsonNode.class),
            NOW),
        NOW);
  }

  private static String sum(String name, int temporality, long value, long millis) {
    return ("{\"name\":\"%s\",\"sum\":{\"isMonotonic\":true,\"aggregationTemporality\":%d,"
            + "\"dataPoints\":[{\"asInt\":\"%d\",\"timeUnixNano\":\"%d000000\"}]}}")
        .formatted(name, temporality, value, millis);
  }

  /** Programs that are started again and again, each with a name of its own. */
  @Test
  void seriesThatAreOverMakeRoomForOthers() {
    assertThat(pushed("old", OtlpTotals.MOST_SERIES, NOW).refused().count()).isZero();
    assertThat(pushed("new", 1, NOW + 60_000).refused().text()).contains("are added up");
    long later = NOW + Duration.ofMinutes(61).toMillis();
    assertThat(pushed("new", OtlpTotals.MOST_SERIES, later).refused().count()).isZero();
    assertThat(pushed("old", 1, later).refused().count()).isOne();
  }

  @Test
  void aSeriesThatGoesOnIsNotForgotten() {
    double total = 0;
    for (int i = 0; i < 30; i++) {
      var taken = pushed("a", 1, NOW + Duration.ofMinutes(50).toMillis() * i);
      total = taken.readings().getFirst().point().value();
    }
    assertThat(total).isEqualTo(30);
  }

  private OtlpTotals.Taken pushed(String name, int count, long now) {
    var samples = new ArrayList<OtlpReader.Sample>();
    for (int i = 0; i < count; i++) {
      samples.add(
          new OtlpReader.Sample(
              Labels.metric(name, "instance", "i" + i),
              MetricKind.COUNTER,
              new Point(now, 1),
              true));
    }
    return totals.take(new OtlpReader.Request(samples, Refused.NONE), now);
  }

  @Test
  void whatTellsOnlyOfAWhileIsAddedUpOnceEach() {
    assertThat(json(sum("a.b", 1, 5, NOW)).readings())
        .containsExactly(
            new Reading(
                Labels.metric("a_b_total", "job", "shop"), MetricKind.COUNTER, new Point(NOW, 5)));
    assertThat(json(sum("a.b", 1, 4, NOW + 1)).readings().getFirst().point().value()).isEqualTo(9);
    var again = json(sum("a.b", 1, 4, NOW + 1));
    assertThat(again.readings()).as("sent twice, counted once").isEmpty();
    assertThat(again.refused().count()).isEqualTo(1);
    assertThat(json(sum("a.b", 2, 100, NOW + 2)).readings().getFirst().point().value())
        .as("cumulative is as it is")
        .isEqualTo(100);
  }

  @Test
  void deltasOfHistogramsAddUpToWhatOneWouldHaveCounted() {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    var whole = new MetricRegistry().histogram("h");
    Point last = null;
    for (int i = 0; i < 20; i++) {
      var part = new MetricRegistry().histogram("h");
      for (int k = random.nextInt(50); k >= 0; k--) {
        double value = random.nextInt(3) == 0 ? 0 : Math.round(random.nextGaussian() * 1_000);
        part.observe(value);
        whole.observe(value);
      }
      last =
          totals
              .take(OtlpReader.read(OtlpProtobuf.request(request(part.histogram(), i)), NOW), NOW)
              .readings()
              .getFirst()
              .point();
    }
    assertThat(last.histogram()).as("seed %d", seed).isEqualTo(whole.histogram());
  }

  private static byte[] request(Histogram histogram, int millis) {
    var point =
        ExponentialHistogramDataPoint.newBuilder()
            .setTimeUnixNano((NOW + millis) * 1_000_000)
            .setScale(histogram.schema())
            .setCount(Math.round(histogram.count()))
            .setSum(histogram.sum())
            .setZeroThreshold(histogram.zeroThreshold())
            .setZeroCount(Math.round(histogram.zeroCount()));
    side(histogram, true, point);
    side(histogram, false, point);
    return request(
            Metric.newBuilder()
                .setName("h")
                .setExponentialHistogram(
                    ExponentialHistogram.newBuilder()
                        .setAggregationTemporality(
                            AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA)
                        .addDataPoints(point)))
        .toByteArray();
  }

  private static void side(
      Histogram histogram, boolean positive, ExponentialHistogramDataPoint.Builder point) {
    var counts = positive ? histogram.positive() : histogram.negative();
    if (counts.isEmpty()) {
      return;
    }
    var side = ExponentialHistogramDataPoint.Buckets.newBuilder().setOffset(counts.index(0) - 1);
    for (int i = 0; i < counts.size(); i++) {
      while (side.getBucketCountsCount() < counts.index(i) - counts.index(0)) {
        side.addBucketCounts(0);
      }
      side.addBucketCounts(Math.round(counts.count(i)));
    }
    if (positive) {
      point.setPositive(side);
    } else {
      point.setNegative(side);
    }
  }

  private static ExportMetricsServiceRequest request(Metric.Builder metric) {
    var request = ExportMetricsServiceRequest.newBuilder();
    var resource = request.addResourceMetricsBuilder();
    resource
        .getResourceBuilder()
        .addAttributes(
            KeyValue.newBuilder()
                .setKey("service.name")
                .setValue(AnyValue.newBuilder().setStringValue("shop")));
    resource.addScopeMetricsBuilder().addMetrics(metric);
    return request.build();
  }

  @Test
  void protobufSaysTheSameAsJson() {
    var request =
        request(
            Metric.newBuilder()
                .setName("a.b")
                .setSum(
                    Sum.newBuilder()
                        .setIsMonotonic(true)
                        .setAggregationTemporality(
                            AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE)
                        .addDataPoints(
                            NumberDataPoint.newBuilder()
                                .setAsInt(5)
                                .setTimeUnixNano(NOW * 1_000_000))));
    assertThat(
            new OtlpTotals()
                .take(OtlpReader.read(OtlpProtobuf.request(request.toByteArray()), NOW), NOW))
        .isEqualTo(json(sum("a.b", 2, 5, NOW)));
    var zero =
        request(
            Metric.newBuilder()
                .setName("z")
                .setGauge(
                    Gauge.newBuilder()
                        .addDataPoints(NumberDataPoint.newBuilder().setAsDouble(0))
                        .addDataPoints(
                            NumberDataPoint.newBuilder().setAsDouble(Double.NEGATIVE_INFINITY))));
    assertThat(OtlpReader.read(OtlpProtobuf.request(zero.toByteArray()), NOW).samples())
        .extracting(s -> s.point().value())
        .containsExactly(0.0, Double.NEGATIVE_INFINITY);
  }

  @Test
  void boundsOfItsOwnBecomeCountersThatAnObjectiveCanCountAt() {
    var taken =
        json(
            "{\"name\":\"took\",\"histogram\":{\"aggregationTemporality\":2,\"dataPoints\":["
                + "{\"timeUnixNano\":\""
                + NOW
                + "000000\",\"explicitBounds\":[0.5,1],\"bucketCounts\":[\"3\",\"0\",\"2\"],"
                + "\"count\":\"5\",\"sum\":7.5}]}}");
    assertThat(taken.readings())
        .extracting(r -> r.labels().toString() + " " + r.point().value())
        .containsExactly(
            "took_bucket{job=\"shop\", le=\"0.5\"} 3.0",
            "took_bucket{job=\"shop\", le=\"1\"} 3.0",
            "took_bucket{job=\"shop\", le=\"+Inf\"} 5.0",
            "took_count{job=\"shop\"} 5.0",
            "took_sum{job=\"shop\"} 7.5");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'name':'a','sum':{'isMonotonic':true,'dataPoints':[{'asInt':1}]}}|taken",
        "{'name':'a','sum':{'isMonotonic':true,'aggregationTemporality':9,'dataPoints':[{}]}}|neither",
        "{'name':'a','sum':{'isMonotonic':true,'dataPoints':[{'asInt':-1}]}}|below zero",
        "{'name':'a','gauge':{'dataPoints':[{'asDouble':'much'}]}}|no number",
        "{'name':'a','gauge':{'dataPoints':[{'asDouble':1,'timeUnixNano':'9000000000000000000'}]}}|future",
        "{'name':'a','gauge':{'dataPoints':[{'asDouble':1,'timeUnixNano':'5000000'}]}}|older",
        "{'name':'a','histogram':{'aggregationTemporality':2,'dataPoints':[{'count':1,"
            + "'explicitBounds':[2,1],'bucketCounts':[1,0,0]}]}}|do not rise",
        "{'name':'a','histogram':{'aggregationTemporality':2,'dataPoints':[{'count':9,"
            + "'explicitBounds':[2],'bucketCounts':[1,0]}]}}|other than its count",
        "{'name':'a','exponentialHistogram':{'aggregationTemporality':2,'dataPoints':[{'scale':40}]}}|scale",
        "{'name':'a','exponentialHistogram':{'aggregationTemporality':2,'dataPoints':[{'count':1,"
            + "'positive':{'offset':2147483647,'bucketCounts':[1]}}]}}|beyond",
        "{'name':'a','exponentialHistogram':{'aggregationTemporality':2,'dataPoints':[{'count':0,"
            + "'positive':{'bucketCounts':[1]}}]}}|more than its count",
        "{'name':'a'}|no gauge",
      })
  void whatCannotBeTakenIsToldAndTheRestIsTaken(String metric, String why) {
    var taken = json(sum("good", 2, 1, NOW) + "," + metric.replace('\'', '"'));
    assertThat(taken.readings().getFirst().labels().name()).isEqualTo("good_total");
    if (why.equals("taken")) {
      assertThat(taken.readings()).hasSize(2);
    } else {
      assertThat(taken.readings()).hasSize(1);
      assertThat(taken.refused().count()).isEqualTo(1);
      assertThat(taken.refused().text()).contains("as a", why);
    }
  }

  @Test
  void whatIsNoRequestIsRefused() throws InvalidProtocolBufferException {
    for (Runnable wrong :
        List.<Runnable>of(
            () -> OtlpProtobuf.request(new byte[] {1, 2, 3}),
            () -> OtlpReader.read(Json.read("[]", JsonNode.class), NOW),
            () -> OtlpReader.read(Json.read("{\"resourceMetrics\":1}", JsonNode.class), NOW))) {
      assertThatThrownBy(wrong::run)
          .isInstanceOfSatisfying(
              HiveException.class, e -> assertThat(e.code()).isEqualTo("otlp-invalid"));
    }
    var answer =
        ExportMetricsServiceResponse.parseFrom(
            OtlpProtobuf.answer(new Refused(List.of(new Refused.Reason("odd", 2, "")))));
    assertThat(answer.getPartialSuccess().getRejectedDataPoints()).isEqualTo(2);
    assertThat(OtlpProtobuf.answer(Refused.NONE)).isEmpty();
  }

  @Test
  void anEndedSeriesEnds() {
    var taken =
        json(
            "{\"name\":\"g\",\"gauge\":{\"dataPoints\":[{\"flags\":1,\"timeUnixNano\":\""
                + NOW
                + "000000\"}]}}");
    assertThat(taken.readings().getFirst().point().stale()).isTrue();
  }
}
