package dev.hivedeck.engine.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What holds processes to a {@link SandboxPolicy} on a machine. */
public sealed interface SandboxLauncher {

  /** What this machine has, tried out once. */
  static SandboxLauncher here() {
    return Here.FOUND;
  }

  /** Whether it holds anything. */
  default boolean works() {
    return !(this instanceof None);
  }

  /** What it is and does, or why there is none, for people. */
  String words();

  /**
   * The same command, held.
   *
   * @param folder where it begins
   */
  List<String> held(List<String> command, Path folder, SandboxPolicy policy);

  /**
   * Linux: namespaces of the kernel, made by bubblewrap.
   *
   * @param program its path
   * @param version for example {@code 0.8.0}
   */
  record Bubblewrapped(String program, String version) implements SandboxLauncher {
    @Override
    public String words() {
      return "bubblewrap "
          + version
          + " works: an agent with sandbox: changes only its own folder, and ends whole";
    }

    @Override
    public List<String> held(List<String> command, Path folder, SandboxPolicy policy) {
      return SystemCallFilter.handed(Bubblewrap.held(program, command, folder, policy));
    }
  }

  /** macOS: what the system itself brings. */
  record SandboxExec(String program) implements SandboxLauncher {
    @Override
    public String words() {
      return "sandbox-exec works: an agent with sandbox: changes only its own folder";
    }

    @Override
    public List<String> held(List<String> command, Path folder, SandboxPolicy policy) {
      return Seatbelt.held(program, command, policy);
    }
  }

  /**
   * Nothing.
   *
   * @param why and
   * @param remedy in sentences
   */
  record None(String why, String remedy) implements SandboxLauncher {
    @Override
    public String words() {
      return why;
    }

    @Override
    public List<String> held(List<String> command, Path folder, SandboxPolicy policy) {
      throw new IllegalStateException(why);
    }
  }

  /** Found when it is first asked for. */
  final class Here {
    private static final SandboxLauncher FOUND = find();
    private static final int PATIENCE = 20;

    private Here() {}

    private static SandboxLauncher find() {
      String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
      if (SessionLauncher.LINUX) {
        return program(Bubblewrap.NAME)
            .map(Here::tried)
            .orElseGet(
                () ->
                    new None(
                        "bubblewrap is not installed.",
                        "Install it (apt install bubblewrap, dnf install bubblewrap), or take"
                            + " sandbox: out: the agent then has your rights."));
      }
      if (os.contains("mac")) {
        return program("sandbox-exec")
            .<SandboxLauncher>map(SandboxExec::new)
            .orElseGet(
                () -> new None("sandbox-exec is not there.", "Take sandbox: out at the agent."));
      }
      return new None(
          "There is no sandbox on " + System.getProperty("os.name") + ".",
          "Take sandbox: out at the agent, or run Hivedeck in WSL.");
    }

    /** That it is installed does not say that it may do what it has to. */
    private static SandboxLauncher tried(String program) {
      try {
        String version = run(List.of(program, "--version")).replaceAll("[^0-9.]", "");
        run(SystemCallFilter.handed(Bubblewrap.trial(program)));
        return new Bubblewrapped(program, version);
      } catch (IOException e) {
        return new None(
            "bubblewrap is installed but does not work: " + e.getMessage(),
            Bubblewrap.root()
                ? "Install bubblewrap 0.8 or later, run Hivedeck as an ordinary user, or take"
                    + " sandbox: out: the agent then has the rights of root."
                : "Allow user namespaces (sysctl kernel.unprivileged_userns_clone=1, on Ubuntu an"
                    + " AppArmor profile for bwrap), or take sandbox: out: the agent then has your"
                    + " rights.");
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return new None("It was not found out whether bubblewrap works.", "Start again.");
      }
    }

    private static String run(List<String> command) throws IOException, InterruptedException {
      Path out = Files.createTempFile("hivedeck-sandbox", null);
      try {
        var process =
            new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        process.getOutputStream().close();
        if (!process.waitFor(PATIENCE, TimeUnit.SECONDS)) {
          process.destroyForcibly();
          throw new IOException("it does not end");
        }
        String said = Files.readString(out, StandardCharsets.UTF_8).strip();
        if (process.exitValue() != 0) {
          throw new IOException(said.lines().findFirst().orElse("exit " + process.exitValue()));
        }
        return said;
      } finally {
        Files.deleteIfExists(out);
      }
    }

    private static Optional<String> program(String name) {
      String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
      return Stream.concat(Stream.of("/usr/bin", "/bin"), Stream.of(path.split(":")))
          .filter(folder -> folder.startsWith("/"))
          .map(folder -> Path.of(folder, name))
          .filter(Files::isExecutable)
          .map(Path::toString)
          .findFirst();
    }
  }
}
