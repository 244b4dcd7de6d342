package dev.hivedeck.engine.git.repository;

import dev.hivedeck.engine.file.Disk;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.git.GitDirectory;
import dev.hivedeck.engine.git.ObjectNames;
import dev.hivedeck.engine.git.diff.ChangedFile;
import dev.hivedeck.engine.git.diff.DiffFacts;
import dev.hivedeck.engine.git.diff.DiffStat;
import dev.hivedeck.engine.git.diff.Diffs;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The user's repository. Everything here only reads, but for making a branch that is missing. */
public final class Repository {

  /** So many commits are remembered. */
  private static final int REMEMBERED = 1_000;

  /** So many moves of main are looked at. */
  private static final String LOGGED = "1000";

  private static final String ATTRIBUTES = ".gitattributes";

  private static final String HEADS = "refs/heads/";
  private static final String MAIN = "refs/heads/main";

  /** In bytes; of a larger one git itself is asked. */
  private static final int LARGEST_CONFIG = 1024 * 1024;

  private static final String MASTER = "refs/heads/master";

  private final Path root;
  private final Path common;
  private final Path gitFolder;
  private final String main;
  private final Git git;
  private final GitRefs refs;

  /** What commits are never changes. */
  private final Map<String, Made> made = remembering();

  /** Commits that contain others, as {@code ancestor descendant}; that never changes either. */
  private final Set<String> contained = Collections.newSetFromMap(remembering());

  /** What was compared last: one asks after another for the same. */
  private volatile Compared compared;

  private record Compared(String base, String head, List<ChangedFile> files) {}

  /** Whose attributes were asked for last: of main as it is they are asked for again and again. */
  private volatile Attributes attributes;

  private record Attributes(String commit, Map<String, String> files) {}

  /**
   * What a commit is.
   *
   * @param parents null where nobody has asked for them
   */
  private record Made(String tree, List<String> parents) {}

  /** Null until somebody is to commit: who only reads need not ask. */
  private volatile Map<String, String> identity;

  private Repository(RepositoryPlaces places, String main) {
    this.root = places.root();
    this.common = places.common();
    this.gitFolder = places.gitFolder();
    this.main = main;
    this.git = new Git(root).here().of(common);
    this.refs = new GitRefs(common, git);
  }

  private static <T> Map<String, T> remembering() {
    return Collections.synchronizedMap(
        new LinkedHashMap<>() {
          private static final long serialVersionUID = 1;

          @Override
          protected boolean removeEldestEntry(Map.Entry<String, T> eldest) {
            return size() > REMEMBERED;
          }
        });
  }

  /** Commits carry the user's name; a user without one should not be stopped by that. */
  private static Map<String, String> identity(Git git) {
    return git.run("var", "GIT_COMMITTER_IDENT").ok()
        ? Map.of()
        : Map.of(
            "GIT_AUTHOR_NAME", "Hivedeck",
            "GIT_AUTHOR_EMAIL", "hivedeck@localhost",
            "GIT_COMMITTER_NAME", "Hivedeck",
            "GIT_COMMITTER_EMAIL", "hivedeck@localhost");
  }

  /**
   * @param anywhere a folder inside the working tree
   * @param wanted the branch that changes merge into; null for {@code main}, {@code master}, or
   *     what is checked out
   * @throws HiveException {@code git-missing}, {@code no-folder}, {@code no-repository}, {@code
   *     no-commits} or {@code no-main}
   */
  public static Repository open(Path anywhere, String wanted) {
    return open(RepositoryPlaces.locate(anywhere), wanted);
  }

  /**
   * The same of a repository that was {@linkplain RepositoryPlaces#locate located}.
   *
   * @throws HiveException {@code no-commits} or {@code no-main}
   */
  public static Repository open(RepositoryPlaces places, String wanted) {
    var repository = read(places, wanted);
    String ref = HEADS + repository.main;
    boolean plain = repository.refs.plain(ref).filter(found -> found.containsKey(ref)).isPresent();
    if (!plain && !repository.git.run("rev-parse", "--verify", "--quiet", ref).ok()) {
      throw new HiveException(
          ErrorCode.NO_MAIN,
          "The repository " + repository.root + " has no branch " + repository.main + ".",
          "Name the branch that changes merge into: workspace: { main: … } in"
              + " .hivedeck/hive.yaml.");
    }
    return repository;
  }

