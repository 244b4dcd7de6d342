package dev.hivedeck.app;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How long the launcher takes, by turns with that of a former release where one is named: {@code
 * -Dhivedeck.former=FOLDER}. Beside the time on the wall stands that of the processor, which other
 * work on the machine disturbs less. {@code -Dhivedeck.tasks=N} is for the size of the plan.
 */
@Tag("bench")
class StartBench {
  private static final int ROUNDS = 7;
  private static final int SHORT = 600;
  private static final int TASKS = Integer.getInteger("hivedeck.tasks", 100_000);
  private static final Pattern TIMES = Pattern.compile("(\\d+)m([\\d.]+)s");
  private static final Pattern DRAWN =
      Pattern.compile("drawn: \\{} after \\{} ms\".*?\\[\"(\\w+)\",\"(\\d+)\"]");

  @TempDir Path folder;

  /** An installed Hivedeck with a home and a repository of its own. */
  private record Installed(Path launcher, Path home, Path repository) {}

  private record Taken(double wall, double processor) {}

  @Test
  void start() throws Exception {
    var all = new ArrayList<Installed>();
    var former = System.getProperty("hivedeck.former");
    if (former != null) {
      all.add(installed(Path.of(former), "former"));
    }
    all.add(installed(Path.of("target/hivedeck").toAbsolutePath(), "new"));
    System.out.println("what                     release   wall, ms   processor, ms");
    compare("--version", all, ROUNDS, "--version");
    compare("status", all, ROUNDS, "status");
    compare("window", all.getLast(), "window");
    compare("window with workspace", all.getLast(), "workspace");
    for (int i = 0; i < all.size(); i++) {
      System.out.printf(
          "%-24s %-8s %6d MB%n",
          "window at rest", i == all.size() - 1 ? "new" : "former", memory(all.get(i)));
    }
    Path plan = Files.writeString(folder.resolve("plan.yaml"), plan(TASKS));
    compare("import of " + TASKS, all, 1, "plan", "import", plan.toString());
    compare("status of " + TASKS, all, ROUNDS, "status");
    compare("window of " + TASKS, all.getLast(), "workspace");
  }

  /** What a window holds of the memory while its engine works a plan, and a minute after. */
  @Test
  void memoryOfSixHundredTasks() throws Exception {
    var it = installed(Path.of("target/hivedeck").toAbsolutePath(), "busy");
    Files.writeString(
        it.repository().resolve(".hivedeck/hive.yaml"),
        """
        version: 1
        agents:
          worker: { driver: command, run: 'echo x > "$HIVEDECK_TASK.txt"', parallel: 4 }
        """);
    take(it, "trust", "--yes");
    Path plan = Files.writeString(folder.resolve("short.yaml"), plan(SHORT));
    take(it, "plan", "import", plan.toString());
    var process = window(it);
    try {
      drawn(process, it.home().resolve("logs/hivedeck.log"), "workspace");
      System.out.printf(
          "%-40s %6d MB%n", "window before " + SHORT + " tasks", held(process, "RSS"));
      take(it, "run", "--until-idle");
      System.out.printf("%-40s %6d MB%n", "at most", held(process, "HWM"));
      Thread.sleep(TimeUnit.MINUTES.toMillis(1));
      System.out.printf("%-40s %6d MB%n", "a minute after", held(process, "RSS"));
    } finally {
      process.destroy();
      process.waitFor();
    }
  }

  private Installed installed(Path where, String name) throws Exception {
    Path repository = Files.createDirectories(folder.resolve(name).resolve("repository"));
    Files.createDirectories(repository.resolve(".hivedeck"));
    Files.writeString(
        repository.resolve(".hivedeck/hive.yaml"),
        """
        version: 1
        queue: { limit: 10000000 }
        agents:
          worker: { driver: command, run: "true" }
        """);
    for (String command :
        List.of(
            "init -q -b main",
            "config user.name A",
            "config user.email a@b",
            "add -A",
            "commit -qm x")) {
      var git = new ArrayList<>(List.of("git", "-C", repository.toString()));
      git.addAll(List.of(command.split(" ")));
      new ProcessBuilder(git).inheritIO().start().waitFor();
    }
    return new Installed(
        where.resolve("bin/hivedeck"), folder.resolve(name).resolve("home"), repository);
  }

