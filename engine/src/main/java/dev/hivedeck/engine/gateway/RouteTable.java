package dev.hivedeck.engine.gateway;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which service a path leads to. */
final class RouteTable {
  static final String API = "/api/v1/";

  /** A part that is {@code .} or {@code ..}; some servers leave out what follows a semicolon. */
  private static final Pattern DOTS = Pattern.compile("/\\.{1,2}(?=[/;]|$)");

  private final TreeMap<String, String> routes;

  /**
   * Where a path leads.
   *
   * @param stripped the beginning that the service does not see; may be empty
   */
  record Destination(String service, String stripped) {}

  /**
   * @param routes services by the beginnings of paths
   */
  RouteTable(Map<String, String> routes) {
    this.routes = new TreeMap<>();
    routes.forEach((path, service) -> this.routes.put(plain(path), service));
  }

  /**
   * The service of a path, by the longest route that it begins with.
   *
   * @param path as it was sent, not decoded
   * @return null where it leads nowhere
   */
  @Nullable Destination of(String path) {
    if (path.startsWith(API)) {
      int end = path.indexOf('/', API.length());
      String name = path.substring(API.length(), end < 0 ? path.length() : end);
      return name.isEmpty() ? null : new Destination(name, API + name);
    }
    for (String route = path; !route.isEmpty(); route = parent(route)) {
      String service = routes.get(route);
      if (service != null) {
        return new Destination(service, "");
      }
    }
    String root = routes.get("");
    return root == null ? null : new Destination(root, "");
  }

  /** Without a slash at its end. */
  private static String plain(String path) {
    return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }

  private static String parent(String path) {
    return path.substring(0, Math.max(0, path.lastIndexOf('/')));
  }

  /** Whether a path has parts that mean another one. */
  static boolean isAmbiguous(String path) {
    String plain = path.toLowerCase(Locale.ROOT).replace("%2e", ".").replace("%3b", ";");
    return DOTS.matcher(plain).find()
        || plain.contains("%2f")
        || plain.contains("%5c")
        || plain.contains("%00")
        || plain.contains("\\");
  }
}
