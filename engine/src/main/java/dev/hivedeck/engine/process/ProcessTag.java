package dev.hivedeck.engine.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * A number that all processes of a tree hand on to those that they start, whatever these do with
 * their environment, session, parents, folder and files: the largest file that they may write. It
 * is larger than any disk, so it holds nobody up; a process may lower its own, and others can read
 * it. Linux only.
 */
final class ProcessTag {
  /**
   * Where tags begin, in the blocks that a shell counts in; below this are limits that are meant.
   */
  private static final long FIRST = 1L << 42;

  private static final Pattern BLANKS = Pattern.compile(" +");
  private static final SecureRandom RANDOM = new SecureRandom();

  private ProcessTag() {}

  /** The tag of all trees with this mark: another engine must find the same. */
  static long of(String mark) {
    return FIRST + number(mark) * 256 + number(mark + "+") % 256;
  }

  private static long number(String text) {
    var sum = new CRC32C();
    sum.update(text.getBytes(StandardCharsets.UTF_8));
    return sum.getValue();
  }

  /** One for a tree without a mark. */
  static long random() {
    return FIRST + RANDOM.nextLong(FIRST);
  }

  /** What the shell has to do before all else. */
  static String command(long tag) {
    return "ulimit -f " + tag + " 2> /dev/null; ";
  }

  /** The tag of a process; 0 when it has none. */
  static long of(Path process) throws IOException {
    String limits = Files.readString(process.resolve("limits"), StandardCharsets.ISO_8859_1);
    int at = limits.indexOf("Max file size");
    if (at < 0) {
      return 0;
    }
    // Name, soft and hard limit, unit.
    String[] words = BLANKS.split(limits.substring(at, limits.indexOf('\n', at)).trim());
    if (words.length < 5 || !Character.isDigit(words[4].charAt(0))) {
      return 0;
    }
    long bytes = Long.parseLong(words[4]);
    // Shells count in blocks of 512 bytes, bash in 1,024 where it does not keep to POSIX.
    long blocks = bytes % 1_024 == 0 && bytes / 512 >= 2 * FIRST ? bytes / 1_024 : bytes / 512;
    return blocks >= FIRST ? blocks : 0;
  }
}
