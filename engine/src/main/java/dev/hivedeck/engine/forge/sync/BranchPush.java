package dev.hivedeck.engine.forge.sync;

import dev.hivedeck.engine.forge.ForgeException;
import dev.hivedeck.engine.forge.ForgeException.Kind;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.git.ObjectNames;
import dev.hivedeck.engine.git.remote.RemoteGit;
import dev.hivedeck.engine.git.remote.RemoteTrouble;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.time.Duration;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Pushes with the user's own git and credentials. A branch is moved only from where it was seen,
 * main only forward.
 */
final class BranchPush {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final String HEADS = "refs/heads/";

  private final Repository repository;
  private final UnaryOperator<String> masked;

  /**
   * @param masked takes secrets out of what git says
   */
  BranchPush(Repository repository, UnaryOperator<String> masked) {
    this.repository = repository;
    this.masked = masked;
  }

  /**
   * Brings a branch to a commit, unless somebody else has put something on it.
   *
   * @param ours commits that were pushed there before, or were about to be
   * @throws ForgeException where the remote is not reached, refuses, or has commits of others
   */
  void push(String remote, String branch, String head, Set<String> ours) {
    String there = tip(remote, branch);
    if (there.equals(head)) {
      return;
    }
    if (!there.isEmpty() && !ours.contains(there) && !isBehind(there, head)) {
      throw new ForgeException(
          Kind.REJECTED,
          ErrorCode.FORGE_REJECTED,
          "Branch %s at %s has %s, which Hivedeck did not push."
              .formatted(branch, remote, ObjectNames.abbreviated(there)),
          "Take it over by hand, or remove the branch there.",
          null);
    }
    said(
        "push " + branch,
        git(
            "--force-with-lease=" + HEADS + branch + ":" + there,
            remote,
            head + ":" + HEADS + branch));
  }

  /** Brings main there forward to where it is here; never back, and never aside. */
  void pushMain(String remote) {
    String main = repository.main();
    said("push " + main, git(remote, HEADS + main + ":" + HEADS + main));
  }

  /** Whether main there has a commit, as far as git here knows: it is not asked. */
  boolean hasMain(String remote, String commit) {
    var tip =
        repository
            .git()
            .run("rev-parse", "-q", "--verify", "refs/remotes/" + remote + "/" + repository.main());
    return tip.ok() && repository.has(commit) && repository.contains(commit, tip.out().strip());
  }

  private boolean isBehind(String there, String head) {
    return repository.has(there) && repository.contains(there, head);
  }

  /** Where a branch is there; empty where there is none. */
  private String tip(String remote, String branch) {
    var listed =
        said("look at " + branch, run("ls-remote", "--heads", remote, HEADS + branch)).out();
    return listed
        .lines()
        .filter(line -> line.endsWith("\t" + HEADS + branch))
        .map(line -> line.substring(0, line.indexOf('\t')))
        .findFirst()
        .orElse("");
  }

  private Git.Result git(String... arguments) {
    var all = new String[arguments.length + 2];
    all[0] = "push";
    all[1] = "--no-follow-tags";
    System.arraycopy(arguments, 0, all, 2, arguments.length);
    return run(all);
  }

  private Git.Result run(String... arguments) {
    try {
      return RemoteGit.quiet(repository).within(LIMIT).run(arguments);
    } catch (HiveException e) {
      throw new ForgeException(
          Kind.OUTAGE, ErrorCode.FORGE_OFFLINE, e.fault().message(), e.hint(), null);
    }
  }

  private Git.Result said(String what, Git.Result result) {
    if (result.ok()) {
      return result;
    }
    String message =
        "Git could not " + what + ": " + RemoteTrouble.shown(masked.apply(result.err()));
    throw switch (RemoteTrouble.of(result.err())) {
      case DENIED, MISSING ->
          new ForgeException(
              Kind.DENIED,
              ErrorCode.FORGE_DENIED,
              message,
              "Push once by hand, so that git has credentials for it: git push --dry-run.",
              null);
      case REJECTED ->
          new ForgeException(
              Kind.REJECTED,
              ErrorCode.FORGE_REJECTED,
              message,
              "Fetch, look at what is there, and bring both together.",
              null);
      case OFFLINE ->
          new ForgeException(
              Kind.OUTAGE,
              ErrorCode.FORGE_OFFLINE,
              message,
              "It is tried again by itself. Is this machine online?",
              null);
    };
  }
}
