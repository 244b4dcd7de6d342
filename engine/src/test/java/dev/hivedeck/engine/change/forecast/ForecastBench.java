package dev.hivedeck.engine.change.forecast;

import dev.hivedeck.engine.TestRepository;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.mainline.TrialMerges;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Store;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What it costs to know of open changes whom each will meet, beside git's merges alone. */
@Tag("bench")
class ForecastBench {
  private static final int CHANGES = Integer.getInteger("hivedeck.changes", 50);
  private static final int FILES = Integer.getInteger("hivedeck.files", 2_000);
  private static final int TIMES = 9;

  @TempDir Path folder;
  private TestRepository sandbox;
  private final Random random = new Random(1);

  @Test
  void openChanges() {
    sandbox = new TestRepository(folder);
    for (int i = 0; i < FILES; i++) {
      sandbox.write("src/%d/file%d.txt".formatted(i / 50, i), "line\n".repeat(60));
    }
    sandbox.commit("Many files");
    var heads = new ArrayList<String>();
    for (int i = 0; i < CHANGES; i++) {
      sandbox.git("checkout", "-q", "-B", "change" + i, "main");
      heads.add(changed("Change " + i));
    }
    var trials = new TrialMerges(Repository.open(sandbox.repository, "main"));
    try (var store = Store.open(folder.resolve("hive.db"), Clock.systemUTC())) {
      store.write("begin", tx -> opened(tx.sql(), heads));
      var forecast =
          new ConflictForecast(store, trials, (_, _) -> {}, name -> name, () -> "forecast");
      double first = millis(forecast::look);
      double bare = millis(() -> merges(heads, heads));
      System.out.printf(
          "%d open changes, %d files: all forecast in %.0f ms, git's merges alone %.0f ms%n",
          CHANGES, FILES, first, bare);
      var again = new ArrayList<Double>();
      var alone = new ArrayList<Double>();
      for (int i = 0; i < TIMES; i++) {
        sandbox.git("checkout", "-q", "change" + i);
        String head = changed("More of it");
        heads.set(i, head);
        int number = i + 1;
        store.write(
            "push",
            tx -> tx.sql().update("UPDATE change SET head = ? WHERE number = ?", head, number));
        again.add(millis(forecast::look));
        alone.add(millis(() -> merges(List.of(head), heads)));
      }
      System.out.printf(
          "one of them has another commit: %.0f ms, git's merges alone %.0f ms (medians of %d)%n",
          median(again), median(alone), TIMES);
    }
  }

  /** Three files of the checkout get other lines, and are committed. */
  private String changed(String message) {
    for (int i = 0; i < 3; i++) {
      int file = random.nextInt(FILES);
      String line = "line\n";
      int at = random.nextInt(60);
      sandbox.write(
          "src/%d/file%d.txt".formatted(file / 50, file),
          line.repeat(at) + message + " " + random.nextInt() + "\n" + line.repeat(59 - at));
    }
    sandbox.git("commit", "-q", "-a", "-m", message);
    return sandbox.git("rev-parse", "HEAD");
  }

  private static Void opened(Sql sql, List<String> heads) throws SQLException {
    for (int i = 0; i < heads.size(); i++) {
      sql.update(
          "INSERT INTO task(id, place, title, prompt, priority, capabilities, produces, state,"
              + " updated_at) VALUES (?, ?, 'a task', '', 0, '[]', '[]', 'done', 0)",
          "T-" + i,
          i);
      sql.update(
          "INSERT INTO change(number, task, attempt, agent, state, branch, base, head, files,"
              + " additions, deletions, commits, gates, review, opened_at, updated_at)"
              + " VALUES (?, ?, ?, 'a', 'open', ?, 'main', ?, 3, 3, 3, 1, '[]', 'none', 0, 0)",
          i + 1,
          "T-" + i,
          "T-" + i + ".1",
          "change" + i,
          heads.get(i));
    }
    return null;
  }

  /** The same merges by one git, with main among the others. */
  private void merges(List<String> some, List<String> others) {
    var pairs = new StringBuilder();
    for (int i = 0; i < some.size(); i++) {
      for (int k = some.size() > 1 ? i + 1 : 0; k < others.size(); k++) {
        pairs.append(some.get(i)).append(' ').append(others.get(k)).append('\n');
      }
      pairs.append(some.get(i)).append(" main\n");
    }
    Repository.open(sandbox.repository, "main")
        .git()
        .mustWith(pairs.toString(), "merge-tree", "--stdin", "-z", "--name-only", "--no-messages");
  }

  private static double millis(Runnable work) {
    long begun = System.nanoTime();
    work.run();
    return (System.nanoTime() - begun) / 1e6;
  }

  private static double median(List<Double> times) {
    return times.stream().sorted().toList().get(times.size() / 2);
  }
}
