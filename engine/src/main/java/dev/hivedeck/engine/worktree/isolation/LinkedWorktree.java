package dev.hivedeck.engine.worktree.isolation;

import dev.hivedeck.engine.file.Disk;
import dev.hivedeck.engine.file.Folders;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.git.GitDirectory;
import dev.hivedeck.engine.git.GitOperation;
import dev.hivedeck.engine.git.WorktreeAdmins;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.worktree.folder.AttemptFolders;
import dev.hivedeck.engine.worktree.folder.SparseCone;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A worktree of the user's repository, as {@code git worktree add} makes one: refs, configuration,
 * hooks and stash are the user's, and what an agent does to them is done to the user's.
 */
public final class LinkedWorktree implements Isolation {
  static final String WORD = "worktree";

  private final Repository repository;
  private final Git git;

  public LinkedWorktree(Repository repository) {
    this.repository = repository;
    this.git = repository.git();
  }

  @Override
  public String word() {
    return WORD;
  }

  @Override
  public Optional<String> unfit() {
    return Optional.empty();
  }

  /** Git in the worktree has to know of it, and in the user's other folders it must not. */
  @Override
  public Optional<String> unfitForParts() {
    boolean ownSettings =
        git.run("config", "--type=bool", "--get", "extensions.worktreeConfig")
            .value()
            .equals("true");
    return ownSettings
        ? Optional.empty()
        : Optional.of(
            "a worktree of your repository has no settings of its own, which git config"
                + " extensions.worktreeConfig true would give it");
  }

  @Override
  public void create(Path folder, AttemptFolders.Notes notes, String branch, String commit) {
    var arguments = new ArrayList<>(List.of("worktree", "add", "--quiet", "--force"));
    arguments.addAll(branch == null ? List.of("--detach") : List.of());
    var cone = SparseCone.of(notes);
    arguments.addAll(cone.isWhole() ? List.of() : List.of("--no-checkout"));
    arguments.addAll(
        List.of(
            folder.toString(), branch == null ? commit : branch.substring("refs/heads/".length())));
    var added = git.run(arguments.toArray(String[]::new));
    if (!added.ok()) {
      if (added.err().contains("already checked out") || added.err().contains("already used by")) {
        throw new HiveException(
            ErrorCode.BRANCH_IN_USE,
            "Branch " + branch + " is checked out elsewhere: " + added.err().strip(),
            "Leave that branch there, then retry the task.");
      }
      throw git.failed(added, "worktree", "add", folder.toString());
    }
    Path admin = admin(folder).orElseThrow();
    if (!cone.isWhole()) {
      leaveOut(admin, cone);
      cone.checkOut(
          git.with(
              Map.of(
                  "GIT_DIR",
                  admin.toString(),
                  "GIT_WORK_TREE",
                  folder.toString(),
                  "GIT_INDEX_FILE",
                  admin.resolve("index").toString())),
          commit,
          notes.place());
    }
    try {
      Files.copy(
          admin.resolve("index"),
          notes.index(),
          StandardCopyOption.REPLACE_EXISTING,
          StandardCopyOption.COPY_ATTRIBUTES);
    } catch (IOException e) {
      throw unwritable(folder, e);
    }
  }

  @Override
  public void hand(
      Path folder, AttemptFolders.Notes notes, String branch, String since, String commit) {
    Path admin = admin(folder).orElseThrow();
    Git here = git.with(Map.of("GIT_DIR", admin.toString(), "GIT_WORK_TREE", folder.toString()));
    if (!here.run("rev-parse", "--verify", "--quiet", "HEAD").value().equals(since)) {
      throw new HiveException(
          ErrorCode.SETUP_FAILED,
          "The setup of " + folder + " left another commit than it found.",
          "Have it leave HEAD alone.");
    }
    CheckoutMove.move(here.with(Map.of("GIT_INDEX_FILE", notes.index().toString())), since, commit);
    if (!since.equals(commit)) {
      try {
        Files.copy(
            notes.index(),
            admin.resolve("index"),
            StandardCopyOption.REPLACE_EXISTING,
            StandardCopyOption.COPY_ATTRIBUTES);
      } catch (IOException e) {
        throw unwritable(folder, e);
      }
    }
    here.must("symbolic-ref", "HEAD", branch);
  }

  /** As {@code git sparse-checkout} would have it for this worktree only. */
  private void leaveOut(Path admin, SparseCone cone) {
    try {
      Files.write(
          Files.createDirectories(admin.resolve("info")).resolve("sparse-checkout"),
          cone.patterns());
    } catch (IOException e) {
      throw unwritable(admin, e);
    }
    String settings = admin.resolve("config.worktree").toString();
    for (String key : List.of("core.sparseCheckout", "core.sparseCheckoutCone")) {
      git.must("config", "--file", settings, "--replace-all", key, "true");
    }
  }