  /**
   * The same for whoever only reads what is written down: that branch need not be there.
   *
   * @throws HiveException {@code git-missing}, {@code no-folder}, {@code no-repository} or {@code
   *     no-commits}
   */
  public static Repository read(Path anywhere, String wanted) {
    return read(RepositoryPlaces.locate(anywhere), wanted);
  }

  /**
   * The same of a repository that was {@linkplain RepositoryPlaces#locate located}.
   *
   * @throws HiveException {@code no-commits}
   */
  public static Repository read(RepositoryPlaces places, String wanted) {
    Path root = places.root();
    var git = new Git(root).here();
    String main = wanted;
    if (main == null) {
      var guess = guess(new GitRefs(places.common(), git));
      if (guess.isPresent()) {
        return new Repository(places, guess.get());
      }
      main = checkedOut(git);
    }
    if (new GitRefs(places.common(), git).matching(HEADS + main).isEmpty()
        && !git.run("rev-parse", "--verify", "--quiet", "HEAD").ok()
        && git.must("for-each-ref", "--count=1").isEmpty()) {
      throw new HiveException(
          ErrorCode.NO_COMMITS,
          "The repository " + root + " has no commits yet.",
          "Make a first commit; agents start from it.");
    }
    return new Repository(places, main);
  }

  /** The usual names, the more usual first. */
  private static Optional<String> guess(GitRefs refs) {
    var names = refs.matching(MAIN, MASTER).keySet();
    return Stream.of(MAIN, MASTER)
        .filter(names::contains)
        .map(ref -> ref.substring(HEADS.length()))
        .findFirst();
  }

  private static String checkedOut(Git git) {
    var head = git.run("symbolic-ref", "--quiet", "--short", "HEAD");
    return head.ok() ? head.out().strip() : "main";
  }

  public Path root() {
    return root;
  }

  /** The git folder that all worktrees share. */
  public Path common() {
    return common;
  }

  /** The git folder of the working tree that was opened, where its own settings are. */
  public Path gitFolder() {
    return gitFolder;
  }

  public String main() {
    return main;
  }

  public Git git() {
    return git;
  }

  public GitRefs refs() {
    return refs;
  }

  /** Where a ref is checked out, by its full name. */
  public Optional<Path> checkedOut(String ref) {
    var trees = refs.trees();
    if (trees.isPresent() && trees.get().values().stream().noneMatch(t -> t.on().equals(ref))) {
      return Optional.empty();
    }
    return Optional.of(git.value("for-each-ref", "--count=1", "--format=%(worktreepath)", ref))
        .filter(where -> !where.isEmpty())
        .map(Path::of);
  }

  /** All that says what is checked out where, as one text; empty where only git can tell. */
  public Optional<String> checkedOut() {
    return refs.trees().map(trees -> root + " " + Files.exists(root.resolve(".git")) + trees);
  }

  /** Whether checkouts leave out some of what is committed. */
  public boolean sparse() {
    return git.run("config", "--type=bool", "--get", "core.sparseCheckout")
        .out()
        .strip()
        .equals("true");
  }

  /** Whether main is checked out in one of its working trees, by that one's git folder. */
  public boolean isMain(Path tree) {
    String ref = HEADS + main;
    return GitRefs.checkedOut(tree)
        .map(ref::equals)
        .orElseGet(
            () ->
                git.with(Map.of("GIT_DIR", tree.toString()))
                    .run("symbolic-ref", "--quiet", "HEAD")
                    .out()
                    .strip()
                    .equals(ref));
  }

  /** Whom commits are by. */
  public Map<String, String> identity() {
    if (identity == null) {
      identity = identity(git);
    }
    return identity;
  }

  /** Git in one of its working trees, with a name to commit by. */
  public Git git(Path folder) {
    return new Git(folder).here().with(identity());
  }

