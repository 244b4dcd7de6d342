package dev.hivedeck.app.docs;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.hivedeck.engine.api.http.HttpRoute;
import dev.hivedeck.engine.api.http.HttpRoutes;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.RequestParser;
import dev.hivedeck.engine.protocol.Results;
import java.io.IOException;
import java.util.List;

/** The OpenAPI document, made of the table of routes and the records that they send. */
final class OpenApi {
  private static final String DESCRIPTION =
      """
      Reading and steering a workspace. Send the token of endpoint.json as Authorization: Bearer.
      What is null is left out. A time is ISO 8601 in UTC, a duration a number of seconds, a cost a
      number of US dollars. Errors are {code, message, hint}: 4xx tells of the request, 5xx of the
      engine or its surroundings; a request that was refused changed nothing. In an id in a path, a
      slash is written %2F. An attempt's token may read, not steer. Where metricsToken is listed, a
      token of the scope metrics:write is taken too.
      """
          .replace("\n", " ")
          .strip();

  private static final String METRICS_TOKEN = "metricsToken";

  private final Schemas schemas = new Schemas();
  private final ObjectNode paths = Json.object();

  private OpenApi() {}

  static ObjectNode document() {
    return new OpenApi().write();
  }

  static String yaml() throws IOException {
    return new YAMLMapper(
            new YAMLFactory()
                .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                .disable(YAMLGenerator.Feature.SPLIT_LINES)
                .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
                .enable(YAMLGenerator.Feature.INDENT_ARRAYS_WITH_INDICATOR))
        .writeValueAsString(document());
  }

  private ObjectNode write() {
    var document = Json.object().put("openapi", "3.1.0");
    document
        .putObject("info")
        .put("title", "Hivedeck")
        .put("version", "1")
        .put("description", DESCRIPTION)
        .putObject("license")
        .put("name", "Apache-2.0")
        .put("identifier", "Apache-2.0");
    document
        .putArray("servers")
        .addObject()
        .put("url", "http://127.0.0.1:{port}")
        .putObject("variables")
        .putObject("port")
        .put("default", "7071");
    document.putArray("security").addObject().putArray("token");
    health("/health", "getHealth", true);
    health("/v1/health", "getHealthWithToken", false);
    HttpRoutes.all().forEach(this::route);
    itself();
    mcp();
    metrics();
    githubWebhook();
    document.set("paths", paths);
    document.set("components", components());
    return document;
  }

  private ObjectNode components() {
    var components = Json.object();
    components
        .putObject("securitySchemes")
        .putObject("token")
        .put("type", "http")
        .put("scheme", "bearer");
    ((ObjectNode) components.get("securitySchemes"))
        .putObject(METRICS_TOKEN)
        .put("type", "http")
        .put("scheme", "bearer")
        .put(
            "description",
            "Of hivedeck token add NAME --scope metrics:write; it opens nothing else.");
    var parameters = components.putObject("parameters");
    parameters
        .putObject("id")
        .put("name", "id")
        .put("in", "path")
        .put("required", true)
        .putObject("schema")
        .put("type", "string");
    header(
        parameters.putObject("key"),
        "Idempotency-Key",
        "The same command with the same key is done once, within a day.");
    header(
        parameters.putObject("correlation"),
        "X-Correlation-Id",
        "Stands on every event that this causes.");
    content(
        components
            .putObject("responses")
            .putObject("Refused")
            .put("description", "Refused, or failed; nothing has changed."),
        "application/json",
        schemas.of(HiveException.Fault.class));
    var all = components.putObject("schemas");
    schemas.all().forEach(all::set);
    return components;
  }

  private static void metricsToken(ObjectNode operation) {
    var security = operation.putArray("security");
    security.addObject().putArray("token");
    security.addObject().putArray(METRICS_TOKEN);
  }

  private static void header(ObjectNode parameter, String name, String description) {
    parameter
        .put("name", name)
        .put("in", "header")
        .put("description", description)
        .putObject("schema")
        .put("type", "string");
  }

  private ObjectNode operation(String path, String method, String id, String summary) {
    return path(path).putObject(method).put("operationId", id).put("summary", summary);
  }

  private ObjectNode path(String path) {
    return paths.has(path) ? (ObjectNode) paths.get(path) : paths.putObject(path);
  }

