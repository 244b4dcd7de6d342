package dev.hivedeck.engine.git;

import dev.hivedeck.engine.file.Disk;
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
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Runs git in one folder, always in the same plain surroundings: only those variables of the
 * engine's environment that git and the user's own filters need, no replaced objects, no prompts,
 * no hooks, no signing, no background maintenance.
 */
public final class Git {
  /** What git says where it may not write. */
  private static final String[] REFUSED = {
    "Permission denied", "Read-only file system", "insufficient permission"
  };

  /** What git says of a write that failed, on a full disk for example, without saying why. */
  private static final String[] UNWRITTEN = {
    "unable to write", "could not write", "couldn't write", "failed to write", "write error"
  };

  /** What git ends with when it cannot go on. */
  private static final int FATAL = 128;

  /**
   * What git ends with when it does not understand how it is called, also when an option names a
   * commit that is not there. A hangup looks the same, but says nothing.
   */
  private static final int USAGE = 129;

  /** The highest number of a signal that ends a process. */
  private static final int SIGNALS = 31;

  /** Errors of starting a process that tell of the machine: no memory or no room for processes. */
  private static final Pattern NO_ROOM = Pattern.compile("error=(11|12|23|24|35),");

  /** There is no such program. */
  private static final Pattern NO_PROGRAM = Pattern.compile("error=(2|13),");

  /** So many lines of what git says are told. */
  private static final int LINES = 6;

  /** Of one that is required; the other end of a process that is one, as no remote is asked. */
  private static final Pattern FILTER =
      Pattern.compile(
          "(?m)^fatal: (.+: (smudge|clean) filter .+ failed|the remote end hung up unexpectedly)");

  /**
   * What git and what a user may have configured for it (filters, LFS, proxies, key agents) need to
   * know. The rest of the engine's environment, tokens for example, is none of their business.
   */
  private static final Set<String> PASSED =
      Set.of(
          "PATH",
          "HOME",
          "USER",
          "LOGNAME",
          "SHELL",
          "TMPDIR",
          "TMP",
          "TEMP",
          "LANG",
          "LC_CTYPE",
          "TZ",
          "XDG_CONFIG_HOME",
          "XDG_CACHE_HOME",
          "XDG_RUNTIME_DIR",
          "DBUS_SESSION_BUS_ADDRESS",
          "SSH_AUTH_SOCK",
          "GNUPGHOME",
          "LD_LIBRARY_PATH",
          "NIX_SSL_CERT_FILE",
          "SSL_CERT_FILE",
          "SSL_CERT_DIR",
          "HTTP_PROXY",
          "HTTPS_PROXY",
          "NO_PROXY",
          "ALL_PROXY",
          "PATHEXT",
          "COMSPEC",
          "SYSTEMROOT",
          "SYSTEMDRIVE",
          "WINDIR",
          "USERPROFILE",
          "USERNAME",
          "HOMEDRIVE",
          "HOMEPATH",
          "APPDATA",
          "LOCALAPPDATA",
          "PROGRAMDATA",
          "ALLUSERSPROFILE",
          "PROGRAMFILES",
          "PROGRAMFILES(X86)",
          "PROGRAMW6432",
          "COMMONPROGRAMFILES");

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

  /** What a user may have configured that would run programs, ask questions or change meanings. */
  private static final List<String> PLAIN =
      plain(
          "core.hooksPath=" + NOTHING,
          "core.fsmonitor=false",
          "core.quotePath=false",
          "core.safecrlf=false",
          "commit.gpgSign=false",
          "i18n.commitEncoding=UTF-8",
          "submodule.recurse=false",
          "gc.auto=0",
          "maintenance.auto=false",
          "advice.detachedHead=false",
          "advice.addEmbeddedRepo=false");

  private final Path folder;
  private final Map<String, String> extra;

  /** Files that stand for standard input and output; null for none. */
  private final Path from;

  private final Path to;
  private final Duration limit;

  /** The git folder that all worktrees share; null where it has not been asked for. */
  private final Path common;

