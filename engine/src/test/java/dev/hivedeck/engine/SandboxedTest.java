package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.hivedeck.engine.process.SandboxLauncher;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What an agent with {@code sandbox:} cannot do, tried by one that wants to. */
@EnabledOnOs(OS.LINUX)
class SandboxedTest {
  private static final String PLAN =
      "plan: p\ntasks: [{ id: T-1, title: t, agent: worker, prompt: x }]\n";

  @TempDir Path folder;
  private TestRepository sandbox;

  @BeforeEach
  void set() {
    assumeTrue(SandboxLauncher.here().works(), SandboxLauncher.here().words());
    sandbox = new TestRepository(folder);
  }

  private void agent(String confined, String script) {
    sandbox.write(
        ".hivedeck/hive.yaml",
        """
        version: 1
        defaults: { attempts: 1, timeout: 60s }
        agents:
          worker:
            run: sh agent.sh
            sandbox: %s
        decisions: { default: { human: none } }
        """
            .formatted(confined));
    sandbox.write("agent.sh", script);
    sandbox.commit("Set up");
  }

  /** Lets it do its work; what it printed. */
  private String worked(Engine hive) {
    hive.execute(new Command.Trust(hive.consent().digest()), null);
    hive.execute(new Command.ImportPlan("p.yaml", PLAN), null);
    hive.execute(new Command.StartHive(1), null);
    TestRepository.await(
        "the end",
        hive,
        () -> {
          var task = TestRepository.task(hive, "T-1");
          return task.merged() || List.of("DEAD", "WAITING").contains(task.state().toString());
        });
    return Json.write(hive.query(new Query.Log("T-1.1", 0, 5_000, false)));
  }

  @Test
  void itWorksInItsOwnFolderAndItsWorkIsMerged() {
    agent(
        "workspace",
        """
        set -e
        grep -q . "$HIVEDECK_PROMPT_FILE"; test -f "$HIVEDECK_INBOX_FILE"; cat > /dev/null
        echo hello > /tmp/scratch; cp /tmp/scratch made.txt
        git add made.txt; git commit -qm "by itself"; git log --oneline | head -3
        echo more >> made.txt
        echo x > "$(dirname "$HIVEDECK_PROMPT_FILE")/note"
        test "$(pwd)" = "$(git rev-parse --show-toplevel)"
        """);
    try (Engine hive = sandbox.open()) {
      String log = worked(hive);
      assertThat(TestRepository.task(hive, "T-1").merged()).as(log).isTrue();
    }
    assertThat(sandbox.git("show", "main:made.txt")).isEqualTo("hello\nmore");
    assertThat(new File("/tmp/scratch")).doesNotExist();
  }

  @Test
  void whatIsNotItsOwnItNeitherReadsNorChanges() throws Exception {
    var outside = Files.createDirectory(folder.resolve("outside"));
    Path home = Path.of(System.getProperty("user.home"));
    agent(
        "workspace",
        """
        try() { what=$1; shift; if "$@" > /dev/null 2>&1; then echo "DID $what"; else echo "could not $what"; fi; }
        try write-outside touch OUTSIDE/x
        try write-repository touch REPO/x
        try move-main git --git-dir=REPO/.git update-ref refs/heads/main HEAD~1
        try write-config git --git-dir=REPO/.git config core.bare true
        try write-hook touch REPO/.git/hooks/pre-commit
        try write-home touch USER/.hivedeck-was-here
        try write-etc touch /etc/hivedeck-was-here
        try read-token sh -c 'cat DATA/workspaces/*/endpoint.json'
        try read-ledger sh -c 'cat DATA/workspaces/*/hive.db'
        try read-others sh -c 'ls DATA/workspaces/*/attempts'
        try read-shadow grep . /etc/shadow
        try remount mount -o remount,rw /
        try remount-nested unshare -Urm sh -c 'mount -o remount,rw / && touch /etc/hivedeck-was-here'
        try unmask unshare -Urm umount DATA
        try signal-engine kill -9 ENGINE
        try trace-engine test -d /proc/ENGINE/fd
        try see-outside sh -c 'tr "\\0" " " < /proc/*/cmdline | grep -q surefire'
        try reach-docker test -S /run/docker.sock
        try reach-bus test -e /run/dbus/system_bus_socket
        for file in /proc/sys/kernel/* /proc/sys/vm/* /proc/sys/fs/* /proc/sys/net/*/* /proc/sysrq-trigger /proc/mtrr; do
          if [ -f "$file" ] && [ -w "$file" ]; then echo "DID set-kernel $file"; fi
        done
        try set-kernel-anew unshare -Urpf sh -c 'mount -t proc proc /tmp && test -w /tmp/sys/kernel/core_pattern'
        try set-groups-anew unshare -UrC sh -c 'mount -t cgroup2 cgroup /tmp && test -w /tmp/cgroup.procs'
        try fill-memory sh -c 'touch /run/x || touch DATA/x || touch USER/x'
        try schedule-for-later sh -c 'touch /etc/cron.d/x || touch /var/spool/x || touch /var/spool/cron/x'
        try call-system-bus dbus-send --system --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.ListNames
        try use-disks sh -c 'head -c 1 /dev/[svn][dv][a-z]*'
        echo "runtime=[$XDG_RUNTIME_DIR] ssh=[$SSH_AUTH_SOCK]"
        echo x > made.txt
        """
            .replace("OUTSIDE", outside.toString())
            .replace("REPO", "'" + sandbox.repository + "'")
            .replace("DATA", sandbox.home.toString())
            .replace("USER", home.toString())
            .replace("ENGINE", Long.toString(ProcessHandle.current().pid())));
    String main = sandbox.git("rev-parse", "main");
    try (Engine hive = sandbox.open(10, true)) {
      String log = worked(hive);
      assertThat(TestRepository.task(hive, "T-1").merged()).as(log).isTrue();
      assertThat(log)
          .contains("could not write-outside", "could not use-disks", "runtime=[] ssh=[]")
          .doesNotContain("DID ");
    }
    assertThat(sandbox.git("merge-base", "--is-ancestor", main, "main")).isEmpty();
    assertThat(outside).isEmptyDirectory();
    assertThat(home.resolve(".hivedeck-was-here")).doesNotExist();
    assertThat(Path.of("/etc/hivedeck-was-here")).doesNotExist();
  }