  private void route(HttpRoute route) {
    var operation =
        operation(route.path(), route.method().toLowerCase(), route.id(), route.summary());
    operation
        .putArray("tags")
        .add(route.path().startsWith("/v1/") ? route.path().split("/")[2] : "alerts");
    if (route.takesMetrics()) {
      metricsToken(operation);
    }
    if (route.successor() != null) {
      operation.put("deprecated", true).put("description", "Now: " + route.successor());
    }
    var parameters = Json.MAPPER.createArrayNode();
    if (route.path().contains("{id}")) {
      parameters.addObject().put("$ref", "#/components/parameters/id");
    }
    if (route.method().equals("POST") && !"config.preview".equals(type(route))) {
      parameters.addObject().put("$ref", "#/components/parameters/key");
      parameters.addObject().put("$ref", "#/components/parameters/correlation");
    }
    route.parameters().forEach(parameter -> query(parameters, parameter));
    if (!parameters.isEmpty()) {
      operation.set("parameters", parameters);
    }
    if (route.body() != null) {
      body(operation, route.body());
    }
    var answer = route.answer();
    var schema = answer.list() ? schemas.list(answer.type()) : schemas.of(answer.type());
    var responses = operation.putObject("responses");
    content(
        responses
            .putObject("200")
            .put(
                "description",
                route.method().equals("GET") ? "What was asked for." : "Done, and durable."),
        "application/json",
        schema);
    responses.putObject("default").put("$ref", "#/components/responses/Refused");
  }

  private static String type(HttpRoute route) {
    return route.body() == null ? null : route.body().type();
  }

  private static void query(ArrayNode parameters, HttpRoute.Parameter parameter) {
    var schema =
        parameters
            .addObject()
            .put("name", parameter.name())
            .put("in", "query")
            .put("description", parameter.description())
            .putObject("schema")
            .put("type", parameter.type());
    if (!parameter.words().isEmpty()) {
      parameter.words().forEach(schema.putArray("enum")::add);
    }
  }

  private void body(ObjectNode operation, HttpRoute.Body body) {
    ObjectNode schema;
    if (body.type() == null) {
      schema = any();
    } else if (body.type().equals(HttpRoute.Body.SAMPLES)) {
      schema = samples();
    } else if (body.type().equals(HttpRoute.Body.WEBHOOK)) {
      schema = webhook();
    } else if (body.type().equals(HttpRoute.Body.ALERTS)) {
      schema = Json.object().put("type", "array");
      schema.set("items", alert());
    } else {
      var record =
          Schemas.byWord(Command.class, body.type())
              .or(() -> Schemas.byWord(Query.class, body.type()))
              .orElseThrow(() -> new AssertionError("no command " + body.type()));
      schema =
          body.path() == null
              ? schemas.object(record, true)
              : schemas.object(record, true, body.path());
      if (schema.path("properties").isEmpty()) {
        return; // nothing can be said
      }
      schema.put("title", record.getSimpleName() + "Request"); // what generators call it
      if (body.type().equals("config.edit")) {
        // With a text in place of changes it writes that, as /v1/config/write does.
        ((ObjectNode) schema.get("properties")).putObject("text").put("type", "string");
      }
    }
    var request = operation.putObject("requestBody");
    request.put("required", schema.has("required") || schema.has("items"));
    content(request, "application/json", schema);
  }

  /** A list only: of a schema that is one or many, generators make no client that compiles. */
  private static ObjectNode samples() {
    var sample = Json.object().put("type", "object");
    sample.putArray("required").add("metric_id").add("metric_type").add("value");
    var fields = sample.putObject("properties");
    fields.putObject("metric_id").put("type", "string");
    var kinds = fields.putObject("metric_type").put("type", "string").putArray("enum");
    kinds.add("counter").add("gauge");
    fields.putObject("value").put("type", "number");
    var labels = fields.putObject("labels").put("type", "object");
    labels.putObject("additionalProperties").put("type", "string");
    fields.putObject("timestamp").put("type", "integer").put("format", "int64");
    sample.put("additionalProperties", false);
    var list = Json.object().put("type", "array");
    list.put("description", "Samples. One alone may be sent without a list around it.");
    list.set("items", sample);
    return list;
  }

