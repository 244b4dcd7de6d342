package dev.hivedeck.engine.rollout.proxy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * Where the workers of nginx say by which file they go: a server in that file answers with its
 * digest. A reload that nginx was told, and that failed there, is seen by it.
 *
 * @param address of that server
 * @param name it is asked by
 */
record NginxStatus(String address, String name) {
  private static final Duration PATIENCE = Duration.ofSeconds(1);
  private static final Duration RELOAD = Duration.ofSeconds(5);
  private static final Duration PAUSE = Duration.ofMillis(50);
  private static final int LONGEST = 4_000;
  private static final int DIGITS = 16;
  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{" + DIGITS + "}");
  private static final String SERVER = "server {\n";

  /**
   * What came of asking.
   *
   * @param isTaken whether somebody listens there
   * @param text the digest, or why there is none
   */
  private record Said(boolean isTaken, String text) {
    boolean isDigest() {
      return isTaken && DIGEST.matcher(text).matches();
    }
  }

  /** A file, and the server that says which it is. */
  String with(String text) {
    return text
        + SERVER
        + listen()
        + """
            access_log off;
            location / { default_type text/plain; return 200 "%s"; }
        }
        """
            .formatted(digest(text));
  }

  /** A file without that server. */
  static String without(String text) {
    int server = text.lastIndexOf(SERVER);
    return server < 0 ? text : text.substring(0, server);
  }

  /** Whether a file has that server, where it is now. */
  boolean isIn(String text) {
    int server = text.lastIndexOf(SERVER);
    return server >= 0 && text.startsWith(listen(), server + SERVER.length());
  }

  private String listen() {
    return "    listen %s;\n    server_name %s;\n".formatted(address, name);
  }

  private static String digest(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest).substring(0, DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Whether nginx goes by a file with that server.
   *
   * @throws IOException in words, when it does not say by which
   */
  boolean runs(String text) throws IOException {
    var said = said();
    if (!said.isDigest()) {
      throw new IOException(
          "nginx does not say at %s by which file it goes: %s; start it, or have it read its files again"
              .formatted(address, said.text()));
    }
    return said.text().equals(last(text));
  }

  /**
   * Nobody else may have the port: nginx would not start with a file that wants it.
   *
   * @throws IOException in words, when somebody has
   */
  void mustBeFree() throws IOException {
    var said = said();
    if (said.isTaken() && !said.isDigest()) {
      throw new IOException(
          "%s is another's already; name a free port for status".formatted(address));
    }
  }

  private static String last(String text) {
    int end = text.lastIndexOf("\"; }");
    return end < DIGITS ? "none" : text.substring(end - DIGITS, end);
  }

  private Said said() {
    long end = System.nanoTime() + PATIENCE.toNanos();
    int colon = address.lastIndexOf(':');
    String host = address.substring(0, colon).replace("[", "").replace("]", "");
    boolean isTaken = false;
    try (var socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(host, Integer.parseInt(address.substring(colon + 1))), left(end));
      isTaken = true;
      socket
          .getOutputStream()
          .write(
              ("GET / HTTP/1.0\r\nHost: " + name + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
      String answer = answer(socket, end);
      String last = answer.substring(answer.lastIndexOf("\n") + 1);
      return new Said(
          true, DIGEST.matcher(last).matches() ? last : "what answers there is something else");
    } catch (IOException e) {
      return new Said(isTaken, String.valueOf(e.getMessage()));
    }
  }

  private static String answer(Socket socket, long end) throws IOException {
    byte[] answer = new byte[LONGEST];
    int length = 0;
    for (int came = 0; came >= 0 && length < LONGEST; length += Math.max(came, 0)) {
      socket.setSoTimeout(left(end));
      came = socket.getInputStream().read(answer, length, LONGEST - length);
    }
    return new String(answer, 0, length, StandardCharsets.ISO_8859_1);
  }

  private static int left(long end) throws SocketTimeoutException {
    long millis = (end - System.nanoTime()) / 1_000_000;
    if (millis <= 0) {
      throw new SocketTimeoutException("it does not answer in time");
    }
    return (int) millis;
  }

  /**
   * Waits until nginx goes by a file.
   *
   * @throws IOException in words, when it does not in time
   */
  void await(String text) throws IOException {
    long end = System.nanoTime() + RELOAD.toNanos();
    String wanted = last(text);
    for (var said = said(); !said.text().equals(wanted); said = said()) {
      if (System.nanoTime() > end) {
        throw new IOException(
            "nginx does not go by the file that it was told to read again: at %s, %s; its error log says why"
                .formatted(address, said.isDigest() ? "it goes by another" : said.text()));
      }
      try {
        Thread.sleep(PAUSE);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("nginx was not waited for", e);
      }
    }
  }
}
