package dev.hivedeck.engine.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.protocol.HiveException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Nothing that an attempt started outlives it, however it tries to. */
@EnabledOnOs(OS.LINUX)
@Timeout(180)
class ProcessTreeTest {
  @TempDir Path folder;
  private final String key = "test-" + System.nanoTime();

  @AfterEach
  void nothingIsLeft() {
    ProcessTree.endCarrying(Set.of(key));
  }

  private ProcessTree start(String command) {
    return ProcessTree.start(command, folder, Map.of(ProcessTree.MARK, key));
  }

  private List<ProcessTree.Found> left() {
    return ProcessTree.carrying().stream().filter(f -> f.key().equals(key)).toList();
  }

  private static void until(BooleanSupplier condition) throws InterruptedException {
    boolean so = condition.getAsBoolean();
    for (int i = 0; i < 6_000 && !so; i++) {
      TimeUnit.MILLISECONDS.sleep(10);
      so = condition.getAsBoolean();
    }
    assertThat(so).isTrue();
  }

  private long written(String name) throws Exception {
    Path file = folder.resolve(name);
    until(() -> Files.exists(file) && file.toFile().length() > 1);
    return Long.parseLong(Files.readString(file).strip());
  }

  @Test
  void endsAChildWithASessionOfItsOwn() throws Exception {
    var tree = start("setsid sleep 300 & sleep 300");
    until(() -> left().size() >= 3);
    assertThat(tree.end())
        .as("ended; a shell may go by itself once its child is gone")
        .isPositive();
    assertThat(left()).isEmpty();
    assertThat(tree.process().waitFor()).isNotZero();
  }

  @Test
  void endsAnOrphanWhoseParentIsLongGone() throws Exception {
    var tree = start("(setsid sh -c 'sleep 300' &) ; exit 0");
    tree.process().waitFor();
    until(() -> !left().isEmpty());
    tree.end();
    assertThat(left()).isEmpty();
  }

  @Test
  void endsThoseThatIgnoreBeingAsked() throws Exception {
    var tree = start("trap '' TERM INT HUP; echo $$ > ready; while :; do sleep 1; done");
    written("ready");
    tree.end();
    assertThat(left()).isEmpty();
    assertThat(tree.process().waitFor()).isEqualTo(128 + 9);
  }

  @Test
  void endsAStoppedProcess() throws Exception {
    var tree = start("echo $$ > ready; kill -STOP $$; sleep 300");
    written("ready");
    tree.end();
    assertThat(left()).isEmpty();
  }

  @Test
  void endsOneThatHidItsMarkButStayedInTheSession() throws Exception {
    var tree = start("(env -i sh -c 'echo $$ > hidden; exec /bin/sleep 300' &) ; sleep 300");
    long hidden = written("hidden");
    until(
        () ->
            ProcessHandle.of(hidden)
                .flatMap(p -> p.parent())
                .map(p -> p.pid() != tree.pid())
                .orElse(true));
    tree.end();
    assertThat(ProcessHandle.of(hidden).filter(ProcessTable::alive)).isEmpty();
  }

  @Test
  void endsThoseThatKeepStartingOthers() throws Exception {
    var tree =
        start(
            "trap '' TERM; i=0; echo $$ > ready; while [ $i -lt 400 ]; do setsid sh -c 'trap \"\""
                + " TERM; sleep 300' & i=$((i+1)); done; wait");
    written("ready");
    tree.end();
    assertThat(left()).isEmpty();
  }

  @Test
  void leavesOthersAlone() throws Exception {
    String others = key + "-others";
    var other = ProcessTree.start("sleep 300", folder, Map.of(ProcessTree.MARK, others));
    var tree = start("sleep 300");
    tree.end();
    assertThat(other.process().isAlive()).isTrue();
    assertThat(ProcessTree.endCarrying(Set.of(others))).isPositive();
    assertThat(other.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void endsEvenWhenInterruptedAndStaysInterrupted() throws Exception {
    var tree = start("trap '' TERM; echo $$ > ready; while :; do sleep 1; done");
    written("ready");
    Thread.currentThread().interrupt();
    tree.end();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(left()).isEmpty();
  }

  @Test
  void showsWhatCarriesTheMarkAndWhere() throws Exception {
    start("exec sleep 300");
    var all = new ArrayList<ProcessTree.Found>(); // while it becomes sleep it shows no mark
    until(() -> all.addAll(left()));
    var found = all.getFirst();
    assertThat(found.folder()).isEqualTo(folder.toRealPath());
    assertThat(found.start()).isNotNull();
    assertThat(ProcessTree.endCarrying(Set.of(key))).isPositive();
  }

  @Test
  void passesNothingOnButWhatIsGivenAndThePlain() throws Exception {
    var tree =
        ProcessTree.start("env", folder, Map.of(ProcessTree.MARK, key, "GIVEN", "a b\"c'$d"));
    String environment = new String(tree.process().getInputStream().readAllBytes());
    assertThat(environment).contains("GIVEN=a b\"c'$d").contains("PATH=");
    assertThat(environment.lines().map(l -> l.replaceAll("=.*", "")))
        .isSubsetOf(
            "PATH",
            "HOME",
            "USER",
            "LOGNAME",
            "SHELL",
            "LANG",
            "LC_ALL",
            "LC_CTYPE",
            "TZ",
            "TMPDIR",
            "JAVA_HOME",
            "XDG_RUNTIME_DIR",
            "PWD",
            "OLDPWD",
            "_",
            "SHLVL",
            "GIVEN",
            ProcessTree.MARK);
  }

  @Test
  void leavesTheProcessorToWhatAPersonIsAt() throws Exception {
    var usual = new ProcessBuilder("nice").start();
    int own = Integer.parseInt(new String(usual.getInputStream().readAllBytes()).strip());
    var tree = ProcessTree.start("nice", folder, Map.of(ProcessTree.MARK, key));
    assertThat(tree.process().inputReader().readLine())
        .isEqualTo(String.valueOf(Math.max(own, Spawner.NICENESS)));
  }

  @Test
  void saysWhenTheFolderIsGone() {
    assertThatThrownBy(() -> ProcessTree.start("true", folder.resolve("gone"), Map.of()))
        .isInstanceOfSatisfying(
            HiveException.class,
            e -> {
              assertThat(e.code()).isEqualTo("not-started");
              assertThat(e.getMessage()).contains("gone", "no folder");
            });
  }

  @Test
  void findsAGroupWherePsIsAllThereIs() throws Exception {
    var tree = start("(sleep 300 &) ; sleep 300");
    until(() -> left().size() == 3);
    var all = new HashSet<Long>();
    left().forEach(f -> all.add(f.pid()));
    assertThat(
            ProcessTable.family(
                Set.of(tree.pid()), Set.of(), Set.of(), ProcessTable.takeWithoutProc()))
        .containsExactlyInAnyOrderElementsOf(all);
  }

  /** A busy machine makes it slow now and then; waiting for those that are gone would each time. */
  @Test
  void endingIsQuickWhenAllObey() throws Exception {
    var took = new ArrayList<Duration>();
    do {
      var tree = start("sleep 300 & sleep 300");
      until(() -> left().size() >= 3);
      long begin = System.nanoTime();
      tree.end();
      took.add(Duration.ofNanos(System.nanoTime() - begin));
    } while (took.getLast().toMillis() > 1_900 && took.size() < 10);
    assertThat(took).anyMatch(time -> time.toMillis() < 1_900);
  }
}
