package dev.hivedeck.engine.security;

import dev.hivedeck.engine.file.OwnerFiles;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Leaves a workspace to one engine. The system frees it when its holder ends, however it ends. */
public final class WorkspaceLock implements AutoCloseable {
  private final FileChannel channel;

  private WorkspaceLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * @throws HiveException {@code second-engine} when another engine has the workspace
   */
  public static WorkspaceLock acquire(Path folder) {
    FileChannel channel = null;
    try {
      channel =
          OwnerFiles.open(
              folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return new WorkspaceLock(channel);
      }
    } catch (OverlappingFileLockException e) {
      // An engine in this very process.
    } catch (IOException e) {
      close(channel);
      throw new HiveException(
          ErrorCode.HOME_UNWRITABLE,
          "The lock in " + folder + " cannot be opened: " + e.getMessage(),
          "Check the rights of that folder.",
          e);
    }
    close(channel);
    String who =
        EndpointFile.read(folder)
            .map(e -> " (process " + e.pid() + ", " + e.feed() + ")")
            .orElse("");
    throw new HiveException(
        ErrorCode.SECOND_ENGINE,
        "Another engine works on this workspace already" + who + ".",
        "Use that one: other commands talk to it by themselves. Or stop it first.");
  }

  private static void close(FileChannel channel) {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException ignored) {
        // Nothing was locked.
      }
    }
  }

  @Override
  public void close() {
    close(channel);
  }
}
