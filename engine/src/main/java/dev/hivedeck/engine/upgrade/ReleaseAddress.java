package dev.hivedeck.engine.upgrade;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Printable;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.net.URI;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/** Which addresses are asked: those of TLS, and this machine's own. */
final class ReleaseAddress {
  private static final Set<String> OWN = Set.of("localhost", "127.0.0.1", "[::1]");
  private static final URI PROJECT = URI.create("https://hivedeck.dev/releases/");

  private ReleaseAddress() {}

  /** Where releases are told of: {@code HIVEDECK_RELEASES}, else the project's own place. */
  static URI standard() {
    String wanted = System.getProperty("hivedeck.releases", System.getenv("HIVEDECK_RELEASES"));
    if (wanted == null || wanted.isBlank()) {
      return PROJECT;
    }
    try {
      var url = URI.create(wanted.endsWith("/") ? wanted : wanted + "/");
      refuseOpen(url);
      return url;
    } catch (IllegalArgumentException e) {
      throw open(wanted);
    }
  }

  /** Whether it is a mirror, which has the packages as well. */
  static boolean isMirror(URI base) {
    return !base.equals(PROJECT);
  }

  /**
   * @throws HiveException {@code release-invalid} where others could read along, or change it
   */
  static void refuseOpen(URI url) {
    if (isOpen(url)) {
      throw open(url.toString());
    }
  }

  /** Whether others could read along at an address, or change what comes from there. */
  static boolean isOpen(URI url) {
    String scheme = Objects.requireNonNullElse(url.getScheme(), "").toLowerCase(Locale.ROOT);
    String host = Objects.requireNonNullElse(url.getHost(), "").toLowerCase(Locale.ROOT);
    boolean good = scheme.equals("https") && !host.isEmpty();
    return (!good && !(scheme.equals("http") && OWN.contains(host))) || url.getUserInfo() != null;
  }

  /** Whether a redirect leads to the same server, or to one that the publisher has named. */
  static boolean isAllowed(URI from, URI to, Set<String> hosts) {
    if (isOpen(to)) {
      return false;
    }
    boolean same =
        from.getHost().equalsIgnoreCase(to.getHost())
            && from.getPort() == to.getPort()
            && from.getScheme().equalsIgnoreCase(to.getScheme());
    return same || hosts.contains(to.getHost().toLowerCase(Locale.ROOT));
  }

  private static HiveException open(String url) {
    return new HiveException(
        ErrorCode.RELEASE_INVALID,
        "Releases are not asked for at " + Printable.line(url) + ": it is no https address.",
        "Check HIVEDECK_RELEASES, if you have set it; http is for this machine only.");
  }
}
