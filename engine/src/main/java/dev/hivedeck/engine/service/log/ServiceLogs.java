package dev.hivedeck.engine.service.log;

import dev.hivedeck.engine.file.OwnerFiles;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceLine;
import dev.hivedeck.engine.protocol.service.ServiceViews.ServiceLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The logs of services, one file each and the one before. However much a service prints, they take
 * no more than twice {@link #LARGEST} on disk and {@link #LINES} lines in memory; of a torrent the
 * beginning of each second is kept, and how much was left out is said. A disk that is full stops no
 * service.
 */
public final class ServiceLogs implements AutoCloseable {
  /** Who did something with a service, in place of a level. */
  public static final String HIVEDECK = "hivedeck";

  private static final Logger LOG = LoggerFactory.getLogger(ServiceLogs.class);
  private static final long LARGEST = 4 << 20;

  /** Of each, those that are to be had. */
  public static final int LINES = 5_000;

  private static final int LONGEST = 8_000;

  /** Of a second; nobody reads more. */
  private static final int BURST = 2_000;

  private final Path folder;
  private final Clock clock;
  private final Map<String, OpenLog> open = new ConcurrentHashMap<>();

  /**
   * @param folder holds a folder for each service
   */
  public ServiceLogs(Path folder, Clock clock) {
    this.folder = folder;
    this.clock = clock;
  }

  /** Adds a line that an instance printed; it is free of secrets already. */
  public void printed(String service, String instance, String text) {
    of(service).add(instance, LogLevel.of(text), text, true);
  }

  /** Adds what was done. */
  public void done(String service, String instance, String text) {
    of(service).add(instance, HIVEDECK, text, false);
  }

  /**
   * Lines of a log.
   *
   * @param instance only of that one; null for all
   * @param from place of the first; negative counts from the end
   */
  public ServiceLog page(String service, @Nullable String instance, long from, int limit) {
    return of(service).page(service, instance, from, limit);
  }

  private OpenLog of(String service) {
    return open.computeIfAbsent(
        service, name -> new OpenLog(folder.resolve(name.replaceAll("[^A-Za-z0-9._-]", "_"))));
  }

  @Override
  public void close() {
    open.values().forEach(OpenLog::close);
    open.clear();
  }

  private final class OpenLog {
    private final Path place;
    private final Path file;
    private final Path before;
    private final Deque<ServiceLine> lines = new ArrayDeque<>();
    private long next;
    private @Nullable FileChannel out;
    private long size;
    private long second;
    private int within;
    private int left;
    private boolean troubled;

    OpenLog(Path place) {
      this.place = place;
      this.file = place.resolve("log");
      this.before = place.resolve("log.1");
      read(before);
      read(file);
      next = lines.isEmpty() ? 0 : lines.getLast().index() + 1;
    }

    private void read(Path from) {
      if (!Files.isRegularFile(from)) {
        return;
      }
      try (var all = Files.newBufferedReader(from)) {
        for (String line = all.readLine(); line != null; line = all.readLine()) {
          try {
            keep(Json.read(line, ServiceLine.class));
          } catch (HiveException e) {
            LOG.debug("a line of {} was cut off", from);
          }
        }
      } catch (IOException e) {
        LOG.warn("the log {} cannot be read: {}", from, e.toString());
      }
    }

    private void keep(ServiceLine line) {
      lines.add(line);
      if (lines.size() > LINES) {
        lines.poll();
      }
    }

    synchronized void add(String instance, String level, String text, boolean bounded) {
      Instant now = clock.instant();
      if (now.getEpochSecond() != second) {
        second = now.getEpochSecond();
        within = 0;
        if (left > 0) {
          int missing = left;
          left = 0;
          add(instance, HIVEDECK, missing + " more lines were left out", false);
        }
      }
      if (bounded && ++within > BURST) {
        left++;
        return;
      }
      String kept = text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
      var line = new ServiceLine(next++, now, instance, level, kept);
      keep(line);
      write(line);
    }

    private void write(ServiceLine line) {
      try {
        var channel = out;
        if (channel == null || size > LARGEST) {
          channel = turn();
        }
        byte[] bytes = (Json.write(line) + "\n").getBytes(StandardCharsets.UTF_8);
        channel.write(ByteBuffer.wrap(bytes));
        size += bytes.length;
        troubled = false;
      } catch (IOException e) {
        if (!troubled) {
          troubled = true;
          LOG.warn("the log {} is not written: {}", file, e.toString());
        }
      }
    }

    private FileChannel turn() throws IOException {
      close();
      OwnerFiles.folder(place);
      if (Files.exists(file) && Files.size(file) > LARGEST) {
        Files.move(file, before, StandardCopyOption.REPLACE_EXISTING);
      }
      var channel = OwnerFiles.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      out = channel;
      size = channel.size();
      return channel;
    }

    synchronized ServiceLog page(String service, @Nullable String instance, long from, int limit) {
      var fit = new ArrayList<ServiceLine>();
      for (var line : lines) {
        if ((instance == null || instance.equals(line.instance()))
            && (from < 0 || line.index() >= from)) {
          fit.add(line);
        }
      }
      int begin = from < 0 ? (int) Math.max(0, fit.size() + Math.max(from, -LINES)) : 0;
      int end = (int) Math.min(fit.size(), (long) begin + Math.max(0, limit));
      return new ServiceLog(service, next, List.copyOf(fit.subList(begin, end)));
    }

    synchronized void close() {
      var channel = out;
      if (channel != null) {
        try {
          channel.close();
        } catch (IOException e) {
          LOG.debug("closing {}", file, e);
        }
        out = null;
      }
    }
  }
}
