package dev.hivedeck.engine.agent.log;

import dev.hivedeck.engine.agent.TextFormat;
import dev.hivedeck.engine.file.Disk;
import dev.hivedeck.engine.file.OwnerFiles;
import dev.hivedeck.engine.protocol.Act;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Plural;
import dev.hivedeck.engine.protocol.Query.LogLine;
import dev.hivedeck.engine.protocol.Query.LogPage;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.time.Timers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log of one attempt: appended to a file line by line (time, kind and text between tabs, then
 * the act as JSON where there is more to it), read by range. In memory it holds only where every
 * 256th line begins, so an agent that prints without end costs neither memory nor, past the cap,
 * disk. Each line is with the operating system when {@code append} returns; should a line be torn
 * by a power cut, it is dropped at the next opening. A log that cannot be written does not stop the
 * work it tells of.
 */
public final class ActivityLog implements AutoCloseable {
  static final long CAP = 64L << 20;

  /** Kept for these when the agent itself has used up the cap, so that the end is never missing. */
  private static final long RESERVE = 1L << 20;

  private static final Set<String> RESERVED = Set.of("hive", "gate", "ask", "retry");

  /** Stands between a line and the act that it tells of; no printed line has it. */
  private static final char ACT = '\u001F';

  private static final int STRIDE = 256;
  private static final int LONGEST = 8 << 10;
  private static final int LARGEST_PAGE = 5_000;
  private static final int LARGEST_READ = 4 << 20;
  private static final int LARGEST_BATCH = 2_000;
  private static final Duration BATCH = Duration.ofMillis(50);
  private static final Logger LOG = LoggerFactory.getLogger(ActivityLog.class);

  private final String attempt;
  private final Clock clock;
  private final Timers timers;
  private final Consumer<LogPage> follower;
  private final long cap;
  private final FileChannel file;
  private final List<Long> marks = new ArrayList<>(List.of(0L));
  private final Deque<LogLine> pending = new ArrayDeque<>();
  private final Object delivery = new Object();
  private boolean scheduled;
  private long lines;
  private long end;
  private long dropped;
  private boolean broken;
  private boolean closed;

  private ActivityLog(
      FileChannel file,
      String attempt,
      Clock clock,
      Timers timers,
      Consumer<LogPage> follower,
      long cap) {
    this.attempt = attempt;
    this.clock = clock;
    this.timers = timers;
    this.follower = follower;
    this.cap = cap;
    this.file = file;
  }

  /**
   * Opens a log, or makes it.
   *
   * @param follower receives new lines at once, from the thread that appends
   * @throws HiveException {@code home-unwritable}
   */
  public static ActivityLog open(
      Path path, String attempt, Clock clock, Consumer<LogPage> follower) {
    return open(path, attempt, clock, null, follower, CAP);
  }

  /**
   * Opens a log, or makes it.
   *
   * @param follower receives new lines several at a time, in order, a moment later; should it not
   *     keep up it sees a gap in the indexes, to be fetched by {@link #page}
   * @throws HiveException {@code home-unwritable}
   */
  public static ActivityLog open(
      Path path, String attempt, Timers timers, Consumer<LogPage> follower) {
    return open(path, attempt, timers.clock(), timers, follower, CAP);
  }

