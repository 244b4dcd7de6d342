package dev.hivedeck.engine.worktree;

import static dev.hivedeck.engine.worktree.HiddenRefs.KEPT;

import dev.hivedeck.engine.protocol.HiveException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Work that was kept as commits under hidden refs before anything could lose it. */
public final class KeptWork {
  private final Git git;
  private final HiddenRefs refs;

  public KeptWork(Repository repository) {
    this.git = repository.git();
    this.refs = new HiddenRefs(git);
  }

  /** Keeps a commit. */
  synchronized Kept keep(String task, String attempt, String commit) {
    String ref = refs.nextKept(task, attempt);
    git.must("update-ref", ref, commit);
    return list(ref).getFirst();
  }

  /** All of it, newest first. */
  public List<Kept> list() {
    return list(KEPT);
  }

  private List<Kept> list(String below) {
    String out =
        git.must(
            "for-each-ref",
            "--sort=-committerdate",
            "--format=%(refname)%00%(objectname)%00%(committerdate:unix)%00%(contents:subject)%00"
                + "%(trailers:key=Hivedeck-Files,valueonly,separator=)",
            below);
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
        list().stream()
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
}
