package dev.hivedeck.engine.upgrade;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.release.ReleaseChannel;
import dev.hivedeck.engine.protocol.release.ReleasePackage;
import java.io.IOException;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

/**
 * What {@code latest.signed} says of the latest release of a channel.
 *
 * @param issued when it was signed
 */
record ReleaseDocument(
    ReleaseChannel channel,
    Instant issued,
    ReleaseVersion version,
    LocalDate date,
    String notes,
    List<ReleasePackage> packages) {
  private static final int FORMAT = 1;

  /** No package is larger. */
  private static final long LARGEST = 2L << 30;

  private static final String TELL =
      "Tell the project; get the new version where you got this one.";

  private static final Pattern FILE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._+~-]{0,199}");
  private static final Pattern SYSTEM = Pattern.compile("[a-z0-9_-]{1,60}");
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern HOST = Pattern.compile("[a-z0-9.-]{1,253}");

  /**
   * @param from its address, which the addresses of packages may be relative to
   * @param mirror whether the packages lie beside it, wherever it says
   * @throws HiveException {@code release-invalid}
   */
  static ReleaseDocument read(byte[] bytes, URI from, boolean mirror) {
    JsonNode root;
    try {
      root = Json.MAPPER.readTree(bytes);
    } catch (IOException e) {
      throw invalid("it is no JSON", e);
    }
    if (root == null || root.path("format").asInt() != FORMAT) {
      throw new HiveException(
          ErrorCode.RELEASE_INVALID,
          "What the server says of releases has another form than this version knows.",
          "Get the new version where you got this one.");
    }
    try {
      return new ReleaseDocument(
          ReleaseChannel.of(text(root, "channel")).orElseThrow(() -> invalid("channel")),
          Instant.parse(text(root, "issued")),
          ReleaseVersion.of(text(root, "version")).orElseThrow(() -> invalid("version")),
          LocalDate.parse(text(root, "date")),
          text(root, "notes"),
          packages(root, from, mirror));
    } catch (DateTimeException | IllegalArgumentException e) {
      throw invalid("a time or an address in it cannot be read", e);
    }
  }

  /** Its package for a system. */
  Optional<ReleasePackage> pack(String system) {
    return packages.stream().filter(pack -> pack.system().equals(system)).findFirst();
  }

  private static List<ReleasePackage> packages(JsonNode root, URI from, boolean mirror) {
    var hosts = hosts(root.path("hosts"));
    var packages =
        StreamSupport.stream(root.path("packages").spliterator(), false)
            .map(node -> pack(node, from, hosts, mirror))
            .toList();
    var systems = new HashSet<String>();
    if (!packages.stream().allMatch(pack -> systems.add(pack.system()))) {
      throw invalid("a system has two packages");
    }
    return packages;
  }

  private static ReleasePackage pack(JsonNode node, URI from, Set<String> hosts, boolean mirror) {
    var url = from.resolve(text(node, "url"));
    String path = url.getPath() == null ? "" : url.getPath();
    String file = matching(path.substring(path.lastIndexOf('/') + 1), FILE, "url");
    var pack =
        new ReleasePackage(
            matching(text(node, "system"), SYSTEM, "system"),
            file,
            mirror ? from.resolve(file) : url,
            matching(text(node, "sha256").toLowerCase(Locale.ROOT), SHA256, "sha256"),
            node.path("size").asLong(),
            hosts);
    if (pack.size() < 1 || pack.size() > LARGEST) {
      throw invalid("size");
    }
    if (ReleaseAddress.isOpen(url)) {
      throw invalid("url");
    }
    return pack;
  }

  /** Those that a download may be redirected to, besides the one that its address names. */
  private static Set<String> hosts(JsonNode list) {
    var hosts = new HashSet<String>();
    list.forEach(host -> hosts.add(matching(host.asText(), HOST, "hosts")));
    return Set.copyOf(hosts);
  }

  private static String text(JsonNode node, String key) {
    if (!node.path(key).isTextual()) {
      throw invalid(key);
    }
    return node.path(key).textValue();
  }

  private static String matching(String text, Pattern form, String key) {
    if (!form.matcher(text).matches()) {
      throw invalid(key);
    }
    return text;
  }

  private static HiveException invalid(String what) {
    return new HiveException(ErrorCode.RELEASE_INVALID, told(what), TELL);
  }

  private static HiveException invalid(String what, Exception cause) {
    return new HiveException(ErrorCode.RELEASE_INVALID, told(what), TELL, cause);
  }

  private static String told(String what) {
    return "What the server says of releases cannot be used: " + what + ".";
  }
}
