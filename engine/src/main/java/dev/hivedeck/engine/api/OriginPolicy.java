package dev.hivedeck.engine.api;

import java.net.URI;
import java.util.Set;

/**
 * Which web pages may speak to the endpoints: those of this machine only. Programs send no {@code
 * Origin}; a browser always does, and a foreign page must not steer the hive through it.
 */
public final class OriginPolicy {
  private static final Set<String> HERE = Set.of("localhost", "127.0.0.1", "[::1]");

  private OriginPolicy() {}

  /**
   * Whether a request was meant for this machine, by its {@code Host}: a page whose name was made
   * to point here (DNS rebinding) carries that name.
   */
  public static boolean addressed(String host) {
    return host == null || host.isEmpty() || allowed("http://" + host);
  }

  public static boolean allowed(String origin) {
    if (origin == null || origin.isEmpty()) {
      return true;
    }
    try {
      var uri = URI.create(origin);
      return uri.getHost() != null
          && HERE.contains(uri.getHost())
          && origin.equals(uri.getScheme() + "://" + uri.getAuthority())
          && uri.getUserInfo() == null;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