  /** What it means that the repository's git folder cannot be written. */
  public HiveException unwritable(Path place, IOException e) {
    return Disk.unwritable(
        place,
        e,
        ErrorCode.REPOSITORY_UNWRITABLE,
        place + " of the repository cannot be written: " + e.getMessage(),
        "Check its rights, the space of its disk and whether that is mounted" + " read-only.");
  }

  /**
   * Git of this repository in a folder that is none of its working trees, with a name to commit by.
   * What repository the folder itself has does not matter.
   */
  public Git reading(Path folder) {
    return git(folder).with(Map.of("GIT_DIR", gitFolder.toString())).of(common);
  }

  /** Has git leave the objects that it makes in that folder, and find all others as well. */
  public Map<String, String> into(Path objects) {
    return Map.of(
        "GIT_OBJECT_DIRECTORY", objects.toString(),
        "GIT_ALTERNATE_OBJECT_DIRECTORIES", Git.quoted(common.resolve("objects")));
  }

  /**
   * The full id of the tip of main.
   *
   * @throws HiveException {@code no-main} when somebody removed it
   */
  public String tip() {
    return tipIfThere()
        .orElseThrow(
            () ->
                new HiveException(
                    ErrorCode.NO_MAIN,
                    "The repository " + root + " has no branch " + main + " any more.",
                    "Make it again: hivedeck status names the commit that it was at."));
  }

  /** The full id of the tip of main; empty when somebody removed it. */
  public Optional<String> tipIfThere() {
    String ref = HEADS + main;
    var plain = refs.plain(ref).map(found -> found.get(ref));
    if (plain.isPresent()) {
      return plain;
    }
    var tip = git.run("rev-parse", "--verify", "--quiet", ref);
    if (!tip.ok() && !tip.err().isBlank()) {
      throw git.failed(tip, "rev-parse", ref);
    }
    return tip.ok() ? Optional.of(tip.out().strip()) : Optional.empty();
  }

  /** The folder that git takes its hooks from, where that is inside the repository; else null. */
  public String hooks() {
    String own = GitDirectory.text(common.resolve("config"), LARGEST_CONFIG);
    if (own != null && !own.toLowerCase(Locale.ROOT).contains("hookspath")) {
      return null; // which saves a process
    }
    var path = git.run("config", "--local", "--path", "core.hooksPath");
    if (!path.ok() || path.out().isBlank()) {
      return null;
    }
    try {
      Path hooks = root.resolve(path.value()).normalize();
      return hooks.startsWith(root) && !hooks.equals(root)
          ? root.relativize(hooks).toString().replace('\\', '/')
          : null;
    } catch (InvalidPathException e) {
      return null;
    }
  }

  // ── commits ─────────────────────────────────────────────────────────────────────────────────

  /** Makes a commit. */
  public String commit(String message, String tree, List<String> parents) {
    return commit(message, tree, parents, Map.of());
  }

  /**
   * Makes a commit.
   *
   * @param author as git's environment names it; empty for the user
   */
  public String commit(
      String message, String tree, List<String> parents, Map<String, String> author) {
    var arguments = new ArrayList<>(List.of("commit-tree", tree));
    parents.forEach(parent -> arguments.addAll(List.of("-p", parent)));
    arguments.addAll(List.of("-F", "-"));
    String commit = git(root).with(author).mustWith(message, arguments.toArray(String[]::new));
    made.put(commit, new Made(tree, List.copyOf(parents)));
    return commit;
  }

  /** The tree of a commit, by its full id. */
  public String treeOf(String commit) {
    var known = made.get(commit);
    if (known != null) {
      return known.tree();
    }
    String tree = git.must("rev-parse", "--verify", commit + "^{tree}");
    made.put(commit, new Made(tree, null));
    return tree;
  }

  /** Whether it is known without a look that one commit is another, or a parent of it. */
  boolean follows(String commit, String parent) {
    var known = made.get(commit);
    return commit.equals(parent)
        || known != null && known.parents() != null && known.parents().contains(parent);
  }

  /** The files that two commits differ in, by their full ids. */
  public List<ChangedFile> changed(String base, String head) {
    var last = compared;
    if (last != null && last.base().equals(base) && last.head().equals(head)) {
      return last.files();
    }
    var files = Diffs.files(git, base, head);
    compared = new Compared(base, head, files);
    return files;
  }

