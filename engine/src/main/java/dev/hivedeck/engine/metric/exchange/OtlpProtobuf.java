package dev.hivedeck.engine.metric.exchange;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.hivedeck.engine.metric.intake.Refused;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsPartialSuccess;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** OTLP in protobuf, from and to the same as it is in JSON. */
public final class OtlpProtobuf {
  private OtlpProtobuf() {}

  /**
   * The request, as OTLP has it in JSON.
   *
   * @throws HiveException {@code otlp-invalid}
   */
  public static JsonNode request(byte[] bytes) {
    try {
      return tree(ExportMetricsServiceRequest.parseFrom(bytes));
    } catch (InvalidProtocolBufferException e) {
      throw new HiveException(
          ErrorCode.OTLP_INVALID,
          "The body is no request of OTLP in protobuf: " + e.getMessage(),
          "Send metrics of OTLP 1, as the OpenTelemetry SDKs do.");
    }
  }

  /** The answer to a request. */
  public static byte[] answer(Refused refused) {
    var answer = ExportMetricsServiceResponse.newBuilder();
    if (refused.count() > 0) {
      answer.setPartialSuccess(
          ExportMetricsPartialSuccess.newBuilder()
              .setRejectedDataPoints(refused.count())
              .setErrorMessage(refused.text()));
    }
    return answer.build().toByteArray();
  }

  /** An error as {@code google.rpc.Status} has it: a code and a message. */
  public static byte[] error(int code, String message) {
    var bytes = new ByteArrayOutputStream();
    var out = CodedOutputStream.newInstance(bytes);
    try {
      out.writeInt32(1, code);
      out.writeString(2, message);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static ObjectNode tree(Message message) {
    var node = Json.object();
    for (var field : message.getAllFields().entrySet()) {
      String name = field.getKey().getJsonName();
      if (field.getKey().isRepeated()) {
        var list = node.putArray(name);
        for (Object value : (List<?>) field.getValue()) {
          list.add(value(field.getKey(), value));
        }
      } else {
        node.set(name, value(field.getKey(), field.getValue()));
      }
    }
    return node;
  }

  private static JsonNode value(FieldDescriptor field, Object value) {
    return switch (value) {
      case Message message -> tree(message);
      case EnumValueDescriptor word -> Json.tree(word.getNumber());
      case Double number when !Double.isFinite(number) ->
          Json.tree(Double.isNaN(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity");
      case Number number -> Json.tree(number);
      case Boolean yes -> Json.tree(yes);
      case String text -> Json.tree(text);
      default -> Json.tree(field.getName()); // bytes: nothing here is made of them
    };
  }
}