  private static List<String> plain(String... settings) {
    var command = new ArrayList<>(List.of("git"));
    for (String setting : settings) {
      command.addAll(List.of("-c", setting));
    }
    return List.copyOf(command);
  }

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
    var command = new ArrayList<>(PLAIN);
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command).directory(folder.toFile());
    var environment = builder.environment();
    environment.keySet().removeIf(name -> !PASSED.contains(name.toUpperCase(Locale.ROOT)));
    environment.put("GIT_TERMINAL_PROMPT", "0");
    environment.put("GIT_NO_REPLACE_OBJECTS", "1");
    environment.put("GIT_OPTIONAL_LOCKS", "0");
    environment.put("LC_ALL", "C");
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
      throw unstarted(e, arguments);
    }
  }

  private HiveException unstarted(IOException e, String... arguments) {
    String what = "git could not be started in " + folder + ": " + e.getMessage();
    if (NO_PROGRAM.matcher(e.getMessage()).find()) {
      return new HiveException(
          ErrorCode.GIT_MISSING,
          what,
          "Install git 2.39 or newer and make sure that it is on the PATH.",
          e);
    }
    if (NO_ROOM.matcher(e.getMessage()).find()) {
      return new HiveException(
          ErrorCode.GIT_UNSTARTED,
          what,
          "See whether the machine is short of memory or of processes.",
          e);
    }
    return new HiveException(
        ErrorCode.GIT_FAILED, what + " (git " + arguments[0] + ")", "Run git there by hand.", e);
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

  /** What git says on several lines, some of them again and again, as one. */
  private static String oneLine(String said) {
    return said.lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty())
        .distinct()
        .limit(LINES)
        .collect(Collectors.joining("; "));
  }

  public HiveException failed(Result result, String... arguments) {
    String said = oneLine(result.err());
    String what = "git " + String.join(" ", arguments) + ": " + said;
    var signal = result.signal();
    if (signal.isPresent()) {
      return new HiveException(
          ErrorCode.GIT_KILLED,
          "git %s was ended by signal %d."
              .formatted(String.join(" ", arguments), signal.getAsInt()),
          "See whether the machine is short of memory.");
    }
    if (says(said, "No space left on device", "Disk quota exceeded", "Out of diskspace")) {
      return Disk.fullException(what, writes());
    }
    if (FILTER.matcher(result.err()).find()) {
      return new HiveException(
          ErrorCode.FILTER_FAILED,
          "A filter that your git must pass files through fails: " + said,
          "See which program git config --get-regexp filter names: it may have to be installed.");
    }
    if (says(said, "Input/output error")) {
      return new HiveException(
          ErrorCode.DISK_FAILED, "The disk failed: " + what, "Check the disk; nothing was lost.");
    }
    if (says(said, ".lock': File exists")) {
      return new HiveException(
          ErrorCode.REPOSITORY_LOCKED,
          "Another git holds a lock: " + what,
          "If no git is at work there, one was killed: remove the .lock file that it names.");
    }
    if (says(said, UNWRITTEN) && Disk.of(writes()).stream().anyMatch(Disk::full)) {
      return Disk.fullException(what, writes());
    }
    if (says(said, REFUSED) || says(said, UNWRITTEN)) {
      return new HiveException(
          ErrorCode.REPOSITORY_UNWRITABLE,
          "The repository cannot be written: " + what,
          "Check the rights of its .git folder, the space of its disk and whether that is mounted"
              + " read-only.");
    }
    return new HiveException(
        ErrorCode.GIT_FAILED,
        "git %s failed in %s: %s"
            .formatted(
                String.join(" ", arguments),
                folder,
                said.isEmpty() ? "exit " + result.exit() + " without a word" : said),
        "Run the same command by hand to see more.");
  }

  /** Folders that it may write to: its repository, its index, the working tree. */
  private List<Path> writes() {
    var folders = new ArrayList<Path>();
    Path own = folder.resolve(".git");
    folders.add(Files.isDirectory(own) ? own : GitDirectory.named(folder).orElse(folder));
    Stream.of("GIT_DIR", "GIT_OBJECT_DIRECTORY", "GIT_INDEX_FILE")
        .map(extra::get)
        .filter(path -> path != null)
        .forEach(path -> folders.add(Path.of(path)));
    if (to != null) {
      folders.add(to);
    }
    folders.add(folder);
    return folders;
  }

  private static boolean says(String said, String... words) {
    return Stream.of(words).anyMatch(said::contains);
  }

  public Path folder() {
    return folder;
  }

  /** A folder in a list of them: so that a colon in the path separates nothing. */
  public static String quoted(Path folder) {
    return '"' + folder.toString().replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