  /** What a webhook of Alertmanager sends, as far as it is read. */
  private static ObjectNode webhook() {
    var schema = Json.object().put("type", "object");
    schema.putArray("required").add("alerts");
    var fields = schema.putObject("properties");
    fields.putObject("version").put("type", "string");
    fields.putObject("externalURL").put("type", "string");
    var alert = alert();
    ((ObjectNode) alert.get("properties"))
        .putObject("status")
        .put("type", "string")
        .putArray("enum")
        .add("firing")
        .add("resolved");
    fields.putObject("alerts").put("type", "array").set("items", alert);
    return schema.put("additionalProperties", true);
  }

  private static ObjectNode alert() {
    var alert = Json.object().put("type", "object");
    alert.putArray("required").add("labels");
    var fields = alert.putObject("properties");
    for (String name : List.of("labels", "annotations")) {
      fields
          .putObject(name)
          .put("type", "object")
          .putObject("additionalProperties")
          .put("type", "string");
    }
    for (String name : List.of("startsAt", "endsAt")) {
      fields.putObject(name).put("type", "string").put("format", "date-time");
    }
    fields.putObject("generatorURL").put("type", "string");
    return alert.put("additionalProperties", true);
  }

  /** Any command: the fields of each are those of its own operation, and in docs. */
  private static ObjectNode any() {
    var schema = Json.object().put("type", "object");
    schema.putArray("required").add("type");
    var words =
        schema.putObject("properties").putObject("type").put("type", "string").putArray("enum");
    RequestParser.commands().keySet().forEach(words::add);
    return schema.put("additionalProperties", true);
  }

  private static void content(ObjectNode into, String type, ObjectNode schema) {
    into.putObject("content").putObject(type).set("schema", schema);
  }

  private void health(String path, String id, boolean open) {
    var operation = operation(path, "get", id, "Whether the engine reads and writes its database");
    operation.putArray("tags").add("health");
    if (open) {
      operation.putArray("security");
    }
    var responses = operation.putObject("responses");
    for (String status : List.of("200", "503")) {
      content(
          responses.putObject(status).put("description", status.equals("200") ? "Up." : "Down."),
          "application/json",
          schemas.of(Results.Health.class));
    }
    responses.putObject("default").put("$ref", "#/components/responses/Refused");
  }

  private void itself() {
    var operation = operation("/v1/openapi.yaml", "get", "getOpenApi", "This document");
    operation.putArray("tags").add("health");
    var responses = operation.putObject("responses");
    content(
        responses.putObject("200").put("description", "This document."),
        "application/yaml",
        Json.object().put("type", "string"));
    responses.putObject("default").put("$ref", "#/components/responses/Refused");
  }

  private void mcp() {
    var post =
        operation(
            "/mcp",
            "post",
            "callMcp",
            "The Model Context Protocol (streamable HTTP), for the token of an attempt");
    post.putArray("tags").add("mcp");
    content(
        post.putObject("requestBody").put("required", true),
        "application/json",
        Json.object().put("type", "object"));
    var responses = post.putObject("responses");
    var answered = responses.putObject("200").put("description", "An answer, or a stream of them.");
    var types = answered.putObject("content");
    types.putObject("application/json").putObject("schema").put("type", "object");
    types.putObject("text/event-stream").putObject("schema").put("type", "string");
    responses.putObject("202").put("description", "A notification was taken.");
    responses.putObject("default").put("$ref", "#/components/responses/Refused");
    var delete = operation("/mcp", "delete", "closeMcp", "Close the session");
    delete.putArray("tags").add("mcp");
    var closed = delete.putObject("responses");
    closed.putObject("200").put("description", "Closed.");
    closed.putObject("default").put("$ref", "#/components/responses/Refused");
  }

  private void githubWebhook() {
    var post =
        operation(
            "/v1/github/webhook",
            "post",
            "receiveGithubWebhook",
            "Webhooks of GitHub: their signature stands for a token");
    post.putArray("tags").add("github");
    post.putArray("security");
    content(
        post.putObject("requestBody").put("required", true),
        "application/json",
        Json.object().put("type", "object"));
    var taken = Json.object().put("type", "object");
    var fields = taken.putObject("properties");
    fields.putObject("event").put("type", "string");
    fields.putObject("fresh").put("type", "boolean");
    fields.putObject("looks").put("type", "boolean");
    var responses = post.putObject("responses");
    content(
        responses.putObject("202").put("description", "It was taken."), "application/json", taken);
    responses.putObject("default").put("$ref", "#/components/responses/Refused");
  }

