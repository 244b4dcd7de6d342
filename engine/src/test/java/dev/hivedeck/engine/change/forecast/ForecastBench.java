package dev.hivedeck.engine.change.forecast;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.TestRepository;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.mainline.TrialMerges;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Store;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
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

  /** Each pair is merged by git itself, in a checkout, and comes to the same. */
  @Test
  @Timeout(value = 1, unit = TimeUnit.HOURS) // git runs twice for each of 19,900 pairs
  void everyPairOfRandomBranches() throws Exception {
    int branches = Integer.getInteger("hivedeck.branches", 200);
    sandbox = new TestRepository(folder);
    for (int i = 0; i < 40; i++) {
      sandbox.write("src/file%d.txt".formatted(i), lines("line"));
    }
    sandbox.commit("Begin");
    var heads = new ArrayList<String>();
    for (int i = 0; i < branches; i++) {
      // Some stand on another branch rather than on main.
      String on = i > 0 && random.nextInt(5) == 0 ? heads.get(random.nextInt(i)) : "main";
      sandbox.git("checkout", "-q", "--detach", on);
      for (int k = 1 + random.nextInt(3); k > 0; k--) {
        various("by " + i);
      }
      sandbox.git("add", "--all");
      sandbox.git("commit", "-q", "--allow-empty", "-m", "Change " + i);
      heads.add(sandbox.git("rev-parse", "HEAD"));
    }
    var pairs = new ArrayList<TrialMerges.Pair>();
    for (int i = 0; i < branches; i++) {
      for (int k = i + 1; k < branches; k++) {
        pairs.add(new TrialMerges.Pair(heads.get(i), heads.get(k)));
      }
    }
    var told = new ArrayList<Boolean>();
    var trials = new TrialMerges(Repository.open(sandbox.repository, "main"));
    double forecast = millis(() -> trials.conflicts(pairs).forEach(c -> told.add(!c.isEmpty())));
    int conflicts = 0;
    var wrong = new ArrayList<TrialMerges.Pair>();
    long begun = System.nanoTime();
    for (int i = 0; i < pairs.size(); i++) {
      var pair = pairs.get(i);
      if (i == 0 || !pair.one().equals(pairs.get(i - 1).one())) {
        git("checkout", "-q", "-f", "--detach", pair.one());
      }
      boolean clash = git("merge", "-q", "--no-ff", "--no-commit", pair.other()) != 0;
      git("reset", "-q", "--hard", pair.one());
      git("clean", "-fdq");
      conflicts += clash ? 1 : 0;
      if (clash != told.get(i)) {
        wrong.add(pair);
      }
    }
    System.out.printf(
        "%d branches, %d pairs, %d of them conflict: forecast in %.0f ms, merged by git one by one"
            + " in %.0f s; they differ in %d%n",
        branches,
        pairs.size(),
        conflicts,
        forecast,
        (System.nanoTime() - begun) / 1e9,
        wrong.size());
    assertThat(wrong).isEmpty();
  }

  private static String lines(String text) {
    return IntStream.range(0, 30).mapToObj(i -> text + " " + i + "\n").collect(joining());
  }

  /** Lines change, or a file comes, goes or is called otherwise. */
  private void various(String by) throws Exception {
    var file = sandbox.repository.resolve("src/file%d.txt".formatted(random.nextInt(40)));
    switch (random.nextInt(8)) {
      case 0 -> Files.deleteIfExists(file);
      case 1 ->
          Files.writeString(file.resolveSibling("new%d.txt".formatted(random.nextInt(20))), by);
      case 2 -> {
        if (Files.exists(file)) {
          Files.move(
              file,
              file.resolveSibling("moved%d.txt".formatted(random.nextInt(40))),
              StandardCopyOption.REPLACE_EXISTING);
        }
      }
      default -> {
        if (Files.exists(file)) {
          var lines = new ArrayList<>(Files.readAllLines(file));
          lines.set(random.nextInt(lines.size()), by + " " + random.nextInt());
          Files.writeString(file, String.join("\n", lines) + "\n");
        }
      }
    }
  }

  private int git(String... arguments) throws Exception {
    var command = new ArrayList<>(List.of("git"));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .directory(sandbox.repository.toFile())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
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