  static ActivityLog open(
      Path path, String attempt, Clock clock, Timers timers, Consumer<LogPage> follower, long cap) {
    try {
      OwnerFiles.folder(path.toAbsolutePath().getParent());
      var file =
          OwnerFiles.open(
              path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      var log = new ActivityLog(file, attempt, clock, timers, follower, cap);
      if (log.index()) {
        file.truncate(log.end);
      }
      return log;
    } catch (IOException e) {
      throw Disk.unwritable(
          path,
          e,
          ErrorCode.HOME_UNWRITABLE,
          "The log " + path + " cannot be opened: " + e.getMessage(),
          "Check the rights and the space of that folder.");
    }
  }

  /**
   * Opens a log to be read, as far as it is there; somebody else may be writing it.
   *
   * @throws HiveException {@code log-unreadable}
   */
  public static ActivityLog read(Path path, String attempt, Clock clock) {
    try {
      var file = FileChannel.open(path, StandardOpenOption.READ);
      var log = new ActivityLog(file, attempt, clock, null, page -> {}, CAP);
      log.index();
      return log;
    } catch (IOException e) {
      throw new HiveException(
          ErrorCode.LOG_UNREADABLE,
          "The log of " + attempt + " cannot be read: " + e.getMessage(),
          "It is the file " + path + ".",
          e);
    }
  }

  /** Finds where lines begin; whether there is a last one that has no end. */
  private boolean index() throws IOException {
    var buffer = ByteBuffer.allocate(1 << 16);
    long at = 0;
    for (int n = file.read(buffer, at); n > 0; n = file.read(buffer.clear(), at)) {
      for (int i = 0; i < n; i++) {
        if (buffer.get(i) == '\n') {
          begun(at + i + 1);
        }
      }
      at += n;
    }
    return at > end;
  }

  /** A line has ended, the next begins here. */
  private void begun(long at) {
    end = at;
    lines++;
    if (lines % STRIDE == 0) {
      marks.add(at);
    }
  }

  /**
   * Appends a text, each of its lines as one.
   *
   * @return the index of its last line
   */
  public long append(String kind, String text) {
    return append(
        () -> {
          text.lines().forEach(line -> add(kind, line, null));
          if (text.isEmpty()) {
            add(kind, "", null);
          }
        });
  }

  /**
   * Appends an act as one line.
   *
   * @return the index of that line
   */
  public long append(Act act) {
    return append(() -> add(act.kind(), act.text(), act));
  }

  private long append(Runnable adding) {
    synchronized (this) {
      adding.run();
      if (timers != null) {
        schedule();
        return lines - 1;
      }
    }
    deliver();
    return size() - 1;
  }

  private void add(String kind, String line, Act act) {
    long room = RESERVED.contains(kind) ? cap + RESERVE : cap;
    if (end >= room || broken) {
      if (dropped++ == 0 && !broken) {
        write(
            "hive",
            "The log is full at "
                + Plural.of(cap >> 10, "KB")
                + "; what the agent prints now is only counted.",
            null);
      }
      return;
    }
    write(kind, line, act);
  }

  private void write(String kind, String line, Act act) {
    String text =
        line.length() <= LONGEST
            ? line
            : TextFormat.shorten(line, LONGEST)
                + " ("
                + Plural.of(line.length(), "character")
                + ")";
    text = text.replace(ACT, ' ');
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    String more = act == null || isPlain(act) ? "" : ACT + Json.write(act);
    var bytes =
        ByteBuffer.wrap(
            (now + "\t" + kind + "\t" + text + more + "\n").getBytes(StandardCharsets.UTF_8));
    try {
      long at = end;
      while (bytes.hasRemaining()) {
        at += file.write(bytes, at);
      }
      var written = new LogLine(lines, now, kind, text, more.isEmpty() ? null : act);
      begun(at);
      pending.add(written);
      if (pending.size() > LARGEST_BATCH) {
        pending.poll();
      }
    } catch (IOException e) {
      broken = true;
      LOG.warn("the log of {} ends here, it cannot be written: {}", attempt, e.toString());
    }
  }

  /** Whether its line says all. */
  private static boolean isPlain(Act act) {
    return switch (act) {
      case Act.Say(String words) -> words.strip().equals(act.text());
      case Act.Think(String words) -> words.strip().equals(act.text());
      case Act.Read(String what) -> what.equals(act.text());
      case Act.Raw(String json) -> json.strip().equals(act.text());
      default -> false;
    };
  }

  private void schedule() {
    if (!scheduled && !pending.isEmpty()) {
      scheduled = true;
      timers.after(BATCH, this::deliver);
    }
  }

  private void deliver() {
    synchronized (delivery) {
      LogPage page;
      synchronized (this) {
        scheduled = false;
        if (pending.isEmpty()) {
          return;
        }
        page = new LogPage(attempt, pending.getFirst().index(), lines, List.copyOf(pending));
        pending.clear();
      }
      follower.accept(page);
    }
  }

  /** How many lines it has. */
  public synchronized long size() {
    return lines;
  }

  /** Whether it was closed on purpose, and is whole. */
  synchronized boolean isClosed() {
    return closed;
  }

  /** How many lines were not kept because it was full. */
  public synchronized long dropped() {
    return dropped;
  }

  /**
   * Reads lines; fewer than asked for when they are many or long.
   *
   * @param from index of the first line wanted; negative counts from the end
   * @throws HiveException {@code log-unreadable}
   */
  public synchronized LogPage page(long from, int limit) {
    long first = Math.clamp(from < 0 ? lines + from : from, 0, lines);
    int most = Math.clamp(limit, 0, LARGEST_PAGE);
    int mark = (int) Math.min(first / STRIDE, marks.size() - 1);
    var page = new ArrayList<LogLine>();
    try {
      read(marks.get(mark), (long) mark * STRIDE, first, most, page);
    } catch (IOException e) {
      throw new HiveException(
          ErrorCode.LOG_UNREADABLE,
          "The log of " + attempt + " cannot be read: " + e.getMessage(),
          "Check the disk that holds it.",
          e);
    }
    return new LogPage(attempt, first, lines, List.copyOf(page));
  }

  private void read(long start, long startIndex, long first, int most, List<LogLine> page)
      throws IOException {
    var buffer = ByteBuffer.allocate(1 << 16);
    var line = new java.io.ByteArrayOutputStream(256);
    long at = start;
    long index = startIndex;
    long taken = 0;
    while (at < end && page.size() < most && taken < LARGEST_READ) {
      int n = file.read(buffer.clear(), at);
      if (n <= 0) {
        return;
      }
      for (int i = 0; i < n && page.size() < most && taken < LARGEST_READ; i++) {
        byte b = buffer.get(i);
        if (b != '\n') {
          if (index >= first) {
            line.write(b);
          }
          continue;
        }
        if (index >= first) {
          taken += line.size();
          page.add(parse(index, line.toString(StandardCharsets.UTF_8)));
          line.reset();
        }
        index++;
      }
      at += n;
    }
  }

  /** A line that somebody else wrote into the file is shown as it is. */
  private static LogLine parse(long index, String line) {
    String[] fields = line.split("\t", 3);
    if (fields.length == 3) {
      try {
        int act = fields[2].indexOf(ACT);
        return act < 0
            ? new LogLine(index, Instant.parse(fields[0]), fields[1], fields[2])
            : new LogLine(
                index,
                Instant.parse(fields[0]),
                fields[1],
                fields[2].substring(0, act),
                act(fields[2].substring(act + 1)));
      } catch (DateTimeException e) {
        return new LogLine(index, Instant.EPOCH, "out", line);
      }
    }
    return new LogLine(index, Instant.EPOCH, "out", line);
  }

  /** Null when a later or earlier release wrote it differently: the text is still there. */
  private static Act act(String json) {
    try {
      return Json.read(json, Act.class);
    } catch (HiveException e) {
      return null;
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      if (dropped > 0 && !broken && file.isOpen()) {
        write("hive", Plural.of(dropped, "line") + " did not fit into the log.", null);
      }
      broken = true;
      closed = true;
      try {
        file.close();
      } catch (IOException e) {
        LOG.warn("closing the log of {}: {}", attempt, e.toString());
      }
    }
    deliver();
  }
}
