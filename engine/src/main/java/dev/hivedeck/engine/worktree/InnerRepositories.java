package dev.hivedeck.engine.worktree;

import dev.hivedeck.engine.file.Disk;
import dev.hivedeck.engine.git.ByteNames;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.git.GitDirectory;
import dev.hivedeck.engine.git.SubmodulePaths;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Printable;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.worktree.folder.FolderSnapshot;
import dev.hivedeck.engine.worktree.folder.Quarantine;
import dev.hivedeck.engine.worktree.folder.SizeLimitFailure;
import dev.hivedeck.engine.worktree.folder.SizeLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * Repositories inside of an attempt's folder. A registered submodule stays one, and its commits are
 * taken to where the user's repository has it; of any other the files are taken as files, and its
 * own history is kept. A link to a commit that nobody has is made of none of them.
 */
final class InnerRepositories implements FolderSnapshot.Inside {
  private final Repository repository;
  private final Path folder;
  private final List<Path> gitFolders;
  private final Path scratch;

  /** The names of submodules by their paths. */
  private final Map<String, String> modules;

  private final String start;
  private final boolean strict;
  private final SizeLimits limits;
  private final BiConsumer<String, GitDirectory> history;
  private final List<String> told = new ArrayList<>();
  private final List<String> excess = new ArrayList<>();

  /**
   * @param gitFolders where git folders of such repositories may lie besides
   * @param start the commit that the attempt began from, or null
   * @param strict whether to refuse what cannot be taken whole, rather than take what can be
   * @param limits how much is taken
   * @param history keeps the history of one whose files are taken
   */
  InnerRepositories(
      Repository repository,
      Path folder,
      List<Path> gitFolders,
      Path scratch,
      String start,
      boolean strict,
      SizeLimits limits,
      BiConsumer<String, GitDirectory> history) {
    this.repository = repository;
    this.folder = folder;
    this.gitFolders = gitFolders;
    this.scratch = scratch;
    this.start = start;
    this.strict = strict;
    this.limits = limits;
    this.history = history;
    this.modules = SubmodulePaths.names(repository.git(), folder);
  }

  /** What a person should know. */
  List<String> told() {
    return told;
  }

  /** What is too large to be taken, so that it is nowhere but in the folder. */
  List<String> excess() {
    return excess;
  }

  @Override
  public FolderSnapshot.Becomes found(String path, String link) {
    Path place;
    try {
      place = ByteNames.resolve(folder, path);
    } catch (InvalidPathException e) {
      return new FolderSnapshot.Becomes.Nothing();
    }
    if (worktree(place)) {
      return new FolderSnapshot.Becomes.Nothing(); // kept beside
    }
    var directory = GitDirectory.of(place, within());
    var module = modules.get(path);
    String head = directory.map(GitDirectory::head).orElse(null);
    if (module == null) {
      if (link != null && link.equals(head) && known(path, link)) {
        return new FolderSnapshot.Becomes.Submodule(link);
      }
      directory.ifPresent(d -> history.accept(ByteNames.words(path), d));
      told.add(
          ByteNames.words(path)
              + " is a repository inside of this one: its files are taken as files"
              + (directory.isEmpty() ? ", its own history is elsewhere and stays there" : ""));
      return new FolderSnapshot.Becomes.Files();
    }
    if (head == null) {
      return missing(path, "has no commit that can be read", new FolderSnapshot.Becomes.Files());
    }
    return take(home(module, path), path, place, module, directory.get(), head);
  }

  /** Keeps the history of one that git ignores; its files are for others. */
  void ignored(String path) {
    Path place = ByteNames.resolve(folder, path);
    if (!worktree(place)) {
      GitDirectory.of(place, within()).ifPresent(d -> history.accept(ByteNames.words(path), d));
    }
  }

  /** Whether it is a worktree that was made from the attempt's own repository. */
  private boolean worktree(Path place) {
    return GitDirectory.named(place)
        .filter(
            git ->
                gitFolders.stream()
                    .anyMatch(own -> own.resolve("worktrees").equals(git.getParent())))
        .isPresent();
  }

  private List<Path> within() {
    var within = new ArrayList<>(gitFolders);
    within.add(folder);
    return within;
  }

