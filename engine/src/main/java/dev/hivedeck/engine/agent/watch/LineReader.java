package dev.hivedeck.engine.agent.watch;

import dev.hivedeck.engine.protocol.Plural;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/**
 * Splits what a program prints into lines fit to be read, never holding more than one of them, cut
 * to size: colours and other codes for terminals are taken out, and of a line that was overwritten
 * in place (a progress bar) the last state is kept.
 */
public final class LineReader {
  public static final int LONGEST = 64 << 10;

  private static final Pattern CODES =
      Pattern.compile(
          "\u001B(?:\\[[0-?]*[ -/]*[@-~]|\\][^\u0007\u001B]*(?:\u0007|\u001B\\\\)?|[@-Z\\\\-_])");
  private static final Pattern CONTROLS = Pattern.compile("[\\p{Cntrl}&&[^\t]]");

  private final InputStream in;
  private final AtomicLong heard;
  private final int longest;
  private final byte[] chunk = new byte[16 << 10];
  private byte[] line = new byte[512];
  private int chunkAt;
  private int chunkEnd;

  /**
   * @param heard is told how many bytes arrive, as they do
   * @param longest what of a line is kept, in bytes
   */
  public LineReader(InputStream in, AtomicLong heard, int longest) {
    this.in = in;
    this.heard = heard;
    this.longest = longest;
  }

  /** The next line without its end, or null when there are no more. */
  public String next() throws IOException {
    int length = 0;
    long left = 0;
    boolean returned = false;
    boolean any = false;
    for (int b = read(); b >= 0; b = read()) {
      any = true;
      if (b == '\n') {
        return text(length, left);
      }
      if (b == '\r') {
        returned = true;
        continue;
      }
      if (returned) {
        returned = false;
        length = 0;
        left = 0;
      }
      if (length == longest) {
        left++;
      } else {
        if (length == line.length) {
          line = Arrays.copyOf(line, Math.min(longest, length * 2));
        }
        line[length++] = (byte) b;
      }
    }
    return any ? text(length, left) : null;
  }

  private int read() throws IOException {
    if (chunkAt == chunkEnd) {
      chunkEnd = in.read(chunk);
      chunkAt = 0;
      if (chunkEnd <= 0) {
        chunkEnd = 0;
        return -1;
      }
      heard.addAndGet(chunkEnd);
    }
    return chunk[chunkAt++] & 0xFF;
  }

  private String text(int length, long left) {
    String text = new String(line, 0, length, StandardCharsets.UTF_8);
    if (text.indexOf('\u001B') >= 0) {
      text = CODES.matcher(text).replaceAll("");
    }
    text = CONTROLS.matcher(text).replaceAll("");
    if (line.length > 1 << 20) {
      line = new byte[512]; // one long line is no reason to hold so much for good
    }
    return left == 0 ? text : text + "… (" + Plural.of(left, "more byte") + ")";
  }
}
