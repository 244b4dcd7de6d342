package dev.hivedeck.app;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Twenty tasks of one second, four at once, by the launcher's {@code run} and by a script that does
 * with git what somebody would do by hand, by turns; with a former release, too, where one is
 * named: {@code -Dhivedeck.former=FOLDER}. Beside the time on the wall stands that of the
 * processor, which other work on the machine disturbs less, and how often git ran.
 */
@Tag("bench")
class RunBench {
  private static final int ROUNDS = Integer.getInteger("hivedeck.rounds", 3);
  private static final int TASKS = 20;
  private static final int AT_ONCE = 4;
  private static final Pattern TIMES = Pattern.compile("(\\d+)m([\\d.]+)s");

  private static final String AGENT =
      """
      date +%s%N >> "$BEGUN"
      sleep 1
      echo done > "$HIVEDECK_TASK.txt"
      """;

  /** Each line is a step that the engine takes too; main is merged into by one at a time. */
  private static final String BY_HAND =
      """
      one() {
        set -e
        git worktree add -q -b "work/$1" "../hand-$1" main
        (cd "../hand-$1"; HIVEDECK_TASK=$1 sh tools/agent.sh; git add -A; git commit -q -m "$1")
        flock "$BEGUN" git merge -q --no-ff -m "Merge $1" "work/$1"
        git worktree remove "../hand-$1"
        git branch -q -d "work/$1"
      }
      export -f one
      seq -f 'T-%g' "$1" | xargs -P "$2" -n 1 bash -c 'one "$0"'
      """;

  private static final String COUNTING =
      """
      #!/bin/sh
      echo >> "%s"
      PATH=${PATH#*:} exec git "$@"
      """;

  @TempDir Path folder;
  private int made;

  /** A repository with its plan, and where what happens to it is written down. */
  private record Site(Path repository, Path home, Path plan, Path begun, Path runs) {}

  private record Taken(double wall, double processor, double begun) {}

  @Test
  void run() throws Exception {
    var launchers = new ArrayList<Path>();
    String former = System.getProperty("hivedeck.former");
    if (former != null) {
      launchers.add(Path.of(former).resolve("bin/hivedeck"));
    }
    launchers.add(Path.of("target/hivedeck/bin/hivedeck").toAbsolutePath());
    var hand = new Taken[ROUNDS];
    var taken = new Taken[launchers.size()][ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      hand[round] = byHand();
      for (int i = 0; i < launchers.size(); i++) {
        taken[i][round] = byLauncher(launchers.get(i), prepared(launchers.get(i)), "");
      }
    }
    System.out.println(
        "what        wall, s   processor, s   first agent, ms   ratio   git runs a task");
    print("by hand", hand, hand, Double.NaN);
    for (int i = 0; i < launchers.size(); i++) { // the last is the new one
      boolean last = i == launchers.size() - 1;
      print(last ? "new" : "former", taken[i], hand, counted(launchers.get(i)));
    }
  }

  private static void print(String what, Taken[] taken, Taken[] hand, double runs) {
    double wall = median(Arrays.stream(taken).mapToDouble(Taken::wall).toArray());
    System.out.printf(
        Locale.ROOT,
        "%-10s %8.1f %14.1f %17.0f %7.2f %17.1f%n",
        what,
        wall,
        median(Arrays.stream(taken).mapToDouble(Taken::processor).toArray()),
        median(Arrays.stream(taken).mapToDouble(Taken::begun).toArray()),
        wall / median(Arrays.stream(hand).mapToDouble(Taken::wall).toArray()),
        runs);
  }

  private Taken byHand() throws Exception {
    var site = site();
    return take(site, "", "bash", "-c", BY_HAND, "hand", "" + TASKS, "" + AT_ONCE);
  }

  private Site prepared(Path launcher) throws Exception {
    var site = site();
    for (var command : List.of("trust --yes", "plan import " + site.plan())) {
      var words = new ArrayList<>(List.of(launcher.toString()));
      words.addAll(List.of(command.split(" ")));
      take(site, "", words.toArray(String[]::new));
    }
    return site;
  }