  private static HiveException unwritable(Path folder, IOException e) {
    return Disk.unwritable(
        folder,
        e,
        ErrorCode.HOME_UNWRITABLE,
        "What belongs to " + folder + " cannot be written: " + e.getMessage(),
        "Check its rights and space.");
  }

  /** Git's own folder for a worktree, which is looked up rather than read from the worktree. */
  public Optional<Path> admin(Path folder) {
    return WorktreeAdmins.of(repository.common()).stream()
        .filter(a -> folder.equals(WorktreeAdmins.place(a)))
        .findFirst();
  }

  @Override
  public List<Path> gitFolders(Path folder) {
    return admin(folder).map(admin -> List.of(admin, repository.common())).orElse(List.of());
  }

  @Override
  public Path index(Path folder) {
    return admin(folder).map(admin -> admin.resolve("index")).orElse(null);
  }

  @Override
  public History history(Path folder, AttemptFolders.Notes notes, String start) {
    var admin = admin(folder);
    if (admin.isEmpty() || !Files.exists(folder.resolve(".git"), LinkOption.NOFOLLOW_LINKS)) {
      return new History(
          null,
          null,
          List.of(),
          Optional.empty(),
          List.of(),
          List.of(),
          List.of("it is no worktree any more; its files are taken as they are"),
          List.of());
    }
    var here = git.with(Map.of("GIT_DIR", admin.get().toString()));
    var branch = here.run("symbolic-ref", "--quiet", "HEAD");
    var head = here.run("rev-parse", "--verify", "--quiet", "HEAD^{commit}");
    String commit = head.ok() ? head.out().strip() : last(admin.get());
    var merging =
        Files.exists(admin.get().resolve("MERGE_HEAD"))
            ? here.run("rev-parse", "--verify", "--quiet", "MERGE_HEAD^{commit}").value()
            : "";
    var inside =
        GitDirectory.at(repository.common()).map(GitDirectory::worktrees).orElse(List.of()).stream()
            .filter(w -> w.folder().startsWith(folder) && !w.folder().equals(folder))
            .toList();
    return new History(
        commit,
        branch.ok() ? branch.out().strip() : null,
        merging.isEmpty() ? List.of() : List.of(merging),
        GitOperation.in(admin.get()),
        List.of(),
        inside,
        commit == null ? List.of("its HEAD cannot be read; its files are taken") : List.of(),
        List.of());
  }

  /** Somebody may have deleted its branch under it. */
  private String last(Path admin) {
    String log = GitDirectory.text(admin.resolve("logs").resolve("HEAD"), 64 * 1024 * 1024);
    if (log == null || log.isBlank()) {
      return null;
    }
    String[] words = log.strip().substring(log.strip().lastIndexOf('\n') + 1).split(" ", 3);
    return words.length == 3 && git.run("cat-file", "-e", words[1] + "^{commit}").ok()
        ? words[1]
        : null;
  }

  @Override
  public void lending(Path folder, AttemptFolders.Notes notes, Lent work) {
    work.with(git, commit -> {});
  }

  @Override
  public void settle(
      Path folder, AttemptFolders.Notes notes, String branch, String commit, Path index) {
    var admin = admin(folder);
    if (admin.isPresent()) {
      git.with(Map.of("GIT_DIR", admin.get().toString())).must("symbolic-ref", "HEAD", branch);
      try {
        Files.copy(
            index,
            admin.get().resolve("index"),
            StandardCopyOption.REPLACE_EXISTING,
            StandardCopyOption.COPY_ATTRIBUTES);
        for (String note : GitOperation.notes().toList()) {
          Files.deleteIfExists(admin.get().resolve(note));
        }
      } catch (IOException e) {
        throw unwritable(folder, e);
      }
    }
  }

  @Override
  public void remove(Path folder) {
    // Forced twice, also where the git that made it was killed: that leaves it locked.
    var removed = git.run("worktree", "remove", "--force", "--force", folder.toString());
    try {
      // Git refuses, for example, where submodules are, or where it is not whole.
      Folders.delete(folder);
      if (!removed.ok()) {
        // Only this one: git's own prune forgets also those whose disk is away for a while.
        var admin = admin(folder);
        if (admin.isPresent()) {
          Folders.delete(admin.get());
        }
      }
    } catch (IOException e) {
      throw unwritable(folder, e);
    }
  }
}
