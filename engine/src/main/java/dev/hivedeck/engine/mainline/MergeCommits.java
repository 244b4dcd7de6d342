package dev.hivedeck.engine.mainline;

import dev.hivedeck.engine.git.CommitMessage;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.git.repository.RecordedMerges;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.protocol.HiveException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes the commits by which work comes to main, beside every working tree. Their last one has the
 * files that git makes of both sides, whatever the method.
 */
final class MergeCommits {
  private static final String NOTE =
      "Its commits cannot be made again one by one, so it comes as one.";

  /** So many files in conflict are shown, so many named, and so many bytes of each are shown. */
  private static final int MOST_SHOWN = 20;

  private static final int MOST_NAMED = 200;
  private static final int EXCERPT = 4_000;

  private final Repository repository;
  private final Git git;

  MergeCommits(Repository repository) {
    this.repository = repository;
    this.git = repository.git();
  }

  /** What main would be with more work on it, made beside it. */
  sealed interface WouldBe {

    /**
     * It would end on this commit.
     *
     * @param count how many are made
     */
    record Commits(String last, int count) implements WouldBe {}

    /** Git cannot bring both sides together. */
    record Clash(List<String> files) implements WouldBe {}

    /** Both sides have no commit in common. */
    record Apart() implements WouldBe {}
  }

  /**
   * @param onto main, or what it would be
   */
  WouldBe make(String onto, Incoming work) {
    return MainAttributes.with(repository, onto, there -> make(there, onto, work));
  }

  private WouldBe make(Git there, String onto, Incoming work) {
    String[] command = {
      "merge-tree", "--write-tree", "--name-only", "--no-messages", "-z", onto, work.head()
    };
    var merged = there.run(command);
    var parts = List.of(merged.out().split("\0"));
    if (merged.exit() == 1) {
      return new WouldBe.Clash(parts.subList(1, parts.size()));
    }
    if (!merged.ok()) {
      if (!git.holds("merge-base", onto, work.head())) {
        return new WouldBe.Apart();
      }
      throw git.failed(merged, command);
    }
    String tree = parts.getFirst().strip();
    return switch (work.method()) {
      case MERGE -> merge(onto, work, tree);
      case SQUASH -> squash(onto, work, tree, commits(onto, work.head()), "");
      case REBASE -> rebase(there, onto, work, tree);
    };
  }

  private WouldBe merge(String onto, Incoming work, String tree) {
    var message = CommitMessage.of(work.subject(), work.trailers());
    return new WouldBe.Commits(repository.commit(message, tree, List.of(onto, work.head())), 1);
  }

  /** It has the author of the last commit; who made the others is named. */
  private WouldBe squash(
      String onto, Incoming work, String tree, List<Original> commits, String note) {
    var author = commits.isEmpty() ? Map.<String, String>of() : commits.getLast().author();
    var others =
        commits.stream()
            .map(Original::by)
            .distinct()
            .filter(by -> !by.equals(commits.getLast().by()))
            .toList();
    var points = new ArrayList<>(commits.stream().map(Original::subject).toList());
    if (!note.isEmpty()) {
      points.add(note);
    }
    String message =
        CommitMessage.of(work.subject(), points, trailers(work, Optional.empty()), others);
    return new WouldBe.Commits(repository.commit(message, tree, List.of(onto), author), 1);
  }

  private WouldBe rebase(Git there, String onto, Incoming work, String tree) {
    var commits = commits(onto, work.head());
    String tip = onto;
    String files = repository.treeOf(onto);
    for (var original : commits) {
      var made = again(there, original, tip, files);
      boolean last = original.equals(commits.getLast());
      if (made.isEmpty() || last && !made.get().equals(tree)) {
        return squash(onto, work, tree, commits, NOTE);
      }
      files = made.get();
      String message =
          last
              ? CommitMessage.plain(original.message(), trailers(work, Optional.of(onto)))
              : CommitMessage.plain(original.message());
      tip = repository.commit(message, files, List.of(tip), original.author());
    }
    return commits.isEmpty()
        ? squash(onto, work, tree, commits, "")
        : new WouldBe.Commits(tip, commits.size());
  }