  private static Taken byLauncher(Path launcher, Site site, String first) throws Exception {
    var taken =
        take(site, first, launcher.toString(), "run", "--until-idle", "--agents=" + AT_ONCE);
    long done = count(site.repository(), "git log --format=%s --merges main");
    if (done != TASKS) {
      throw new AssertionError(done + " of " + TASKS + " tasks are on main");
    }
    return taken;
  }

  /** In a run of its own: counting costs a shell each time. */
  private double counted(Path launcher) throws Exception {
    var site = prepared(launcher);
    Path bin = Files.createDirectories(folder.resolve("bin"));
    Path git = Files.writeString(bin.resolve("git"), COUNTING.formatted(site.runs()));
    git.toFile().setExecutable(true);
    byLauncher(launcher, site, bin + ":");
    try (var lines = Files.lines(site.runs())) {
      return (double) lines.count() / TASKS;
    }
  }

  private Site site() throws Exception {
    Path all = Files.createDirectories(folder.resolve("site" + made++));
    Path repository = all.resolve("repository");
    Files.createDirectories(repository.resolve("tools"));
    Files.createDirectories(repository.resolve(".hivedeck"));
    Files.writeString(repository.resolve("tools/agent.sh"), AGENT);
    Files.writeString(
        repository.resolve(".hivedeck/hive.yaml"),
        """
        version: 1
        agents:
          worker: { driver: command, run: sh tools/agent.sh, parallel: 4, pass: [BEGUN] }
        decisions:
          default: { human: none }
        """);
    for (String command :
        List.of(
            "git init -q -b main",
            "git config user.name A",
            "git config user.email a@b",
            "git add -A",
            "git commit -qm x")) {
      count(repository, command);
    }
    var plan = new StringBuilder("plan: P\nrequirements: [{ id: R-1, title: All }]\ntasks:\n");
    for (int i = 0; i < TASKS; i++) {
      plan.append(
          "  - { id: P-%1$d, title: Part %1$d, requirements: [R-1], prompt: Do it. }\n"
              .formatted(i));
    }
    return new Site(
        repository,
        all.resolve("home"),
        Files.writeString(all.resolve("plan.yaml"), plan),
        all.resolve("begun"),
        all.resolve("runs"));
  }

  /** How many lines a command says. */
  private static long count(Path in, String command) throws Exception {
    var process =
        new ProcessBuilder(command.split(" ")).directory(in.toFile()).redirectErrorStream(true);
    try (var out = process.start().inputReader()) {
      return out.lines().count();
    }
  }

  /** The shell tells what its children took of the processor. */
  private static Taken take(Site site, String first, String... words) throws Exception {
    var command = new ArrayList<>(List.of("sh", "-c", "\"$@\" >&2; times", "sh"));
    command.addAll(List.of(words));
    var builder =
        new ProcessBuilder(command)
            .directory(site.repository().toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    var environment = builder.environment();
    environment.put("HIVEDECK_HOME", site.home().toString());
    environment.put("BEGUN", site.begun().toString());
    environment.merge("PATH", first, (path, more) -> more + path);
    long wall = System.currentTimeMillis();
    long began = System.nanoTime();
    var process = builder.start();
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    double taken = (System.nanoTime() - began) / 1e9;
    double processor =
        TIMES
            .matcher(said.lines().reduce("", (_, line) -> line))
            .results()
            .mapToDouble(m -> 60 * Long.parseLong(m.group(1)) + Double.parseDouble(m.group(2)))
            .sum();
    return new Taken(taken, processor, begun(site.begun()) - wall);
  }

  private static double begun(Path file) throws IOException {
    if (!Files.exists(file)) {
      return Double.NaN;
    }
    return Files.readAllLines(file).stream().mapToLong(Long::parseLong).min().orElse(0) / 1e6;
  }

  private static double median(double[] values) {
    return Arrays.stream(values).sorted().toArray()[values.length / 2];
  }
}
