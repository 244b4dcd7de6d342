package dev.hivedeck.engine.agent;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.process.ProcessTree;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.time.Timers;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;

/**
 * Any command as an agent. The prompt arrives on its standard input, which is then closed; what it
 * prints is its activity, and a line that is a JSON object with a {@code hivedeck} key is
 * structured. Having asked a question it may simply end: the answer is in its next prompt.
 */
public final class CommandDriver implements Driver {
  private static final int LONGEST = 16_384;
  private static final long FLOOD = 64L << 20;
  private static final Pattern REFUSED =
      Pattern.compile(
          "permission (was )?denied by (policy|user|the user)|tool (call|use) (was )?(denied|rejected)"
              + "|not allowed by (the )?(sandbox|policy)",
          Pattern.CASE_INSENSITIVE);

  private final Timers timers;

  public CommandDriver(Timers timers) {
    this.timers = timers;
  }

  @Override
  public End run(Job job, Activity activity) throws InterruptedException {
    ProcessTree tree;
    try {
      tree = ProcessTree.start(job.command(), job.worktree(), job.environment());
    } catch (HiveException e) {
      return End.bad("not-found", e.getMessage() + " " + e.hint());
    }
    var reading = new Reading(job, activity, tree);
    try {
      return reading.toTheEnd();
    } catch (InterruptedException e) {
      tree.end();
      throw e;
    } finally {
      reading.cancel();
    }
  }

  /** One run being read. */
  private final class Reading {
    private final Job job;
    private final Activity activity;
    private final ProcessTree tree;
    private final AtomicReference<String> ended = new AtomicReference<>();
    private final AtomicLong lastSign = new AtomicLong();
    private final AtomicInteger open = new AtomicInteger();
    private volatile String lastError = "";
    private volatile String lastLine = "";
    private volatile boolean refused;
    private volatile boolean over;
    private final List<Timers.Timer> alarms = new CopyOnWriteArrayList<>();
    private final AtomicLong read = new AtomicLong();

    Reading(Job job, Activity activity, ProcessTree tree) {
      this.job = job;
      this.activity = activity;
      this.tree = tree;
      lastSign.set(timers.clock().millis());
    }

    End toTheEnd() throws InterruptedException {
      activity.pid(tree.pid());
      alarms.add(timers.after(job.timeout(), () -> stop("timeout")));
      watch();
      Thread out = read(tree.process().getInputStream(), "out");
      Thread err = read(tree.process().getErrorStream(), "err");
      prompt();
      int exit = tree.process().waitFor();
      // A descendant that went its own way may hold the pipes open; it must not outlive the
      // attempt.
      if (!out.join(Duration.ofMillis(300)) || !err.join(Duration.ofMillis(300))) {
        tree.end();
        out.join(Duration.ofSeconds(2));
        err.join(Duration.ofSeconds(2));
      }
      over = true;
      ProcessTree.endCarrying(job.environment().getOrDefault(ProcessTree.MARK, ""));
      return verdict(exit);
    }

    private void prompt() {
      try (OutputStream in = tree.process().getOutputStream()) {
        in.write(job.prompt().getBytes(StandardCharsets.UTF_8));
      } catch (IOException ignored) {
        // It does not read its input; the prompt is in its file, too.
      }
    }

    private void stop(String why) {
      if (!over && ended.compareAndSet(null, why)) {
        tree.end();
      }
    }

    void cancel() {
      over = true;
      alarms.forEach(Timers.Timer::cancel);
    }

    /** Stuck is: nothing said, no file changed, nobody asked. */
    private void watch() {
      Duration every = job.quiet().dividedBy(4).plusMillis(1);
      alarms.add(
          timers.after(
              every,
              () -> {
                if (over) {
                  return;
                }
                long now = timers.clock().millis();
                if (open.get() > 0) {
                  lastSign.set(now);
                } else if (now - lastSign.get() >= job.quiet().toMillis()) {
                  long changed = lastChange(job.worktree());
                  if (now - changed >= job.quiet().toMillis()) {
                    stop("quiet");
                    return;
                  }
                  lastSign.set(changed);
                }
                watch();
              }));
    }

    private Thread read(InputStream in, String kind) {
      return Thread.ofVirtual()
          .name("read-" + job.attempt())
          .start(
              () -> {
                try {
                  lines(in, kind);
                } catch (IOException ignored) {
                  // The process is gone; what it said until then is logged.
                }
              });
    }