  /**
   * @param into where the user's repository has it
   */
  private FolderSnapshot.Becomes take(
      Path into, String path, Path place, String module, GitDirectory from, String head) {
    try {
      bring(into, module, path, from, head);
    } catch (HiveException e) {
      if (e.outage()) {
        throw e;
      }
      if (SizeLimitFailure.is(e)) {
        excess.add(ByteNames.words(path) + ": " + e.getMessage());
      }
      return missing(
          path,
          "is at " + head + ", which cannot be taken: " + e.getMessage(),
          new FolderSnapshot.Becomes.Files());
    }
    var git = in(into);
    String tree =
        FolderSnapshot.read(
            repository.git(place).with(Map.of("GIT_DIR", into.toString())),
            place,
            scratch.resolve("none"),
            scratch,
            reading -> reading.tree(head, new Deeper(into, place, path)));
    if (!tree.equals(git.must("rev-parse", head + "^{tree}"))) {
      if (strict) {
        throw dirty(path);
      }
      String commit =
          git.mustWith(
              "Kept of " + Printable.line(path) + "\n", "commit-tree", tree, "-p", head, "-F", "-");
      hold(git, commit);
      told.add(
          "what was not committed in the submodule "
              + ByteNames.words(path)
              + " is kept there as "
              + commit);
    }
    return new FolderSnapshot.Becomes.Submodule(head);
  }

  private static HiveException dirty(String path) {
    return new HiveException(
        ErrorCode.DIRTY_SUBMODULE,
        "Files changed inside the submodule "
            + ByteNames.words(path)
            + ", which the repository around it cannot commit.",
        "Have the agent commit inside of the submodule, or leave it alone.");
  }

  /** Takes a commit of a submodule, and what it needs of its own submodules. */
  private void bring(Path into, String module, String path, GitDirectory from, String commit) {
    if (!Files.isDirectory(into)) {
      make(into, module, path);
    }
    var git = in(into);
    if (git.run("cat-file", "-e", commit + "^{commit}").ok()) {
      hold(git, commit);
      return;
    }
    try (var quarantine = Quarantine.of(from.objects(), git, scratch, limits)) {
      quarantine.take(List.of(commit));
    }
    hold(git, commit);
  }

  /** Git of a submodule, whether it is checked out anywhere or not. */
  private Git in(Path gitFolder) {
    return repository
        .git(folder)
        .with(Map.of("GIT_DIR", gitFolder.toString(), "GIT_WORK_TREE", folder.toString()));
  }

  /** So that no garbage collection takes it. */
  private static void hold(Git git, String commit) {
    if (git.must("for-each-ref", "--count=1", "--contains", commit).isBlank()) {
      git.must("update-ref", "refs/hivedeck/commit/" + commit, commit);
    }
  }

  /** Where the user's repository has a submodule, or will look for it. */
  private Path home(String name, String path) {
    Path usual = usual(name);
    Path old = repository.root().resolve(ByteNames.words(path)).resolve(".git");
    return !Files.exists(usual) && isFolderOf(old, repository.root()) && onMain(path) ? old : usual;
  }

  private Path usual(String name) {
    return repository.gitFolder().resolve("modules").resolve(name);
  }

  /** A link on the way, of a package manager for example, leads to another repository. */
  private static boolean isFolderOf(Path folder, Path root) {
    try {
      return Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
          && folder.toRealPath().equals(root.toRealPath().resolve(root.relativize(folder)));
    } catch (IOException e) {
      return false;
    }
  }

  /** Whether main has a submodule there, so that the repository there is its own. */
  private boolean onMain(String path) {
    return repository
        .git()
        .run(
            "--literal-pathspecs",
            "ls-tree",
            "--full-tree",
            repository.tip(),
            "--",
            ByteNames.words(path))
        .out()
        .startsWith("160000 commit ");
  }

  private void make(Path into, String module, String path) {
    var git = repository.git();
    outsideOfOthers(into, module, path);
    String format = git.must("rev-parse", "--show-object-format");
    try {
      Files.createDirectories(into.getParent());
    } catch (IOException e) {
      throw Disk.unwritable(
          repository.common(),
          e,
          ErrorCode.REPOSITORY_UNWRITABLE,
          into + " cannot be made: " + e.getMessage(),
          "Check the rights and the space of the repository's .git folder.");
    }
    git.must(
        "init", "--quiet", "--bare", "--template=", "--object-format=" + format, into.toString());
    String config = into.resolve("config").toString();
    git.must("config", "--file", config, "core.bare", "false");
    // Git sets core.worktree when it checks it out.
    String url = into.equals(usual(module)) ? url(module) : ""; // of a deeper one nobody here says
    if (!url.isBlank()) {
      git.must("config", "--file", config, "remote.origin.url", url);
      git.must(
          "config", "--file", config, "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*");
    }
  }

  /** As git has it: no submodule's git folder lies within that of another. */
  private void outsideOfOthers(Path into, String module, String path) {
    Path above = into.getParent();
    for (int names = Path.of(module).getNameCount();
        names > 1;
        names--, above = above.getParent()) {
      if (Files.exists(above.resolve("HEAD"), LinkOption.NOFOLLOW_LINKS)) {
        throw new HiveException(
            ErrorCode.SUBMODULE_NAME,
            "The submodule " + ByteNames.words(path) + " would lie within another's git folder.",
            "Give it another name in .gitmodules.");
      }
    }
  }