  /** The files of what a commit changed, on top of others; empty where they clash. */
  private Optional<String> again(Git there, Original original, String tip, String files) {
    if (original.parent().equals(tip)) {
      return Optional.of(original.tree());
    }
    if (original.parent().isEmpty()) {
      return Optional.empty();
    }
    // As if they were made on top of what it was made on: then that is what both have in common.
    String asMeant = repository.commit("As meant", files, List.of(original.parent()));
    var both = ThreeWayMerge.merge(there, asMeant, original.id());
    return both.clean() ? Optional.of(both.tree()) : Optional.empty();
  }

  private static Map<String, String> trailers(Incoming work, Optional<String> base) {
    var all = new LinkedHashMap<>(work.trailers());
    all.put(RecordedMerges.HEAD, work.head());
    base.ifPresent(commit -> all.put(RecordedMerges.BASE, commit));
    return all;
  }

  /**
   * A commit of the work, as its author made it.
   *
   * @param parent the first; empty where it has none
   */
  private record Original(
      String id,
      String tree,
      String parent,
      String name,
      String address,
      String at,
      String message) {

    String subject() {
      return message.lines().findFirst().orElse("");
    }

    String by() {
      return "%s <%s>".formatted(name, address);
    }

    Map<String, String> author() {
      return Map.of(
          "GIT_AUTHOR_NAME",
          name.isBlank() ? "unknown" : name,
          "GIT_AUTHOR_EMAIL",
          address,
          "GIT_AUTHOR_DATE",
          "@" + at);
    }
  }

  /** Those that main does not have and that are no merges, the oldest first. */
  private List<Original> commits(String onto, String head) {
    String[] command = {
      "log",
      "-z",
      "--reverse",
      "--topo-order",
      "--no-merges",
      "--no-show-signature",
      "--date=raw",
      "--format=%H%x00%T%x00%P%x00%an%x00%ae%x00%ad%x00%B",
      onto + ".." + head,
      "--"
    };
    var fields = Arrays.asList((git.must(command)).split("\0", -1));
    var all = new ArrayList<Original>();
    for (int i = 0; i + 6 < fields.size(); i += 7) {
      all.add(
          new Original(
              fields.get(i),
              fields.get(i + 1),
              fields.get(i + 2).split(" ")[0],
              fields.get(i + 3),
              fields.get(i + 4),
              fields.get(i + 5),
              fields.get(i + 6)));
    }
    return all;
  }

  /** Both sides of files in conflict, to be read by whoever brings them together. */
  MergeResult conflict(String base, String head, List<String> files) {
    var conflicted = files.stream().filter(path -> !path.isBlank()).distinct().toList();
    var told = new ArrayList<MergeResult.ConflictFile>();
    for (String path : conflicted) {
      boolean shown = told.size() < MOST_SHOWN;
      told.add(
          new MergeResult.ConflictFile(
              path,
              shown ? excerpt(base, path) : "(not shown)",
              shown ? excerpt(head, path) : "(not shown)"));
      if (told.size() == MOST_NAMED) {
        break;
      }
    }
    return new MergeResult.Conflict(List.copyOf(told));
  }

  private String excerpt(String commit, String path) {
    try {
      byte[] read = git.reading(in -> in.readNBytes(EXCERPT + 1), "show", commit + ":" + path);
      String text = new String(read, 0, Math.min(read.length, EXCERPT), StandardCharsets.UTF_8);
      return read.length > EXCERPT ? text + "\n… (shortened)" : text;
    } catch (HiveException e) {
      if (e.outage()) {
        throw e;
      }
      return "(not there)";
    }
  }
}
