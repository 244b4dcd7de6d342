package dev.hivedeck.engine.api.mcp;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.databind.type.LogicalType;
import dev.hivedeck.engine.protocol.Json;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.ErrorCodes;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Holds each message to JSON-RPC and to what its method takes before the SDK sees it: the SDK
 * answers what it cannot read with its own exceptions.
 */
final class McpMessageValidator implements Filter {
  /** What the SDK reads the parameters of a method into, and which of them it cannot do without. */
  private record Params(Class<?> type, List<String> required) {}

  private static final Params PAGE = new Params(McpSchema.PaginatedRequest.class, List.of());

  private static final Map<String, Params> PARAMS =
      Map.of(
          McpSchema.METHOD_INITIALIZE,
          new Params(
              McpSchema.InitializeRequest.class,
              List.of(
                  "/protocolVersion",
                  "/capabilities",
                  "/clientInfo",
                  "/clientInfo/name",
                  "/clientInfo/version")),
          McpSchema.METHOD_TOOLS_LIST,
          PAGE,
          McpSchema.METHOD_TOOLS_CALL,
          new Params(McpSchema.CallToolRequest.class, List.of("/name")),
          McpSchema.METHOD_RESOURCES_LIST,
          PAGE,
          McpSchema.METHOD_RESOURCES_TEMPLATES_LIST,
          PAGE,
          McpSchema.METHOD_RESOURCES_READ,
          new Params(McpSchema.ReadResourceRequest.class, List.of("/uri")),
          McpSchema.METHOD_LOGGING_SET_LEVEL,
          new Params(McpSchema.SetLevelRequest.class, List.of("/level")));

  /** Takes a type for what it is: a number is no text. */
  private static final ObjectMapper STRICT = strict();

  /** Why a message is not taken, as JSON-RPC tells it. */
  private record Refusal(JsonNode id, int code, String message) {
    ObjectNode json() {
      var json = Json.object().put("jsonrpc", McpSchema.JSONRPC_VERSION);
      json.set("id", id);
      json.putObject("error").put("code", code).put("message", message);
      return json;
    }

    /** A request that can be told from others has its answer; anything else is a bad request. */
    int status() {
      return id.isNull() ? HttpServletResponse.SC_BAD_REQUEST : HttpServletResponse.SC_OK;
    }
  }

  private static ObjectMapper strict() {
    var mapper = Json.MAPPER.copy().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    var text = mapper.coercionConfigFor(LogicalType.Textual);
    for (var shape :
        List.of(CoercionInputShape.Integer, CoercionInputShape.Float, CoercionInputShape.Boolean)) {
      text.setCoercion(shape, CoercionAction.Fail);
    }
    return mapper;
  }

  /** The SDK's own refusals, without the stack traces that it would send along. */
  static SimpleModule errors() {
    return new SimpleModule()
        .addSerializer(
            McpError.class,
            new StdSerializer<McpError>(McpError.class) {
              @Override
              public void serialize(McpError e, JsonGenerator to, SerializerProvider provider)
                  throws IOException {
                var error = e.getJsonRpcError();
                to.writeTree(
                    new Refusal(
                            Json.MAPPER.nullNode(),
                            error == null ? ErrorCodes.INTERNAL_ERROR : error.code(),
                            error == null ? e.getMessage() : error.message())
                        .json());
              }
            });
  }

  @Override
  public void doFilter(ServletRequest in, ServletResponse out, FilterChain next)
      throws IOException, ServletException {
    var request = (HttpServletRequest) in;
    if (!request.getMethod().equals("POST")) {
      next.doFilter(in, out);
      return;
    }
    byte[] body = request.getInputStream().readNBytes(McpEndpoint.LARGEST + 1);
    if (body.length > McpEndpoint.LARGEST) {
      ((HttpServletResponse) out).sendError(HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE);
      return;
    }
    var refusal = refusal(body);
    if (refusal.isEmpty()) {
      next.doFilter(new Read(request, body), out);
      return;
    }
    var response = (HttpServletResponse) out;
    response.setStatus(refusal.get().status());
    response.setContentType("application/json");
    response.setCharacterEncoding("UTF-8");
    response.getWriter().write(refusal.get().json().toString());
  }

  /** A request whose body has been read; JSON is UTF-8, whatever its headers say or leave out. */
  private static final class Read extends HttpServletRequestWrapper {
    private final byte[] body;

    Read(HttpServletRequest request, byte[] body) {
      super(request);
      this.body = body;
    }

    @Override
    public String getCharacterEncoding() {
      return StandardCharsets.UTF_8.name();
    }

