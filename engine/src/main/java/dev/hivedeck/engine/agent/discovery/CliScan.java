package dev.hivedeck.engine.agent.discovery;

import dev.hivedeck.engine.agent.ShellQuoting;
import dev.hivedeck.engine.config.edit.ConfigProposal;
import dev.hivedeck.engine.config.yaml.DidYouMean;
import dev.hivedeck.engine.process.ProcessTree;
import dev.hivedeck.engine.protocol.Discovery.Cli;
import dev.hivedeck.engine.protocol.Discovery.CliState;
import dev.hivedeck.engine.protocol.Discovery.Clis;
import dev.hivedeck.engine.protocol.Discovery.SignIn;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Looks for the command line agents of this machine: all at once, each asked for its version in
 * plain surroundings, without the keys that may be in the environment, and ended with all it
 * started when it does not answer in time.
 */
public final class CliScan {
  /** Some load a whole language first. */
  public static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final int LONGEST = 16 << 10;

  private final HostEnvironment host;
  private final Duration patience;
  private final Clock clock;

  public CliScan(HostEnvironment host, Duration patience, Clock clock) {
    this.host = host;
    this.patience = patience;
    this.clock = clock;
  }

  /** Every known one, installed or not. */
  public Clis look() throws InterruptedException {
    var asked = new ArrayList<FutureTask<Cli>>();
    for (KnownCli cli : KnownCli.ALL) {
      var task = new FutureTask<>(() -> look(cli, host.program(cli.id())));
      Thread.ofPlatform().daemon().name("ask-" + cli.id()).start(task);
      asked.add(task);
    }
    var found = new ArrayList<Cli>();
    for (var task : asked) {
      try {
        found.add(task.get());
      } catch (ExecutionException e) {
        throw new IllegalStateException(e.getCause());
      }
    }
    return new Clis(found, clock.instant());
  }

  /** Who works first in a repository: of those installed, one that is signed in before others. */
  public static Optional<ConfigProposal.Program> first(Clis clis) {
    return clis.clis().stream()
        .filter(c -> c.path() != null)
        .min(Comparator.comparing(Cli::rank))
        .map(CliScan::program);
  }

  /**
   * Who works first where a person says so.
   *
   * @param look for those there are, which takes a while: done only where it matters
   * @param id of a known one; null for the first that is ready
   * @param run a command in its place; null for none
   * @throws HiveException {@code bad-usage} when nobody knows it, the command is blank, or both are
   *     given
   */
  public static Optional<ConfigProposal.Program> chosen(
      Supplier<Clis> look, String id, String run) {
    if (id != null && run != null) {
      throw new HiveException(
          ErrorCode.BAD_USAGE, "An agent and a command were given.", "Give one of the two.");
    }
    if (run != null && run.isBlank()) {
      throw new HiveException(
          ErrorCode.BAD_USAGE, "The command is blank.", "Give one, or leave it out.");
    }
    if (run != null) {
      return Optional.of(ConfigProposal.Program.command(run.strip()));
    }
    if (id == null) {
      return first(look.get());
    }
    var clis = look.get();
    var ids = clis.clis().stream().map(Cli::id).toList();
    return Optional.of(
        clis.clis().stream()
            .filter(c -> c.id().equals(id))
            .findFirst()
            .map(CliScan::program)
            .orElseThrow(
                () ->
                    new HiveException(
                        ErrorCode.BAD_USAGE,
                        "No agent is called " + id + DidYouMean.to(id, ids) + ".",
                        "Known are " + String.join(", ", ids) + "; any other is a command.")));
  }

  private static ConfigProposal.Program program(Cli cli) {
    return new ConfigProposal.Program(
        cli.name(),
        cli.driver(),
        cli.run(),
        cli.format(),
        cli.pass(),
        cli.state() == CliState.MISSING ? cli.remedy() : null);
  }

  /**
   * A known one that is somewhere else than where the shell would find it.
   *
   * @param id its usual name
   */
  public Cli look(String id, Path program) throws InterruptedException {
    var cli = KnownCli.ALL.stream().filter(c -> c.id().equals(id)).findFirst().orElseThrow();
    return look(cli, Optional.of(program));
  }

