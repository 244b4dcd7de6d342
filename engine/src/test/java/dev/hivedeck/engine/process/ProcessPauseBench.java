package dev.hivedeck.engine.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How long an agent's processes stand still for a checkpoint that reads nothing. */
@Tag("bench")
class ProcessPauseBench {
  private static final int TIMES = 50;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(ints = {1, 20, 200})
  void aTree(int processes) throws Exception {
    String key = UUID.randomUUID().toString();
    String sleepers = "i=1; while [ $i -lt %d ]; do sleep 600 & i=$((i+1)); done; echo begun; wait";
    var tree =
        ProcessTree.start(sleepers.formatted(processes), folder, Map.of(ProcessTree.MARK, key));
    try (var out = tree.process().inputReader()) {
      out.readLine();
      var times = new ArrayList<Long>();
      for (int i = 0; i < TIMES; i++) {
        long began = System.nanoTime();
        try (var processPause = ProcessPause.of(key)) {
          processPause.check();
        }
        times.add((System.nanoTime() - began) / 1_000);
      }
      times.sort(null);
      System.out.printf(
          "%4d processes: stopped, checked and woken in %,d us, at most %,d us%n",
          processes, times.get(TIMES / 2), times.getLast());
    } finally {
      tree.end();
    }
  }
}
