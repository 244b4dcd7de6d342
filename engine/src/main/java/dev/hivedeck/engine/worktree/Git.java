package dev.hivedeck.engine.worktree;

import dev.hivedeck.engine.protocol.HiveException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Runs git in one folder, always in the same plain surroundings: no inherited {@code GIT_*}
 * variables, no prompts, no hooks, no signing, no background maintenance.
 */
public final class Git {
  private static final long LIMIT_SECONDS = 120;
  private static final boolean WINDOWS =
      System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("win");

  private final Path folder;
  private final Map<String, String> extra;

  public Git(Path folder) {
    this(folder, Map.of());
  }

  private Git(Path folder, Map<String, String> extra) {
    this.folder = folder;
    this.extra = extra;
  }

  /** The same with more environment, for example another index. */
  Git with(Map<String, String> environment) {
    return new Git(folder, environment);
  }

  /** What a run left. */
  public record Result(int exit, byte[] bytes, String err) {
    public String out() {
      return new String(bytes, StandardCharsets.UTF_8);
    }

    public boolean ok() {
      return exit == 0;
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
  Result runWith(String input, String... arguments) {
    var command =
        new ArrayList<>(
            List.of(
                "git",
                "-c",
                "core.hooksPath=" + (WINDOWS ? "NUL" : "/dev/null"),
                "-c",
                "commit.gpgSign=false",
                "-c",
                "gc.auto=0",
                "-c",
                "maintenance.auto=false",
                "-c",
                "core.quotePath=false",
                "-c",
                "advice.detachedHead=false",
                "-c",
                "merge.renormalize=false"));
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command).directory(folder.toFile());
    var environment = builder.environment();
    environment.keySet().removeIf(name -> name.startsWith("GIT_"));
    environment.put("GIT_TERMINAL_PROMPT", "0");
    environment.put("GIT_OPTIONAL_LOCKS", "0");
    environment.put("LC_ALL", "C");
    environment.putAll(extra);
    try {
      return await(builder.start(), input, arguments);
    } catch (IOException e) {
      throw new HiveException(
          "git-missing",
          "git could not be started in " + folder + ": " + e.getMessage(),
          "Install git 2.39 or newer and make sure that it is on the PATH.",
          e);
    }
  }

  private Result await(Process process, String input, String[] arguments) throws IOException {
    var err = new ByteArrayOutputStream();
    Thread reader = Thread.ofVirtual().start(() -> copy(process.getErrorStream(), err));
    try {
      try (var in = process.getOutputStream()) {
        if (input != null) {
          in.write(input.getBytes(StandardCharsets.UTF_8));
        }
      } catch (IOException ignored) {
        // git ended without reading; its exit code says why.
      }
      byte[] out = process.getInputStream().readAllBytes();
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new HiveException(
            "git-slow",
            "git " + arguments[0] + " did not end within " + LIMIT_SECONDS + " s in " + folder,
            "Look whether the disk or another git process holds it up.");
      }
      reader.join();
      return new Result(process.exitValue(), out, err.toString(StandardCharsets.UTF_8));
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
      throw new HiveException("stopped", "git " + arguments[0] + " was stopped.", "Try again.");
    }
  }

  private static void copy(InputStream from, ByteArrayOutputStream to) {
    try {
      from.transferTo(to);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Standard output without its last line break.
   *
   * @throws HiveException {@code git-failed} with the command and what git said
   */
  public String must(String... arguments) {
    return checked(runWith(null, arguments), arguments);
  }

  String mustWith(String input, String... arguments) {
    return checked(runWith(input, arguments), arguments);
  }

  private String checked(Result result, String... arguments) {
    if (!result.ok()) {
      throw failed(result, arguments);
    }
    return result.out().stripTrailing();
  }

  HiveException failed(Result result, String... arguments) {
    String said = result.err().strip();
    if (said.contains("No space left on device")) {
      return new HiveException(
          "disk-full",
          "The disk is full: git " + String.join(" ", arguments) + ": " + said,
          "Free some space and try again; nothing was lost.");
    }
    return new HiveException(
        "git-failed",
        "git " + String.join(" ", arguments) + " failed in " + folder + ": " + said,
        "Run the same command by hand to see more.");
  }

  public Path folder() {
    return folder;
  }
}
