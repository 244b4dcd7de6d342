package dev.hivedeck.engine.worktree;

import dev.hivedeck.engine.TestRepository;
import dev.hivedeck.engine.git.repository.HiddenRefs;
import dev.hivedeck.engine.git.repository.KeptWork;
import dev.hivedeck.engine.git.repository.RecordedMerges;
import dev.hivedeck.engine.git.repository.Repository;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a long history costs: a main of many merges, and much kept work; beside bare git. */
@Tag("bench")
class HistoryBench {
  private static final int MERGES = Integer.getInteger("hivedeck.merges", 45_000);
  private static final int KEPT = Integer.getInteger("hivedeck.kept", 10_000);
  private static final int TIMES = 3;

  @TempDir Path folder;

  private interface Work {
    Object run() throws Exception;
  }

  @Test
  void aLongHistory() throws Exception {
    var sandbox = new TestRepository(folder);
    sandbox.write("a.txt", "a\n");
    sandbox.commit("Begin");
    Path stream = folder.resolve("stream");
    Files.writeString(stream, history(), StandardCharsets.UTF_8);
    var repository = Repository.open(sandbox.repository, null);
    var git = repository.git();
    git.from(stream).must("fast-import", "--quiet", "--force");
    String merges = git.must("rev-list", "--first-parent", "--merges", "main");
    var commits = merges.lines().toList();

    long told = measure("merges that main tells of", () -> RecordedMerges.of(repository, null));
    against(
        "git log --first-parent, whole messages",
        told,
        () -> git.must("log", "--first-parent", "--format=%H %P %B", "main"));
    long on = measure("which of all merges main has", () -> repository.notOnMain(commits));
    against("git rev-list main", on, () -> git.must("rev-list", "main"));
    long kept = measure("all kept work, with its sizes", () -> new KeptWork(repository).list());
    against(
        "git for-each-ref and git diff-tree of each",
        kept,
        () -> {
          String refs = git.must("for-each-ref", "--format=%(objectname)", HiddenRefs.KEPT);
          return git.mustWith(refs + "\n", "diff-tree", "--stdin", "--root", "-r");
        });
  }

  /** Each merge as the engine makes it, then each kept commit on its own ref. */
  private static String history() {
    var text = new StringBuilder();
    text.append("reset refs/heads/main\n");
    commit(text, "refs/heads/main", 1, "Begin", List.of(), "base");
    int mark = 1;
    for (int i = 1; i <= MERGES; i++) {
      int head = mark + 1;
      commit(text, "refs/heads/work", head, "Task " + i, List.of(mark), "file" + i % 500);
      String words =
          "Merge #%d hive/T-%d: Task %d\n\nHivedeck-Task: T-%d\nHivedeck-Attempt: T-%d.1\nHivedeck-Agent: a\n"
              .formatted(i, i, i, i, i);
      commit(text, "refs/heads/main", head + 1, words, List.of(mark, head), "file" + i % 500);
      mark = head + 1;
    }
    for (int i = 1; i <= KEPT; i++) {
      String ref = HiddenRefs.KEPT + "T-" + i + "/1";
      commit(text, ref, mark + i, "Kept of T-" + i + ".1: failed", List.of(mark), "kept" + i);
    }
    return text.append("done\n").toString();
  }

  private static void commit(
      StringBuilder text, String ref, int mark, String words, List<Integer> parents, String file) {
    text.append("commit ").append(ref).append("\nmark :").append(mark);
    text.append("\ncommitter A <a@example.org> ").append(1_700_000_000L + mark).append(" +0000\n");
    data(text, words);
    for (int i = 0; i < parents.size(); i++) {
      text.append(i == 0 ? "from :" : "merge :").append(parents.get(i)).append('\n');
    }
    text.append("M 100644 inline ").append(file).append('\n');
    data(text, "line " + mark + "\n");
  }

  private static void data(StringBuilder text, String words) {
    text.append("data ").append(words.getBytes(StandardCharsets.UTF_8).length).append('\n');
    text.append(words).append('\n');
  }

  private static long measure(String what, Work work) throws Exception {
    var times = new ArrayList<Long>();
    for (int i = 0; i < TIMES; i++) {
      long began = System.nanoTime();
      work.run();
      times.add((System.nanoTime() - began) / 1_000_000);
    }
    times.sort(null);
    System.out.printf("%-44s %,6d ms", what, times.get(TIMES / 2));
    return times.get(TIMES / 2);
  }

  private static void against(String peer, long ours, Work work) throws Exception {
    System.out.print(" | ");
    long theirs = measure(peer, work);
    System.out.printf(" | %.2f%n", ours / (double) Math.max(1, theirs));
  }
}
