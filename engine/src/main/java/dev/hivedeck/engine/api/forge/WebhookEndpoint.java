package dev.hivedeck.engine.api.forge;

import dev.hivedeck.engine.api.Authenticator;
import dev.hivedeck.engine.api.http.HttpApi;
import dev.hivedeck.engine.api.http.HttpEndpoint;
import dev.hivedeck.engine.forge.github.WebhookSignature;
import dev.hivedeck.engine.forge.sync.Webhooks;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Where GitHub sends webhooks to. Their signature stands for a token. */
public final class WebhookEndpoint implements HttpEndpoint {
  public static final String PATH = "/v1/github/webhook";

  /** GitHub sends none that is larger. */
  private static final int LARGEST = 25 << 20;

  private final Webhooks webhooks;

  public WebhookEndpoint(Webhooks webhooks) {
    this.webhooks = webhooks;
  }

  @Override
  public String path() {
    return PATH;
  }

  @Override
  public boolean isPublic() {
    return true;
  }

  @Override
  public boolean blocks() {
    return true;
  }

  @Override
  public void handle(HttpServerExchange x, Authenticator.@Nullable Caller caller)
      throws IOException {
    if (!x.getRequestMethod().equals(Methods.POST)) {
      x.getResponseHeaders().put(Headers.ALLOW, "POST");
      HttpApi.send(
          x,
          405,
          HiveException.Fault.of(
              ErrorCode.NO_METHOD,
              x.getRequestMethod() + " is not allowed for " + PATH + ".",
              "GitHub sends webhooks by POST."));
      return;
    }
    // Whoever is not GitHub sends nothing that is kept in memory.
    webhooks.expect(header(x, WebhookSignature.HEADER));
    if (x.getRequestContentLength() > LARGEST) {
      tooLarge(x);
      return;
    }
    byte[] body = x.getInputStream().readNBytes(LARGEST + 1);
    if (body.length > LARGEST) {
      tooLarge(x);
      return;
    }
    HttpApi.send(
        x,
        202,
        webhooks.take(
            header(x, "X-GitHub-Event"),
            header(x, "X-GitHub-Delivery"),
            header(x, WebhookSignature.HEADER),
            body));
  }

  private static void tooLarge(HttpServerExchange x) throws IOException {
    HttpApi.send(
        x,
        413,
        HiveException.Fault.of(
            ErrorCode.TOO_LARGE, "The webhook is larger than GitHub sends.", "Send less."));
  }

  private static @Nullable String header(HttpServerExchange x, String name) {
    return x.getRequestHeaders().getFirst(name);
  }
}