  /** What is answered in the formats of Prometheus. */
  private void metrics() {
    var shown = operation("/metrics", "get", "showMetrics", "What the engine counts of itself");
    shown.putArray("tags").add("metrics");
    var pages = shown.putObject("responses");
    var page = pages.putObject("200").put("description", "In the format that Accept prefers.");
    var types = page.putObject("content");
    types.putObject("text/plain").putObject("schema").put("type", "string");
    types.putObject("application/openmetrics-text").putObject("schema").put("type", "string");
    types
        .putObject("application/vnd.google.protobuf")
        .putObject("schema")
        .put("type", "string")
        .put("format", "binary");
    pages.putObject("default").put("$ref", "#/components/responses/Refused");
    otlp();
    prometheus("query", "queryMetrics", "Evaluate PromQL", "query", "time");
    prometheus(
        "query_range",
        "queryMetricsOverRange",
        "Evaluate PromQL step by step",
        "query",
        "start",
        "end",
        "step");
    prometheus("series", "listSeries", "Series", "match[]", "start", "end");
    prometheus("labels", "listLabels", "Names of labels", "match[]", "start", "end");
    prometheus(
        "label/{name}/values", "listLabelValues", "Values of a label", "match[]", "start", "end");
    prometheus("targets", "listTargets", "Where metrics are taken from");
    prometheus("metadata", "listMetricMetadata", "What the engine's own metrics mean");
  }

  private void otlp() {
    var operation =
        operation(
            "/v1/otlp/v1/metrics",
            "post",
            "pushOtlpMetrics",
            "Take metrics in by OTLP; what of them cannot be taken is told in partialSuccess");
    operation.putArray("tags").add("metrics");
    metricsToken(operation);
    var request = operation.putObject("requestBody").put("required", true).putObject("content");
    var json = Json.object().put("type", "object");
    json.putObject("properties").putObject("resourceMetrics").put("type", "array");
    request.putObject("application/json").set("schema", json);
    request
        .putObject("application/x-protobuf")
        .putObject("schema")
        .put("type", "string")
        .put("format", "binary");
    var responses = operation.putObject("responses");
    var taken = Json.object().put("type", "object");
    var partial = taken.putObject("properties").putObject("partialSuccess").put("type", "object");
    partial.putObject("properties").putObject("rejectedDataPoints").put("type", "string");
    content(
        responses.putObject("200").put("description", "Taken, or a part of it."),
        "application/json",
        taken);
    for (String status : List.of("400", "415")) {
      var refused = Json.object().put("type", "object");
      refused.putArray("required").add("code").add("message");
      refused.putObject("properties").putObject("code").put("type", "integer");
      content(
          responses.putObject(status).put("description", "Refused, as google.rpc.Status."),
          "application/json",
          refused);
    }
    responses.putObject("default").put("$ref", "#/components/responses/Refused");
  }

  private void prometheus(String path, String id, String summary, String... names) {
    var operation =
        operation(
            "/api/v1/" + path,
            "get",
            id,
            summary + ", as Prometheus' HTTP API; a form by POST too");
    operation.putArray("tags").add("prometheus");
    var parameters = Json.MAPPER.createArrayNode();
    if (path.contains("{name}")) {
      parameters
          .addObject()
          .put("name", "name")
          .put("in", "path")
          .put("required", true)
          .putObject("schema")
          .put("type", "string");
    }
    for (String name : names) {
      var parameter = parameters.addObject().put("name", name).put("in", "query");
      parameter.putObject("schema").put("type", "string");
    }
    if (!parameters.isEmpty()) {
      operation.set("parameters", parameters);
    }
    var responses = operation.putObject("responses");
    for (String status : List.of("200", "400")) {
      var schema = Json.object().put("type", "object");
      schema.putArray("required").add("status");
      var properties = schema.putObject("properties");
      properties.putObject("status").put("type", "string");
      if (status.equals("200")) {
        properties.putObject("data");
      } else {
        properties.putObject("errorType").put("type", "string");
        properties.putObject("error").put("type", "string");
      }
      content(
          responses
              .putObject(status)
              .put("description", status.equals("200") ? "What was asked for." : "Refused."),
          "application/json",
          schema);
    }
    responses.putObject("default").put("$ref", "#/components/responses/Refused");
  }
}