  private Cli look(KnownCli cli, Optional<Path> program) throws InterruptedException {
    if (program.isEmpty()) {
      return cli(cli, CliState.MISSING, null, null, host.toInstall(cli), SignIn.UNKNOWN, null);
    }
    var seen = host.signIn(cli.login());
    var answer = ask(program.get());
    if (answer.version() == null) {
      String remedy =
          answer.trouble() + " Run " + program.get() + " --version yourself, or reinstall it.";
      return cli(cli, CliState.BROKEN, program.get(), null, remedy, seen.signIn(), seen);
    }
    String version = answer.version().text();
    if (cli.least() != null && answer.version().compareTo(cli.least().version()) < 0) {
      String remedy =
          "Hivedeck needs "
              + cli.least().version().text()
              + ", which "
              + cli.least().why()
              + ". Update it: "
              + cli.install().on(host);
      return cli(cli, CliState.OUTDATED, program.get(), version, remedy, seen.signIn(), seen);
    }
    if (seen.signIn() == SignIn.NO) {
      String remedy = "Sign in: " + cli.login().how();
      return cli(cli, CliState.SIGNED_OUT, program.get(), version, remedy, SignIn.NO, seen);
    }
    return cli(cli, CliState.READY, program.get(), version, null, seen.signIn(), seen);
  }

  private static Cli cli(
      KnownCli cli,
      CliState state,
      Path program,
      String version,
      String remedy,
      SignIn signIn,
      HostEnvironment.Seen seen) {
    return new Cli(
        cli.id(),
        cli.name(),
        state,
        program == null ? null : program.toString(),
        version,
        signIn,
        seen == null ? null : seen.evidence(),
        cli.driver(),
        cli.run(),
        cli.format(),
        seen == null ? List.of() : seen.pass(),
        remedy);
  }

  /**
   * @param trouble why there is no version, as a sentence
   */
  private record Answer(ProgramVersion version, String trouble) {}

  private Answer ask(Path program) throws InterruptedException {
    var environment =
        Map.of(
            "PATH",
            host.path(),
            "HOME",
            host.home().toString(),
            // Nothing that is asked for its version has to look for a newer one.
            "NO_UPDATE_NOTIFIER",
            "1",
            "DISABLE_AUTOUPDATER",
            "1",
            "NO_COLOR",
            "1");
    String command =
        host.windows()
            ? "\"" + program + "\" --version"
            : ShellQuoting.posix(program.toString()) + " --version";
    ProcessTree tree;
    try {
      tree = ProcessTree.start(command, host.home(), environment);
    } catch (HiveException e) {
      return new Answer(null, e.getMessage());
    }
    try {
      var out = read(tree.process().getInputStream());
      var err = read(tree.process().getErrorStream());
      try {
        tree.process().getOutputStream().close();
      } catch (IOException e) {
        // It has ended already.
      }
      if (!tree.process().waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        return new Answer(
            null, "It did not tell its version within " + patience.toSeconds() + " s.");
      }
      int code = tree.process().exitValue();
      tree.end(); // What it left running would hold its output open.
      String said = settled(out) + "\n" + settled(err);
      if (code != 0) {
        String first =
            said.lines().map(String::strip).filter(l -> !l.isEmpty()).findFirst().orElse("");
        return new Answer(null, "Asked for its version it ended with " + code + sentence(first));
      }
      return ProgramVersion.in(said)
          .map(v -> new Answer(v, null))
          .orElseGet(() -> new Answer(null, "What it says of its version has no number."));
    } finally {
      tree.end();
    }
  }

  private static String sentence(String said) {
    String shown = said.length() > 120 ? said.substring(0, 120) + "…" : said;
    return shown.isEmpty() ? "." : ": " + shown + (shown.endsWith(".") ? "" : ".");
  }

  /** Reads on a thread of its own; what is left running may hold the stream open for ever. */
  private static FutureTask<String> read(InputStream in) {
    var task =
        new FutureTask<>(
            () -> {
              var text = new ByteArrayOutputStream();
              var buffer = new byte[4096];
              for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                text.write(buffer, 0, Math.min(n, LONGEST - text.size()));
              }
              return text.toString(StandardCharsets.UTF_8);
            });
    Thread.ofPlatform().daemon().name("read-version").start(task);
    return task;
  }

  private static String settled(FutureTask<String> reading) throws InterruptedException {
    try {
      return reading.get(1, TimeUnit.SECONDS);
    } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
      return "";
    }
  }
}
