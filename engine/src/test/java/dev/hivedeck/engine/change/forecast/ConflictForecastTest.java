package dev.hivedeck.engine.change.forecast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.hivedeck.engine.TestRepository;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.mainline.TrialMerges;
import dev.hivedeck.engine.protocol.merge.MergeViews.Encounter;
import dev.hivedeck.engine.protocol.merge.MergeViews.Forecast;
import dev.hivedeck.engine.protocol.merge.MergeViews.Meeting;
import dev.hivedeck.engine.store.Store;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whom a change meets is a matter of what both of them change. */
class ConflictForecastTest {
  @TempDir Path folder;
  private TestRepository sandbox;

  @BeforeEach
  void repository() {
    sandbox = new TestRepository(folder);
    sandbox.write("server.py", "a\nb\nc\n");
    sandbox.write("old.py", "1\n2\n3\n4\n5\n6\n7\n8\n");
    sandbox.commit("Begin");
  }

  /** A change on top of what is checked out; main is again afterwards. */
  private String change(Runnable work) {
    sandbox.git("checkout", "-q", "--detach", "main");
    work.run();
    sandbox.git("add", "--all");
    sandbox.git("commit", "-q", "-m", "A change");
    String head = sandbox.git("rev-parse", "HEAD");
    sandbox.git("checkout", "-q", "main");
    return head;
  }

  private Map<String, List<Encounter>> forecast(String... heads) {
    try (var store = Store.open(folder.resolve("hive.db"), Clock.systemUTC())) {
      store.write(
          "begin",
          tx -> {
            for (int i = 0; i < heads.length; i++) {
              tx.sql()
                  .update(
                      "INSERT INTO task(id, place, title, prompt, priority, capabilities, produces,"
                          + " state, updated_at) VALUES (?, ?, 't', '', 0, '[]', '[]', 'done', 0)",
                      "T-" + i,
                      i);
              tx.sql()
                  .update(
                      "INSERT INTO change(number, task, attempt, agent, state, branch, base, head,"
                          + " files, additions, deletions, commits, gates, review, opened_at,"
                          + " updated_at) VALUES (?, ?, 'T', 'a', 'open', 'b', 'm', ?, 1, 1, 1, 1,"
                          + " '[]', 'none', 0, 0)",
                      i + 1,
                      "T-" + i,
                      heads[i]);
            }
            return null;
          });
      var trials = new TrialMerges(Repository.open(sandbox.repository, "main"));
      new ConflictForecast(store, trials, (tx, id) -> {}, name -> name, () -> "forecast").look();
      return store.read(ForecastLedger::all).stream()
          .collect(Collectors.toMap(Forecast::id, Forecast::encounters));
    }
  }

  @Test
  void aConflictWithMainIsThatOfTheChangeThatHasIt() {
    String old = change(() -> sandbox.write("server.py", "a\nmine\nc\n"));
    sandbox.write("server.py", "a\nof main\nc\n");
    sandbox.commit("Main goes on");
    String beside = change(() -> sandbox.write("T-17.txt", "x\n"));
    String both = change(() -> sandbox.write("server.py", "a\nother\nc\n"));
    var met = forecast(old, beside, both);
    var file = List.of("server.py");
    assertThat(met.get("C-1"))
        .containsExactlyInAnyOrder(
            new Encounter(Forecast.MAIN, Meeting.CONFLICT, file),
            new Encounter("C-3", Meeting.CONFLICT, file));
    assertThat(met.get("C-2")).isEmpty();
    assertThat(met.get("C-3")).containsExactly(new Encounter("C-1", Meeting.CONFLICT, file));
  }

  @Test
  void aFileThatOneRenamedIsAMatterOfBoth() {
    String edits = change(() -> sandbox.write("old.py", "1\n2\n3\nmine\n5\n6\n7\n8\n"));
    String renames =
        change(
            () -> {
              sandbox.git("mv", "old.py", "new.py");
              sandbox.write("new.py", "1\n2\n3\nyours\n5\n6\n7\n8\n");
            });
    String folder =
        change(
            () -> {
              sandbox.git("rm", "-q", "server.py");
              sandbox.write("server.py/main.py", "x\n");
            });
    String file = change(() -> sandbox.write("server.py", "a\nb\nd\n"));
    var met = forecast(edits, renames, folder, file);
    assertThat(met.get("C-1"))
        .extracting(Encounter::with, Encounter::meeting)
        .containsExactly(tuple("C-2", Meeting.CONFLICT));
    assertThat(met.get("C-3"))
        .extracting(Encounter::with, Encounter::meeting)
        .containsExactly(tuple("C-4", Meeting.CONFLICT));
  }
}
