package dev.hivedeck.engine.upgrade;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.hivedeck.engine.protocol.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/** A server that publishes releases, on this machine, with a key of its own. */
final class ReleaseServer implements AutoCloseable {
  static final String FILE = "hivedeck_0.2.0-1_amd64.deb";

  /** Answers a request in another way. */
  interface Answer {
    void to(HttpExchange exchange) throws IOException;
  }

  final KeyPair keys = pair();
  final List<String> asked = new CopyOnWriteArrayList<>();
  final Map<String, byte[]> files = new ConcurrentHashMap<>();
  final Map<String, Answer> other = new ConcurrentHashMap<>();
  private final HttpServer server;

  ReleaseServer() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
  }

  static KeyPair pair() {
    try {
      return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  URI base() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/releases/");
  }

  ReleaseKeys known() {
    String key = Base64.getEncoder().encodeToString(keys.getPublic().getEncoded());
    return ReleaseKeys.read("# for a test\n" + key + "\n", "a test");
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String range = exchange.getRequestHeaders().getFirst("Range");
    asked.add(path + (range == null ? "" : " " + range));
    try (exchange) {
      if (other.containsKey(path)) {
        other.get(path).to(exchange);
        return;
      }
      byte[] all = files.get(path);
      if (all == null) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      int from = range == null ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
      byte[] part = Arrays.copyOfRange(all, from, all.length);
      if (range != null) {
        exchange
            .getResponseHeaders()
            .add("Content-Range", "bytes " + from + "-" + (all.length - 1) + "/" + all.length);
      }
      exchange.sendResponseHeaders(range == null ? 200 : 206, part.length);
      exchange.getResponseBody().write(part);
    }
  }

  /** What is said of a release with that package, to be changed before it is published. */
  static ObjectNode release(String version, byte[] pack) {
    var document =
        Json.object()
            .put("format", 1)
            .put("channel", "stable")
            .put("issued", "2026-12-01T10:00:00Z")
            .put("version", version)
            .put("date", "2026-12-01")
            .put("notes", "### Added\n\n- It does more.");
    document
        .putArray("packages")
        .addObject()
        .put("system", "linux-x86_64-deb")
        .put("url", "../" + FILE)
        .put("sha256", sha256(pack))
        .put("size", pack.length);
    return document;
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Publishes it, signed with the server's key. */
  void publish(ObjectNode document, byte[] pack) {
    publish(Json.write(document), sign(Json.write(document), keys));
    files.put("/releases/" + FILE, pack);
  }

  void publish(String document, String signature) {
    String file = signature + "\n" + document;
    files.put("/releases/stable/latest.signed", file.getBytes(StandardCharsets.UTF_8));
  }

  static String sign(String document, KeyPair keys) {
    try {
      var signer = Signature.getInstance("Ed25519");
      signer.initSign(keys.getPrivate());
      signer.update(document.getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(signer.sign()) + "\n";
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