  /** Where it comes from, as the user or main has it; what an attempt says is not approved yet. */
  private String url(String name) {
    var git = repository.git();
    String key = "submodule." + name + ".url";
    var theirs = git.run("config", "--get", key);
    return theirs.ok()
        ? theirs.value()
        : git.run("config", "--blob", repository.tip() + ":.gitmodules", "--get", key).value();
  }

  @Override
  public FolderSnapshot.Becomes empty(String path, String link, boolean files) {
    var module = modules.get(path);
    if (module == null) {
      // A link that nothing explains: as it was, or the files that stand in its place.
      return files ? new FolderSnapshot.Becomes.Files() : unexplained(path, link);
    }
    if (files) {
      if (strict) {
        throw dirty(path);
      }
      return new FolderSnapshot.Becomes.Files();
    }
    return has(home(module, path), link) || known(path, link) || brought(path, module, link)
        ? new FolderSnapshot.Becomes.Submodule(link)
        : missing(
            path,
            "is to be at " + link + ", which is in no repository here",
            new FolderSnapshot.Becomes.Nothing());
  }

  private FolderSnapshot.Becomes unexplained(String path, String link) {
    return known(path, link)
        ? new FolderSnapshot.Becomes.Submodule(link)
        : missing(
            path,
            "is a link to " + link + " without a submodule",
            new FolderSnapshot.Becomes.Nothing());
  }

  /** Whether the commit that the attempt began from has this link there already. */
  private boolean known(String path, String link) {
    return start != null
        && repository
            .git()
            .run("rev-parse", "--verify", "--quiet", start + ":" + ByteNames.words(path))
            .out()
            .strip()
            .equals(link);
  }

  private boolean has(Path gitFolder, String commit) {
    return Files.isDirectory(gitFolder)
        && in(gitFolder).run("cat-file", "-e", commit + "^{commit}").ok();
  }

  /** From where the agent's git has submodules that are not checked out. */
  private boolean brought(String path, String module, String link) {
    for (Path own : gitFolders) {
      Optional<GitDirectory> from = GitDirectory.at(own.resolve("modules").resolve(module));
      if (from.isPresent()) {
        try {
          bring(home(module, path), module, path, from.get(), link);
          return true;
        } catch (HiveException e) {
          if (e.outage()) {
            throw e;
          }
        }
      }
    }
    return false;
  }

  @Override
  public SizeLimits limits() {
    return limits;
  }

  @Override
  public void tooLarge(HiveException why) {
    if (strict) {
      throw why;
    }
    told.add("what is too large is not kept: " + why.getMessage());
    excess.add(why.getMessage());
  }

  private FolderSnapshot.Becomes missing(
      String path, String why, FolderSnapshot.Becomes otherwise) {
    String name = ByteNames.words(path);
    if (strict) {
      throw new HiveException(
          ErrorCode.SUBMODULE_MISSING,
          name + " " + why + ". Merged like this, it could be checked out nowhere.",
          "Either make it a submodule with a commit that can be had (git submodule add <url> "
              + name
              + "), or remove "
              + name
              + "/.git so that its files become files of this repository.");
    }
    told.add(name + " " + why);
    return otherwise;
  }

  /** Submodules of a submodule, whose commits must be had as well. */
  private final class Deeper implements FolderSnapshot.Inside {
    private final Path home;
    private final Path place;
    private final String outer;

    Deeper(Path home, Path place, String outer) {
      this.home = home;
      this.place = place;
      this.outer = outer;
    }

    @Override
    public FolderSnapshot.Becomes found(String path, String link) {
      Path inner = ByteNames.resolve(place, path);
      var from = GitDirectory.of(inner, within());
      String head = from.map(GitDirectory::head).orElse(null);
      var module = SubmodulePaths.names(repository.git(), place).get(path);
      if (head == null || module == null || link == null) {
        return new FolderSnapshot.Becomes.Files(); // which makes it dirty
      }
      Path into = home.resolve("modules").resolve(module);
      return take(into, outer + "/" + path, inner, module, from.get(), head);
    }

    @Override
    public FolderSnapshot.Becomes empty(String path, String link, boolean files) {
      return files
          ? new FolderSnapshot.Becomes.Files()
          : new FolderSnapshot.Becomes.Submodule(link);
    }

    @Override
    public SizeLimits limits() {
      return limits;
    }

    @Override
    public void tooLarge(HiveException why) {
      InnerRepositories.this.tooLarge(why);
    }
  }
}
