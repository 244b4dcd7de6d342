package dev.hivedeck.engine.metric.exposition;

import dev.hivedeck.engine.metric.MetricRegistry.Reading;
import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Series in the format that a scraper prefers: text 0.0.4, OpenMetrics 1.0, or protobuf, which
 * alone carries native histograms (<a
 * href="https://prometheus.io/docs/instrumenting/exposition_formats/">Exposition formats</a>).
 */
public final class Exposition {
  private static final String OPEN_METRICS = "application/openmetrics-text";
  private static final String PROTOBUF = "application/vnd.google.protobuf";

  private Exposition() {}

  /** A page and its media type. */
  public record Page(String contentType, byte[] bytes) {}

  /** A media type that is accepted, and how gladly, from 0 to 1. */
  private record Accepted(String type, String whole, double quality) {}

  /**
   * @param help what each metric means, by its name
   * @param accept the header of that name; null or empty for the text format
   */
  public static Page write(List<Reading> readings, Map<String, String> help, String accept) {
    var writer = writer(accept);
    var bytes = new ByteArrayOutputStream();
    try {
      writer.write(bytes, Snapshots.of(readings, help), escaping(accept));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Page(writer.getContentType(), bytes.toByteArray());
  }

  private static EscapingScheme escaping(String accept) {
    return EscapingScheme.fromAcceptHeader(accept);
  }

  private static ExpositionFormatWriter writer(String accept) {
    var formats = ExpositionFormats.init();
    for (var accepted : accepted(accept)) {
      switch (accepted.type()) {
        case PROTOBUF -> {
          var protobuf = formats.getPrometheusProtobufWriter();
          if (protobuf.isAvailable() && protobuf.accepts(accepted.whole())) {
            return protobuf;
          }
        }
        case OPEN_METRICS -> {
          return formats.getOpenMetricsTextFormatWriter();
        }
        case "text/plain", "text/*", "*/*" -> {
          return formats.getPrometheusTextFormatWriter();
        }
        default -> {}
      }
    }
    return formats.getPrometheusTextFormatWriter();
  }

  /** What is accepted, the most wanted first; of those wanted alike the first named. */
  private static List<Accepted> accepted(String accept) {
    var all = new ArrayList<Accepted>();
    for (String range : (accept == null ? "" : accept).split(",")) {
      String whole = range.strip().toLowerCase(Locale.ROOT);
      double quality = 1;
      for (String parameter : whole.split(";")) {
        if (parameter.strip().startsWith("q=")) {
          quality = quality(parameter.strip().substring(2));
        }
      }
      if (!whole.isEmpty() && quality > 0) {
        all.add(new Accepted(whole.split(";")[0].strip(), range.strip(), quality));
      }
    }
    all.sort(Comparator.comparingDouble(Accepted::quality).reversed());
    return all;
  }

  private static double quality(String text) {
    try {
      return Double.parseDouble(text.strip());
    } catch (NumberFormatException e) {
      return 0; // who says how much, and not so that it can be understood, is served last
    }
  }
}
