package dev.hivedeck.engine.api.flag;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.openfeature.sdk.ErrorCode;
import dev.openfeature.sdk.EvaluationContext;
import dev.openfeature.sdk.FeatureProvider;
import dev.openfeature.sdk.Metadata;
import dev.openfeature.sdk.ProviderEvaluation;
import dev.openfeature.sdk.Value;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

/** Flags of Hivedeck for the SDK of OpenFeature. */
public final class HivedeckProvider implements FeatureProvider {
  private final HttpClient client = HttpClient.newHttpClient();
  private final ObjectMapper json = new ObjectMapper();
  private final String api;
  private final String token;

  /**
   * @param api of the engine, as http://127.0.0.1:7717
   * @param token of the scope flags
   */
  public HivedeckProvider(String api, String token) {
    this.api = api;
    this.token = token;
  }

  @Override
  public Metadata getMetadata() {
    return () -> "hivedeck";
  }

  @Override
  public ProviderEvaluation<Boolean> getBooleanEvaluation(
      String key, Boolean otherwise, EvaluationContext context) {
    return evaluate(key, otherwise, context, JsonNode::isBoolean, JsonNode::booleanValue);
  }

  @Override
  public ProviderEvaluation<String> getStringEvaluation(
      String key, String otherwise, EvaluationContext context) {
    return evaluate(key, otherwise, context, JsonNode::isTextual, JsonNode::textValue);
  }

  @Override
  public ProviderEvaluation<Integer> getIntegerEvaluation(
      String key, Integer otherwise, EvaluationContext context) {
    return evaluate(
        key,
        otherwise,
        context,
        value -> value.isIntegralNumber() && value.canConvertToInt(),
        JsonNode::intValue);
  }

  @Override
  public ProviderEvaluation<Double> getDoubleEvaluation(
      String key, Double otherwise, EvaluationContext context) {
    return evaluate(key, otherwise, context, JsonNode::isNumber, JsonNode::doubleValue);
  }

  @Override
  public ProviderEvaluation<Value> getObjectEvaluation(
      String key, Value otherwise, EvaluationContext context) {
    return evaluate(
        key,
        otherwise,
        context,
        value -> true,
        value -> Value.objectToValue(json.convertValue(value, Object.class)));
  }

  private <T> ProviderEvaluation<T> evaluate(
      String key,
      T otherwise,
      EvaluationContext context,
      Predicate<JsonNode> fits,
      Function<JsonNode, T> read) {
    try {
      var answer = json.readTree(ask(key, context));
      if (answer.has("errorCode")) {
        return failed(
            otherwise,
            ErrorCode.valueOf(answer.get("errorCode").asText()),
            answer.path("errorDetails").asText());
      }
      var value = answer.path("value");
      if (value.isMissingNode() || !fits.test(value)) {
        return failed(otherwise, ErrorCode.TYPE_MISMATCH, "it is " + value.getNodeType());
      }
      return ProviderEvaluation.<T>builder()
          .value(read.apply(value))
          .variant(answer.path("variant").asText())
          .reason(answer.path("reason").asText())
          .build();
    } catch (IOException | IllegalArgumentException e) {
      return failed(otherwise, ErrorCode.GENERAL, String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return failed(otherwise, ErrorCode.GENERAL, "it was cut off");
    }
  }

  private String ask(String key, EvaluationContext context)
      throws IOException, InterruptedException {
    var body = json.writeValueAsString(Map.of("context", context.asObjectMap()));
    var request =
        HttpRequest.newBuilder(URI.create(api + "/ofrep/v1/evaluate/flags/" + key))
            .timeout(Duration.ofSeconds(2))
            .header("Authorization", "Bearer " + token)
            .POST(HttpRequest.BodyPublishers.ofString(body));
    var response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200 && !response.body().contains("\"errorCode\"")) {
      throw new IOException("it answered with " + response.statusCode());
    }
    return response.body();
  }

  private static <T> ProviderEvaluation<T> failed(T otherwise, ErrorCode code, String why) {
    return ProviderEvaluation.<T>builder()
        .value(otherwise)
        .reason("ERROR")
        .errorCode(code)
        .errorMessage(why)
        .build();
  }
}
