package dev.hivedeck.engine.git.diff;

import dev.hivedeck.engine.protocol.Query.DiffLine;
import dev.hivedeck.engine.protocol.Query.Hunk;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads what {@code git diff -z} prints while it prints it: first its NUL-separated listings, then
 * the patch, whose files are in the same order. Only a line feed ends a line of a patch, whatever
 * else a file holds.
 */
final class DiffReader {
  private static final Pattern HUNK =
      Pattern.compile("@@ -(\\d+)(?:,(\\d+))? \\+(\\d+)(?:,(\\d+))? @@.*", Pattern.DOTALL);

  /** So many hunks of a file are compared with those before them. */
  private static final int REMEMBERED = 10_000;

  /** Bytes of a hash that tell hunks apart. */
  private static final int HASH = 16;

  private final InputStream in;
  private final int longest;
  private final byte[] buffer = new byte[64 * 1024];
  private int from;
  private int to;
  private long seen;
  private String line;
  private boolean cut;

  /** Takes what changes, as long as somebody wants to know it again. */
  private MessageDigest digest;

  /** How often the same was said in a file. */
  private final Map<String, Integer> alike = new HashMap<>();

  private String alikeIn;

  /**
   * @param longest what of a line is kept, in bytes
   */
  DiffReader(InputStream in, int longest) {
    this.in = in;
    this.longest = longest;
  }

  /** How many bytes it has read. */
  long seen() {
    return seen;
  }

  private boolean more() throws IOException {
    if (from == to) {
      from = 0;
      to = Math.max(0, in.read(buffer));
      seen += to;
    }
    return from < to;
  }

  /** The text up to the next {@code end}, which is passed over; null when there is no more. */
  private String until(char end, int most) throws IOException {
    cut = false;
    if (!more()) {
      return null;
    }
    var text = new ByteArrayOutputStream();
    boolean ended = false;
    // What came, what went, and that a file has no line feed at its end.
    boolean hashed = digest != null && "+-\\".indexOf(buffer[from]) >= 0;
    while (!ended && more()) {
      int stop = from;
      while (stop < to && buffer[stop] != end) {
        stop++;
      }
      int kept = Math.min(stop - from, most - text.size());
      text.write(buffer, from, kept);
      cut |= kept < stop - from;
      ended = stop < to;
      int next = ended ? stop + 1 : stop;
      if (hashed) {
        digest.update(buffer, from, next - from);
      }
      from = next;
    }
    return text.toString(StandardCharsets.UTF_8);
  }

  // ── the listings ────────────────────────────────────────────────────────────────────────────

  private String field() throws IOException {
    String field = until('\0', Integer.MAX_VALUE);
    return field == null ? "" : field;
  }

  /**
   * The files of {@code --raw}, with the counts of {@code --numstat} where these follow.
   *
   * @param counted whether they follow
   */
  List<ChangedFile> files(boolean counted) throws IOException {
    var names = new ArrayList<ChangedFile>();
    while (more() && buffer[from] == ':') {
      String[] raw = field().substring(1).split(" ");
      char status = raw[4].charAt(0);
      String first = field();
      boolean moved = status == 'R' || status == 'C';
      String path = moved ? field() : first;
      String oldPath = moved ? first : null;
      names.add(
          new ChangedFile(status, path, oldPath, raw[0], raw[1], raw[2], raw[3], 0, 0, true, true));
    }
    if (!counted) {
      return names;
    }
    var files = new ArrayList<ChangedFile>(names.size());
    for (var name : names) {
      String[] c = field().split("\t", 3);
      if (c[2].isEmpty()) { // a rename: both names follow
        field();
        field();
      }
      boolean lines = !c[0].equals("-");
      files.add(
          new ChangedFile(
              name.status(),
              name.path(),
              name.oldPath(),
              name.oldMode(),
              name.mode(),
              name.oldId(),
              name.id(),
              lines ? Long.parseLong(c[0]) : 0,
              lines ? Long.parseLong(c[1]) : 0,
              lines,
              true));
    }
    return files;
  }

  // ── the patch ───────────────────────────────────────────────────────────────────────────────

  /** Goes from the listings to the first line of the patch. */
  void patch() throws IOException {
    if (more() && buffer[from] == 0) {
      from++; // a NUL stands between them
    }
    advance();
  }

  private void advance() throws IOException {
    line = until('\n', longest);
  }

  /** Hears of a file's patch. */
  interface Listener {
    /** Passes over it. */
    Listener NONE = new Listener() {};

    /** Before its lines. */
    default void hunk(Hunk hunk) {}

    /** A line of a file, as the patch has it. */
    default void line(DiffLine line, boolean cut) {}

    /** Whether a hunk is to be known again. */
    default boolean hashes() {
      return false;
    }

    /** After its lines: what a hunk is known by, wherever in the file it is. */
    default void hash(String hash) {}
  }

  /** Tells the lines of the next file, and each hunk before its lines. */
  void next(String path, Listener listener) throws IOException {
    advance(); // diff --git
    while (line != null && !line.startsWith("diff --git ")) {
      Matcher m = line.startsWith("@@ ") ? HUNK.matcher(line) : null;
      if (m != null && m.matches()) {
        digest = listener.hashes() ? digest(path) : null;
        hunk(m, listener);
        if (digest != null) {
          listener.hash(hash(path));
          digest = null;
        }
      } else {
        advance();
      }
    }
  }

  /** Of several hunks of a file that say the same each has its own, or one would stand for all. */
  private String hash(String path) {
    if (!path.equals(alikeIn)) {
      alikeIn = path;
      alike.clear();
    }
    String hash = shortened(digest.digest());
    int times = alike.size() < REMEMBERED ? alike.merge(hash, 1, Integer::sum) : 1;
    if (times == 1) {
      return hash;
    }
    digest.update((hash + times).getBytes(StandardCharsets.UTF_8));
    return shortened(digest.digest());
  }

  private static String shortened(byte[] whole) {
    return HexFormat.of().formatHex(Arrays.copyOf(whole, HASH));
  }

  private static MessageDigest digest(String path) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      digest.update(path.getBytes(StandardCharsets.UTF_8));
      digest.update((byte) 0);
      return digest;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }

  private void hunk(Matcher m, Listener listener) throws IOException {
    int old = Integer.parseInt(m.group(1));
    int now = Integer.parseInt(m.group(3));
    int oldEnd = old + (m.group(2) == null ? 1 : Integer.parseInt(m.group(2)));
    int newEnd = now + (m.group(4) == null ? 1 : Integer.parseInt(m.group(4)));
    listener.hunk(new Hunk(line, old, now, new ArrayList<>()));
    for (advance(); line != null && (old < oldEnd || now < newEnd); advance()) {
      char kind = line.isEmpty() ? ' ' : line.charAt(0);
      if (kind == '\\') {
        continue; // no line feed at the end of the file
      }
      String text = line.isEmpty() ? "" : line.substring(1);
      listener.line(
          switch (kind) {
            case '+' -> new DiffLine("+", 0, now++, text);
            case '-' -> new DiffLine("-", old++, 0, text);
            default -> new DiffLine(" ", old++, now++, text);
          },
          cut);
    }
  }
}
