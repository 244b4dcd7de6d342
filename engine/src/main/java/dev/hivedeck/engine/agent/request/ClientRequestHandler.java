package dev.hivedeck.engine.agent.request;

import dev.hivedeck.engine.agent.ShellQuoting;
import dev.hivedeck.engine.agent.request.ClientRequest.Outcome;
import dev.hivedeck.engine.process.ProcessTree;
import dev.hivedeck.engine.process.ResourceQuota;
import dev.hivedeck.engine.process.SandboxPolicy;
import dev.hivedeck.engine.protocol.HiveException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/**
 * Does an agent's {@link ClientRequest}s, in its worktree and nowhere else. What it runs carries
 * the marks of the attempt, and ends with it.
 */
public final class ClientRequestHandler implements AutoCloseable {
  /** More of a file than this no agent can make use of, in bytes. */
  static final int LONGEST_FILE = 8 << 20;

  /** More output of a command than this no agent can make use of, in bytes. */
  static final int LONGEST_OUTPUT = 1 << 20;

  private static final int MOST_TERMINALS = 16;

  private final PathGuard pathGuard;
  private final Map<String, String> environment;
  private final ResourceQuota quota;
  private final SandboxPolicy policy;

  /** Null where the agent is not held, and may go wherever the engine may. */
  private final SandboxedFiles held;

  private final Map<String, Terminal> terminals = new ConcurrentHashMap<>();
  private final AtomicLong printed = new AtomicLong();
  private int started;

  /**
   * @param environment for all that it runs
   * @param quota for each of these
   * @param confinement what they may see and change, or null
   */
  public ClientRequestHandler(
      Path worktree, Map<String, String> environment, ResourceQuota quota, SandboxPolicy policy) {
    this.pathGuard = new PathGuard(worktree);
    this.environment = environment;
    this.quota = quota;
    this.policy = policy;
    this.held = policy == null ? null : new SandboxedFiles(worktree, environment, quota, policy);
  }

  /** Whether a file is in the worktree and none of git's. */
  public boolean mayChange(String path) {
    return pathGuard.changeable(path).isPresent();
  }

  /** How many bytes its terminals have printed by now. */
  public long printed() {
    return printed.get();
  }

  /** Never fails: what cannot be done is an outcome. */
  public CompletableFuture<Outcome> run(ClientRequest clientRequest) {
    return switch (clientRequest) {
      case ClientRequest.ReadFile(String path, int from, int lines) ->
          done(at(pathGuard.inside(path), path, file -> read(file, from, lines)));
      case ClientRequest.WriteFile(String path, String text) ->
          done(at(pathGuard.changeable(path), path, file -> write(file, text)));
      case ClientRequest.Start start -> done(start(start));
      case ClientRequest.ReadOutput(String name) ->
          terminal(name, t -> CompletableFuture.completedFuture(t.output()));
      case ClientRequest.Await(String name) ->
          terminal(name, t -> t.exit().thenApply(Outcome.Ended::new));
      case ClientRequest.Kill(String name) -> terminal(name, ClientRequestHandler::end);
      case ClientRequest.Release(String name) ->
          terminal(
              name,
              t -> {
                terminals.remove(name);
                return end(t);
              });
    };
  }

  /** Ends all that it runs. */
  @Override
  public void close() {
    terminals.values().forEach(Terminal::end);
    terminals.clear();
  }

  private static CompletableFuture<Outcome> done(Outcome outcome) {
    return CompletableFuture.completedFuture(outcome);
  }

  // ── files ───────────────────────────────────────────────────────────────────────────────────

  private interface Work {
    Outcome on(Path file) throws IOException;
  }

  private static Outcome at(Optional<Path> file, String path, Work work) {
    if (file.isEmpty()) {
      return new Outcome.Refused(path + " is outside of the worktree, or belongs to git.");
    }
    try {
      return work.on(file.get());
    } catch (NoSuchFileException e) {
      return new Outcome.Missing(path);
    } catch (IOException e) {
      return new Outcome.Refused(path + ": " + e);
    }
  }

