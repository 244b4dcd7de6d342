package dev.hivedeck.engine.api.metrics;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.api.Authenticator;
import dev.hivedeck.engine.api.http.HttpApi;
import dev.hivedeck.engine.api.http.HttpEndpoint;
import dev.hivedeck.engine.metric.exchange.OtlpProtobuf;
import dev.hivedeck.engine.metric.exchange.OtlpReader;
import dev.hivedeck.engine.metric.exchange.OtlpTotals;
import dev.hivedeck.engine.metric.intake.Refused;
import dev.hivedeck.engine.metric.intake.SampleSink;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.security.TokenScope;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Takes metrics in by OTLP over HTTP, as JSON and as protobuf (<a
 * href="https://opentelemetry.io/docs/specs/otlp/#otlphttp">OTLP/HTTP</a>): what of a request
 * cannot be taken is told in {@code partial_success}.
 */
public final class OtlpEndpoint implements HttpEndpoint {
  /** What an SDK adds {@code /v1/metrics} to. */
  public static final String BASE = "/v1/otlp";

  public static final String PATH = BASE + "/v1/metrics";

  private static final int LARGEST = 16 << 20;
  private static final String PROTOBUF = "application/x-protobuf";
  private static final String JSON = "application/json";

  /** Of {@code google.rpc.Code}. */
  private static final int INVALID_ARGUMENT = 3;

  private final OtlpTotals totals = new OtlpTotals();
  private final SampleSink sink;
  private final Clock clock;

  /**
   * @param sink takes the samples
   */
  public OtlpEndpoint(SampleSink sink, Clock clock) {
    this.sink = sink;
    this.clock = clock;
  }

  @Override
  public String path() {
    return PATH;
  }

  @Override
  public boolean opensTo(TokenScope scope) {
    return scope == TokenScope.METRICS_WRITE;
  }

  @Override
  public boolean blocks() {
    return true;
  }

  @Override
  public void handle(HttpServerExchange x, Authenticator.Caller caller) throws IOException {
    String type = x.getRequestHeaders().getFirst(Headers.CONTENT_TYPE);
    String plain = type == null ? "" : type.split(";")[0].strip();
    boolean protobuf = plain.equals(PROTOBUF);
    if (!caller.may(TokenScope.METRICS_WRITE)) {
      refuse(
          x, 403, protobuf, "The token of attempt " + caller.attempt() + " may read, not steer.");
    } else if (!x.getRequestMethod().equals(Methods.POST)) {
      x.getResponseHeaders().put(Headers.ALLOW, "POST");
      refuse(x, 405, protobuf, "POST metrics here.");
    } else if (!protobuf && !plain.equals(JSON)) {
      refuse(x, 415, false, "Send " + PROTOBUF + " or " + JSON + ".");
    } else {
      take(x, protobuf);
    }
  }

  private void take(HttpServerExchange x, boolean protobuf) throws IOException {
    byte[] body;
    try (InputStream in = unpacked(x)) {
      body = in.readNBytes(LARGEST + 1);
    } catch (ZipException e) {
      refuse(x, 400, protobuf, "The body is not packed as gzip.");
      return;
    }
    if (body.length > LARGEST) {
      refuse(x, 413, protobuf, "The body is larger than " + LARGEST + " bytes. Send less at once.");
      return;
    }
    try {
      JsonNode request =
          protobuf
              ? OtlpProtobuf.request(body)
              : Json.read(new String(body, StandardCharsets.UTF_8), JsonNode.class);
      var taken = totals.take(OtlpReader.read(request, clock.millis()), clock.millis());
      var refused = sink.take("otlp", taken.readings());
      answer(x, protobuf, taken.refused().plus(refused));
    } catch (HiveException e) {
      refuse(x, 400, protobuf, e.getMessage() + (e.hint() == null ? "" : " " + e.hint()));
    }
  }

  private static InputStream unpacked(HttpServerExchange x) throws IOException {
    String coding = x.getRequestHeaders().getFirst(Headers.CONTENT_ENCODING);
    return "gzip".equalsIgnoreCase(coding)
        ? new GZIPInputStream(x.getInputStream())
        : x.getInputStream();
  }

  private static void answer(HttpServerExchange x, boolean protobuf, Refused refused) {
    if (protobuf) {
      send(x, 200, OtlpProtobuf.answer(refused));
      return;
    }
    var answer = Json.object();
    if (refused.count() > 0) {
      answer
          .putObject("partialSuccess")
          .put("rejectedDataPoints", String.valueOf(refused.count()))
          .put("errorMessage", refused.text());
    }
    HttpApi.send(x, 200, answer);
  }

  private static void refuse(HttpServerExchange x, int status, boolean protobuf, String why) {
    if (protobuf) {
      send(x, status, OtlpProtobuf.error(INVALID_ARGUMENT, why));
    } else {
      HttpApi.send(x, status, Json.object().put("code", INVALID_ARGUMENT).put("message", why));
    }
  }

  private static void send(HttpServerExchange x, int status, byte[] body) {
    x.setStatusCode(status);
    x.getResponseHeaders().put(Headers.CONTENT_TYPE, PROTOBUF);
    x.getResponseSender().send(ByteBuffer.wrap(body));
  }
}