  private static void compare(String what, List<Installed> all, int rounds, String... arguments)
      throws Exception {
    var taken = new Taken[all.size()][rounds];
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < all.size(); i++) {
        taken[i][round] = take(all.get(i), arguments);
      }
    }
    for (int i = 0; i < all.size(); i++) {
      boolean last = i == all.size() - 1;
      System.out.printf(
          "%-24s %-8s %9.0f %15.0f%n",
          what,
          last ? "new" : "former",
          median(Arrays.stream(taken[i]).mapToDouble(Taken::wall).toArray()),
          median(Arrays.stream(taken[i]).mapToDouble(Taken::processor).toArray()));
    }
  }

  /** The shell tells what its children took of the processor. */
  private static Taken take(Installed installed, String... arguments) throws Exception {
    var command =
        new ArrayList<>(
            List.of("sh", "-c", "\"$@\" >&2; times", "sh", installed.launcher().toString()));
    command.addAll(List.of(arguments));
    if (arguments.length > 1 || !arguments[0].startsWith("-")) {
      command.addAll(List.of("--workspace", installed.repository().toString()));
    }
    var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().put("HIVEDECK_HOME", installed.home().toString());
    long began = System.nanoTime();
    var process = builder.start();
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    double wall = (System.nanoTime() - began) / 1e6;
    double processor =
        TIMES
            .matcher(said.lines().reduce("", (_, line) -> line))
            .results()
            .mapToDouble(
                m -> 60e3 * Long.parseLong(m.group(1)) + 1e3 * Double.parseDouble(m.group(2)))
            .sum();
    return new Taken(wall, processor);
  }

  /**
   * A window on the display of {@code -Dhivedeck.display}, else on JavaFX's headless platform,
   * whose frames take longer; it writes down when it was drawn.
   */
  private static void compare(String what, Installed installed, String drawn) throws Exception {
    double[] taken = new double[ROUNDS];
    for (int round : IntStream.range(0, ROUNDS).toArray()) {
      taken[round] = window(installed, drawn);
    }
    System.out.printf("%-24s %-8s %9.0f%n", what, "new", median(taken));
  }

  private static double window(Installed installed, String drawn) throws Exception {
    Path log = installed.home().resolve("logs/hivedeck.log");
    Files.deleteIfExists(log);
    var process = window(installed);
    try {
      return drawn(process, log, drawn);
    } finally {
      process.destroy();
      process.waitFor();
    }
  }

  /** What a window holds of the memory when nothing has happened for a minute. */
  private static long memory(Installed installed) throws Exception {
    var process = window(installed);
    try {
      Thread.sleep(TimeUnit.MINUTES.toMillis(1));
      return held(process, "RSS");
    } finally {
      process.destroy();
      process.waitFor();
    }
  }

  /** In megabytes: RSS is what it holds now, HWM the most that it held. */
  private static long held(Process process, String what) throws IOException {
    try (var lines = Files.lines(Path.of("/proc/" + process.pid() + "/status"))) {
      return lines
          .filter(line -> line.startsWith("Vm" + what + ":"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
          .sum();
    }
  }

  private static Process window(Installed installed) throws IOException {
    var builder =
        new ProcessBuilder(installed.launcher().toString(), installed.repository().toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    builder.environment().put("HIVEDECK_HOME", installed.home().toString());
    String display = System.getProperty("hivedeck.display");
    if (display == null) {
      builder.environment().put("JAVA_TOOL_OPTIONS", "-Dglass.platform=Headless -Dprism.order=sw");
    }
    builder.environment().put("DISPLAY", display == null ? ":0" : display);
    return builder.start();
  }

  private static double drawn(Process process, Path log, String drawn) throws Exception {
    for (long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        System.nanoTime() < end && process.isAlive(); ) {
      for (var m : DRAWN.matcher(read(log)).results().toList()) {
        if (m.group(1).equals(drawn)) {
          return Double.parseDouble(m.group(2));
        }
      }
      Thread.sleep(20);
    }
    throw new AssertionError("no " + drawn + " was drawn");
  }

  private static String read(Path log) {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return "";
    }
  }

  private static String plan(int tasks) {
    var plan =
        new StringBuilder("plan: Much\nrequirements:\n  - { id: R-1, title: All }\ntasks:\n");
    for (int i = 0; i < tasks; i++) {
      plan.append("  - id: P-").append(i).append("\n    title: Part ").append(i);
      plan.append("\n    requirements: [R-1]\n    prompt: Do it.\n");
    }
    return plan.toString();
  }

  private static double median(double[] values) {
    return Arrays.stream(values).sorted().toArray()[values.length / 2];
  }
}
