package dev.hivedeck.engine;

import dev.hivedeck.engine.process.ProcessTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where one round of the storm takes place: a repository, a data folder and what the storm needs
 * beside them; on a small file system of its own where that is wanted and may be mounted.
 *
 * @param mounted whether the ground is a file system of its own
 */
record CrashSite(TestRepository sandbox, Path ground, boolean mounted) {
  private static final String SIZE = "256m";

  /** What root may do in spite of a file's rights, and the engine is to do without. */
  private static final String RIGHTS = "-dac_override,-dac_read_search";

  private static final boolean ROOT = "root".equals(System.getProperty("user.name"));

  /** Stands before git in the path: kills the engine before or after one of git's commands. */
  private static final String SHIM =
      """
      #!/bin/sh
      skip=0
      for word; do
        if [ $skip = 1 ]; then skip=0; continue; fi
        case $word in -c) skip=1;; *) break;; esac
      done
      if [ "$word" = %2$s ] && [ $(($$ %% 3)) = 0 ]; then
        if [ %3$s = before ]; then kill -9 $PPID; exit 137; fi
        %1$s "$@"; code=$?; kill -9 $PPID; exit $code
      fi
      exec %1$s "$@"
      """;

  /** Some make a repository within, some replace their own the first time. */
  private static final String HABITS =
      """
      case $HIVEDECK_TASK in
        *7)
          mkdir -p "out/nested-$HIVEDECK_TASK"
          (cd "out/nested-$HIVEDECK_TASK" && git init -q && echo precious > x.txt) ;;
      esac
      case $HIVEDECK_ATTEMPT in
        *9.1) rm -rf .git; git init -q; git add -A
          git -c user.name=x -c user.email=x commit -qm own ;;
      esac
      """;

  /**
   * @param small on a file system of its own, which can be filled
   * @param sandboxed whether the machine holds the agents
   */
  static CrashSite open(Path ground, boolean small, boolean sandboxed) throws Exception {
    Files.createDirectories(ground);
    boolean mounted =
        small && run("mount", "-t", "tmpfs", "-o", "size=" + SIZE, "tmpfs", ground.toString());
    var sandbox = EngineTest.twentyTasksOnEightAgents(ground);
    Path config = sandbox.repository.resolve(".hivedeck/hive.yaml");
    // Killed agents count: so many tries that chance never uses them up.
    String hive = Files.readString(config).replace("attempts: 3", "attempts: 12, timeout: 60s");
    Files.writeString(
        config,
        sandboxed
            ? hive.replace("driver: command,", "driver: command, sandbox: workspace,")
            : hive);
    sandbox.write(
        "tools/agent.sh",
        EngineTest.AGENT.replace("sleep 0.05", "sleep 0.3; setsid sleep 60 &") + HABITS);
    sandbox.commit("Agents that leave something running");
    return new CrashSite(sandbox, ground, mounted);
  }

  void close() throws Exception {
    if (mounted) {
      run("umount", ground.toString());
    }
  }

  private static boolean run(String... command) throws IOException, InterruptedException {
    try {
      return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
    } catch (IOException e) {
      return false; // there is no such command
    }
  }

  /** A folder for the path, with a git that kills the engine around one of its commands. */
  Path shim(String command, String when) throws IOException {
    Path folder = ground.resolve("shim").resolve(command + "-" + when);
    Path git = folder.resolve("git");
    Files.createDirectories(folder);
    String real = TestRepository.run(ground, "sh", "-c", "command -v git");
    Files.writeString(git, SHIM.formatted(real, command, when));
    Files.setPosixFilePermissions(git, PosixFilePermissions.fromString("rwxr-xr-x"));
    return folder;
  }

  Path errors() {
    return ground.resolve("err");
  }

  /** The workspace's folder. */
  Path data() throws IOException {
    try (Stream<Path> all = Files.list(sandbox.home.resolve("workspaces"))) {
      return all.findFirst().orElseThrow();
    }
  }

  List<Path> worktrees() throws IOException {
    Path folder = data().resolve("worktrees");
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(folder)) {
      // Beside them is what the engine notes of them.
      return all.filter(f -> !f.getFileName().toString().startsWith(".")).sorted().toList();
    }
  }

  List<ProcessTree.Found> agents() {
    return CrashFault.agentsIn(ground);
  }

  boolean tryGit(String... arguments) throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of("git", "-C", sandbox.repository.toString()));
    command.addAll(List.of(arguments));
    return run(command.toArray(String[]::new));
  }

  /** Deletes what nothing refers to. */
  void prune() throws IOException, InterruptedException {
    tryGit("reflog", "expire", "--expire=now", "--all");
    tryGit("gc", "--quiet", "--prune=now");
  }

  /** Moves main, from where nothing of the user's is checked out. */
  void moveMain() throws IOException, InterruptedException {
    String git = sandbox.repository.resolve(".git").toString();
    run(
        "sh",
        "-c",
        "cd / && export GIT_DIR='"
            + git
            + "' && c=$(git -c user.name=x -c user.email=x commit-tree -p main -m moved"
            + " 'main^{tree}') && git -c core.logAllRefUpdates=false update-ref refs/heads/main $c");
  }

  /** What a person does when told of a lock that nobody holds. */
  void removeLocks() throws IOException {
    try (Stream<Path> all = Files.walk(sandbox.repository.resolve(".git"))) {
      for (Path lock : all.filter(f -> f.toString().endsWith(".lock")).toList()) {
        Files.deleteIfExists(lock);
      }
    }
  }

  /** Why rights of files keep the engine from nothing here; null when they do keep it. */
  String rightsHold() {
    return !ROOT || withoutRights() != null ? null : "root may write anywhere, setpriv is missing";
  }

  /** A command that gives up root's freedom; null where there is none. */
  private static List<String> withoutRights() {
    try {
      var words = List.of("setpriv", "--bounding-set=" + RIGHTS, "--inh-caps=" + RIGHTS);
      var probe = new ArrayList<>(words);
      probe.add("true");
      return run(probe.toArray(String[]::new)) ? words : null;
    } catch (IOException e) {
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  ProcessBuilder engine(int tasks, int waiting) {
    var command = new ArrayList<String>();
    if (ROOT && withoutRights() != null) {
      command.addAll(withoutRights());
    }
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            CrashEngine.class.getName(),
            sandbox.repository.toString(),
            sandbox.home.toString(),
            Integer.toString(tasks),
            Integer.toString(waiting),
            "50"));
    return new ProcessBuilder(command)
        .redirectError(ProcessBuilder.Redirect.appendTo(errors().toFile()));
  }
}