  /** The files of a commit that say how git treats others: their objects by their paths. */
  public Map<String, String> attributes(String commit) {
    var last = attributes;
    if (last != null && last.commit().equals(commit)) {
      return last.files();
    }
    var files = new LinkedHashMap<String, String>();
    // Each is "<mode> blob <object>", a tab and its path; git follows no link here.
    for (String entry : git.must("ls-tree", "-r", "-z", commit).split("\0")) {
      String path = entry.substring(entry.indexOf('\t') + 1);
      boolean named = path.equals(ATTRIBUTES) || path.endsWith("/" + ATTRIBUTES);
      if (named && entry.startsWith("100")) {
        files.put(path, entry.split("[ \t]", 4)[2]);
      }
    }
    attributes = new Attributes(commit, Map.copyOf(files));
    return attributes.files();
  }

  /** How much two commits differ in. */
  public DiffStat stat(String base, String head) {
    return Diffs.stat(changed(base, head), commits(base, head));
  }

  /** What a reader wants to know of what two commits differ in, before reading it. */
  public DiffFacts facts(String base, String head) {
    return Diffs.facts(git, base, head);
  }

  /** Whether it is known without a look that main has a commit. */
  public boolean leads(String commit) {
    String tip = refs.matching(HEADS + main).get(HEADS + main);
    return tip != null && follows(tip, commit);
  }

  /** Whether main is a commit that was made here, of this one or as this one: so it is there. */
  private boolean leadsToMade(String commit) {
    String tip = refs.matching(HEADS + main).get(HEADS + main);
    return tip != null && made.containsKey(tip) && follows(tip, commit);
  }

  /** How many commits {@code head} has that {@code base} has not. */
  int commits(String base, String head) {
    var known = made.get(head);
    return known != null && List.of(base).equals(known.parents())
        ? 1
        : Integer.parseInt(git.must("rev-list", "--count", base + ".." + head));
  }

  /** The commit of main that work is to be compared with; empty where they have none in common. */
  public Optional<String> base(String head) {
    String tip = refs.matching(HEADS + main).get(HEADS + main);
    if (tip == null || follows(head, tip)) {
      return Optional.ofNullable(tip);
    }
    var base = git.run("merge-base", tip, head);
    return base.ok() ? Optional.of(base.out().strip()) : Optional.empty();
  }

  /** The branch that the user has checked out; empty when detached. */
  public Optional<String> checkout() {
    var plain = GitRefs.checkedOut(gitFolder).filter(ref -> ref.startsWith(HEADS));
    if (plain.isPresent()) {
      return plain.map(ref -> ref.substring(HEADS.length()));
    }
    var head = git.run("symbolic-ref", "--quiet", "--short", "HEAD");
    return head.ok() ? Optional.of(head.out().strip()) : Optional.empty();
  }

  /** Commits that Hivedeck brought to main of late, as the log of that says. */
  public Set<String> broughtByHivedeck() {
    String[] command = {"log", "-g", "-n", LOGGED, "--format=%H %gs", HEADS + main};
    return MainLog.brought(git.run(command).out(), most -> line(main, most));
  }

  /** The commits of a branch by first parents, the newest first. */
  private List<String> line(String branch, int most) {
    String[] command = {"rev-list", "--first-parent", "--max-count=" + most, HEADS + branch};
    return git.must(command).lines().toList();
  }

  /** What the user has stashed. */
  public Set<String> stashes() {
    return git.run("log", "-g", "--format=%H", "refs/stash", "--")
        .out()
        .lines()
        .collect(Collectors.toSet());
  }

  /** Whether a remote has it, as far as is known here. */
  public boolean onRemote(String commit) {
    return !git.must("for-each-ref", "--count=1", "--contains", commit, "refs/remotes/").isBlank();
  }

  /** Moves main if it is still where it was. */
  public void moveMain(String from, String to, String why) {
    git.must("update-ref", "-m", why, "refs/heads/" + main, to, from);
  }

