package dev.hivedeck.engine.rollout.proxy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The runtime API of HAProxy: a line is asked, and answered until the connection ends. */
record HaproxySocket(Path path) {
  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final int MOST = 4_000_000;
  private static final int CHUNK = 16_384;

  /**
   * What it says to a line of commands.
   *
   * @throws IOException in words
   */
  List<String> ask(String line) throws IOException {
    try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        var selector = Selector.open()) {
      channel.configureBlocking(false); // also where more wait than it takes
      boolean connected = channel.connect(UnixDomainSocketAddress.of(path));
      var key =
          channel.register(selector, connected ? SelectionKey.OP_WRITE : SelectionKey.OP_CONNECT);
      var said = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
      var answer = new ByteArrayOutputStream();
      var chunk = ByteBuffer.allocate(CHUNK);
      long end = System.nanoTime() + PATIENCE.toNanos();
      while (true) {
        long left = (end - System.nanoTime()) / 1_000_000;
        if (left <= 0 || selector.select(left) == 0) {
          throw new IOException("it does not answer within " + PATIENCE.toSeconds() + " s");
        }
        selector.selectedKeys().clear();
        if (!channel.isConnected()) {
          channel.finishConnect();
          key.interestOps(SelectionKey.OP_WRITE);
          continue;
        }
        if (said.hasRemaining()) {
          channel.write(said);
          key.interestOps(said.hasRemaining() ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
          continue;
        }
        int read = channel.read(chunk.clear());
        if (read < 0) {
          return answer.toString(StandardCharsets.UTF_8).lines().toList();
        }
        answer.write(chunk.array(), 0, read);
        if (answer.size() > MOST) {
          throw new IOException("its answer has no end");
        }
      }
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      throw new IOException("HAProxy at " + path + " cannot be asked: " + e.getMessage(), e);
    }
  }
}
