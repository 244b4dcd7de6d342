package dev.hivedeck.engine.git.repository;

import static dev.hivedeck.engine.git.repository.HiddenRefs.KEPT;

import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.git.diff.Diffs;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** Work that was kept as commits under hidden refs before anything could lose it. */
public final class KeptWork {
  /** Within some three thousand years; git takes any. */
  private static final Pattern DATE = Pattern.compile("\\d{1,11}");

  /** As git names an entry of a reflog by its date. */
  private static final Pattern NOTED = Pattern.compile(".*@\\{(\\d{1,11})}");

  private final Git git;
  private final Repository repository;
  private final HiddenRefs refs;

  /** What commits hold never changes. */
  private final Map<String, Size> sizes = new ConcurrentHashMap<>();

  private record Size(int files, long bytes) {}

  public KeptWork(Repository repository) {
    this.repository = repository;
    this.git = repository.git();
    this.refs = new HiddenRefs(repository.refs());
  }

  /** How a task is named where its work is kept. */
  public static String place(String task) {
    return HiddenRefs.safe(task);
  }

  /**
   * Keeps a commit.
   *
   * @param commit that, or a tag of one
   */
  public synchronized KeptRef keep(String task, String attempt, String commit) {
    String ref = refs.nextKept(task, attempt);
    git.must("update-ref", "--create-reflog", "-m", "kept", ref, commit + "^{commit}");
    return at(ref).orElseThrow();
  }

  /** What is kept under that full name. */
  public Optional<KeptRef> at(String ref) {
    return Optional.ofNullable(refs.matching(ref).get(ref)).map(id -> new KeptRef(ref, id));
  }

  /** When it was kept, whatever its commit is dated; empty where git has not noted that. */
  public Optional<Instant> since(String ref) {
    var entry = git.run("log", "-g", "-1", "--date=unix", "--format=%gd", ref, "--");
    var date = NOTED.matcher(entry.out().strip());
    return date.matches() ? Optional.of(date(date.group(1))) : Optional.empty();
  }

  /** All of it, newest first. */
  public List<KeptCommit> list() {
    return list(KEPT);
  }

  private List<KeptCommit> list(String below) {
    if (repository.refs().matching(below).isEmpty()) {
      return List.of();
    }
    String out =
        git.must(
            "for-each-ref",
            "--sort=-committerdate",
            "--format=%(refname)%00%(objectname)%00%(committerdate:unix)%00%(contents:subject)",
            below);
    var lines = out.lines().map(line -> line.split("\0", -1)).filter(f -> f.length == 4).toList();
    measure(lines.stream().map(f -> f[1]).filter(id -> !sizes.containsKey(id)).toList());
    var list = new ArrayList<KeptCommit>();
    for (String[] f : lines) {
      String[] place = f[0].substring(KEPT.length()).split("/");
      String why =
          f[3].startsWith("Kept of ")
              ? f[3].substring(f[3].indexOf(": ") + 2)
              : "branch moved on from \"" + f[3] + "\"";
      var size = sizes.getOrDefault(f[1], new Size(0, 0));
      list.add(
          new KeptCommit(
              f[0],
              f[1],
              place[0],
              place.length > 1 ? place[1] : "",
              why,
              size.files(),
              size.bytes(),
              date(f[2])));
    }
    return list;
  }

  /** Whoever makes a commit may date it as they like; a tag has no such date. */
  private static Instant date(String seconds) {
    return DATE.matcher(seconds).matches()
        ? Instant.ofEpochSecond(Long.parseLong(seconds))
        : Instant.EPOCH;
  }

