package dev.hivedeck.engine.rollout.proxy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The lines that a log grows by, also when it is put away and begun anew, or cut off. What was
 * there at the first look is left out.
 */
final class AccessLog {
  private static final int CHUNK = 65_536;

  /** A longer line is none of ours. */
  private static final int LONGEST = 100_000;

  private final Path file;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private @Nullable FileChannel open;
  private @Nullable Object key;

  AccessLog(Path file) {
    this.file = file;
  }

  /**
   * Hands on each whole line that came.
   *
   * @throws IOException when there is no such file, or it may not be read
   */
  void read(Consumer<String> lines) throws IOException {
    var now = Files.readAttributes(file, BasicFileAttributes.class);
    var channel = open;
    if (channel == null) {
      channel = begin(now);
      channel.position(channel.size());
      return;
    }
    rest(channel, lines);
    if (!Objects.equals(now.fileKey(), key)) {
      var next = begin(now); // the old one stays open until there is another
      channel.close();
      line.reset();
      rest(next, lines);
    }
  }

  private FileChannel begin(BasicFileAttributes now) throws IOException {
    var channel = FileChannel.open(file);
    open = channel;
    key = now.fileKey();
    return channel;
  }

  private void rest(FileChannel channel, Consumer<String> lines) throws IOException {
    if (channel.size() < channel.position()) {
      channel.position(0); // cut off
      line.reset();
    }
    var chunk = ByteBuffer.allocate(CHUNK);
    while (channel.read(chunk.clear()) > 0) {
      chunk.flip();
      while (chunk.hasRemaining()) {
        byte b = chunk.get();
        if (b == '\n') {
          lines.accept(line.toString(StandardCharsets.UTF_8));
          line.reset();
        } else if (line.size() < LONGEST) {
          line.write(b);
        }
      }
    }
  }

  void close() throws IOException {
    if (open != null) {
      open.close();
      open = null;
    }
  }
}
