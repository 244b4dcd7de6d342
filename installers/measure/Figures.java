import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Takes the figures of the packages: their sizes, how long a start takes, and what is held of the
 * memory.
 */
final class Figures {
  private static final String HELP =
      """
      installers/figures [--json] [--rounds N] [--cold-rounds N] [--no-npm]
        sizes of the packages and of what they install; the time from the start of the program to the window with
        data, the median of N (default 10); memory after the start and after the demo
        --json          as JSON
        --cold-rounds N also with their files out of the system's memory, the median of N (default 3; 0: not at all)
        --no-npm        Electron is not installed by npm
        HIVEDECK_ELECTRON=FILE  the executable of an Electron that is there already
      Every start is of a program of which no process runs. "warm": its files are in the system's memory, as at the
      second start of a day. "cold": they are not, as after the machine has booted; the system's own libraries are.\
      """;

  private static final int TASKS = 200;
  private static final double MEGA = 1e6;

  private final Path root = Path.of(System.getProperty("user.dir")).toAbsolutePath();
  private final Path target = root.resolve("installers/target");
  private final Path image = target.resolve("image/hivedeck");
  private final Path built = root.resolve("app/target/hivedeck");
  private final List<Figure> figures = new ArrayList<>();
  private final List<String> missing = new ArrayList<>();
  private final int rounds;
  private final int coldRounds;
  private final boolean json;
  private final boolean npm;
  private Path work;
  private Screen screen;
  private Programs programs;

  public static void main(String[] arguments) throws Exception {
    try {
      if (arguments.length == 1 && arguments[0].equals("--help")) {
        System.out.println(HELP);
        return;
      }
      new Figures(arguments).take();
    } catch (Refused e) {
      System.err.println(e.getMessage());
      System.exit(2);
    }
  }

  private Figures(String[] arguments) {
    var options = new LinkedHashMap<String, String>();
    for (int i = 0; i < arguments.length; i++) {
      String word = arguments[i];
      boolean number = List.of("--rounds", "--cold-rounds").contains(word);
      if (number && i + 1 < arguments.length && arguments[i + 1].matches("[0-9]{1,3}")) {
        options.put(word, arguments[++i]);
      } else if (List.of("--json", "--no-npm").contains(word)) {
        options.put(word, "");
      } else {
        throw new Refused(word + " is no option, or lacks its number.", "See --help.");
      }
    }
    rounds = Math.max(1, Integer.parseInt(options.getOrDefault("--rounds", "10")));
    coldRounds = Integer.parseInt(options.getOrDefault("--cold-rounds", "3"));
    json = options.containsKey("--json");
    npm = !options.containsKey("--no-npm");
  }

  private void take() throws Exception {
    if (!System.getProperty("os.name").equals("Linux")) {
      throw new Refused("it looks into Linux for windows and memory.", "Run it there.");
    }
    if (!Files.isExecutable(image.resolve("bin/hivedeck")) || !Files.isDirectory(built)) {
      throw new Refused("there is no program's folder.", "Run mvn -Pinstallers package first.");
    }
    work = Files.createTempDirectory("hivedeck-figures");
    screen = new Screen(work, TASKS);
    programs = new Programs(image, built, work, screen);
    var ending = new Thread(screen::close);
    Runtime.getRuntime().addShutdownHook(ending);
    try {
      sizes();
      starts();
      memory();
      print();
    } finally {
      Runtime.getRuntime().removeShutdownHook(ending);
      screen.close();
    }
  }

  // Sizes.

  private void sizes() throws IOException {
    size("the program's folder", image);
    size("of it the Java runtime", image.resolve("runtime"));
    figure(
        "Sizes",
        "of it the jars and libraries",
        "MB",
        0,
        (size(image.resolve("lib")) - caches()) / MEGA);
    figure("Sizes", "of it the class caches", "MB", 0, caches() / MEGA);
    Path packages = target.resolve("packages");
    size("all that is installed", packages.resolve("hivedeck.AppDir"));
    for (String ending : List.of(".deb", ".rpm", ".tar.gz", ".AppImage")) {
      Optional<Path> found = newest(packages, ending);
      if (found.isPresent()) {
        size("the " + ending, found.get());
      } else {
        missing.add("no " + ending + " is there: installers/build makes it where its tools are");
      }
    }
  }

  private double caches() throws IOException {
    try (var files = Files.list(image.resolve("lib"))) {
      return files
          .filter(f -> f.toString().endsWith(".aot"))
          .mapToLong(f -> f.toFile().length())
          .sum();
    }
  }

  private static Optional<Path> newest(Path folder, String ending) throws IOException {
    try (var files = Files.list(folder)) {
      return files
          .filter(f -> f.getFileName().toString().endsWith(ending))
          .max((a, b) -> Long.compare(a.toFile().lastModified(), b.toFile().lastModified()));
    }
  }

  private void size(String what, Path path) throws IOException {
    if (Files.exists(path)) {
      figure("Sizes", what, "MB", 0, size(path) / MEGA);
    }
  }

  private static double size(Path path) throws IOException {
    try (var files = Files.walk(path)) {
      return files
          .filter(f -> Files.isRegularFile(f, java.nio.file.LinkOption.NOFOLLOW_LINKS))
          .mapToLong(f -> f.toFile().length())
          .sum();
    }
  }

  // Starts, by turns: what else the machine does meets each of them.

