package dev.hivedeck.engine.worktree;

import dev.hivedeck.engine.protocol.HiveException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Main in the user's repository. */
public final class GitMainline implements Mainline {
  /** How often main may move under a merge before it is left for later. */
  private static final int RACES = 8;

  private final Repository repository;
  private final Git git;
  private final HiddenRefs refs;

  public GitMainline(Repository repository) {
    this.repository = repository;
    this.git = repository.git();
    this.refs = new HiddenRefs(git);
  }

  /**
   * {@inheritDoc} The merge commit is made beside, and only when it passes the check main is moved
   * to it, if it has not moved meanwhile. The user's checkout is not touched even where it has main
   * checked out.
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
          repository
              .git(repository.root())
              .mustWith(
                  Message.of(subject, trailers),
                  "commit-tree",
                  parts[0].strip(),
                  "-p",
                  base,
                  "-p",
                  head,
                  "-F",
                  "-");
      if (!check.passes(base, commit)) {
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

  @Override
  public Optional<String> mergeOf(String head) {
    return repository.mergeOf(head);
  }

  @Override
  public void clear(String task, String branch) {
    git.run("update-ref", "-d", HiddenRefs.checkpoint(task));
    String head = "refs/heads/" + branch;
    String made = HiddenRefs.made(branch);
    var tips = refs.matching(head, made);
    String tip = tips.get(head);
    if (tip != null && tips.containsKey(made) && repository.contains(tip, repository.tip())) {
      git.must("update-ref", "-d", head, tip);
      git.must("update-ref", "-d", made);
    }
  }
}
