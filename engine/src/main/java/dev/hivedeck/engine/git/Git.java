package dev.hivedeck.engine.git;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Runs git in one folder, always in the same plain surroundings: only those variables of the
 * engine's environment that git and the user's own filters need, no replaced objects, no prompts,
 * no hooks, no signing, no background maintenance.
 */
public final class Git {

  /** What git ends with when it cannot go on. */
  private static final int FATAL = 128;

  /**
   * What git ends with when it does not understand how it is called, also when an option names a
   * commit that is not there. A hangup looks the same, but says nothing.
   */
  private static final int USAGE = 129;

  /** The highest number of a signal that ends a process. */
  private static final int SIGNALS = 31;

  private static final Duration LIMIT = Duration.ofMinutes(10);

  /** For reading what a git that has ended left in its pipes. */
  private static final Duration REST = Duration.ofSeconds(2);

  private static final int SAID = 64 * 1024;

  /** For a git that is told to end. */
  private static final Duration ENDING = Duration.ofSeconds(5);

  private static final boolean WINDOWS =
      System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("win");
  private static final Set<Long> RUNNING = ConcurrentHashMap.newKeySet();

  /** A file that is always there and empty. */
  public static final String NOTHING = WINDOWS ? "NUL" : "/dev/null";

  private final Path folder;
  private final Map<String, String> extra;

  /** Files that stand for standard input and output; null for none. */
  private final Path from;

  private final Path to;
  private final Duration limit;

  /** The git folder that all worktrees share; null where it has not been asked for. */
  private final Path common;

  public Git(Path folder) {
    this(folder, Map.of(), null, null, LIMIT, null);
  }

  private Git(
      Path folder, Map<String, String> extra, Path from, Path to, Duration limit, Path common) {
    this.folder = folder;
    this.extra = extra;
    this.from = from;
    this.to = to;
    this.limit = limit;
    this.common = common;
  }

  /**
   * The same without looking for a repository above its folder: where the folder's own {@code .git}
   * is gone, git fails rather than work on whatever repository lies around it.
   */
  public Git here() {
    Path parent = folder.toAbsolutePath().getParent();
    return parent == null ? this : with(Map.of("GIT_CEILING_DIRECTORIES", parent.toString()));
  }

  /** The same with more environment, for example another index. */
  public Git with(Map<String, String> environment) {
    var all = new HashMap<>(extra);
    all.putAll(environment);
    return new Git(folder, Map.copyOf(all), from, to, limit, common);
  }

  /** The same, reading a file as its standard input. */
  public Git from(Path file) {
    return new Git(folder, extra, file, to, limit, common);
  }

  /** The same, writing its standard output to a file. */
  public Git to(Path file) {
    return new Git(folder, extra, from, file, limit, common);
  }

  /** The same with less time. */
  public Git within(Duration time) {
    return new Git(folder, extra, from, to, time, common);
  }

  /** The same in another folder. */
  Git in(Path other) {
    return new Git(other, extra, from, to, limit, common);
  }

  /** The same, told what its repository is, which it need not be asked then. */
  public Git of(Path gitFolder) {
    return new Git(folder, extra, from, to, limit, gitFolder);
  }

  /**
   * Git in a repository's own folder: what lies in a working tree, its attributes above all, is out
   * of sight there.
   */
  public Git objects() {
    Path own =
        common != null
            ? common
            : Path.of(value("rev-parse", "--path-format=absolute", "--git-common-dir"));
    return in(own)
        .with(
            Map.of(
                "GIT_DIR", own.toString(),
                "GIT_WORK_TREE", own.toString(),
                "GIT_ATTR_NOSYSTEM", "1"));
  }

  /** What a run left. */
  public record Result(int exit, byte[] bytes, String err) {
    public String out() {
      return new String(bytes, StandardCharsets.UTF_8);
    }

    /**
     * Standard output without its last line feed: blanks and line breaks before it are the name's.
     */
    public String value() {
      String out = out();
      return out.endsWith("\n") ? out.substring(0, out.length() - 1) : out;
    }

    public boolean ok() {
      return exit == 0;
    }

    /** The signal that ended it; empty when git ended by itself, however badly. */
    public OptionalInt signal() {
      int signal = exit - FATAL;
      return signal < 1 || signal > SIGNALS || exit == USAGE && !err.isBlank()
          ? OptionalInt.empty()
          : OptionalInt.of(signal);
    }
  }

  /**
   * @throws HiveException {@code git-missing} when there is no git, {@code git-slow} when it does
   *     not come back
   */
  public Result run(String... arguments) {
    return runWith(null, arguments);
  }

  /** The same with something on its standard input. */
  public Result runWith(String input, String... arguments) {
    var out = new ByteArrayOutputStream();
    var result = run(input, in -> in.transferTo(out), arguments);
    return new Result(result.exit(), out.toByteArray(), result.err());
  }

  /** The same as {@link #run(String...)}, with no more of what git prints than so many bytes. */
  public Result upTo(int most, String... arguments) {
    var out = new AtomicReference<>(new byte[0]);
    var result = run(null, in -> out.set(in.readNBytes(most)), arguments);
    return new Result(result.exit(), out.get(), result.err());
  }

  /**
   * Lets {@code reader} read what git prints while it prints it, for what may be too large to hold.
   *
   * @throws HiveException {@code git-failed} with the command and what git said
   */
  public <T> T reading(Reader<T> reader, String... arguments) {
    var read = new AtomicReference<T>();
    var whole = new AtomicBoolean();
    Output output =
        in -> {
          read.set(reader.read(in));
          whole.set(true);
        };
    checked(run(null, output, arguments), arguments);
    if (!whole.get()) {
      throw new HiveException(
          ErrorCode.GIT_SLOW,
          "What git %s started in %s holds its output open.".formatted(arguments[0], folder),
          "Look for a filter or a helper of yours that goes on after git.");
    }
    return read.get();
  }