  private void starts() throws Exception {
    System.err.println("a workspace of " + TASKS + " tasks");
    Path repository = programs.repository(TASKS);
    var all = new ArrayList<Screen.Program>();
    all.add(programs.hivedeck("hivedeck, with its class cache", repository, ""));
    all.add(programs.hivedeck("hivedeck, without its class cache", repository, "-XX:AOTMode=off"));
    all.add(programs.plain(repository));
    int own = all.size();
    programs.electron(npm, missing).ifPresent(all::add);
    programs.chromium(missing).ifPresent(all::add);
    var warm = new LinkedHashMap<Screen.Program, double[]>();
    for (Screen.Program program : all) {
      timed(program, false); // its first start ever, which is not counted
      warm.put(program, new double[rounds]);
    }
    for (int round = 0; round < rounds; round++) {
      for (Screen.Program program : all) {
        warm.get(program)[round] = timed(program, false);
      }
    }
    warm.forEach(
        (program, taken) ->
            figures.add(
                new Figure(
                    "Start to the window with data, warm",
                    program.name(),
                    "ms",
                    taken,
                    program == all.getFirst() ? 1000 : 0)));
    var cold = new LinkedHashMap<Screen.Program, double[]>();
    all.forEach(program -> cold.put(program, new double[coldRounds]));
    for (int round = 0; round < coldRounds; round++) {
      for (Screen.Program program : all) {
        cold.get(program)[round] = timed(program, true);
      }
    }
    if (coldRounds > 0) {
      cold.forEach(
          (program, taken) ->
              figures.add(
                  new Figure(
                      "Start to the window with data, cold", program.name(), "ms", taken, 0)));
    }
    for (Screen.Program program : all.subList(own, all.size())) {
      var process = screen.begin(program);
      screen.awaited(program, process);
      Thread.sleep(10_000);
      figure(
          "Memory",
          program.name() + ", after its start, all its processes (PSS)",
          "MB",
          0,
          Screen.shared(process));
      Screen.ended(process);
    }
  }

  /** It takes minutes: whoever waits sees what is measured. */
  private double timed(Screen.Program program, boolean cold) throws Exception {
    double taken = screen.started(program, cold);
    System.err.printf(Locale.ROOT, "%s%s: %,.0f ms%n", program.name(), cold ? ", cold" : "", taken);
    return taken;
  }

  // Memory.

  private void memory() throws Exception {
    System.err.println("memory after the start, and after the demo");
    var window = programs.hivedeck("hivedeck", work.resolve("shop"), "");
    var process = screen.begin(window);
    screen.awaited(window, process);
    rested(process);
    figure("Memory", "hivedeck, after its start (RSS)", "MB", 300, Screen.status(process, "VmRSS"));
    figure(
        "Memory",
        "hivedeck, after its start, all its processes (PSS)",
        "MB",
        0,
        Screen.shared(process));
    Screen.ended(process);
    var demo = programs.demo();
    process = screen.begin(demo);
    screen.awaited(demo, process);
    if (!rested(process)) {
      missing.add("the demo was not at rest when its memory was looked at");
    }
    figure(
        "Memory",
        "hivedeck, after the demo in the window (RSS)",
        "MB",
        300,
        Screen.status(process, "VmRSS"));
    figure(
        "Memory",
        "hivedeck, at most during the demo (RSS)",
        "MB",
        0,
        Screen.status(process, "VmHWM"));
    Screen.ended(process);
  }

  /**
   * Waits until it does next to nothing for five seconds, then until Java has given back what it
   * does not need.
   */
  private static boolean rested(Process process) throws Exception {
    long ticks = Screen.ticks(process);
    boolean calm = false;
    for (int i = 0; i < 24 && !calm; i++) {
      Thread.sleep(5_000);
      long now = Screen.ticks(process);
      calm = now - ticks < 50; // a tenth of a core
      ticks = now;
    }
    Thread.sleep(35_000);
    return calm;
  }

  // What is told.

  private void figure(String section, String what, String unit, double wanted, double value) {
    figures.add(new Figure(section, what, unit, new double[] {value}, wanted));
  }

  private void print() throws IOException {
    String machine =
        "%d cores, %.0f GiB, Linux %s"
            .formatted(
                Runtime.getRuntime().availableProcessors(),
                Screen.kilobytes(Path.of("/proc/meminfo"), "MemTotal") / 1024 / 1024,
                System.getProperty("os.version"));
    String load = Files.readString(Path.of("/proc/loadavg")).split(" ")[2];
    Instant at = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    if (json) {
      System.out.printf(
          "{\"at\": \"%s\", \"machine\": %s, \"load\": %s, \"figures\": [%n  %s%n], \"missing\":"
              + " [%s]}%n",
          at,
          quoted(machine),
          load,
          figures.stream().map(Figure::json).collect(Collectors.joining(",\n  ")),
          missing.stream().map(Figures::quoted).collect(Collectors.joining(", ")));
      return;
    }
    System.out.printf("%s, load of the last quarter of an hour %s, %s%n", machine, load, at);
    figures.stream()
        .collect(Collectors.groupingBy(Figure::section, LinkedHashMap::new, Collectors.toList()))
        .forEach(
            (section, all) -> {
              System.out.printf(
                  "%n| %s | median | lowest to highest | wanted |%n|---|---|---|---|%n", section);
              all.forEach(figure -> System.out.println(figure.line()));
              double first = all.getFirst().median();
              if (section.startsWith("Start")) {
                System.out.println(
                    "\nRatio to the first: "
                        + all.stream()
                            .skip(1)
                            .map(
                                f ->
                                    String.format(
                                        Locale.ROOT, "%s %.2f", f.what(), f.median() / first))
                            .collect(Collectors.joining("; ")));
              }
            });
    missing.forEach(line -> System.out.println("\n" + line));
  }

  static String quoted(String text) {
    return '"'
        + text.replace("\\", "\\\\").replace("\"", "\\\"").replaceAll("\\p{Cntrl}", " ")
        + '"';
  }
}
