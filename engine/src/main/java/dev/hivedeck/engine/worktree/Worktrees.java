package dev.hivedeck.engine.worktree;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Query;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The worktrees that Hivedeck made, below one folder of its own. Before a worktree is removed or a
 * branch is moved, what is there is kept as a commit under {@code refs/hivedeck/kept/}.
 */
public final class Worktrees implements Mainline {
  private static final String KEPT = "refs/hivedeck/kept/";
  private static final String CHECKPOINT = "refs/hivedeck/checkpoint/";
  private static final String MADE = "refs/hivedeck/made/";
  private static final String MARK = "hivedeck";
  private static final int RACES = 8;

  private final Repository repository;
  private final Git git;
  private final Path home;
  private final Map<String, String> identity;

  /**
   * @param home a folder outside the repository that nobody else writes to
   */
  public Worktrees(Repository repository, Path home) {
    this.repository = repository;
    this.git = repository.git();
    this.home = home.toAbsolutePath().normalize();
    this.identity = identity();
    try {
      Files.createDirectories(this.home);
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private HiveException unwritable(IOException e) {
    return new HiveException(
        "home-unwritable",
        "The folder for worktrees " + home + " cannot be written: " + e.getMessage(),
        "Check its rights and space, or point HIVEDECK_HOME elsewhere.",
        e);
  }

  /** Commits carry the user's name; a user without one should not be stopped by that. */
  private Map<String, String> identity() {
    return git.run("var", "GIT_COMMITTER_IDENT").ok()
        ? Map.of()
        : Map.of(
            "GIT_AUTHOR_NAME", "Hivedeck",
            "GIT_AUTHOR_EMAIL", "hivedeck@localhost",
            "GIT_COMMITTER_NAME", "Hivedeck",
            "GIT_COMMITTER_EMAIL", "hivedeck@localhost");
  }

  private Git in(Path folder) {
    return new Git(folder).with(identity);
  }

  // ── making ──────────────────────────────────────────────────────────────────────────────────

  /**
   * Makes a worktree on branch {@code hive/<task>-<slug>} at {@code start}. Where the branch is
   * left from an earlier attempt, its tip is kept first.
   *
   * @throws HiveException {@code branch-in-use} when the branch is somebody else's or checked out
   *     elsewhere; {@code disk-full}; {@code git-failed}
   */
  public synchronized Worktree create(String task, String attempt, String slug, String start) {
    String branch = branchName(task, slug);
    String from = git.must("rev-parse", "--verify", start + "^{commit}");
    var refs = refs("refs/heads/" + branch, MADE + branch);
    String tip = refs.get("refs/heads/" + branch);
    if (tip != null && !refs.containsKey(MADE + branch)) {
      throw new HiveException(
          "branch-in-use",
          "There is a branch " + branch + " that Hivedeck did not make.",
          "Rename it: git branch -m " + branch + " …");
    }
    if (tip != null && !tip.equals(from) && !repository.contains(tip, from)) {
      git.must("update-ref", nextKept(task, attempt), tip);
    }
    Path path = freeFolder(attempt);
    git.must("update-ref", MADE + branch, from);
    var added =
        git.run("worktree", "add", "--quiet", "--no-track", "-B", branch, path.toString(), from);
    if (!added.ok()) {
      deleteFolder(path);
      git.run("worktree", "prune");
      if (added.err().contains("already checked out") || added.err().contains("already used by")) {
        throw new HiveException(
            "branch-in-use",
            "Branch " + branch + " is checked out elsewhere: " + added.err().strip(),
            "Leave that branch there, then retry the task.");
      }
      throw git.failed(added, "worktree", "add", branch);
    }
    String base = git.must("merge-base", from, "refs/heads/" + repository.main());
    var worktree = new Worktree(path, branch, task, attempt, from, base);
    mark(worktree);
    return worktree;
  }

  private static String branchName(String task, String slug) {
    String safe =
        task.replaceAll("[^A-Za-z0-9._-]", "-").replaceAll("\\.{2,}|\\.lock$|^[.-]|[.-]$", "-");
    return "hive/" + safe + (slug.isEmpty() ? "" : "-" + slug);
  }

  private Path freeFolder(String name) {
    String safe = name.replaceAll("[^A-Za-z0-9._-]", "_");
    Path path = home.resolve(safe);
    for (int i = 2; Files.exists(path); i++) {
      path = home.resolve(safe + "~" + i);
    }
    return path;
  }

  private Map<String, String> refs(String... patterns) {
    var arguments = new ArrayList<>(List.of("for-each-ref", "--format=%(objectname) %(refname)"));
    arguments.addAll(List.of(patterns));
    return git.must(arguments.toArray(String[]::new))
        .lines()
        .filter(line -> !line.isBlank())
        .collect(Collectors.toMap(line -> line.substring(41), line -> line.substring(0, 40)));
  }

  private String nextKept(String task, String attempt) {
    String base = KEPT + safe(task) + "/" + safe(attempt) + "/";
    return base + (refs(base).size() + 1);
  }

  private static String safe(String name) {
    return name.replaceAll("[^A-Za-z0-9._-]", "-").replaceAll("\\.{2,}|\\.lock$|^\\.|\\.$", "-");
  }

  /** The mark is in git's own folder for the worktree, where no agent's commit picks it up. */
  private void mark(Worktree w) {
    try {
      Files.writeString(
          admin(w.path()).resolve(MARK),
          String.join("\n", w.branch(), w.task(), w.attempt(), w.start(), w.base()) + "\n");
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private static Path admin(Path worktree) throws IOException {
    String text = Files.readString(worktree.resolve(".git")).strip();
    return Path.of(text.substring("gitdir: ".length()));
  }

  /** The worktrees that Hivedeck made and git knows. */
  public List<Worktree> list() {
    Path admins = repository.common().resolve("worktrees");
    if (!Files.isDirectory(admins)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(admins)) {
      return all.map(this::read).flatMap(Optional::stream).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Optional<Worktree> read(Path admin) {
    try {
      Path path = Path.of(Files.readString(admin.resolve("gitdir")).strip()).getParent();
      if (!ours(path)) {
        return Optional.empty();
      }
      Path mark = admin.resolve(MARK);
      if (!Files.exists(mark)) {
        // Made, but the engine ended before it was marked: still ours by its place.
        String name = path.getFileName().toString();
        return Optional.of(new Worktree(path, "", "", name, "", ""));
      }
      var lines = Files.readAllLines(mark);
      return Optional.of(
          new Worktree(path, lines.get(0), lines.get(1), lines.get(2), lines.get(3), lines.get(4)));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private boolean ours(Path path) {
    return path != null && path.toAbsolutePath().normalize().startsWith(home) && !path.equals(home);
  }

  // ── keeping ─────────────────────────────────────────────────────────────────────────────────

  private record Status(String head, String branch, boolean dirty, List<String> dirtySubmodules) {}

  private static Status status(Git git) {
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
   * Keeps what is in a worktree, index, files and untracked, as one commit under a hidden ref. The
   * worktree itself is not changed.
   *
   * @return empty when all of it is reachable from a branch already
   */
  public synchronized Optional<Kept> keep(Path worktree, String task, String attempt, String why) {
    var plain = in(worktree);
    var status = status(plain);
    boolean onBranch = status.branch() != null && status.branch().startsWith("hive/");
    if (!status.dirty() && (onBranch || reachable(status.head()))) {
      return Optional.empty();
    }
    String commit =
        status.dirty()
            ? snapshot(plain, worktree, status.head(), task, attempt, why)
            : status.head();
    String ref = nextKept(task, attempt);
    git.must("update-ref", ref, commit);
    return kept().stream().filter(k -> k.ref().equals(ref)).findFirst();
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
    var here = in(worktree.path());
    var status = status(here);
    String commit = status.head();
    if (status.dirty()) {
      String head = commit;
      commit =
          withIndexCopy(
              worktree.path(),
              temporary -> {
                temporary.must("add", "--all");
                return here.mustWith(
                    message(subject, trailers),
                    "commit-tree",
                    temporary.must("write-tree"),
                    "-p",
                    head,
                    "-F",
                    "-");
              });
    }
    if (commit == null || here.run("diff", "--quiet", worktree.start(), commit).ok()) {
      return Optional.empty();
    }
    git.must("update-ref", CHECKPOINT + safe(worktree.task()), commit);
    return Optional.of(commit);
  }

  private boolean reachable(String commit) {
    return !git.must(
            "for-each-ref", "--count=1", "--contains", commit, "refs/heads", "refs/hivedeck/kept")
        .isBlank();
  }

  private String snapshot(
      Git plain, Path worktree, String head, String task, String attempt, String why) {
    return withIndexCopy(
        worktree,
        temporary -> {
          String staged = temporary.must("write-tree");
          String headTree = git.must("rev-parse", head + "^{tree}");
          temporary.must("add", "--all");
          String files = temporary.must("write-tree");
          var parents = new ArrayList<>(List.of("-p", head));
          if (!staged.equals(headTree) && !staged.equals(files)) {
            parents.add("-p");
            parents.add(
                plain.mustWith(
                    "Index of " + attempt + "\n", "commit-tree", staged, "-p", head, "-F", "-"));
          }
          long changed =
              git.must("diff", "--name-only", "--no-renames", headTree, files).lines().count();
          String message =
              "Kept of %s: %s\n\nHivedeck-Task: %s\nHivedeck-Attempt: %s\nHivedeck-Files: %d\n"
                  .formatted(attempt, why, task, attempt, changed);
          var arguments = new ArrayList<>(List.of("commit-tree", files));
          arguments.addAll(parents);
          arguments.addAll(List.of("-F", "-"));
          return plain.mustWith(message, arguments.toArray(String[]::new));
        });
  }

  private interface WithIndex<T> {
    T run(Git temporary);
  }

  private <T> T withIndexCopy(Path worktree, WithIndex<T> work) {
    Path copy = null;
    try {
      copy = Files.createTempFile(home, "index", ".tmp");
      Path index = admin(worktree).resolve("index");
      if (Files.exists(index)) {
        Files.copy(index, copy, StandardCopyOption.REPLACE_EXISTING);
      } else {
        Files.delete(copy);
      }
      var environment = new LinkedHashMap<>(identity);
      environment.put("GIT_INDEX_FILE", copy.toString());
      return work.run(new Git(worktree).with(environment));
    } catch (IOException e) {
      throw unwritable(e);
    } finally {
      if (copy != null) {
        try {
          Files.deleteIfExists(copy);
        } catch (IOException ignored) {
          // A left-over copy of an index harms nobody.
        }
      }
    }
  }

  /** All kept work, newest first. */
  public List<Kept> kept() {
    String out =
        git.must(
            "for-each-ref",
            "--sort=-committerdate",
            "--format=%(refname)%00%(objectname)%00%(committerdate:unix)%00%(contents:subject)%00"
                + "%(trailers:key=Hivedeck-Files,valueonly,separator=)",
            KEPT);
    var list = new ArrayList<Kept>();
    for (String line : out.lines().toList()) {
      String[] f = line.split("\0", -1);
      if (f.length >= 5) {
        String[] place = f[0].substring(KEPT.length()).split("/");
        String why =
            f[3].startsWith("Kept of ")
                ? f[3].substring(f[3].indexOf(": ") + 2)
                : "branch moved on from \"" + f[3] + "\"";
        list.add(
            new Kept(
                f[0],
                f[1],
                place[0],
                place.length > 1 ? place[1] : "",
                why,
                f[4].isBlank() ? 0 : Integer.parseInt(f[4].strip()),
                Instant.ofEpochSecond(Long.parseLong(f[2]))));
      }
    }
    return list;
  }

  /**
   * Puts kept work onto a new branch.
   *
   * @return the branch
   * @throws HiveException {@code no-kept}, {@code branch-exists} or {@code bad-name}
   */
  public String restore(String ref, String newBranch) {
    var kept =
        kept().stream()
            .filter(k -> k.ref().equals(ref) || k.ref().equals(KEPT + ref))
            .findFirst()
            .orElseThrow(
                () ->
                    new HiveException(
                        "no-kept", "Nothing is kept as " + ref + ".", "hivedeck kept lists it."));
    String branch =
        newBranch == null || newBranch.isBlank()
            ? "restored/" + kept.ref().substring(KEPT.length()).replace('/', '-')
            : newBranch;
    if (!git.run("check-ref-format", "--branch", branch).ok()) {
      throw new HiveException(
          "bad-name", "\"" + branch + "\" is no name for a branch.", "Choose another one.");
    }
    var made = git.run("branch", "--no-track", branch, kept.commit());
    if (!made.ok()) {
      throw new HiveException(
          "branch-exists", made.err().strip(), "Name another branch to restore to.");
    }
    return branch;
  }

  /**
   * Keeps a worktree's work and removes its folder. Its branch stays.
   *
   * @throws HiveException {@code not-ours} for a folder that Hivedeck did not make, {@code
   *     worktree-in-use} when a live process works in it
   */
  public synchronized void remove(Path worktree, String why) {
    if (!ours(worktree)) {
      throw new HiveException(
          "not-ours",
          "Hivedeck did not make " + worktree + " and leaves it alone.",
          "Remove it yourself if it is to go.");
    }
    var known = list().stream().filter(w -> w.path().equals(worktree)).findFirst();
    if (known.isEmpty()) {
      return;
    }
    if (Files.isDirectory(worktree)) {
      var user = Occupants.of(worktree);
      if (user.isPresent()) {
        throw new HiveException(
            "worktree-in-use",
            "Process " + user.get() + " works in " + worktree + ".",
            "End it, then repair again.");
      }
      if (Files.exists(worktree.resolve(".git"))) {
        keep(worktree, orElse(known.get().task(), "unknown"), known.get().attempt(), why);
      }
    }
    var removed = git.run("worktree", "remove", "--force", worktree.toString());
    if (!removed.ok()) {
      // Git refuses, for example, where submodules are; all is kept, so the folder may go.
      deleteFolder(worktree);
      git.must("worktree", "prune");
    }
  }

  private static String orElse(String text, String other) {
    return text.isEmpty() ? other : text;
  }

  private void deleteFolder(Path folder) {
    if (!ours(folder) || !Files.exists(folder)) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  @Override
  public synchronized void clear(String task, String branch) {
    git.run("update-ref", "-d", CHECKPOINT + safe(task));
    var refs = refs("refs/heads/" + branch, MADE + branch);
    String tip = refs.get("refs/heads/" + branch);
    if (tip != null
        && refs.containsKey(MADE + branch)
        && repository.contains(tip, repository.tip())) {
      git.must("update-ref", "-d", "refs/heads/" + branch, tip);
      git.must("update-ref", "-d", MADE + branch);
    }
  }

  // ── committing and merging ──────────────────────────────────────────────────────────────────

  /**
   * Commits what an agent left uncommitted.
   *
   * @return the tip of the branch, or empty when nothing differs from the start
   * @throws HiveException {@code dirty-submodule}
   */
  public Optional<String> commitAll(
      Worktree worktree, String subject, Map<String, String> trailers) {
    var here = in(worktree.path());
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
      here.mustWith(message(subject, trailers), "commit", "--quiet", "--no-verify", "-F", "-");
    }
    String head = status.dirty() ? here.must("rev-parse", "HEAD") : status.head();
    if (head.equals(worktree.start()) || here.run("diff", "--quiet", worktree.start(), head).ok()) {
      return Optional.empty();
    }
    if (!worktree.branch().equals(status.branch())) {
      git.must("branch", "--no-track", "-f", worktree.branch(), head);
    }
    return Optional.of(head);
  }

  private static String message(String subject, Map<String, String> trailers) {
    return subject
        + "\n\n"
        + trailers.entrySet().stream()
            .map(e -> e.getKey() + ": " + e.getValue())
            .collect(Collectors.joining("\n"))
        + "\n";
  }

  /**
   * {@inheritDoc} The merge commit is made beside, checked out into a temporary worktree for the
   * check, and only then main is moved to it, if it has not moved meanwhile. The user's checkout is
   * not touched even where it has main checked out.
   */
  @Override
  public Merge merge(String head, String subject, Map<String, String> trailers, Merge.Check check)
      throws InterruptedException {
    for (int i = 0; i < RACES; i++) {
      String base = repository.tip();
      var landed = repository.mergeOf(head);
      if (landed.isPresent()) {
        return new Merge.Merged(landed.get());
      }
      var merged =
          git.run("merge-tree", "--write-tree", "--name-only", "--no-messages", "-z", base, head);
      String[] parts = merged.out().split("\0");
      if (merged.exit() == 1) {
        return conflict(base, head, List.of(parts).subList(1, parts.length));
      }
      if (!merged.ok()) {
        throw git.failed(merged, "merge-tree", base, head);
      }
      String commit =
          new Git(repository.root())
              .with(identity)
              .mustWith(
                  message(subject, trailers),
                  "commit-tree",
                  parts[0].strip(),
                  "-p",
                  base,
                  "-p",
                  head,
                  "-F",
                  "-");
      if (!passes(base, commit, check)) {
        return new Merge.Refused();
      }
      var moved =
          git.run(
              "update-ref",
              "-m",
              "hivedeck: " + subject,
              "refs/heads/" + repository.main(),
              commit,
              base);
      if (moved.ok()) {
        return new Merge.Merged(commit);
      }
      if (repository.tip().equals(base)) {
        throw git.failed(moved, "update-ref", repository.main());
      }
    }
    throw new HiveException(
        "main-moves",
        "Branch " + repository.main() + " kept moving while a change was merged onto it.",
        "Merge the change again when it is quiet.");
  }

  @Override
  public Optional<String> mergeOf(String head) {
    return repository.mergeOf(head);
  }

  private boolean passes(String base, String commit, Merge.Check check)
      throws InterruptedException {
    Path folder;
    synchronized (this) {
      folder = freeFolder("merge-" + commit.substring(0, 10));
      git.must("worktree", "add", "--quiet", "--detach", folder.toString(), commit);
    }
    try {
      return check.passes(folder, base, commit);
    } finally {
      synchronized (this) {
        // What gates leave behind is not work.
        git.run("worktree", "remove", "--force", folder.toString());
        if (Files.exists(folder)) {
          deleteFolder(folder);
          git.run("worktree", "prune");
        }
      }
    }
  }

  private Merge conflict(String base, String head, List<String> files) {
    return new Merge.Conflict(
        files.stream()
            .filter(path -> !path.isBlank())
            .distinct()
            .map(path -> new Merge.ConflictFile(path, excerpt(base, path), excerpt(head, path)))
            .toList());
  }

  private String excerpt(String commit, String path) {
    var shown = git.run("show", commit + ":" + path);
    if (!shown.ok()) {
      return "(not there)";
    }
    String text = shown.out();
    return text.length() > 4_000 ? text.substring(0, 4_000) + "\n… (shortened)" : text;
  }

  // ── the user's checkout ─────────────────────────────────────────────────────────────────────

  /** How many merges main is ahead of the commit that the user's checkout holds. */
  public int behind(String since) {
    var count =
        git.run(
            "rev-list", "--count", "--first-parent", since + "..refs/heads/" + repository.main());
    return count.ok() ? Integer.parseInt(count.out().strip()) : 0;
  }

  /**
   * Brings the user's checkout of main from {@code since} to the tip, keeping local edits.
   *
   * @throws HiveException {@code checkout-edited} when an edit is in the way; nothing is changed
   *     then
   */
  public void updateCheckout(String since) {
    git.run("update-index", "-q", "--refresh");
    var updated = git.run("read-tree", "-m", "-u", since, "HEAD");
    if (!updated.ok()) {
      throw new HiveException(
          "checkout-edited",
          "Your own edits are in the way: " + updated.err().strip(),
          "Commit or stash them first. Nothing was changed.");
    }
  }

  // ── looking ─────────────────────────────────────────────────────────────────────────────────

  public DiffStat stat(String base, String head) {
    int files = 0;
    int additions = 0;
    int deletions = 0;
    for (String line : git.must("diff", "--numstat", "--no-renames", base, head).lines().toList()) {
      String[] f = line.split("\t", 3);
      files++;
      if (!f[0].equals("-")) {
        additions += Integer.parseInt(f[0]);
        deletions += Integer.parseInt(f[1]);
      }
    }
    int commits = Integer.parseInt(git.must("rev-list", "--count", base + ".." + head));
    return new DiffStat(files, additions, deletions, commits);
  }

  public Query.FileDiffs diff(String base, String head, int maxLines) {
    return Diffs.between(git, base, head, maxLines, base, head);
  }

  /** What a worktree holds by now, committed or not, against where it started. */
  public Query.FileDiffs diffWorktree(Path worktree, String start, int maxLines) {
    return withIndexCopy(
        worktree,
        temporary -> {
          temporary.must("add", "--all");
          return Diffs.between(temporary, start, null, maxLines, "--cached", start);
        });
  }
}
