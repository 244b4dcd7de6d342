package dev.hivedeck.engine.gateway;

import dev.hivedeck.engine.config.gateway.GatewayConfig.RateLimit;
import dev.hivedeck.engine.gateway.framing.Malformed;
import dev.hivedeck.engine.gateway.http.HttpTwoBody;
import dev.hivedeck.engine.gateway.http.RequestGuard;
import dev.hivedeck.engine.gateway.limit.CrossOrigin;
import dev.hivedeck.engine.gateway.limit.SlidingWindow;
import dev.hivedeck.engine.gateway.proxy.HopByHop;
import dev.hivedeck.engine.gateway.proxy.ServiceProxy;
import dev.hivedeck.engine.gateway.proxy.VersionedService;
import dev.hivedeck.engine.protocol.Durations;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a request passes before it is sent on: its number, its route, its limits. */
final class FrontHandler implements HttpHandler {
  private static final HttpString REQUEST_ID = new HttpString("X-Request-Id");
  private static final HttpString VERSION = new HttpString("X-Hivedeck-Version");
  private static final HttpString PREFIX = new HttpString("X-Forwarded-Prefix");
  private static final HttpString LIMIT = new HttpString("X-RateLimit-Limit");
  private static final HttpString REMAINING = new HttpString("X-RateLimit-Remaining");
  private static final HttpString RESET = new HttpString("X-RateLimit-Reset");
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9._:/+=-]{1,128}");

  /** Where it leads to, at this moment. */
  record Destinations(
      RouteTable routes,
      Map<String, VersionedService> services,
      Map<String, SlidingWindow> limits) {}

  private final Supplier<Destinations> destinations;
  private final ServiceProxy proxy;
  private final VisitorKey keys;
  private final Supplier<String> ids;

  /**
   * @param ids of requests and visitors
   */
  FrontHandler(Supplier<Destinations> destinations, ServiceProxy proxy, Supplier<String> ids) {
    this.destinations = destinations;
    this.proxy = proxy;
    this.keys = new VisitorKey(ids);
    this.ids = ids;
  }

  @Override
  public void handleRequest(HttpServerExchange x) throws Exception {
    var malformed = RequestGuard.of(x);
    HttpTwoBody.hold(x);
    HopByHop.removeFromRequest(x);
    number(x);
    x.addDefaultResponseListener(FrontHandler::unanswered);
    x.addResponseCommitListener(
        r -> {
          if (r.getStatusCode() == 101) {
            RequestGuard.raw(r);
          }
        });
    if (malformed != null) {
      GatewayFault.malformed(x, malformed);
      return;
    }
    String path = path(x);
    if (x.getRequestMethod().equals(Methods.CONNECT)) {
      x.setPersistent(false);
      GatewayFault.NO_TUNNEL.answer(x, "CONNECT is not allowed here.");
      return;
    }
    if (RouteTable.isAmbiguous(path)) {
      GatewayFault.BAD_PATH.answer(x, "The path could mean more than one.");
      return;
    }
    var now = destinations.get();
    var destination = now.routes().of(path);
    var service = destination == null ? null : now.services().get(destination.service());
    if (destination == null || service == null) {
      GatewayFault.NO_SERVICE.answer(x, "No service is to be had at " + path + ".");
      return;
    }
    if (!destination.stripped().isEmpty()) {
      x.setResolvedPath(destination.stripped());
      x.getRequestHeaders().put(PREFIX, destination.stripped());
    } else {
      x.getRequestHeaders().remove(PREFIX);
    }
    if (crossOrigin(x, service) || tooLarge(x, service)) {
      return;
    }
    String key = keys.of(x, service.settings());
    if (tooMany(x, service, now.limits().get(destination.service()), key, path)) {
      return;
    }
    String version = x.getRequestHeaders().getFirst(VERSION);
    if (version != null && !service.versions().contains(version)) {
      GatewayFault.NO_VERSION.answer(x, destination.service() + " has no version " + version + ".");
      return;
    }
    HttpTwoBody.await(
        x,
        whole -> proxy.send(whole, service, version, key),
        more -> GatewayFault.malformed(more, Malformed.LENGTH_EXCEEDED));
  }

  /** The path as it was sent. */
  private static String path(HttpServerExchange x) {
    String uri = x.getRequestURI();
    if (!x.isHostIncludedInRequestURI()) {
      return uri;
    }
    int host = uri.indexOf("//");
    int slash = host < 0 ? 0 : uri.indexOf('/', host + 2);
    return slash < 0 ? "/" : uri.substring(slash);
  }

  /** One that came is kept, so that a request is found again in each log. */
  private void number(HttpServerExchange x) {
    String sent = x.getRequestHeaders().getFirst(REQUEST_ID);
    String id = sent != null && ID.matcher(sent).matches() ? sent : ids.get();
    x.getRequestHeaders().put(REQUEST_ID, id);
    x.addResponseCommitListener(r -> r.getResponseHeaders().put(REQUEST_ID, id));
  }

  private static boolean crossOrigin(HttpServerExchange x, VersionedService service) {
    var origins = service.settings().origins();
    String origin = x.getRequestHeaders().getFirst(Headers.ORIGIN);
    if (origin == null || origins.isEmpty()) {
      return false;
    }
    String method = x.getRequestHeaders().getFirst("Access-Control-Request-Method");
    boolean preflight = x.getRequestMethod().equals(Methods.OPTIONS) && method != null;
    if (!CrossOrigin.allows(origins, origin)) {
      if (preflight) {
        GatewayFault.ORIGIN.answer(x, origin + " may not call this service.");
      }
      return preflight; // a browser keeps the answer from the page; a program is no page
    }
    if (preflight) {
      put(
          x,
          CrossOrigin.preflight(
              origins,
              origin,
              method,
              x.getRequestHeaders().getFirst("Access-Control-Request-Headers")));
      x.setStatusCode(204);
      x.endExchange();
      return true;
    }
    x.addResponseCommitListener(r -> put(r, CrossOrigin.headers(origins, origin)));
    return false;
  }

  private static void put(HttpServerExchange x, Map<String, String> headers) {
    headers.forEach((name, value) -> x.getResponseHeaders().put(new HttpString(name), value));
  }

  private static boolean tooLarge(HttpServerExchange x, VersionedService service) {
    long most = service.settings().maxBody();
    if (x.getRequestContentLength() > most) {
      x.setPersistent(false); // rather than reading it all
      GatewayFault.TOO_LARGE.answer(
          x, "The body has " + x.getRequestContentLength() + " bytes; at most " + most + " pass.");
      return true;
    }
    x.setMaxEntitySize(most);
    return false;
  }

  private static boolean tooMany(
      HttpServerExchange x,
      VersionedService service,
      @Nullable SlidingWindow window,
      @Nullable String key,
      String path) {
    RateLimit limit = service.settings().limit();
    if (limit == null || window == null) {
      return false;
    }
    String client = x.getSourceAddress().getAddress().getHostAddress();
    var admission =
        window.admit(
            switch (limit.by()) {
              case CLIENT -> client;
              case KEY -> key == null ? client : key;
              case PATH -> path;
            });
    x.addResponseCommitListener(
        r ->
            r.getResponseHeaders()
                .put(LIMIT, admission.limit())
                .put(REMAINING, admission.remaining())
                .put(RESET, admission.resetSeconds()));
    if (admission.admitted()) {
      return false;
    }
    x.getResponseHeaders().put(Headers.RETRY_AFTER, admission.resetSeconds());
    GatewayFault.TOO_MANY.answer(
        x,
        "More than %d requests came within %s."
            .formatted(limit.requests(), Durations.words(limit.per())));
    return true;
  }

  /** Says why, where there is no answer. */
  private static boolean unanswered(HttpServerExchange x) {
    var malformed = RequestGuard.of(x);
    if (malformed != null) {
      GatewayFault.malformed(x, malformed);
      return true;
    }
    var why = ServiceProxy.unanswered(x);
    if (why == null || x.getStatusCode() < 500) {
      return false;
    }
    switch (why) {
      case NOBODY -> GatewayFault.NO_INSTANCE.answer(x, "No instance of the service takes it.");
      case NO_ANSWER -> GatewayFault.NO_ANSWER.answer(x, "The service gave no answer.");
      case INJECTED -> GatewayFault.INJECTED.answer(x, "It was made to go wrong, for practice.");
      case LATE -> GatewayFault.LATE.answer(x, "The service did not begin to answer in time.");
    }
    return true;
  }
}
