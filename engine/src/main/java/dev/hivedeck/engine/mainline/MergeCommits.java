package dev.hivedeck.engine.mainline;

import dev.hivedeck.engine.git.CommitAuthor;
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
import java.util.function.Function;

/**
 * Makes the commits by which work comes to main, beside every working tree. Their last one has the
 * files that git makes of both sides, whatever the method.
 */
final class MergeCommits {
  private static final String NOTE =
      "Its commits cannot be made again one by one, so it comes as one.";

  /** Of more commits none is made again: each takes git three runs, and main waits meanwhile. */
  static final int AGAIN = 200;

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
    return switch (together(there, onto, work)) {
      case Together.Tree(String tree) ->
          switch (work.method()) {
            case MERGE -> merge(onto, work, tree);
            case SQUASH -> squash(onto, work, tree, commits(onto, work), "");
            case REBASE -> rebase(there, onto, work, tree);
          };
      case Together.Not(WouldBe why) -> why;
    };
  }

  /**
   * Makes work again on top of another commit, each of its commits where that goes, else all as
   * one. Nothing is said of it in Hivedeck's name.
   *
   * @param work by the method rebase
   */
  WouldBe replay(String onto, Incoming work) {
    return MainAttributes.with(
        repository,
        onto,
        there ->
            switch (together(there, onto, work)) {
              case Together.Tree(String tree) -> replay(there, onto, work, tree);
              case Together.Not(WouldBe why) -> why;
            });
  }

  private WouldBe replay(Git there, String onto, Incoming work, String tree) {
    var commits = commits(onto, work);
    var tip = again(there, onto, tree, commits, Original::message);
    if (tip.isPresent() && !commits.isEmpty()) {
      return new WouldBe.Commits(tip.get(), commits.size());
    }
    String message = CommitMessage.of(work.subject(), subjects(commits), Map.of(), List.of());
    return new WouldBe.Commits(repository.commit(message, tree, List.of(onto), author(commits)), 1);
  }

  /** What git makes of both sides. */
  private sealed interface Together {
    record Tree(String id) implements Together {}

    record Not(WouldBe why) implements Together {}
  }

  private Together together(Git there, String onto, Incoming work) {
    String[] command = {
      "merge-tree",
      "--write-tree",
      "--name-only",
      "--no-messages",
      "-z",
      on(repository, onto, work.base()),
      work.head()
    };
    var merged = there.run(command);
    var parts = List.of(merged.out().split("\0"));
    if (merged.exit() == 1) {
      return new Together.Not(new WouldBe.Clash(parts.subList(1, parts.size())));
    }
    if (!merged.ok()) {
      if (!git.holds("merge-base", onto, work.head())) {
        return new Together.Not(new WouldBe.Apart());
      }
      throw git.failed(merged, command);
    }
    return new Together.Tree(parts.getFirst().strip());
  }

  /**
   * The files of a commit as if they were made on top of another: then that is what it has in
   * common with work that was made there.
   *
   * @param base null where they are to be as they are
   */
  static String on(Repository repository, String commit, String base) {
    return base == null || base.equals(commit)
        ? commit
        : repository.commit("As meant", repository.treeOf(commit), List.of(base));
  }

  private WouldBe merge(String onto, Incoming work, String tree) {
    var message = CommitMessage.of(work.subject(), work.trailers());
    return new WouldBe.Commits(repository.commit(message, tree, List.of(onto, work.head())), 1);
  }

  /** It has the author of the last commit; who made the others is named. */
  private WouldBe squash(
      String onto, Incoming work, String tree, List<Original> commits, String note) {
    var others =
        commits.stream()
            .map(Original::by)
            .distinct()
            .filter(by -> !by.equals(commits.getLast().by()))
            .toList();
    var points = new ArrayList<>(subjects(commits));
    if (!note.isEmpty()) {
      points.add(note);
    }
    String message =
        CommitMessage.of(work.subject(), points, trailers(work, Optional.empty()), others);
    return new WouldBe.Commits(repository.commit(message, tree, List.of(onto), author(commits)), 1);
  }

  private static List<String> subjects(List<Original> commits) {
    return commits.stream().map(Original::subject).toList();
  }

  private static Map<String, String> author(List<Original> commits) {
    return commits.isEmpty() ? Map.of() : commits.getLast().author().environment();
  }

  private WouldBe rebase(Git there, String onto, Incoming work, String tree) {
    var commits = commits(onto, work);
    if (commits.isEmpty()) {
      return squash(onto, work, tree, commits, "");
    }
    var told = trailers(work, Optional.of(onto));
    return again(
            there,
            onto,
            tree,
            commits,
            original ->
                original.equals(commits.getLast())
                    ? CommitMessage.plain(original.message(), told)
                    : CommitMessage.plain(original.message()))
        .<WouldBe>map(tip -> new WouldBe.Commits(tip, commits.size()))
        .orElseGet(() -> squash(onto, work, tree, commits, NOTE));
  }

  /** Makes commits again, one on the other; empty where that does not come to this tree. */
  private Optional<String> again(
      Git there,
      String onto,
      String tree,
      List<Original> commits,
      Function<Original, String> message) {
    if (commits.size() > AGAIN) {
      return Optional.empty();
    }
    String tip = onto;
    String files = repository.treeOf(onto);
    for (var original : commits) {
      var made = again(there, original, tip, files);
      boolean last = original.equals(commits.getLast());
      if (made.isEmpty() || last && !made.get().equals(tree)) {
        return Optional.empty();
      }
      files = made.get();
      tip =
          repository.commit(
              message.apply(original), files, List.of(tip), original.author().environment());
    }
    return Optional.of(tip);
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
      String id, String tree, String parent, CommitAuthor author, String message) {

    String subject() {
      return message.lines().findFirst().orElse("");
    }

    String by() {
      return author.signature();
    }
  }

  /** Those that main does not have and that are no merges, the oldest first. */
  private List<Original> commits(String onto, Incoming work) {
    String[] command = {
      "log",
      "-z",
      "--reverse",
      "--topo-order",
      "--no-merges",
      "--no-show-signature",
      "--date=raw",
      "--format=%H%x00%T%x00%P%x00%an%x00%ae%x00%ad%x00%B",
      work.head(),
      "^" + onto,
      "^" + (work.base() == null ? onto : work.base()),
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
              new CommitAuthor(fields.get(i + 3), fields.get(i + 4), fields.get(i + 5)),
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
