package dev.hivedeck.engine.security;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Printable;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** A program of the system that keeps secrets. */
final class CredentialTool {
  /** A store that asks its user for a password, and gets none, is locked. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final int MOST = 100_000;

  private final Path program;
  private final Map<String, String> environment;

  private CredentialTool(Path program, Map<String, String> environment) {
    this.program = program;
    this.environment = Map.copyOf(environment);
  }

  /** What it said. */
  record Said(int code, String out, String error) {}

  /** The program of that name in the path. */
  static Optional<CredentialTool> find(String name, Map<String, String> environment) {
    for (String folder : environment.getOrDefault("PATH", "").split(File.pathSeparator)) {
      Path program = Path.of(folder.isEmpty() ? "/" : folder, name);
      if (program.isAbsolute() && Files.isExecutable(program)) {
        return Optional.of(new CredentialTool(program, environment));
      }
    }
    return Optional.empty();
  }

  /**
   * @param input what it is told beside its arguments, which everybody can see
   * @throws HiveException with that code, when it does not end, or cannot be run
   */
  Said run(ErrorCode code, String input, List<String> arguments) {
    var command = new ArrayList<>(List.of(program.toString()));
    command.addAll(arguments);
    var builder = new ProcessBuilder(command);
    builder.environment().clear();
    builder.environment().putAll(environment);
    try {
      Process process = builder.start();
      try {
        var out = read(process.getInputStream());
        var error = read(process.getErrorStream());
        try (var in = process.getOutputStream()) {
          in.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
          // It has ended without reading; its code says why.
        }
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
          throw locked(code, "it did not answer within " + PATIENCE.toSeconds() + " s");
        }
        return new Said(process.exitValue(), out.get(), error.get());
      } finally {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw locked(code, "it was cut off");
    } catch (IOException | ExecutionException e) {
      throw locked(code, e.getMessage());
    }
  }

  /** A store that does not do what it should, with what can be done about it. */
  HiveException locked(ErrorCode code, String why) {
    return new HiveException(
        code,
        "The system's store of secrets ("
            + program.getFileName()
            + ") cannot be used: "
            + Printable.line(why.strip()),
        "Unlock it (sign in to your desktop), or keep secrets in the encrypted file: set "
            + CredentialStore.CHOICE
            + "=file, and hivedeck secret set NAME again.");
  }

  private static CompletableFuture<String> read(InputStream stream) {
    var read = new CompletableFuture<String>();
    Thread.ofVirtual()
        .start(
            () -> {
              try (stream) {
                read.complete(new String(stream.readNBytes(MOST), StandardCharsets.UTF_8));
              } catch (IOException e) {
                read.complete("");
              }
            });
    return read;
  }
}