  private Outcome read(Path file, int from, int lines) throws IOException {
    if (held != null) {
      byte[] bytes = held.read(file, LONGEST_FILE + 1);
      return bytes.length > LONGEST_FILE ? tooLong(file) : text(bytes, from, lines);
    }
    if (!Files.exists(file)) {
      throw new NoSuchFileException(file.toString());
    }
    if (!Files.isRegularFile(file)) {
      return new Outcome.Refused(file + " is no file.");
    }
    if (Files.size(file) > LONGEST_FILE) {
      return tooLong(file);
    }
    return text(Files.readAllBytes(file), from, lines);
  }

  private static Outcome tooLong(Path file) {
    return new Outcome.Refused(file + " is longer than " + (LONGEST_FILE >> 20) + " MB.");
  }

  private static Outcome text(byte[] bytes, int from, int lines) {
    var text = new String(bytes, StandardCharsets.UTF_8);
    if (from <= 1 && lines == Integer.MAX_VALUE) {
      return new Outcome.Text(text);
    }
    return new Outcome.Text(
        text.lines().skip(Math.max(0, from - 1L)).limit(lines).collect(Collectors.joining("\n")));
  }

  private Outcome write(Path file, String text) throws IOException {
    if (held != null) {
      held.write(file, text);
      return new Outcome.Done();
    }
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      return new Outcome.Refused(file + " is no file.");
    }
    Files.createDirectories(file.getParent());
    try (var out =
        Files.newOutputStream(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE,
            LinkOption.NOFOLLOW_LINKS)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return new Outcome.Done();
  }

  // ── terminals ───────────────────────────────────────────────────────────────────────────────

  private interface Use {
    CompletableFuture<? extends Outcome> of(Terminal terminal);
  }

  private CompletableFuture<Outcome> terminal(String name, Use use) {
    var terminal = terminals.get(name);
    return terminal == null
        ? done(new Outcome.Missing("terminal " + name))
        : use.of(terminal).thenApply(outcome -> outcome);
  }

  private static CompletableFuture<Outcome> end(Terminal terminal) {
    return CompletableFuture.supplyAsync(
        () -> {
          terminal.end();
          return new Outcome.Done();
        },
        task -> Thread.ofVirtual().name("end-terminal").start(task));
  }

  private Outcome start(ClientRequest.Start start) {
    Optional<Path> folder = pathGuard.inside(start.folder() == null ? "" : start.folder());
    if (folder.isEmpty()) {
      return new Outcome.Refused(start.folder() + " is outside of the worktree.");
    }
    if (start.command().isBlank()) {
      return new Outcome.Refused("There is no command to run.");
    }
    if (terminals.size() >= MOST_TERMINALS) {
      return new Outcome.Refused(
          "There are " + MOST_TERMINALS + " terminals already; release one of them first.");
    }
    var all = new HashMap<>(environment);
    all.putAll(start.environment());
    Optional.ofNullable(environment.get(ProcessTree.MARK))
        .ifPresent(mark -> all.put(ProcessTree.MARK, mark));
    try {
      var terminal =
          Terminal.start(
              line(start),
              folder.get(),
              all,
              quota,
              policy,
              Math.clamp(start.longest(), 0, LONGEST_OUTPUT),
              printed);
      String name = "terminal-" + ++started;
      terminals.put(name, terminal);
      return new Outcome.Started(name);
    } catch (HiveException e) {
      return new Outcome.Refused(e.getMessage());
    }
  }

  private static String line(ClientRequest.Start start) {
    if (start.arguments().isEmpty()) {
      return start.command();
    }
    var words = new ArrayList<>(List.of(start.command()));
    words.addAll(start.arguments());
    return ShellQuoting.exec(words);
  }
}
