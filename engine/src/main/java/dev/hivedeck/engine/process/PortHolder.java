package dev.hivedeck.engine.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who listens at a port of this machine. Whether somebody does is known everywhere, who on Linux.
 */
public final class PortHolder {
  private static final Path PROC = Path.of("/proc");
  private static final String LISTENING = "0A";
  private static final int STATE = 3;
  private static final int INODE = 9;

  private PortHolder() {}

  /** Whether nobody listens there, at this machine's own address or at all of them. */
  public static boolean isFree(int port) {
    try (var socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** The next free port from this one on; 0 where there is none. */
  public static int nextFree(int port) {
    for (int next = port; next <= 65_535; next++) {
      if (isFree(next)) {
        return next;
      }
    }
    return 0;
  }

  /**
   * Who listens there, in words: {@code pid 3312 (node)}; {@code somebody} where that is unknown.
   */
  public static String of(int port) {
    var inodes = new HashSet<String>();
    for (String table : List.of("net/tcp", "net/tcp6")) {
      listening(PROC.resolve(table), port, inodes);
    }
    Long pid = inodes.isEmpty() ? null : owner(inodes);
    if (pid == null) {
      return "somebody";
    }
    try {
      String name = Files.readString(PROC.resolve(pid + "/comm"), StandardCharsets.UTF_8).strip();
      return "pid " + pid + " (" + name + ")";
    } catch (IOException e) {
      return "pid " + pid;
    }
  }

  private static void listening(Path table, int port, Set<String> inodes) {
    String wanted = ":%04X".formatted(port);
    try {
      for (String line : Files.readAllLines(table, StandardCharsets.ISO_8859_1)) {
        String[] parts = line.strip().split("\\s+");
        if (parts.length > INODE && parts[1].endsWith(wanted) && parts[STATE].equals(LISTENING)) {
          inodes.add("socket:[" + parts[INODE] + "]");
        }
      }
    } catch (IOException e) {
      // Elsewhere than on Linux it is not to be seen.
    }
  }

  private static @Nullable Long owner(Set<String> inodes) {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path process : all) {
        if (holds(process, inodes)) {
          return Long.valueOf(process.getFileName().toString());
        }
      }
    } catch (IOException e) {
      return null;
    }
    return null;
  }

  private static boolean holds(Path process, Set<String> inodes) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(process.resolve("fd"))) {
      for (Path file : files) {
        if (inodes.contains(Files.readSymbolicLink(file).toString())) {
          return true;
        }
      }
    } catch (IOException | java.nio.file.DirectoryIteratorException e) {
      return false; // it is somebody else's, or has ended
    }
    return false;
  }
}
