package dev.hivedeck.engine.gateway.limit;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which pages may call a service from a browser, by the Fetch standard (CORS). */
public final class CrossOrigin {
  private static final String ANY = "*";

  /** Seconds that a browser may remember it. */
  private static final String REMEMBERED = "600";

  private CrossOrigin() {}

  /**
   * Whether a page may call.
   *
   * @param origins that may
   */
  public static boolean allows(List<String> origins, String origin) {
    return origins.contains(ANY) || origins.contains(origin);
  }

  /** The headers of any answer to such a page. */
  public static Map<String, String> headers(List<String> origins, String origin) {
    var headers = new LinkedHashMap<String, String>();
    if (origins.contains(ANY)) {
      headers.put("Access-Control-Allow-Origin", ANY);
    } else {
      headers.put("Access-Control-Allow-Origin", origin);
      headers.put("Access-Control-Allow-Credentials", "true");
      headers.put("Vary", "Origin");
    }
    headers.put("Access-Control-Expose-Headers", "X-Request-Id, X-Hivedeck-Version");
    return headers;
  }

  /**
   * The headers of an answer to what a browser asks beforehand.
   *
   * @param method that it would use
   * @param asked the headers that it would send; null for none
   */
  public static Map<String, String> preflight(
      List<String> origins, String origin, String method, @Nullable String asked) {
    var headers = headers(origins, origin);
    headers.put("Access-Control-Allow-Methods", method);
    if (asked != null) {
      headers.put("Access-Control-Allow-Headers", asked);
    }
    headers.put("Access-Control-Max-Age", REMEMBERED);
    return headers;
  }
}