  /**
   * @throws HiveException {@code commit-gone} when the repository does not have the first commit
   */
  public boolean contains(String ancestor, String of) {
    if (!of.equals(ancestor) && follows(of, ancestor)) {
      return true;
    }
    String both = ancestor + " " + of;
    if (contained.contains(both)) {
      return true;
    }
    String[] command = {"merge-base", "--is-ancestor", ancestor, of};
    var result = git.run(command);
    if (result.exit() > 1) {
      throw has(ancestor) ? git.failed(result, command) : gone(ancestor);
    }
    if (result.ok()) {
      contained.add(both);
    }
    return result.ok();
  }

  /**
   * Commits that {@code head} would bring to main although they lead to a tip that main had and was
   * taken from, the latest first. None when {@code head} is among them.
   *
   * @param off such tips
   */
  public List<String> bringsBack(String tip, String head, List<String> off) {
    var there = new ArrayList<>(off);
    there.removeAll(gone(off));
    if (there.isEmpty()) {
      return List.of();
    }
    var brings = commits(head, List.of(tip));
    there.add(tip);
    var own = commits(head, there);
    return own.isEmpty() ? List.of() : brings.stream().filter(c -> !own.contains(c)).toList();
  }

  private Set<String> commits(String head, List<String> but) {
    String input = head + "\n^" + String.join("\n^", but) + "\n";
    return git.mustWith(input, "rev-list", "--topo-order", "--stdin")
        .lines()
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /** Whether the repository has a commit, by its full id. */
  public boolean has(String commit) {
    return leadsToMade(commit) || git.holds("cat-file", "-e", commit);
  }

  private static HiveException gone(String commit) {
    return new HiveException(
        ErrorCode.COMMIT_GONE,
        "Commit " + ObjectNames.abbreviated(commit) + " is gone from the repository.",
        "Something pruned it; what was made in it must be made again.");
  }

  /** Those of the commits, by their full ids, that the repository does not have. */
  public Set<String> gone(Collection<String> commits) {
    if (commits.isEmpty()) {
      return Set.of();
    }
    return git.mustWith(
            String.join("\n", commits) + "\n", "cat-file", "--batch-check=%(objectname)")
        .lines()
        .filter(line -> line.endsWith(" missing"))
        .map(line -> line.substring(0, line.indexOf(' ')))
        .collect(Collectors.toSet());
  }

  /** The merge that brought a commit to main; empty when it is not there. */
  public Optional<String> mergeOf(String head) {
    String tip = tip();
    if (!contains(head, tip)) {
      return Optional.empty();
    }
    String merges = git.must("rev-list", "--ancestry-path", "--merges", head + ".." + tip);
    return merges.isBlank() ? Optional.of(head) : merges.lines().reduce((first, second) -> second);
  }

  /**
   * What brought this work to main: a merge of it, or the commits that were made of it as their
   * trailers say; empty when it is not there.
   */
  public Optional<String> broughtBy(String head) {
    var merge = mergeOf(head);
    return merge.isPresent() ? merge : RecordedMerges.madeOf(this, head);
  }

  /** Whether main has this work, in these commits or in those that were made of them. */
  public boolean onMain(String head) {
    return contains(head, tip()) || RecordedMerges.madeOf(this, head).isPresent();
  }

  /** Branches below any of these prefixes with their tips. */
  public Map<String, String> branches(String... prefixes) {
    var branches = new HashMap<String, String>();
    refs.matching(Stream.of(prefixes).map(HEADS::concat).toArray(String[]::new))
        .forEach((ref, id) -> branches.put(ref.substring(HEADS.length()), id));
    return branches;
  }

  public void makeBranch(String name, String commit) {
    git.must("branch", "--no-track", name, commit);
  }

  /** Those of the commits that main does not contain, or that are gone altogether. */
  public List<String> notOnMain(Collection<String> commits) {
    if (commits.isEmpty()) {
      return List.of();
    }
    // On its standard input: a command line does not hold tens of thousands.
    String input = String.join("\n", commits) + "\n^refs/heads/" + main + "\n";
    var away =
        git.mustWith(input, "rev-list", "--no-walk=unsorted", "--ignore-missing", "--stdin")
            .lines()
            .collect(Collectors.toCollection(HashSet::new));
    away.addAll(gone(commits));
    return commits.stream().filter(away::contains).toList();
  }
}
