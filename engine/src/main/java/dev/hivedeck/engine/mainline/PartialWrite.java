package dev.hivedeck.engine.mainline;

import dev.hivedeck.engine.git.ByteNames;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.protocol.HiveException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * What a git that was killed had written of a file: it has the beginning of what the file was to
 * be, as filters make it.
 */
final class PartialWrite {
  private final Git git;
  private final Path folder;
  private final Path scratch;

  /** How a file and a version of it compare. */
  private enum Like {
    SAME,
    BEGINNING,
    OTHER
  }

  /**
   * @param git in {@code folder}
   * @param scratch a file that may be written
   */
  PartialWrite(Git git, Path folder, Path scratch) {
    this.git = git;
    this.folder = folder;
    this.scratch = scratch;
  }

  /**
   * Whether git was writing one of two versions of a file. Whole lines of the old one may as well
   * be what its user left of it.
   *
   * @param old the blob that it was; null where it was none
   * @param fresh the blob that it was to be; null where it was to go
   */
  boolean is(String name, String old, String fresh) {
    Path file = ByteNames.resolve(folder, name);
    if (name.contains("\n") || !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    try {
      var before = old == null ? Like.OTHER : compare(file, name, old);
      if (before == Like.SAME) {
        return false;
      }
      return fresh != null && compare(file, name, fresh) == Like.BEGINNING
          || before == Like.BEGINNING && !endsLine(file);
    } catch (IOException | HiveException e) {
      return false; // what it is, or was to be, cannot be told
    }
  }

  private static boolean endsLine(Path file) throws IOException {
    try (var channel = Files.newByteChannel(file)) {
      if (channel.size() == 0) {
        return false;
      }
      var last = ByteBuffer.allocate(1);
      channel.position(channel.size() - 1).read(last);
      return last.get(0) == '\n';
    }
  }

  private Like compare(Path file, String name, String blob) throws IOException {
    Files.write(scratch, (blob + " " + name + "\n").getBytes(StandardCharsets.ISO_8859_1));
    try {
      return git.from(scratch)
          .reading(printed -> compare(file, printed), "cat-file", "--filters", "--batch=");
    } finally {
      Files.deleteIfExists(scratch);
    }
  }

  /** What git prints is an empty line, the content, and an end of line. */
  private static Like compare(Path file, InputStream printed) throws IOException {
    var was = new BufferedInputStream(printed); // what is left unread is passed over
    try (var is = new BufferedInputStream(Files.newInputStream(file))) {
      was.read();
      int one = is.read();
      int other = was.read();
      while (one >= 0 && one == other) {
        one = is.read();
        other = was.read();
      }
      if (one >= 0) {
        return Like.OTHER;
      }
      return other == '\n' && was.read() < 0 ? Like.SAME : Like.BEGINNING;
    }
  }
}
