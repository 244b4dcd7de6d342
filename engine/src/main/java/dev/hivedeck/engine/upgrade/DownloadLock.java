package dev.hivedeck.engine.upgrade;

import dev.hivedeck.engine.file.OwnerFiles;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Leaves a folder of packages to one download, of this process or another. It lies beside the
 * folder, in which all but the package of the latest version is removed.
 */
final class DownloadLock implements AutoCloseable {
  /** A process that closes a file loses its lock, so that a second one is not even opened. */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path file;
  private final FileChannel channel;

  private DownloadLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * @throws HiveException {@code not-now} while another one has it
   */
  static DownloadLock of(Path folder) throws IOException {
    var real = folder.toRealPath();
    var file = real.resolveSibling(real.getFileName() + ".lock");
    if (!HELD.add(file)) {
      throw taken();
    }
    FileChannel channel = null;
    boolean locked = false;
    try {
      channel = OwnerFiles.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      locked = channel.tryLock() != null;
      if (locked) {
        return new DownloadLock(file, channel);
      }
      throw taken();
    } finally {
      if (!locked) {
        HELD.remove(file);
        if (channel != null) {
          channel.close();
        }
      }
    }
  }

  private static HiveException taken() {
    return new HiveException(
        ErrorCode.NOT_NOW,
        "Another window or command downloads a package already.",
        "Wait for that, or end it.");
  }

  @Override
  public void close() throws IOException {
    try {
      channel.close();
    } finally {
      HELD.remove(file);
    }
  }
}