    /** Splits into lines without ever holding more than one shortened line. */
    private void lines(InputStream in, String kind) throws IOException {
      byte[] buffer = new byte[16_384];
      byte[] line = new byte[LONGEST];
      int length = 0;
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        lastSign.set(timers.clock().millis());
        if (read.addAndGet(n) > FLOOD) {
          if (read.get() - n <= FLOOD) {
            activity.line(
                "hive", "Printed more than " + (FLOOD >> 20) + " MB; the rest is not read.");
          }
          continue;
        }
        for (int i = 0; i < n; i++) {
          if (buffer[i] == '\n') {
            line(kind, new String(line, 0, length, StandardCharsets.UTF_8));
            length = 0;
          } else if (length < LONGEST) {
            line[length++] = buffer[i];
          }
        }
      }
      if (length > 0) {
        line(kind, new String(line, 0, length, StandardCharsets.UTF_8));
      }
    }

    private void line(String kind, String raw) {
      String text = raw.endsWith("\r") ? raw.substring(0, raw.length() - 1) : raw;
      if (kind.equals("err") && !text.isBlank()) {
        lastError = text;
      }
      if (!text.isBlank()) {
        lastLine = text;
      }
      if (REFUSED.matcher(text).find()) {
        refused = true;
      }
      if (text.startsWith("{") && text.contains("\"hivedeck\"") && structured(text)) {
        return;
      }
      activity.line(kind, text);
    }

    private boolean structured(String text) {
      JsonNode node;
      try {
        node = Json.MAPPER.readTree(text);
      } catch (JsonProcessingException e) {
        return false;
      }
      switch (node.path("hivedeck").asText()) {
        case "progress" -> {
          activity.stage(node.path("stage").asInt());
          if (node.hasNonNull("text")) {
            activity.line("say", node.get("text").asText());
          }
        }
        case "say" -> activity.line("say", node.path("text").asText());
        case "usage" ->
            activity.usage(
                Math.max(0, node.path("in").asLong()),
                Math.max(0, node.path("out").asLong()),
                Math.max(0, node.path("cost").asDouble()));
        case "ask" -> ask(node);
        default -> {
          return false;
        }
      }
      return true;
    }

    private void ask(JsonNode node) {
      var options = new ArrayList<String>();
      node.path("options").forEach(o -> options.add(o.asText()));
      open.incrementAndGet();
      activity
          .ask(
              new Question(
                  text(node, "kind"),
                  node.path("question").asText("?"),
                  text(node, "detail"),
                  options,
                  text(node, "default")))
          .whenComplete((answer, error) -> open.decrementAndGet());
    }

    private static String text(JsonNode node, String key) {
      return node.hasNonNull(key) ? node.get(key).asText() : null;
    }

    private End verdict(int exit) {
      String why = ended.get();
      if ("timeout".equals(why)) {
        return End.bad("timeout", "Not finished after " + people(job.timeout()) + ".");
      }
      if ("quiet".equals(why)) {
        return End.bad(
            "quiet", "No output and no file changed for " + people(job.quiet()) + ": stuck.");
      }
      if (exit == 127 || exit == 126) {
        return End.bad(
            "not-found",
            "\"%s\" could not be run: %s. Check run: of agent %s in .hivedeck/hive.yaml."
                .formatted(job.command(), lastError, job.agent()));
      }
      if (exit != 0) {
        String said = lastError.isEmpty() ? lastLine : lastError;
        return End.bad("exit", "exit " + exit + (said.isEmpty() ? "" : ": " + said));
      }
      if (refused) {
        return End.bad("refused", "It was refused permission: " + lastLine);
      }
      return End.good();
    }
  }

  private static String people(Duration d) {
    return d.toMinutes() > 0 ? d.toMinutes() + " min" : d.toSeconds() + " s";
  }

  private static long lastChange(Path folder) {
    var latest = new AtomicLong();
    try {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes a) {
              return dir.endsWith(".git") || dir.endsWith("node_modules")
                  ? FileVisitResult.SKIP_SUBTREE
                  : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes a) {
              latest.accumulateAndGet(a.lastModifiedTime().toMillis(), Math::max);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      return latest.get();
    }
    return latest.get();
  }
}
