package dev.hivedeck.engine.worktree;

import dev.hivedeck.engine.protocol.HiveException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes commits of what is in a worktree: on its branch when its agent is finished, aside as a
 * checkpoint while it works, or under a hidden ref before the folder goes.
 */
public final class Commits {
  /** What git says of a branch without a commit. */
  private static final String UNBORN = "(initial)";

  private final Repository repository;
  private final Git git;
  private final KeptWork kept;

  public Commits(Repository repository, KeptWork kept) {
    this.repository = repository;
    this.git = repository.git();
    this.kept = kept;
  }

  private record Status(String head, String branch, boolean dirty, List<String> dirtySubmodules) {}

  /** Where somebody deleted the branch under it, the branch is made again where it was last. */
  private Status status(Git here) {
    var status = look(here);
    if (!UNBORN.equals(status.head())) {
      return status;
    }
    git.must("update-ref", "refs/heads/" + status.branch(), last(here.folder()));
    return look(here);
  }

  private static String last(Path worktree) {
    try {
      var log = Files.readAllLines(IndexCopy.admin(worktree).resolve("logs").resolve("HEAD"));
      return log.getLast().split(" ", 3)[1];
    } catch (IOException | RuntimeException e) {
      throw new HiveException(
          "branch-gone",
          "The branch of " + worktree + " was deleted, and git does not know where it was.",
          "Its files are still there; make the branch again by hand.",
          e);
    }
  }

  private static Status look(Git git) {
    String head = null;
    String branch = null;
    boolean dirty = false;
    var submodules = new ArrayList<String>();
    String out =
        git.must(
            "status",
            "--porcelain=v2",
            "--branch",
            "--untracked-files=all",
            "--ignore-submodules=none",
            "-z");
    for (String line : out.split("\0")) {
      if (line.startsWith("# branch.oid ")) {
        head = line.substring(13);
      } else if (line.startsWith("# branch.head ")) {
        branch = line.substring(14);
      } else if (!line.isBlank() && !line.startsWith("#")) {
        dirty = true;
        // "1 .M S.MU …": a submodule whose own files changed cannot be committed from here.
        if (line.matches("[12u] \\S+ S(.M.|..U) .*")) {
          submodules.add(line.substring(line.lastIndexOf(' ') + 1));
        }
      }
    }
    return new Status(head, branch, dirty, submodules);
  }

  /**
   * Commits what an agent left uncommitted.
   *
   * @return the tip of the branch, or empty when nothing differs from the start
   * @throws HiveException {@code dirty-submodule}
   */
  public Optional<String> commitAll(
      Worktree worktree, String subject, Map<String, String> trailers) {
    var here = repository.git(worktree.path());
    var status = status(here);
    if (!status.dirtySubmodules().isEmpty()) {
      throw new HiveException(
          "dirty-submodule",
          "Files changed inside the submodule "
              + String.join(", ", status.dirtySubmodules())
              + ", which the repository around it cannot commit.",
          "Have the agent commit inside of the submodule, or leave it alone.");
    }
    if (status.dirty()) {
      here.must("add", "--all");
      here.mustWith(Message.of(subject, trailers), "commit", "--quiet", "--no-verify", "-F", "-");
    }
    String head = status.dirty() ? here.must("rev-parse", "HEAD") : status.head();
    if (head.equals(worktree.start()) || here.holds("diff", "--quiet", worktree.start(), head)) {
      return Optional.empty();
    }
    if (!worktree.branch().equals(status.branch())) {
      git.must("branch", "--no-track", "-f", worktree.branch(), head);
    }
    return Optional.of(head);
  }

