package dev.hivedeck.engine.git.diff;

import dev.hivedeck.engine.file.Disk;
import dev.hivedeck.engine.git.Git;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Which files are lines of text though git takes them for binary because of a NUL: programs that
 * run all the same, and what is written in UTF-16 or UTF-32.
 */
final class TextDetection {
  /** Attributes that say nothing. */
  static final Path NONE = Path.of(Git.NOTHING);

  /** Larger ones git compares only by what they are called. */
  private static final int MOST = 16 << 20;

  /** Git reads no longer lines of attributes, in bytes. */
  private static final int LONGEST_LINE = 2048;

  /** How many of a hundred bytes of a text may be control characters, beside NUL. */
  private static final int CONTROL = 5;

  /** Read by people, compilers and interpreters, whatever bytes a comment in them holds. */
  private static final Pattern SOURCE =
      Pattern.compile(
          "(?i).*\\.(sh|bash|zsh|fish|ps1|bat|cmd|py|pyi|rb|pl|pm|php|lua|tcl|r|jl|groovy|[mc]?[jt]sx?"
              + "|vue|svelte|html?|css|s[ac]ss|less|java|kts?|scala|clj[cs]?|cs|fs|vb|go|rs|swift|dart|zig"
              + "|nim|c|cc|cpp|cxx|h|hh|hpp|m|mm|asm|s|ex|exs|erl|hs|ml|mli|sql|graphql|proto|tf|hcl"
              + "|xml|json[5cl]?|ya?ml|toml|ini|cfg|conf|properties|mk|cmake|gradle|md|rst|adoc|tex|txt"
              + "|csv|tsv|svg)|(?i)(.*/)?(makefile|dockerfile|jenkinsfile|rakefile|gemfile|justfile)");

  private TextDetection() {}

  /**
   * What is called with attributes that have git compare such files line by line.
   *
   * @param files as git takes them
   */
  static <T> T with(Git git, List<ChangedFile> files, Function<Path, T> called) {
    var binary = files.stream().filter(f -> !f.lines()).toList();
    var sizes = Diffs.sizes(git, binary);
    var texts =
        binary.stream()
            .filter(f -> sizes.getOrDefault(f.oldId(), 0L) < MOST)
            .filter(f -> sizes.getOrDefault(f.id(), 0L) < MOST)
            .filter(f -> lines(git, f.path(), sizes.containsKey(f.id()) ? f.id() : f.oldId()) >= 0)
            .toList();
    if (texts.isEmpty()) {
      return called.apply(NONE);
    }
    var attributes = new StringBuilder();
    texts.forEach(f -> attributes.append(pattern(f.path())).append(" diff\n"));
    try {
      Path file = Files.createTempFile("hivedeck", ".attributes");
      try {
        Files.writeString(file, attributes);
        return called.apply(file);
      } finally {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw Disk.noTemporaryFile(e);
    }
  }

  /** A path as a pattern of attributes that matches it, where its bytes are known it alone. */
  private static String pattern(String path) {
    String whole = quoted("/" + path);
    return whole.length() < LONGEST_LINE / 4
        ? whole
        : quoted(path.substring(path.lastIndexOf('/') + 1));
  }

  private static String quoted(String path) {
    return "\""
        + path.replaceAll("[*?\\[\\\\]", "\\\\$0")
            .replace('\uFFFD', '*')
            .replace("\\", "\\\\")
            .replace("\"", "\\\"")
            .replace("\n", "\\n")
            .replace("\r", "\\r")
            .replace("\t", "\\t")
        + "\"";
  }

  /** How many lines an object has; -1 when it is binary. */
  static long lines(Git git, String path, String id) {
    return git.reading(in -> lines(in, SOURCE.matcher(path).matches()), "cat-file", "blob", id);
  }

  private static long lines(InputStream in, boolean source) throws IOException {
    byte[] head = in.readNBytes(64 * 1024);
    boolean text = source || starts(head, '#', '!') || wide(head);
    long lines = 0;
    long other = 0;
    long control = 0;
    int last = '\n';
    byte[] buffer = head;
    for (int n = head.length; n > 0; n = in.read(buffer)) {
      for (int i = 0; i < n; i++) {
        int c = buffer[i];
        if (c == '\n') {
          lines++;
        }
        if (c != 0) {
          other++;
          last = c;
          control += c == 127 || c > 0 && c < ' ' && (c < '\t' || c > '\r') && c != 27 ? 1 : 0;
        }
      }
    }
    return text || other > 0 && control * 100 <= other * CONTROL
        ? last == '\n' ? lines : lines + 1
        : -1;
  }

  private static boolean starts(byte[] head, int first, int second) {
    return head.length > 1 && (head[0] & 0xff) == first && (head[1] & 0xff) == second;
  }

  /** UTF-16 that says so, if that is what it is. */
  private static boolean wide(byte[] head) {
    var charset =
        starts(head, 0xff, 0xfe)
            ? StandardCharsets.UTF_16LE
            : starts(head, 0xfe, 0xff) ? StandardCharsets.UTF_16BE : null;
    if (charset == null) {
      return false;
    }
    String text = new String(head, 0, head.length & ~1, charset);
    long known = text.chars().filter(c -> Character.isDefined(c) && c != 0xfffd).count();
    return known * 100 >= text.length() * 98L;
  }

  /** A line without what only its encoding, or somebody who hides, puts between letters. */
  static String plain(String line) {
    return line.indexOf('\0') < 0 ? line : line.replace("\0", "");
  }

  /** A line as a person reads it: of an encoding with NULs its letters, else NULs as a sign. */
  static String shown(String line) {
    long nul = line.chars().filter(c -> c == 0).count();
    return nul == 0 ? line : nul * 3 >= line.length() ? plain(line) : line.replace('\0', '␀');
  }
}