    @Override
    public BufferedReader getReader() {
      return new BufferedReader(
          new InputStreamReader(new ByteArrayInputStream(body), StandardCharsets.UTF_8));
    }

    @Override
    public ServletInputStream getInputStream() {
      var bytes = new ByteArrayInputStream(body);
      return new ServletInputStream() {
        @Override
        public int read() {
          return bytes.read();
        }

        @Override
        public boolean isFinished() {
          return bytes.available() == 0;
        }

        @Override
        public boolean isReady() {
          return true;
        }

        @Override
        public void setReadListener(ReadListener listener) {
          throw new IllegalStateException("it is all here");
        }
      };
    }
  }

  /** Why this is no message that can be answered; empty when it is one. */
  private static Optional<Refusal> refusal(byte[] body) {
    JsonNode message;
    try {
      message = STRICT.readTree(new String(body, StandardCharsets.UTF_8));
    } catch (StreamConstraintsException e) {
      return refused(null, ErrorCodes.PARSE_ERROR, "The JSON is nested too deeply or too long");
    } catch (JsonProcessingException e) {
      var at = e.getLocation();
      return refused(
          null,
          ErrorCodes.PARSE_ERROR,
          at == null
              ? "The message is not JSON"
              : "The message is not JSON (line %d, column %d)"
                  .formatted(at.getLineNr(), at.getColumnNr()));
    }
    if (message.isArray()) {
      return invalid(null, "A batch is not taken; send each message by itself");
    }
    if (!message.isObject()) {
      return invalid(null, "A message is a JSON object");
    }
    var id = message.get("id");
    if (id != null && !id.isTextual() && !id.isIntegralNumber()) {
      return invalid(null, "\"id\" must be text or a whole number");
    }
    if (!message.path("jsonrpc").asText().equals(McpSchema.JSONRPC_VERSION)) {
      return invalid(id, "\"jsonrpc\" must be \"2.0\"");
    }
    var method = message.get("method");
    if (method == null) {
      return message.has("result") || message.has("error")
          ? invalid(null, "Nothing was asked, so nothing can be answered")
          : invalid(id, "\"method\" is missing");
    }
    if (!method.isTextual()) {
      return invalid(id, "\"method\" must be text");
    }
    return badParams(method.asText(), message.get("params"))
        .flatMap(why -> refused(id, ErrorCodes.INVALID_PARAMS, method.asText() + ": " + why));
  }

  private static Optional<String> badParams(String method, JsonNode given) {
    var params = given == null ? Json.object() : given;
    if (!params.isObject()) {
      return Optional.of("\"params\" must be an object");
    }
    var takes = PARAMS.get(method);
    if (takes == null) {
      return Optional.empty();
    }
    try {
      STRICT.treeToValue(params, takes.type());
    } catch (MismatchedInputException e) {
      return Optional.of(path(e) + " must be " + kind(e.getTargetType()));
    } catch (JsonMappingException e) {
      return Optional.of(path(e) + " is not what it must be");
    } catch (JsonProcessingException e) {
      return Optional.of("\"params\" cannot be read");
    }
    return takes.required().stream()
        .filter(pointer -> params.at(pointer).isMissingNode() || params.at(pointer).isNull())
        .findFirst()
        .map(pointer -> "\"params" + pointer.replace('/', '.') + "\" is missing");
  }

  private static String path(JsonMappingException e) {
    return e.getPath().stream()
        .map(at -> at.getFieldName() == null ? "[" + at.getIndex() + "]" : "." + at.getFieldName())
        .collect(Collectors.joining("", "\"params", "\""));
  }

  private static String kind(Class<?> type) {
    if (type == null) {
      return "something else";
    }
    if (type.isEnum()) {
      return "one of "
          + Arrays.stream(type.getEnumConstants())
              .map(value -> Json.tree(value).asText())
              .collect(Collectors.joining(", "));
    }
    if (type == String.class) {
      return "text";
    }
    if (type == Boolean.class || type == boolean.class) {
      return "true or false";
    }
    if (Number.class.isAssignableFrom(type) || type.isPrimitive()) {
      return "a number";
    }
    return Collection.class.isAssignableFrom(type) ? "a list" : "an object";
  }

  private static Optional<Refusal> invalid(JsonNode id, String why) {
    return refused(id, ErrorCodes.INVALID_REQUEST, why);
  }

  private static Optional<Refusal> refused(JsonNode id, int code, String why) {
    return Optional.of(new Refusal(id == null ? Json.MAPPER.nullNode() : id, code, why + "."));
  }
}