  /**
   * Keeps the work so far as a commit on top of the worktree's own, under a hidden ref that goes
   * when the task is merged. The worktree itself is not changed.
   *
   * @return empty when nothing was done since the worktree was made
   */
  public synchronized Optional<String> checkpoint(
      Worktree worktree, String subject, Map<String, String> trailers) {
    if (!Files.exists(worktree.path().resolve(".git"))) {
      return Optional.empty();
    }
    var here = repository.git(worktree.path());
    var status = status(here);
    String head = status.head();
    String commit =
        status.dirty()
            ? IndexCopy.with(
                here,
                temporary -> {
                  temporary.must("add", "--all");
                  return here.mustWith(
                      Message.of(subject, trailers),
                      "commit-tree",
                      temporary.must("write-tree"),
                      "-p",
                      head,
                      "-F",
                      "-");
                })
            : head;
    if (commit == null || here.holds("diff", "--quiet", worktree.start(), commit)) {
      return Optional.empty();
    }
    git.must("update-ref", HiddenRefs.checkpoint(worktree.task()), commit);
    return Optional.of(commit);
  }

  /**
   * Keeps what is in a worktree, index, files and untracked, as one commit under a hidden ref. The
   * worktree itself is not changed.
   *
   * @return empty when all of it is reachable from a branch already
   */
  public synchronized Optional<Kept> keep(Path worktree, String task, String attempt, String why) {
    var here = repository.git(worktree);
    var status = status(here);
    boolean onBranch = status.branch() != null && status.branch().startsWith("hive/");
    if (!status.dirty() && (onBranch || reachable(status.head()))) {
      return Optional.empty();
    }
    String commit =
        status.dirty() ? snapshot(here, status.head(), task, attempt, why) : status.head();
    return Optional.of(kept.keep(task, attempt, commit));
  }

  /**
   * Keeps the files of a folder that git knows no more of as a worktree, if there are any: what it
   * began from cannot be told, so it is a commit without a parent.
   */
  synchronized Optional<Kept> keepForgotten(Path folder, String why) {
    return IndexCopy.empty(
        repository.common(),
        index -> {
          var here =
              repository
                  .git(folder)
                  .with(
                      Map.of(
                          "GIT_DIR", repository.common().toString(),
                          "GIT_WORK_TREE", folder.toString(),
                          "GIT_INDEX_FILE", index.toString()));
          here.must("add", "--all");
          long files = here.must("ls-files").lines().count();
          if (files == 0) {
            return Optional.empty();
          }
          String attempt = folder.getFileName().toString();
          String commit =
              here.mustWith(
                  message("unknown", attempt, why, files),
                  "commit-tree",
                  here.must("write-tree"),
                  "-F",
                  "-");
          return Optional.of(kept.keep("unknown", attempt, commit));
        });
  }

  private static String message(String task, String attempt, String why, long files) {
    return "Kept of %s: %s\n\nHivedeck-Task: %s\nHivedeck-Attempt: %s\nHivedeck-Files: %d\n"
        .formatted(attempt, why, task, attempt, files);
  }

  private boolean reachable(String commit) {
    return !git.must(
            "for-each-ref", "--count=1", "--contains", commit, "refs/heads", HiddenRefs.KEPT)
        .isBlank();
  }

  private String snapshot(Git here, String head, String task, String attempt, String why) {
    return IndexCopy.with(
        here,
        temporary -> {
          String staged = temporary.must("write-tree");
          String headTree = git.must("rev-parse", head + "^{tree}");
          temporary.must("add", "--all");
          String files = temporary.must("write-tree");
          var parents = new ArrayList<>(List.of("-p", head));
          if (!staged.equals(headTree) && !staged.equals(files)) {
            parents.add("-p");
            parents.add(
                here.mustWith(
                    "Index of " + attempt + "\n", "commit-tree", staged, "-p", head, "-F", "-"));
          }
          long changed =
              git.must("diff", "--name-only", "--no-renames", headTree, files).lines().count();
          String message = message(task, attempt, why, changed);
          var arguments = new ArrayList<>(List.of("commit-tree", files));
          arguments.addAll(parents);
          arguments.addAll(List.of("-F", "-"));
          return here.mustWith(message, arguments.toArray(String[]::new));
        });
  }
}
