package dev.hivedeck.engine.api.flag;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.api.Authenticator;
import dev.hivedeck.engine.api.http.HttpApi;
import dev.hivedeck.engine.api.http.HttpEndpoint;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.rollout.flag.FlagEvaluation;
import dev.hivedeck.engine.rollout.flag.FlagOutcome;
import dev.hivedeck.engine.rollout.flag.Flags;
import dev.hivedeck.engine.security.TokenScope;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where users' own code asks for flags, by the remote protocol of OpenFeature (<a
 * href="https://openfeature.dev/specification/appendix-c">OFREP</a>), and reports what became of
 * what it got.
 */
public final class FlagEndpoint implements HttpEndpoint {
  private static final String PATH = "/ofrep/v1/evaluate/flags";
  private static final Pattern OUTCOMES = Pattern.compile("/v1/flags/([^/]+)/outcomes");

  /** More than a context, or a thousand outcomes, need. */
  private static final int LARGEST = 1 << 20;

  private final Flags flags;

  public FlagEndpoint(Flags flags) {
    this.flags = flags;
  }

  @Override
  public String path() {
    return PATH;
  }

  @Override
  public boolean serves(String path) {
    return path.equals(PATH) || path.startsWith(PATH + "/") || OUTCOMES.matcher(path).matches();
  }

  @Override
  public boolean opensTo(TokenScope scope) {
    return scope == TokenScope.FLAGS;
  }

  @Override
  public boolean isLimited() {
    return false;
  }

  @Override
  public boolean blocks() {
    return true;
  }

  @Override
  public void handle(HttpServerExchange x, Authenticator.Caller caller) throws IOException {
    if (!x.getRequestMethod().equals(Methods.POST)) {
      x.getResponseHeaders().put(Headers.ALLOW, "POST");
      throw new HiveException(
          ErrorCode.NO_METHOD,
          x.getRequestMethod() + " is not allowed for " + x.getRequestPath() + ".",
          "Flags are evaluated, and outcomes reported, by POST.");
    }
    var outcomes = OUTCOMES.matcher(x.getRequestPath());
    if (outcomes.matches()) {
      report(x, caller, outcomes);
      return;
    }
    boolean all = x.getRequestPath().equals(PATH);
    String key = all ? null : x.getRequestPath().substring(PATH.length() + 1);
    try {
      var context = context(x);
      if (key == null) {
        all(x, context);
      } else {
        one(x, key, context);
      }
    } catch (InvalidContext e) {
      HttpApi.send(x, 400, failure(key, e.code, e.details));
    }
  }

  /** What cannot be evaluated at all. */
  private static final class InvalidContext extends Exception {
    private static final long serialVersionUID = 1L;

    private final String code;
    private final String details;

    InvalidContext(String code, String details) {
      super(details);
      this.code = code;
      this.details = details;
    }
  }

  private static JsonNode context(HttpServerExchange x) throws IOException, InvalidContext {
    byte[] body = x.getInputStream().readNBytes(LARGEST + 1);
    if (body.length > LARGEST) {
      throw new InvalidContext("PARSE_ERROR", "The body is larger than " + LARGEST + " bytes.");
    }
    String text = new String(body, StandardCharsets.UTF_8);
    if (text.isBlank()) {
      return Json.object();
    }
    JsonNode sent;
    try {
      sent = Json.read(text, JsonNode.class);
    } catch (HiveException e) {
      throw new InvalidContext("PARSE_ERROR", e.fault().message());
    }
    if (!sent.isObject()) {
      throw new InvalidContext("PARSE_ERROR", "The body is no JSON object.");
    }
    var context = sent.path("context");
    if (context.isMissingNode() || context.isNull()) {
      return Json.object();
    }
    if (!context.isObject()) {
      throw new InvalidContext("INVALID_CONTEXT", "The context is no JSON object.");
    }
    return context;
  }

  private void one(HttpServerExchange x, String key, JsonNode context) {
    switch (flags.evaluate(key, context)) {
      case FlagEvaluation.Served served -> HttpApi.send(x, 200, success(served));
      case FlagEvaluation.Failed failed ->
          HttpApi.send(
              x,
              failed.code() == FlagEvaluation.Code.FLAG_NOT_FOUND ? 404 : 400,
              failure(key, failed.code().name(), failed.details()));
    }
  }

  private void all(HttpServerExchange x, JsonNode context) {
    var answer = Json.object();
    var list = answer.putArray("flags");
    for (String key : flags.keys()) {
      list.add(
          switch (flags.evaluate(key, context)) {
            case FlagEvaluation.Served served -> success(served);
            case FlagEvaluation.Failed failed ->
                failure(key, failed.code().name(), failed.details());
          });
    }
    String tag = tag(answer.toString());
    x.getResponseHeaders().put(Headers.ETAG, tag);
    if (isKnown(x.getRequestHeaders().get(Headers.IF_NONE_MATCH), tag)) {
      x.setStatusCode(304);
      x.endExchange();
      return;
    }
    HttpApi.send(x, 200, answer);
  }

  private static boolean isKnown(@Nullable Iterable<String> headers, String tag) {
    if (headers == null) {
      return false;
    }
    for (String header : headers) {
      for (String known : header.split(",")) {
        if (known.strip().equals("*") || known.strip().replaceFirst("^W/", "").equals(tag)) {
          return true;
        }
      }
    }
    return false;
  }

  /** The same answer has the same one. */
  private static String tag(String answer) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(answer.getBytes(StandardCharsets.UTF_8));
      return "\"" + HexFormat.of().formatHex(hash, 0, 16) + "\"";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ObjectNode success(FlagEvaluation.Served served) {
    var answer = served.answer();
    return Json.object()
        .put("key", answer.id())
        .put("reason", answer.reason())
        .put("variant", answer.variant())
        .set("value", answer.value());
  }

  private static ObjectNode failure(@Nullable String key, String code, String details) {
    var failure = Json.object();
    if (key != null) {
      failure.put("key", key);
    }
    return failure.put("errorCode", code).put("errorDetails", details);
  }

  private void report(HttpServerExchange x, Authenticator.Caller caller, Matcher path)
      throws IOException {
    if (!caller.may(TokenScope.FLAGS)) {
      throw new HiveException(
          ErrorCode.NOT_ALLOWED,
          "The token of attempt " + caller.attempt() + " may read, not report outcomes.",
          "Outcomes are reported by what users run, with a token of hivedeck token add NAME"
              + " --scope flags.");
    }
    byte[] body = x.getInputStream().readNBytes(LARGEST + 1);
    if (body.length > LARGEST) {
      throw new HiveException(
          ErrorCode.TOO_LARGE,
          "The body is larger than " + LARGEST + " bytes.",
          "Send " + Flags.MOST + " outcomes at most at once.");
    }
    var sent = Json.read(new String(body, StandardCharsets.UTF_8), JsonNode.class);
    var outcomes = outcomes(sent);
    int counted = flags.report(path.group(1), outcomes);
    HttpApi.send(
        x, 200, Json.object().put("counted", counted).put("known", outcomes.size() - counted));
  }

  /** One of them, a list, or an object that has the list. */
  private static List<@Nullable FlagOutcome> outcomes(JsonNode sent) {
    var outcomes = new ArrayList<@Nullable FlagOutcome>();
    var list = sent.has("outcomes") ? sent.get("outcomes") : sent;
    if (list.isArray()) {
      list.forEach(item -> outcomes.add(Json.as(item, FlagOutcome.class)));
    } else {
      outcomes.add(Json.as(list, FlagOutcome.class));
    }
    return outcomes;
  }
}