  /** Makes something of what git prints. What it leaves unread is passed over. */
  @FunctionalInterface
  public interface Reader<T> {
    T read(InputStream in) throws IOException;
  }

  /** Takes what git prints. */
  private interface Output {
    void take(InputStream in) throws IOException;
  }

  private Result run(String input, Output output, String... arguments) {
    var command = new ArrayList<>(GitEnvironment.PLAIN);
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command).directory(folder.toFile());
    var environment = builder.environment();
    GitEnvironment.prepare(environment);
    environment.putAll(extra);
    if (from != null) {
      builder.redirectInput(from.toFile());
    }
    if (to != null) {
      builder.redirectOutput(to.toFile());
    }
    try {
      return await(builder.start(), input, output, arguments);
    } catch (IOException e) {
      if (!Files.isDirectory(folder)) {
        throw new HiveException(
            ErrorCode.NO_FOLDER,
            "There is no folder " + folder + ".",
            "Something removed it; try again.");
      }
      throw new GitFailure(folder, extra, to).unstarted(e, arguments);
    }
  }

  private Result await(Process process, String input, Output output, String[] arguments) {
    RUNNING.add(process.pid());
    var err = new ByteArrayOutputStream();
    var failure = new AtomicReference<RuntimeException>();
    try {
      Thread outReader =
          Thread.ofVirtual().start(() -> take(process.getInputStream(), output, failure));
      Thread errReader =
          Thread.ofVirtual()
              .start(() -> take(process.getErrorStream(), in -> copy(in, err), failure));
      Thread.ofVirtual().start(() -> give(input, process.getOutputStream()));
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new HiveException(
            ErrorCode.GIT_SLOW,
            "git %s did not end within %d s in %s."
                .formatted(arguments[0], limit.toSeconds(), folder),
            "Look whether the disk, a filter or another git process holds it up.");
      }
      // What a filter left running may hold these open; git itself has said all.
      boolean whole = outReader.join(REST);
      errReader.join(whole ? REST : Duration.ofMillis(1));
      if (failure.get() != null) {
        throw failure.get();
      }
      return new Result(process.exitValue(), new byte[0], err.toString(StandardCharsets.UTF_8));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HiveException(
          ErrorCode.STOPPED, "git " + arguments[0] + " was stopped.", "Try again.");
    } finally {
      if (process.isAlive()) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroy();
        // It removes its locks, which the next git would run into.
        process
            .onExit()
            .completeOnTimeout(process, ENDING.toMillis(), TimeUnit.MILLISECONDS)
            .join();
      }
      RUNNING.remove(process.pid());
    }
  }

  /** Whether this is a git that runs on the engine's own behalf just now. */
  static boolean isOwn(long pid) {
    return RUNNING.contains(pid);
  }

  private static void give(String input, OutputStream to) {
    try (to) {
      if (input != null) {
        to.write(input.getBytes(StandardCharsets.UTF_8));
      }
    } catch (IOException ignored) {
      // git ended without reading; its exit code says why.
    }
  }

  /** So much of what git says as anybody reads, as it comes. */
  private static void copy(InputStream in, ByteArrayOutputStream to) throws IOException {
    byte[] part = new byte[8 * 1024];
    for (int n = in.read(part); n >= 0 && to.size() < SAID; n = in.read(part)) {
      to.write(part, 0, n);
    }
  }

  private static void take(
      InputStream in, Output output, AtomicReference<RuntimeException> failure) {
    try (in) {
      output.take(in);
      in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException ignored) {
      // The process was ended meanwhile.
    } catch (RuntimeException e) {
      failure.set(e);
    }
  }

  /**
   * Standard output without its last line break.
   *
   * @throws HiveException {@code git-failed} with the command and what git said
   */
  public String must(String... arguments) {
    return checked(run(arguments), arguments).out().stripTrailing();
  }

  /**
   * The one value that git prints, a path for example, with all its blanks and line breaks.
   *
   * @throws HiveException {@code git-failed} with the command and what git said
   */
  public String value(String... arguments) {
    return checked(run(arguments), arguments).value();
  }

  /**
   * The fields of a listing that git ends with NUL, of names as {@link ByteNames} has them.
   *
   * @throws HiveException {@code git-failed} with the command and what git said
   */
  public List<String> listed(String... arguments) {
    return ByteNames.split(checked(run(arguments), arguments).bytes());
  }

  /**
   * Whether something is so, for commands that answer by their exit code: 0 or 1.
   *
   * @throws HiveException {@code git-failed} when it is neither
   */
  public boolean holds(String... arguments) {
    var result = run(arguments);
    if (result.exit() > 1) {
      throw failed(result, arguments);
    }
    return result.ok();
  }

  public String mustWith(String input, String... arguments) {
    return checked(runWith(input, arguments), arguments).out().stripTrailing();
  }

  private Result checked(Result result, String... arguments) {
    if (!result.ok()) {
      throw failed(result, arguments);
    }
    return result;
  }

  public HiveException failed(Result result, String... arguments) {
    return new GitFailure(folder, extra, to).of(result, arguments);
  }

  public Path folder() {
    return folder;
  }

  /** A folder in a list of them: so that a colon in the path separates nothing. */
  public static String quoted(Path folder) {
    return '"' + folder.toString().replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
