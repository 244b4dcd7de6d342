package dev.hivedeck.engine.notify.channel;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** A small mail server on this machine, which may also refuse, drip and talk without end. */
final class SmtpServer implements AutoCloseable {
  private static final String PASSWORD = "changeit";

  /** A mail as it came. */
  record Mail(boolean secure, String user, String from, List<String> to, String text) {}

  /** How the server says something. */
  @FunctionalInterface
  interface Saying {
    void say(OutputStream out) throws IOException, InterruptedException;
  }

  final List<Mail> mails = new CopyOnWriteArrayList<>();

  /** What is said instead to a command, or to the beginning of it; {@code ""} is the greeting. */
  final Map<String, Saying> instead = new ConcurrentHashMap<>();

  private final ServerSocket server;
  private final SSLContext tls;
  private final boolean implicit;
  private final String login;
  private final List<Socket> open = new CopyOnWriteArrayList<>();

  /**
   * @param tls null for none
   * @param implicit whether all is secure from the first byte
   * @param login user and password with a NUL between; null for anybody
   */
  SmtpServer(SSLContext tls, boolean implicit, String login) throws IOException {
    this.server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
    this.tls = tls;
    this.implicit = implicit;
    this.login = login;
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  /** Says a line. */
  static Saying line(String text) {
    return out -> {
      out.write((text + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
    };
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        open.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  private Socket secured(Socket socket) throws IOException {
    var secure = (SSLSocket) tls.getSocketFactory().createSocket(socket, null, true);
    secure.setUseClientMode(false);
    secure.startHandshake();
    return secure;
  }

  private void serve(Socket plain) {
    try {
      Socket socket = implicit ? secured(plain) : plain;
      boolean secure = implicit;
      String user = null;
      String from = "";
      var to = new ArrayList<String>();
      var in = reader(socket);
      say(socket, "", "220 here");
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String word = line.split(" ")[0].toUpperCase(Locale.ROOT);
        switch (word) {
          case "EHLO" ->
              say(
                  socket,
                  line,
                  "250-here\r\n"
                      + (tls != null && !secure ? "250-STARTTLS\r\n" : "")
                      + (login != null ? "250-AUTH PLAIN\r\n" : "")
                      + "250 8BITMIME");
          case "STARTTLS" -> {
            say(socket, line, "220 go on");
            socket = secured(socket);
            secure = true;
            in = reader(socket);
          }
          case "AUTH" -> {
            String[] words = line.split(" ");
            String proof = words.length > 2 ? words[2] : "";
            if (proof.isEmpty()) {
              line("334 ").say(socket.getOutputStream());
              proof = in.readLine();
            }
            String given = new String(Base64.getDecoder().decode(proof), StandardCharsets.UTF_8);
            boolean right = given.endsWith("\0" + login);
            user = right ? login.split("\0")[0] : null;
            say(socket, "AUTH", right ? "235 welcome" : "535 not you");
          }
          case "MAIL" -> {
            from = line.replaceFirst(".*<(.*)>.*", "$1");
            say(socket, line, login != null && user == null ? "530 log in" : "250 ok");
          }
          case "RCPT" -> {
            String address = line.replaceFirst(".*<(.*)>.*", "$1");
            String said = line;
            if (instead.keySet().stream().noneMatch(k -> !k.isEmpty() && said.startsWith(k))) {
              to.add(address);
            }
            say(socket, line, "250 ok");
          }
          case "DATA" -> {
            say(socket, line, "354 go on");
            var text = new StringBuilder();
            for (String t = in.readLine(); t != null && !t.equals("."); t = in.readLine()) {
              text.append(t).append('\n');
            }
            mails.add(new Mail(secure, user, from, List.copyOf(to), text.toString()));
            say(socket, ".", "250 taken");
          }
          case "QUIT" -> {
            say(socket, line, "221 bye");
            return;
          }
          default -> say(socket, line, "250 ok");
        }
      }
    } catch (IOException e) {
      // The other side has gone.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static BufferedReader reader(Socket socket) throws IOException {
    return new BufferedReader(
        new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
  }

  private void say(Socket socket, String to, String usual)
      throws IOException, InterruptedException {
    for (var e : instead.entrySet()) {
      if (e.getKey().isEmpty() ? to.isEmpty() : to.startsWith(e.getKey())) {
        e.getValue().say(socket.getOutputStream());
        return;
      }
    }
    line(usual).say(socket.getOutputStream());
  }

  /** A key and a certificate of {@code localhost}, and those who believe it. */
  static SSLContext certificate(Path folder) throws Exception {
    Path file = folder.resolve("keys.p12");
    if (!Files.exists(file)) {
      var made =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                  "-genkeypair",
                  "-alias",
                  "a",
                  "-keyalg",
                  "EC",
                  "-dname",
                  "CN=localhost",
                  "-ext",
                  "san=dns:localhost",
                  "-storetype",
                  "PKCS12",
                  "-keystore",
                  file.toString(),
                  "-storepass",
                  PASSWORD)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      made.waitFor();
    }
    var store = KeyStore.getInstance("PKCS12");
    try (var in = Files.newInputStream(file)) {
      store.load(in, PASSWORD.toCharArray());
    }
    var keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(store, PASSWORD.toCharArray());
    var believed = KeyStore.getInstance("PKCS12");
    believed.load(null, null);
    believed.setCertificateEntry("a", store.getCertificate("a"));
    var trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(believed);
    var context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
