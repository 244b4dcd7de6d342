package dev.hivedeck.engine.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.protocol.HiveException;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A tree that is stopped while its folder is read. */
@EnabledOnOs(OS.LINUX)
class ProcessPauseTest {
  @TempDir Path folder;
  private final String key = UUID.randomUUID().toString();

  private ProcessTree tree(String command) {
    return ProcessTree.start(command, folder, Map.of(ProcessTree.MARK, key));
  }

  private static String state(long pid) throws Exception {
    return Files.readString(Path.of("/proc/" + pid + "/stat")).replaceFirst(".*\\) (.).*\n", "$1");
  }

  /** Two that rename all the time, of which one has laid down its mark. */
  @Test
  void nobodyRunsUntilItIsClosed() throws Exception {
    String swap = "i=0; while :; do i=$((i+1)); echo $i > %s; done";
    var tree =
        tree(
            "(env -i setsid sh -c '"
                + swap.formatted("one")
                + "' &) ; ("
                + swap.formatted("two")
                + ") & echo begun; wait");
    try {
      try (BufferedReader out = tree.process().inputReader()) {
        assertThat(out.readLine()).isEqualTo("begun");
        until("one");
        until("two");
        String one;
        try (var processPause = ProcessPause.of(key)) {
          one = Files.readString(folder.resolve("one"));
          String two = Files.readString(folder.resolve("two"));
          for (int i = 0; i < 2_000; i++) {
            assertThat(folder.resolve("one")).hasContent(one);
            assertThat(folder.resolve("two")).hasContent(two);
          }
          processPause.check();
        }
        while (Files.readString(folder.resolve("one")).equals(one)) {
          Thread.onSpinWait();
        }
      }
    } finally {
      tree.end();
    }
  }

  private void until(String file) throws Exception {
    while (!Files.exists(folder.resolve(file)) || Files.size(folder.resolve(file)) == 0) {
      Thread.onSpinWait();
    }
  }

  @Test
  void whoeverIsWokenMeanwhileIsFound() throws Exception {
    var tree = tree("echo begun; while :; do :; done");
    try (BufferedReader out = tree.process().inputReader()) {
      assertThat(out.readLine()).isEqualTo("begun");
      try (var processPause = ProcessPause.of(key)) {
        processPause.check();
        for (String signal : new String[] {"CONT", "STOP"}) {
          new ProcessBuilder("kill", "-" + signal, Long.toString(tree.pid())).start().waitFor();
        }
        while (!state(tree.pid()).equals("T")) {
          Thread.onSpinWait();
        }
        assertThatThrownBy(processPause::check)
            .isInstanceOfSatisfying(
                HiveException.class, e -> assertThat(e.code()).isEqualTo("not-paused"));
      }
    } finally {
      tree.end();
    }
  }

  @Test
  void whereNobodyIsNobodyIsStopped() {
    try (var processPause = ProcessPause.of(key)) {
      processPause.check();
    }
  }
}
