package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.merge.MergeCommand;
import dev.hivedeck.engine.protocol.merge.MergeQuery;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What comes next is judged while gates run on what goes before it, and counts only if it comes.
 */
@Timeout(120)
@DisabledOnOs(OS.WINDOWS) // its agents are shell scripts
class MergeAheadTest {
  @TempDir Path folder;
  private TestRepository sandbox;

  /** A gate that says when it begins and ends, and on which tree; the first waits for a second. */
  private static final String GATE =
      """
      tree=$(git rev-parse 'HEAD^{tree}')
      echo "begin $tree" >> '%1$s/log'
      if mkdir '%1$s/first' 2>/dev/null; then
        until [ $(grep -c begin '%1$s/log') -ge 2 ] || [ -e '%1$s/alone' ]; do sleep 0.02; done
      fi
      echo "end $tree" >> '%1$s/log'
      test ! -e bad.txt
      """;

  private Engine inLine(int tasks, String agent, String merge) {
    sandbox = new TestRepository(folder);
    sandbox.write(
        ".hivedeck/hive.yaml",
        "version: 1\ndefaults: { attempts: 2, backoff: [], timeout: 30s }\n"
            + "agents: { a: { driver: command, run: sh tools/agent.sh, parallel: 4 } }\n"
            + "decisions: { default: { human: none } }\n"
            + "changes: { merge: "
            + merge
            + " }\n"
            + "gates: { whole: { run: sh tools/gate.sh, at: [merge] } }\n");
    sandbox.write("tools/agent.sh", agent);
    sandbox.write("tools/gate.sh", GATE.formatted(folder));
    sandbox.commit("Set up");
    Engine engine = sandbox.open();
    TestRepository.trust(engine);
    engine.execute(new MergeCommand.Freeze("until all are in line"), null);
    String plan =
        IntStream.rangeClosed(1, tasks)
            .mapToObj(
                i -> "  - { id: T-%d, title: Task %d, agent: a, prompt: x }\n".formatted(i, i))
            .collect(Collectors.joining("", "plan: P\ntasks:\n", ""));
    engine.execute(new Command.ImportPlan("plan.yaml", plan), null);
    engine.execute(new Command.StartHive(4), null);
    TestRepository.await("in line", engine, () -> count(engine, ChangeState.QUEUED) == tasks);
    engine.execute(new MergeCommand.First(change(engine, "T-1")), null);
    engine.execute(new MergeCommand.Unfreeze(null), null);
    return engine;
  }

  private static String change(Engine engine, String task) {
    return TestRepository.task(engine, task).change();
  }

  private static long count(Engine engine, ChangeState state) {
    return TestRepository.changes(engine).stream().filter(c -> c.state() == state).count();
  }

  private List<String> log(String what) throws IOException {
    return Files.readAllLines(folder.resolve("log")).stream()
        .filter(line -> line.startsWith(what))
        .toList();
  }

  @ParameterizedTest
  @CsvSource({"merge, 1", "squash, 1", "rebase, 1", "merge, 2", "squash, 2"})
  void whatComesNextIsJudgedMeanwhileAndNotOnceMore(String method, int batch) throws Exception {
    int tasks = 3 * batch;
    try (Engine engine =
        inLine(
            tasks,
            "echo x > $HIVEDECK_TASK.txt\n",
            "{ method: %s, batch: %d, ahead: 1 }".formatted(method, batch))) {
      TestRepository.await("all", engine, () -> count(engine, ChangeState.MERGED) == tasks);
      // The first gate ends only once a second one has begun.
      assertThat(Files.readAllLines(folder.resolve("log")).get(1)).startsWith("begin");
      assertThat(log("begin")).as("each tree is judged once").doesNotHaveDuplicates().hasSize(3);
      var trees = new ArrayList<String>();
      for (var merge : engine.query(new MergeQuery.Merges(0))) {
        assertThat(merge.get("same").asBoolean()).isTrue();
        assertThat(merge.get("unexplained").size()).isZero();
        trees.add("begin " + merge.get("tree").asText());
      }
      assertThat(trees).as("what is on main was judged").containsAll(log("begin"));
      assertThat(sandbox.git("rev-parse", "main^{tree}"))
          .isEqualTo(log("end").getLast().substring(4));
    }
  }

  @Test
  void whereWhatGoesBeforeFailsWhatWasJudgedOnItIsThrownAway() throws Exception {
    String agent =
        "if [ $HIVEDECK_ATTEMPT = T-1.1 ]; then echo x > bad.txt;"
            + " else rm -f bad.txt; echo x > $HIVEDECK_TASK.txt; fi\n";
    try (Engine engine = inLine(2, agent, "{ ahead: 1 }")) {
      TestRepository.await("all", engine, () -> count(engine, ChangeState.MERGED) == 2);
      assertThat(TestRepository.task(engine, "T-1").attempts()).isEqualTo(2);
      assertThat(TestRepository.task(engine, "T-2").attempts()).as("was only beside").isEqualTo(1);
      assertThat(sandbox.git("ls-tree", "--name-only", "main")).doesNotContain("bad.txt");
      for (var merge : engine.query(new MergeQuery.Merges(0))) {
        assertThat(log("end")).contains("end " + merge.get("tree").asText());
      }
    }
  }

  @Test
  void anEngineThatIsClosedMeanwhileLosesNothing() throws Exception {
    Engine engine = inLine(3, "echo x > $HIVEDECK_TASK.txt\n", "{ ahead: 1 }");
    try (engine) {
      TestRepository.await("both run", engine, () -> runs() >= 2);
    }
    try (Engine again = sandbox.open()) {
      TestRepository.await("all", again, () -> count(again, ChangeState.MERGED) == 3);
      assertThat(sandbox.git("status", "--porcelain")).isEmpty();
    }
  }

  private int runs() {
    try {
      return Files.exists(folder.resolve("log")) ? log("begin").size() : 0;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
