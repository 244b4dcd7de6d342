package dev.hivedeck.engine.agent;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Query.LogLine;
import dev.hivedeck.engine.protocol.Query.LogPage;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The log of one attempt: appended to a file line by line, read by range. In memory it holds only
 * where every 256th line begins, so an agent that prints without end costs neither memory nor, past
 * the cap, disk. A file that a crash cut off is read up to its last whole line.
 */
public final class ActivityLog implements AutoCloseable {
  private static final int STRIDE = 256;
  private static final int LONGEST = 8_192;
  private static final long CAP = 64L << 20;

  private final String attempt;
  private final Clock clock;
  private final Consumer<LogPage> follower;
  private final RandomAccessFile file;
  private final List<Long> marks = new ArrayList<>();
  private long lines;
  private long end;
  private long dropped;

  private ActivityLog(Path path, String attempt, Clock clock, Consumer<LogPage> follower)
      throws IOException {
    this.attempt = attempt;
    this.clock = clock;
    this.follower = follower;
    Files.createDirectories(path.getParent());
    this.file = new RandomAccessFile(path.toFile(), "rw");
    index();
  }

  /**
   * @param follower receives each new line as a page of one
   * @throws HiveException {@code home-unwritable}
   */
  public static ActivityLog open(
      Path path, String attempt, Clock clock, Consumer<LogPage> follower) {
    try {
      return new ActivityLog(path, attempt, clock, follower);
    } catch (IOException e) {
      throw new HiveException(
          "home-unwritable",
          "The log " + path + " cannot be opened: " + e.getMessage(),
          "Check the rights and the space of that folder.",
          e);
    }
  }

  private void index() throws IOException {
    byte[] buffer = new byte[1 << 16];
    long at = 0;
    file.seek(0);
    marks.add(0L);
    for (int n = file.read(buffer); n > 0; n = file.read(buffer)) {
      for (int i = 0; i < n; i++) {
        if (buffer[i] == '\n') {
          lines++;
          end = at + i + 1;
          if (lines % STRIDE == 0) {
            marks.add(end);
          }
        }
      }
      at += n;
    }
    if (at > end) {
      file.setLength(end);
    }
  }

  /** Appends one line; line breaks inside become spaces. */
  public synchronized void append(String kind, String text) {
    if (end >= CAP) {
      if (dropped++ == 0) {
        write("hive", "The log is full at " + (CAP >> 20) + " MB; what follows is not kept.");
      }
      return;
    }
    write(kind, text);
  }

  private void write(String kind, String text) {
    String clean = text.indexOf('\n') >= 0 ? text.strip().replaceAll("\\R", " ") : text;
    if (clean.length() > LONGEST) {
      clean = clean.substring(0, LONGEST) + "… (" + clean.length() + " characters)";
    }
    Instant now = clock.instant();
    byte[] bytes =
        (now.toEpochMilli() + "\t" + kind + "\t" + clean + "\n").getBytes(StandardCharsets.UTF_8);
    try {
      file.seek(end);
      file.write(bytes);
    } catch (IOException e) {
      throw new HiveException(
          "log-unwritable",
          "The log of " + attempt + " cannot be written: " + e.getMessage(),
          "Check the space of its disk.",
          e);
    }
    end += bytes.length;
    var line = new LogLine(lines, now, kind, clean);
    lines++;
    if (lines % STRIDE == 0) {
      marks.add(end);
    }
    follower.accept(new LogPage(attempt, line.index(), lines, List.of(line)));
  }

  /** How many lines it has. */
  public synchronized long size() {
    return lines;
  }

  /**
   * @param from index of the first line wanted; negative counts from the end
   * @param limit how many lines at most
   */
  public synchronized LogPage page(long from, int limit) {
    long first = Math.clamp(from < 0 ? lines + from : from, 0, lines);
    var page = new ArrayList<LogLine>();
    try {
      long start = marks.get((int) Math.min(first / STRIDE, marks.size() - 1));
      long index = Math.min(first / STRIDE, marks.size() - 1) * STRIDE;
      long stop =
          marks.size() > (first + limit) / STRIDE + 1
              ? marks.get((int) ((first + limit) / STRIDE + 1))
              : end;
      byte[] bytes = new byte[(int) (stop - start)];
      file.seek(start);
      file.readFully(bytes);
      for (String line : new String(bytes, StandardCharsets.UTF_8).split("\n")) {
        if (index >= first && page.size() < limit && !line.isEmpty()) {
          page.add(parse(index, line));
        }
        index++;
      }
    } catch (IOException e) {
      throw new HiveException(
          "log-unreadable",
          "The log of " + attempt + " cannot be read: " + e.getMessage(),
          "Check its disk.",
          e);
    }
    return new LogPage(attempt, first, lines, page);
  }

  private static LogLine parse(long index, String line) {
    String[] f = line.split("\t", 3);
    return f.length == 3
        ? new LogLine(index, Instant.ofEpochMilli(Long.parseLong(f[0])), f[1], f[2])
        : new LogLine(index, Instant.EPOCH, "out", line);
  }

  @Override
  public synchronized void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw new HiveException(
          "log-unwritable", "Closing the log of " + attempt + ": " + e.getMessage(), "", e);
    }
  }
}
