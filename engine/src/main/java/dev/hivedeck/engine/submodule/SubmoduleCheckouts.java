package dev.hivedeck.engine.submodule;

import dev.hivedeck.engine.git.ByteNames;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.git.SubmodulePaths;
import dev.hivedeck.engine.git.diff.ChangedFile;
import dev.hivedeck.engine.git.repository.Repository;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The submodules that are checked out in a checkout of main. Git leaves them where they are when
 * that is brought up, and a plain commit there would then take the work back that came with it. So
 * those are brought along whose files are those of the commit before; others are told.
 */
public final class SubmoduleCheckouts {
  /** Deeper nobody has nested them by hand. */
  private static final int DEEPEST = 8;

  private final Repository repository;
  private final Path path;
  private final Git git;
  private final int depth;

  /**
   * @param path of the checkout
   */
  public SubmoduleCheckouts(Repository repository, Path path) {
    this(repository, path, 0);
  }

  private SubmoduleCheckouts(Repository repository, Path path, int depth) {
    this.repository = repository;
    this.path = path;
    this.git = repository.git(path);
    this.depth = depth;
  }

  /**
   * A submodule with an earlier commit than the one that its checkout names.
   *
   * @param checkout that it is in
   * @param name its path from there, in words
   * @param why it was not brought along
   */
  public record Behind(Path checkout, String name, String why) {
    /** Where it is. */
    public Path path() {
      return checkout.resolve(name);
    }
  }

  /** Brings those along that are as they were at one commit to what they are at another. */
  public void follow(String since, String tip) {
    if (none()) {
      return;
    }
    var fields =
        git.listed(
            "diff-tree",
            "-r",
            "-z",
            "--raw",
            "--no-renames",
            "--ignore-submodules=none",
            since,
            tip);
    for (int i = 0; i + 1 < fields.size(); i += 2) {
      String[] f = fields.get(i).substring(1).split(" "); // :<mode> <mode> <id> <id> <status>
      var module = new Module(fields.get(i + 1));
      if (f[0].equals(ChangedFile.SUBMODULE)
          && f[1].equals(ChangedFile.SUBMODULE)
          && module.isThere()) {
        module.finish();
        if (f[2].equals(module.head())) {
          module.move(f[2], f[3]);
        }
      }
    }
  }

  /**
   * Those that are behind.
   *
   * @param bring whether to bring them along first, where nothing of the user's is in the way
   */
  public List<Behind> behind(boolean bring) {
    var behind = new ArrayList<Behind>();
    if (none()) {
      return behind;
    }
    for (String line : git.listed("ls-files", "-z", "--stage")) { // <mode> <id> <n>\t<path>
      if (!line.startsWith(ChangedFile.SUBMODULE + " ")) {
        continue;
      }
      var module = new Module(line.substring(line.indexOf('\t') + 1));
      String link = line.split(" ")[1];
      if (bring && module.isThere()) {
        module.finish();
      }
      String head = module.isThere() ? module.head() : link;
      if (head.equals(link)) {
        continue;
      }
      if (!module.has(link)) {
        behind.add(new Behind(path, module.name, "the commit that main names is not in it"));
        continue;
      }
      if (!module.leads(head, link)) {
        continue; // one that goes its own way is the user's
      }
      String why = bring ? module.move(head, link) : module.inTheWay();
      if (!bring || !why.isEmpty()) {
        behind.add(
            new Behind(path, module.name, why.isEmpty() ? "nobody has brought it along" : why));
      }
    }
    return behind;
  }

  private boolean none() {
    return depth > DEEPEST || !Files.isRegularFile(path.resolve(SubmodulePaths.FILE));
  }

  /** One of them, by its own git. */
  private final class Module {
    private final String name;
    private final Path place;

    Module(String path) {
      this.name = ByteNames.words(path);
      this.place = ByteNames.resolve(SubmoduleCheckouts.this.path, path);
    }

    /** Whether it is checked out at all. */
    boolean isThere() {
      return Files.exists(place.resolve(".git"));
    }

    private Git.Result run(String... command) {
      var words = new ArrayList<>(List.of("-C", name, "-c", "core.hooksPath=/dev/null"));
      words.addAll(List.of(command));
      return git.run(words.toArray(String[]::new));
    }

    String head() {
      return run("rev-parse", "--verify", "--quiet", "HEAD").out().strip();
    }

    boolean has(String commit) {
      return run("cat-file", "-e", commit + "^{commit}").ok();
    }

    boolean leads(String from, String to) {
      return !from.isEmpty() && run("merge-base", "--is-ancestor", from, to).ok();
    }

    /** What of the user's is there, in words; empty for nothing. */
    String inTheWay() {
      var status = run("status", "--porcelain", "--untracked-files=no", "--ignore-submodules=all");
      return !status.ok()
          ? "it cannot be read"
          : status.out().isBlank() ? "" : "it has edits that are not committed";
    }

    /** Takes to its end what an engine was killed in. */
    void finish() {
      new CutOffMove(repository.git(place), place).finish();
    }

    /**
     * @return why it stays, in words; empty where it was brought along
     */
    String move(String from, String to) {
      String why = inTheWay();
      if (!why.isEmpty()) {
        return why;
      }
      var note = new CutOffMove(repository.git(place), place);
      note.begin(from, to);
      var moved = run("checkout", "--quiet", "--no-overwrite-ignore", "--detach", to);
      if (moved.signal().isPresent()) {
        note.finishKilled();
        if (!head().equals(to)) {
          return "git was killed while it brought it along";
        }
      } else if (!moved.ok() && inTheWay().isEmpty()) {
        note.end(); // git refused before it did anything
        return note.locked() ? "its index is locked" : "what lies there is in the way";
      } else if (!moved.ok()) {
        return "git could not bring all of it along"; // it failed in the middle of that
      } else {
        note.end();
      }
      new SubmoduleCheckouts(repository, place, depth + 1).follow(from, to);
      return "";
    }
  }
}
