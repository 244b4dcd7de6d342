package dev.hivedeck.engine.service.health;

import dev.hivedeck.engine.config.service.ServiceConfig.HealthRule;
import dev.hivedeck.engine.protocol.Durations;
import dev.hivedeck.engine.protocol.service.ServiceViews.CheckKind;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Makes one check of an instance: a connection, or the status line of an HTTP/1.1 answer. Nothing
 * more is read than that line, so no answer is too long and none keeps a check busy past its time.
 */
public final class HealthProbe {
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] (\\d{3})(?: .*)?");
  private static final int LONGEST_LINE = 1_000;

  private HealthProbe() {}

  /**
   * What came of a check.
   *
   * @param good whether it is well
   * @param said {@code 200}, {@code open}, or what went wrong, in words
   * @param millis what it took; null where it was not good
   */
  public record Checked(boolean good, String said, @Nullable Double millis) {}

  /** Checks an instance now; takes no longer than the rule lets it. */
  public static Checked check(HealthRule rule, String host, int port) {
    long begun = System.nanoTime();
    long end = begun + rule.timeout().toNanos();
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(resolved(plain(host), end), port), left(end));
      String said = "open";
      if (rule.kind() == CheckKind.HTTP) {
        int status = status(socket, rule.path(), host, port, end);
        said = String.valueOf(status);
        if (status < 200 || status > 399) {
          return new Checked(false, "answers " + status, null);
        }
      }
      return new Checked(true, said, (System.nanoTime() - begun) / 1e6);
    } catch (SocketTimeoutException e) {
      return bad("no answer within " + Durations.words(rule.timeout()));
    } catch (ConnectException e) {
      return bad("port " + port + " is closed");
    } catch (IOException | IllegalArgumentException e) {
      return bad(e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
    }
  }

  private static Checked bad(String why) {
    return new Checked(false, why, null);
  }

  private static String plain(String host) {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  /** A name that nobody answers for in time is waited for no longer than an address. */
  private static InetAddress resolved(String host, long end) throws IOException {
    try {
      return InetAddress.ofLiteral(host);
    } catch (IllegalArgumentException e) {
      // It is a name.
    }
    var found = new CompletableFuture<InetAddress>();
    Thread.ofPlatform()
        .daemon()
        .name("resolve")
        .start(
            () -> {
              try {
                found.complete(InetAddress.getByName(host));
              } catch (UnknownHostException e) {
                found.completeExceptionally(e);
              }
            });
    try {
      return found.get(left(end), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new SocketTimeoutException();
    } catch (ExecutionException e) {
      throw new IOException("there is no host " + host, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("was not waited for", e);
    }
  }

  private static int status(Socket socket, String path, String host, int port, long end)
      throws IOException {
    String request =
        "GET %s HTTP/1.1\r\nHost: %s:%d\r\nUser-Agent: hivedeck\r\nConnection: close\r\n\r\n"
            .formatted(path, host, port);
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    var line = new StringBuilder();
    var in = socket.getInputStream();
    while (line.length() < LONGEST_LINE) {
      socket.setSoTimeout(left(end));
      int c = in.read();
      if (c < 0) {
        throw new IOException("hangs up without an answer");
      }
      if (c == '\n') {
        break;
      }
      line.append((char) c);
    }
    var form = STATUS.matcher(line.toString().strip());
    if (!form.matches()) {
      throw new IOException("does not speak HTTP");
    }
    return Integer.parseInt(form.group(1));
  }

  private static int left(long end) throws SocketTimeoutException {
    long millis = (end - System.nanoTime()) / 1_000_000;
    if (millis <= 0) {
      throw new SocketTimeoutException();
    }
    return (int) Math.min(millis, Integer.MAX_VALUE);
  }
}