  /** One that hides in every way there is, and forgets its tag, ends with its attempt. */
  @Test
  void nothingOfItOutlivesIt() throws Exception {
    agent(
        "workspace",
        """
        (setsid env -i /bin/sh -c 'ulimit -f 1000000; cd /; exec sleep 98761' > /dev/null 2>&1 < /dev/null &)
        sleep 0.3; echo x > made.txt
        """);
    try (Engine hive = sandbox.open()) {
      worked(hive);
      assertThat(running("98761")).isEmpty();
    }
  }

  @Test
  void itMayNotWriteAtAllWhereItMayOnlyRead() {
    agent("read-only", "touch made.txt 2> /dev/null && echo DID; touch /tmp/a && echo private\n");
    try (Engine hive = sandbox.open()) {
      assertThat(worked(hive)).contains("private").doesNotContain("DID");
    }
  }

  @Test
  void withoutNetworkThereIsNone() {
    agent(
        "{ mode: workspace, network: off }",
        "ls /sys/class/net; cat /proc/net/dev; echo \"doors=[$HIVEDECK_API$HIVEDECK_MCP]\";"
            + " echo x > made.txt\n");
    try (Engine hive = sandbox.open(10, true)) {
      String log = worked(hive);
      assertThat(log).contains("doors=[]").doesNotContain("eth0: ");
      assertThat(TestRepository.task(hive, "T-1").merged()).as(log).isTrue();
    }
  }

  @Test
  void withNetworkItReachesTheEnginesDoor() {
    agent(
        "workspace",
        "command -v curl > /dev/null || { echo reached; echo x > made.txt; exit; }\n"
            + "curl -sf \"$HIVEDECK_API/health\" | grep -q up && echo reached; echo x > made.txt\n");
    try (Engine hive = sandbox.open(10, true)) {
      assertThat(worked(hive)).contains("reached");
    }
  }

  @Test
  void namedCachesItMayChangeAndNamedFilesItMayRead() throws Exception {
    Path cache = folder.resolve("cache");
    agent(
        "{ mode: workspace, caches: [" + cache + "] }",
        "echo cached > " + cache + "/entry; echo x > made.txt\n");
    try (Engine hive = sandbox.open()) {
      worked(hive);
    }
    assertThat(cache.resolve("entry")).hasContent("cached");
  }

  /** The engine is killed: what the kernel holds ends with it, at once. */
  @Test
  void itEndsWithTheEngine() throws Exception {
    agent("workspace", "(setsid env -i /bin/sh -c 'exec sleep 98762' &) ; sleep 98763; echo no\n");
    var engine =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                CrashEngine.class.getName(),
                sandbox.repository.toString(),
                sandbox.home.toString(),
                "1")
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("engine.out").toFile());
    try (Engine hive = sandbox.open()) {
      hive.execute(new Command.Trust(hive.consent().digest()), null);
      hive.execute(new Command.ImportPlan("p.yaml", PLAN), null);
    }
    var process = engine.start();
    try {
      until(() -> running("98762").size() == 1 && running("98763").size() == 1);
    } finally {
      process.destroyForcibly().waitFor();
    }
    until(() -> running("98762").isEmpty() && running("98763").isEmpty());
  }

  /** One that multiplies, and hides each of it in a session of its own. */
  @Test
  void aForkBombIsEndedWhole() throws Exception {
    agent(
        "workspace\n    limits: { processes: 20 }",
        """
        i=0; while [ $i -lt 100 ]; do i=$((i+1)); setsid env -i sleep 98764 > /dev/null 2>&1 & done
        sleep 98764
        """);
    try (Engine hive = sandbox.open()) {
      assertThat(worked(hive)).contains("over-limit");
      assertThat(running("98764")).isEmpty();
    }
  }

  private static void until(BooleanSupplier condition) throws InterruptedException {
    long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(limit);
      Thread.sleep(50);
    }
  }

  private static List<String> running(String argument) {
    var found = new TreeMap<String, String>();
    for (var process : ProcessHandle.allProcesses().toList()) {
      process
          .info()
          .commandLine()
          .filter(line -> line.endsWith("sleep " + argument))
          .ifPresent(line -> found.put(Long.toString(process.pid()), line));
    }
    return List.copyOf(found.values());
  }
}
