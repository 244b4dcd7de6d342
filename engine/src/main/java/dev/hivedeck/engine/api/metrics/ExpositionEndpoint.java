package dev.hivedeck.engine.api.metrics;

import dev.hivedeck.engine.api.Authenticator;
import dev.hivedeck.engine.api.http.HttpApi;
import dev.hivedeck.engine.api.http.HttpEndpoint;
import dev.hivedeck.engine.metric.EngineMetric;
import dev.hivedeck.engine.metric.MetricRegistry.Reading;
import dev.hivedeck.engine.metric.exposition.Exposition;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;

/** Shows what the engine counts at {@code /metrics}, for whoever scrapes it. */
public final class ExpositionEndpoint implements HttpEndpoint {
  public static final String PATH = "/metrics";

  private static final Map<String, String> HELP =
      Arrays.stream(EngineMetric.values())
          .collect(Collectors.toMap(EngineMetric::metric, EngineMetric::meaning));

  private final Supplier<List<Reading>> readings;
  private final BooleanSupplier isPublic;

  /**
   * @param readings what is shown, as it is at the moment
   * @param isPublic whether it needs no token, at the moment
   */
  public ExpositionEndpoint(Supplier<List<Reading>> readings, BooleanSupplier isPublic) {
    this.readings = readings;
    this.isPublic = isPublic;
  }

  @Override
  public String path() {
    return PATH;
  }

  @Override
  public boolean isPublic() {
    return isPublic.getAsBoolean();
  }

  @Override
  public boolean blocks() {
    return true;
  }

  @Override
  public void handle(HttpServerExchange x, Authenticator.Caller caller) throws IOException {
    if (!x.getRequestMethod().equals(Methods.GET)) {
      x.getResponseHeaders().put(Headers.ALLOW, "GET");
      HttpApi.send(
          x,
          405,
          HiveException.Fault.of(
              ErrorCode.NO_METHOD,
              "Metrics are only shown here.",
              "GET them; push to /v1/metrics."));
      return;
    }
    var page =
        Exposition.write(readings.get(), HELP, x.getRequestHeaders().getFirst(Headers.ACCEPT));
    byte[] bytes = page.bytes();
    x.getResponseHeaders().put(Headers.CONTENT_TYPE, page.contentType());
    x.getResponseHeaders().put(Headers.VARY, "Accept, Accept-Encoding");
    if (takesGzip(x.getRequestHeaders().getFirst(Headers.ACCEPT_ENCODING))) {
      bytes = zipped(bytes);
      x.getResponseHeaders().put(Headers.CONTENT_ENCODING, "gzip");
    }
    x.getResponseSender().send(ByteBuffer.wrap(bytes));
  }

  private static boolean takesGzip(String accepted) {
    for (String coding : (accepted == null ? "" : accepted).split(",")) {
      String[] parts = coding.strip().split(";");
      if (parts[0].strip().equalsIgnoreCase("gzip")) {
        return parts.length < 2 || !parts[1].strip().matches("q=0(\\.0*)?");
      }
    }
    return false;
  }

  private static byte[] zipped(byte[] bytes) throws IOException {
    var zipped = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(zipped)) {
      gzip.write(bytes);
    }
    return zipped.toByteArray();
  }
}