  /**
   * How much each commit holds that the one before it does not; however many, git is asked twice,
   * and again for those that hold nothing by themselves.
   */
  private void measure(List<String> commits) {
    if (commits.isEmpty()) {
      return;
    }
    var wanted = Set.copyOf(commits);
    var blobs = new LinkedHashMap<String, List<String>>();
    List<String> current = new ArrayList<>();
    String[] differences = {
      "diff-tree",
      "--stdin",
      "--root",
      "-r",
      "-z",
      "--raw",
      "--no-renames",
      "--diff-merges=first-parent"
    };
    // A commit, then for each of its files ":<mode> <mode> <id> <id> <what>" and the name.
    for (String part : git.mustWith(lines(commits), differences).split("\0")) {
      if (part.startsWith(":")) {
        current.add(part.split(" ")[3]);
      } else if (wanted.contains(part)) {
        current = blobs.computeIfAbsent(part, id -> new ArrayList<>());
      }
    }
    wanted.forEach(commit -> blobs.computeIfAbsent(commit, id -> new ArrayList<>()));
    blobs.forEach(
        (commit, ids) -> {
          if (ids.isEmpty()) {
            var span = span(commit);
            String[] one = {
              "diff-tree", "-r", "-z", "--raw", "--no-renames", span.from(), span.to()
            };
            for (String part : git.must(one).split("\0")) {
              if (part.startsWith(":")) {
                ids.add(part.split(" ")[3]);
              }
            }
          }
        });
    var all = blobs.values().stream().flatMap(List::stream).distinct().toList();
    var bytes = new HashMap<String, Long>();
    if (!all.isEmpty()) {
      String[] size = {"cat-file", "--batch-check=%(objectname) %(objectsize)"};
      git.mustWith(lines(all), size)
          .lines()
          .map(line -> line.split(" "))
          .filter(f -> f.length == 2 && f[1].matches("\\d+"))
          .forEach(f -> bytes.put(f[0], Long.parseLong(f[1])));
    }
    blobs.forEach(
        (commit, ids) ->
            sizes.put(
                commit,
                new Size(
                    ids.size(), ids.stream().mapToLong(id -> bytes.getOrDefault(id, 0L)).sum())));
  }

  private static String lines(List<String> words) {
    return String.join("\n", words) + "\n";
  }

  /** What is kept under that name, whole or without what all begin with. */
  private Optional<KeptCommit> find(String ref) {
    return list(ref.startsWith(KEPT) ? ref : KEPT + ref).stream()
        .filter(k -> k.ref().equals(ref) || k.ref().equals(KEPT + ref))
        .findFirst();
  }

  private KeptCommit named(String ref) {
    return find(ref)
        .orElseThrow(
            () ->
                new HiveException(
                    ErrorCode.NO_KEPT,
                    "Nothing is kept as " + ref + ".",
                    "hivedeck kept lists it."));
  }

  /**
   * What it holds beyond the commit it was based on.
   *
   * @throws HiveException {@code no-kept}
   */
  public Query.FileDiffs show(String ref, int maxLines) {
    var span = span(named(ref).commit());
    return Diffs.between(git, span.from(), span.to(), maxLines);
  }

  /** From where to where that differs which was kept. */
  private record Span(String from, String to) {}

  /**
   * Most often it is the commit against the one before. Where those are the same, what was staged
   * or untracked is in another one before, or the changes are in those further back.
   */
  private Span span(String commit) {
    var before = tree(commit + "^1");
    if (before.isEmpty()) {
      return new Span(git.mustWith("", "mktree"), commit);
    }
    var files = tree(commit);
    if (!files.equals(before)) {
      return new Span(commit + "^1", commit);
    }
    var staged = tree(commit + "^2");
    if (staged.isPresent() && !staged.equals(before)) {
      return new Span(commit + "^1", commit + "^2");
    }
    if (tree(commit + "^3").isPresent()) { // where a stash has its untracked files
      return new Span(git.mustWith("", "mktree"), commit + "^3");
    }
    var base = git.run("merge-base", commit, "refs/heads/" + repository.main());
    return new Span(base.ok() ? base.out().strip() : commit + "^1", commit);
  }

  private Optional<String> tree(String commit) {
    var tree = git.run("rev-parse", "--verify", "--quiet", commit + "^{tree}");
    return tree.ok() ? Optional.of(tree.out().strip()) : Optional.empty();
  }

  /**
   * The full names of what is kept as these.
   *
   * @throws HiveException {@code no-kept}
   */
  public List<String> names(List<String> refs) {
    return refs.stream().map(ref -> named(ref).ref()).distinct().toList();
  }

  /** Lets go of it for good. */
  public synchronized void drop(List<String> refs) {
    var deletions = refs.stream().map(ref -> "delete " + ref).toList();
    git.mustWith(lines(deletions), "update-ref", "--stdin");
  }

  /**
   * Puts kept work onto a new branch.
   *
   * @return the branch
   * @throws HiveException {@code no-kept}, {@code branch-exists} or {@code bad-name}
   */
  public String restore(String ref, String newBranch) {
    var kept = named(ref);
    String branch =
        newBranch == null || newBranch.isBlank()
            ? "restored/" + kept.ref().substring(KEPT.length()).replace('/', '-')
            : newBranch;
    if (!git.run("check-ref-format", "--branch", branch).ok()) {
      throw new HiveException(
          ErrorCode.BAD_NAME, "\"" + branch + "\" is no name for a branch.", "Choose another one.");
    }
    var made = git.run("branch", "--no-track", branch, kept.commit());
    if (!made.ok()) {
      throw new HiveException(
          ErrorCode.BRANCH_EXISTS, made.err().strip(), "Name another branch to restore to.");
    }
    return branch;
  }
}
