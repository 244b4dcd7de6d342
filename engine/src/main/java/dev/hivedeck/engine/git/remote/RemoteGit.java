package dev.hivedeck.engine.git.remote;

import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.git.repository.RemoteBranch;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Printable;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Fetches and pushes with the user's own git and credentials. Nobody is asked for a password. */
public final class RemoteGit {
  private static final Duration LIMIT = Duration.ofMinutes(5);

  /** Git says so of submodules, in English as it runs here. */
  private static final String UNSHARED = "not be found on any remote:";

  private final Repository repository;
  private final UnaryOperator<String> masked;

  /**
   * @param masked takes secrets out of what git says
   */
  public RemoteGit(Repository repository, UnaryOperator<String> masked) {
    this.repository = repository;
    this.masked = masked;
  }

  /** Git where nobody is there to type a password. */
  public static Git quiet(Repository repository) {
    return quiet(repository, repository.git());
  }

  /** The same in a folder of a repository's. */
  public static Git quiet(Repository repository, Git there) {
    var quiet = new HashMap<>(Map.of("GIT_ASKPASS", "", "SSH_ASKPASS", ""));
    String own = repository.git().run("config", "core.sshCommand").out().strip();
    String program = own.split("\\s", 2)[0];
    if (own.isEmpty()) {
      quiet.put("GIT_SSH_COMMAND", "ssh -o BatchMode=yes -o ConnectTimeout=10");
    } else if (program.equals("ssh") || program.endsWith("/ssh")) {
      quiet.put("GIT_SSH_COMMAND", own + " -o BatchMode=yes");
    }
    return there.with(quiet);
  }

  /**
   * Fetches one branch, and nothing else.
   *
   * @throws HiveException {@code remote-offline}, {@code remote-denied}, {@code no-remote}
   */
  public void fetch(RemoteBranch branch) {
    said(
        "fetch " + branch.name(),
        quiet(repository)
            .within(LIMIT)
            .run(
                "fetch",
                "--quiet",
                "--no-tags",
                "--no-recurse-submodules",
                branch.remote(),
                "+" + branch.branch() + ":" + branch.ref()));
  }

  /**
   * The commit that the remote says its branch is at, rather than what is written of it here; empty
   * where there is no such branch.
   *
   * @throws HiveException as {@link #fetch}
   */
  public String tip(RemoteBranch branch) {
    var asked =
        quiet(repository)
            .within(LIMIT)
            .run("ls-remote", "--quiet", branch.remote(), branch.branch());
    said("look at " + branch.name(), asked);
    return asked
        .out()
        .lines()
        .map(line -> line.split("\t", 2))
        .filter(f -> f.length == 2 && f[1].equals(branch.branch()))
        .map(f -> f[0])
        .findFirst()
        .orElse("");
  }

  /**
   * Brings a branch there forward to a commit; never back, and never aside.
   *
   * @throws HiveException as {@link #fetch}, and {@code remote-rejected}
   */
  public void push(RemoteBranch branch, String commit) {
    var git = quiet(repository).within(LIMIT);
    if (holdsLargeFiles()) { // git's own hook would do so, and hooks do not run here
      var large = git.run("lfs", "push", branch.remote(), commit);
      if (large.err().contains("not a git command")) {
        throw new HiveException(
            ErrorCode.REMOTE_REJECTED,
            "What is to be pushed has files of Git LFS, and git lfs is not installed here.",
            "Install git-lfs, then again.");
      }
      said("push what Git LFS has", large);
    }
    var pushed =
        git.run(
            "push",
            "--quiet",
            "--no-follow-tags",
            "--recurse-submodules=check",
            branch.remote(),
            commit + ":" + branch.branch());
    if (pushed.err().contains(UNSHARED)) {
      throw unshared(pushed.err());
    }
    said("push to " + branch.name(), pushed);
  }

  /** Whoever fetched it could not check it out. */
  private static HiveException unshared(String said) {
    var paths =
        said.lines().filter(l -> l.startsWith("  ")).map(l -> Printable.line(l.strip())).toList();
    return new HiveException(
        ErrorCode.REMOTE_REJECTED,
        "What is to be pushed names commits that no remote of a submodule has: "
            + String.join(", ", paths)
            + ".",
        "Push them first, where the submodule is checked out, then again: hivedeck push.");
  }

  private boolean holdsLargeFiles() {
    Path objects = repository.common().resolve("lfs").resolve("objects");
    return Files.isDirectory(objects);
  }

  private void said(String what, Git.Result result) {
    if (result.ok()) {
      return;
    }
    String said = result.err().isBlank() ? result.out() : result.err();
    String message = "Git could not " + what + ": " + RemoteTrouble.shown(masked.apply(said));
    throw switch (RemoteTrouble.of(said)) {
      case OFFLINE ->
          new HiveException(
              ErrorCode.REMOTE_OFFLINE, message, "Is this machine online? Try again when it is.");
      case DENIED ->
          new HiveException(
              ErrorCode.REMOTE_DENIED,
              message,
              "Do it once by hand, so that git has credentials for it: git fetch, git push"
                  + " --dry-run.");
      case MISSING ->
          new HiveException(
              ErrorCode.NO_REMOTE,
              message,
              "git remote -v shows the address, git branch -vv the branch that is followed.");
      case REJECTED ->
          new HiveException(
              ErrorCode.REMOTE_REJECTED,
              message,
              "See what is there: hivedeck fetch. Then bring both together.");
    };
  }
}
