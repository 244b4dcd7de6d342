package dev.hivedeck.engine.api.feed;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What foes cost ten clients that behave, and the engine. A foe is a process of its own and takes
 * its share of the machine whatever it attacks; so the same foe is also let loose on a socket that
 * only reads and throws away, and the difference is what the feed lets it do.
 */
@Tag("bench")
class HostileFeedBench {
  private static final int CLIENTS = 10;
  private static final int ROUNDS = 5;
  private static final int COMMITS_PER_SECOND = 100;
  private static final long MILLIS = Long.getLong("hivedeck.millis", 500);
  private static final String KINDS = System.getProperty("hivedeck.foes", "");
  @TempDir Path folder;

  /**
   * @param waits of the round in which the machine disturbed least, sorted
   * @param cores how many this process kept busy
   */
  private record Spell(long[] waits, double cores) {}

  @Test
  void whatFoesCost() throws Exception {
    try (var feedClients = new FeedClients(folder, CLIENTS);
        var sink = new Sink()) {
      feedClients.fill(10_000); // So that large answers are large.
      spell(feedClients); // warm
      System.out.println(
          "ms p50 / p99                      alone         beside       at the feed   ratio"
              + "   cores: alone beside at the feed   heap MB");
      for (var kind : HostileFeedClient.Kind.values()) {
        if (!KINDS.isEmpty() && !KINDS.contains(kind.name())) {
          continue;
        }
        Process beside = foe(kind, sink.address(), "any");
        var besides = spell(feedClients);
        end(beside);
        Process at = foe(kind, feedClients.feed(), feedClients.token());
        var attacked = spell(feedClients);
        feedClients.fill(2_000); // A queue that is about full.
        double heap = heap();
        end(at);
        Thread.sleep(1_500); // The last of its lines end.
        heap -= heap();
        var alone = spell(feedClients);
        System.out.printf(
            "%-32s %11s    %11s    %11s    %.1f            %.2f   %.2f   %.2f          %.1f%n",
            kind.words,
            TimedClient.spread(alone.waits),
            TimedClient.spread(besides.waits),
            TimedClient.spread(attacked.waits),
            TimedClient.millis(attacked.waits, 0.99) / TimedClient.millis(besides.waits, 0.99),
            alone.cores,
            besides.cores,
            attacked.cores,
            heap / (1 << 20));
      }
    }
  }

  private static Spell spell(FeedClients feedClients) {
    long[] best = null;
    var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long began = System.nanoTime();
    long used = system.getProcessCpuTime();
    for (int i = 0; i < ROUNDS; i++) {
      var waits = feedClients.waits(COMMITS_PER_SECOND, MILLIS);
      if (best == null || TimedClient.millis(waits, 0.99) < TimedClient.millis(best, 0.99)) {
        best = waits;
      }
    }
    return new Spell(
        best, (system.getProcessCpuTime() - used) / (double) (System.nanoTime() - began));
  }

  /** What is in use after a collection. */
  private static double heap() {
    System.gc();
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private static Process foe(HostileFeedClient.Kind kind, String address, String token)
      throws Exception {
    var foe =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                HostileFeedClient.class.getName(),
                kind.name(),
                address,
                token,
                "60000")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    if (!"begun".equals(foe.inputReader().readLine())) {
      throw new AssertionError("the foe did not begin");
    }
    return foe;
  }

  private static void end(Process foe) throws InterruptedException {
    if (!foe.isAlive()) {
      throw new AssertionError("the foe gave up: " + foe.exitValue());
    }
    foe.destroyForcibly().waitFor();
  }

  /** Reads and throws away; hangs up on who waits for it. */
  private static final class Sink implements AutoCloseable {
    private static final int PATIENCE = 50;
    private final ServerSocket server = new ServerSocket(0, 512, InetAddress.getLoopbackAddress());

    Sink() throws IOException {
      Thread.ofPlatform().daemon().start(this::accept);
    }

    String address() {
      return "ws://127.0.0.1:" + server.getLocalPort();
    }

    private void accept() {
      while (true) {
        try {
          var socket = server.accept();
          Thread.ofVirtual().start(() -> drain(socket));
        } catch (IOException e) {
          return; // Closed.
        }
      }
    }

    private static void drain(Socket socket) {
      var buffer = new byte[16 << 10];
      try (socket) {
        socket.setSoTimeout(PATIENCE);
        var in = socket.getInputStream();
        while (in.read(buffer) >= 0) {
          // Thrown away.
        }
      } catch (IOException e) {
        // It waited, or left.
      }
    }

    @Override
    public void close() throws IOException {
      server.close();
    }
  }
}
