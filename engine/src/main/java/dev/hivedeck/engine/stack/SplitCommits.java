package dev.hivedeck.engine.stack;

import dev.hivedeck.engine.change.ChangeLedger;
import dev.hivedeck.engine.file.Folders;
import dev.hivedeck.engine.git.CommitAuthor;
import dev.hivedeck.engine.git.CommitMessage;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.merge.StackViews.SplitBy;
import dev.hivedeck.engine.protocol.merge.StackViews.SplitPart;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes the commits of which a change is to consist, beside every working tree. The last of them
 * has exactly its files, or none is made.
 */
public final class SplitCommits {
  private static final String ABSENT = "000000";

  private final Repository repository;
  private final Git git;

  public SplitCommits(Repository repository) {
    this.repository = repository;
    this.git = repository.git();
  }

  /**
   * A part with its commits.
   *
   * @param base where it begins: the head of the part below it
   */
  record Made(String title, String base, String head) {}

  /** What a change would be split into; nothing is made. */
  List<SplitPart> preview(ChangeLedger.Row change, SplitBy by) {
    return switch (by) {
      case DIRECTORY -> {
        var files = new HashMap<String, long[]>();
        for (var file : repository.changed(change.base(), change.head())) {
          files.put(file.path(), new long[] {file.additions(), file.deletions()});
        }
        yield groups(change).stream().map(group -> part(group, files)).toList();
      }
      case COMMIT ->
          commits(change).stream()
              .map(
                  made -> {
                    var stat = repository.stat(made.base(), made.head());
                    return new SplitPart(
                        made.title(), stat.files(), stat.additions(), stat.deletions());
                  })
              .toList();
    };
  }

  private static SplitPart part(SplitGroups.Group group, Map<String, long[]> files) {
    long additions = 0;
    long deletions = 0;
    for (String path : group.paths()) {
      var lines = files.getOrDefault(path, new long[2]);
      additions += lines[0];
      deletions += lines[1];
    }
    return new SplitPart(group.title(), group.paths().size(), additions, deletions);
  }

  /**
   * @throws HiveException {@code split-refused}
   */
  List<Made> make(ChangeLedger.Row change, SplitBy by) {
    var made = by == SplitBy.COMMIT ? commits(change) : directories(change);
    if (!repository.treeOf(made.getLast().head()).equals(repository.treeOf(change.head()))) {
      throw refused(
          change, "its parts do not come to the files that it has", "Split it otherwise.");
    }
    return made;
  }

  // ── by commit ───────────────────────────────────────────────────────────────────────────────

  /** Its own commits, one on the other; those that change no file go with the next. */
  private List<Made> commits(ChangeLedger.Row change) {
    String[] command = {
      "log",
      "-z",
      "--reverse",
      "--topo-order",
      "--no-show-signature",
      "--format=%H%x00%T%x00%P%x00%s",
      change.base() + ".." + change.head(),
      "--"
    };
    var fields = List.of(git.must(command).split("\0", -1));
    var made = new ArrayList<Made>();
    String tip = change.base();
    String begin = tip;
    String tree = repository.treeOf(tip);
    for (int i = 0; i + 3 < fields.size(); i += 4) {
      if (!fields.get(i + 2).equals(tip)) {
        throw refused(
            change, "its commits are not in one line", "Split it by directory: --by directory.");
      }
      tip = fields.get(i).strip();
      if (!fields.get(i + 1).equals(tree)) {
        tree = fields.get(i + 1);
        made.add(new Made(fields.get(i + 3), begin, tip));
        begin = tip;
      }
    }
    if (made.size() < 2) {
      throw refused(change, "it is one commit", "Split it by directory: --by directory.");
    }
    int rest = Math.min(made.size(), SplitGroups.MOST) - 1;
    var last = new Made(made.get(rest).title(), made.get(rest).base(), change.head());
    made.subList(rest, made.size()).clear();
    made.add(last);
    return List.copyOf(made);
  }

  // ── by directory ────────────────────────────────────────────────────────────────────────────

  private List<SplitGroups.Group> groups(ChangeLedger.Row change) {
    var groups = SplitGroups.byDirectory(List.copyOf(differences(change).keySet()));
    if (groups.size() < 2) {
      throw refused(
          change, "all its files are in one directory", "Split it by commit: --by commit.");
    }
    return groups;
  }

  /** The lines by which {@code git update-index} takes each path as the change has it. */
  private Map<String, String> differences(ChangeLedger.Row change) {
    String[] command = {
      "diff-tree",
      "-r",
      "--raw",
      "-z",
      "--no-renames",
      "--ignore-submodules=none",
      change.base(),
      change.head()
    };
    var fields = git.listed(command);
    var all = new TreeMap<String, String>();
    for (int i = 0; i + 1 < fields.size(); i += 2) { // modes, objects and a status; its path
      var line = fields.get(i).substring(1).split(" ");
      String mode = line[1].equals(ABSENT) ? "0" : line[1];
      all.put(fields.get(i + 1), mode + " " + line[3] + "\t" + fields.get(i + 1) + "\0");
    }
    return all;
  }

  private List<Made> directories(ChangeLedger.Row change) {
    var groups = groups(change);
    var lines = differences(change);
    var author = CommitAuthor.of(git, change.head()).environment();
    Path folder = null;
    try {
      folder = Files.createTempDirectory("hivedeck-split");
      var index =
          repository
              .git(repository.root())
              .with(Map.of("GIT_INDEX_FILE", folder.resolve("index").toString()));
      index.must("read-tree", change.base());
      var made = new ArrayList<Made>();
      String tip = change.base();
      for (var group : groups) {
        var input = new StringBuilder();
        group.paths().forEach(path -> input.append(lines.get(path)));
        index.mustWith(input.toString(), "update-index", "--replace", "-z", "--index-info");
        String tree = index.must("write-tree").strip();
        String message =
            CommitMessage.of("%s: %s".formatted(change.title(), group.title()), Map.of());
        String commit = repository.commit(message, tree, List.of(tip), author);
        made.add(new Made(group.title(), tip, commit));
        tip = commit;
      }
      return List.copyOf(made);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      delete(folder);
    }
  }

  private static void delete(@Nullable Path folder) {
    try {
      if (folder != null) {
        Folders.delete(folder);
      }
    } catch (IOException e) {
      // A few bytes in the system's temporary folder.
    }
  }

  private static HiveException refused(ChangeLedger.Row change, String why, String hint) {
    return new HiveException(
        ErrorCode.SPLIT_REFUSED,
        "#%d cannot be split so: %s.".formatted(change.number(), why),
        hint);
  }
}
