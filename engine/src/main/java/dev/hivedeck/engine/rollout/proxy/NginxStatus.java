package dev.hivedeck.engine.rollout.proxy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;

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

  /** A file, and the server that says which it is. */
  String with(String text) {
    return text
        + """
        server {
            listen %s;
            server_name %s;
            access_log off;
            location / { default_type text/plain; return 200 "%s"; }
        }
        """
            .formatted(address, name, digest(text));
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

  /** Whether nginx goes by a file that was made {@link #with} this. */
  boolean runs(String text) {
    return said().contains("\"" + last(text) + "\"");
  }

  private static String last(String text) {
    int end = text.lastIndexOf("\"; }");
    return end < DIGITS ? "none" : text.substring(end - DIGITS, end);
  }

  /** The digest in quotes; why not, where it cannot be asked. */
  private String said() {
    int colon = address.lastIndexOf(':');
    String host = address.substring(0, colon).replace("[", "").replace("]", "");
    try (var socket = new Socket()) {
      int patience = (int) PATIENCE.toMillis();
      socket.connect(
          new InetSocketAddress(host, Integer.parseInt(address.substring(colon + 1))), patience);
      socket.setSoTimeout(patience);
      socket
          .getOutputStream()
          .write(
              ("GET / HTTP/1.0\r\nHost: " + name + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
      String answer =
          new String(socket.getInputStream().readNBytes(LONGEST), StandardCharsets.ISO_8859_1);
      return "\"" + answer.substring(answer.lastIndexOf("\n") + 1) + "\"";
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /**
   * Waits until nginx goes by a file.
   *
   * @throws IOException in words, when it does not in time
   */
  void await(String text) throws IOException {
    long end = System.nanoTime() + RELOAD.toNanos();
    while (!runs(text)) {
      if (System.nanoTime() > end) {
        throw new IOException(
            "nginx does not go by the file that it was told to read again: at %s it says %s; its error log says why"
                .formatted(address, said()));
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
