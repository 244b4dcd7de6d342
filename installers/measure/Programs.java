import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What is started: Hivedeck in several ways, and what it is measured beside. */
final class Programs {
  private static final String ELECTRON = "electron@39.5.0"; // the last line that Node 20 installs

  private final Path image;
  private final Path built;
  private final Path work;
  private final Screen screen;
  private final Path jdk = Path.of(System.getProperty("java.home"));

  Programs(Path image, Path built, Path work, Screen screen) {
    this.image = image;
    this.built = built;
    this.work = work;
    this.screen = screen;
  }

  Screen.Program hivedeck(String name, Path repository, String options) {
    return new Screen.Program(
        name,
        List.of(image.resolve("bin/hivedeck").toString(), repository.toString()),
        List.of(image),
        work.resolve("home"),
        options);
  }

  /** What is built, by the JDK and without any option but those that it cannot do without. */
  Screen.Program plain(Path repository) {
    return new Screen.Program(
        "the same by java of the JDK, without options",
        List.of(
            jdk.resolve("bin/java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            built.resolve("lib") + "/*",
            "dev.hivedeck.app.Launcher",
            repository.toString()),
        List.of(built, jdk),
        work.resolve("home"),
        "");
  }

  /** A minimal window of Electron, whose executable npm's package downloads. */
  Optional<Screen.Program> electron(boolean npm, List<String> missing) throws Exception {
    String there = System.getenv("HIVEDECK_ELECTRON");
    Path peer = Files.createDirectories(work.resolve("peer"));
    Path executable =
        there == null ? peer.resolve("node_modules/electron/dist/electron") : Path.of(there);
    if (there == null) {
      String said =
          npm && Screen.has("npm")
              ? screen.ran(
                  120, peer, "npm", "install", "--no-save", "--no-audit", "--no-fund", ELECTRON)
              : "npm is not asked";
      if (!Files.isExecutable(executable)) {
        String why =
            said.lines()
                .filter(line -> line.contains("Error"))
                .findFirst()
                .orElse(said.lines().reduce("", (_, line) -> line));
        missing.add("no Electron: " + ELECTRON + " could not be installed (" + why.strip() + ")");
        return Optional.empty();
      }
    }
    Files.writeString(
        peer.resolve("package.json"), "{\"name\": \"peer\", \"main\": \"main.js\"}\n");
    Files.writeString(
        peer.resolve("main.js"),
        """
        const { app, BrowserWindow } = require('electron');
        app.whenReady().then(() => new BrowserWindow({ width: 1280, height: 800 }).loadURL('%s'));
        """
            .formatted(screen.page()));
    return Optional.of(
        new Screen.Program(
            "a minimal window of Electron (" + ELECTRON + ")",
            List.of(
                executable.toString(),
                "--no-sandbox",
                "--user-data-dir=" + work.resolve("electron"),
                peer.toString()),
            List.of(executable.getParent()),
            null,
            ""));
  }

  /** The engine of Electron, with a window and without a browser around it. */
  Optional<Screen.Program> chromium(List<String> missing) {
    if (!Screen.has("chromium")) {
      missing.add("no Chromium, whose engine is that of Electron: install the package chromium");
      return Optional.empty();
    }
    return Optional.of(
        new Screen.Program(
            "a window of Chromium's engine (chromium --app)",
            List.of(
                "chromium",
                "--app=" + screen.page(),
                "--no-sandbox",
                "--no-first-run",
                "--window-size=1280,800",
                "--user-data-dir=" + work.resolve("chromium")),
            List.of(Path.of("/usr/lib/chromium")),
            null,
            ""));
  }

  Path repository(int tasks) throws Exception {
    Path repository = Files.createDirectories(work.resolve("shop"));
    Files.createDirectories(repository.resolve(".hivedeck"));
    Files.writeString(
        repository.resolve(".hivedeck/hive.yaml"),
        "version: 1\nagents:\n  worker: { driver: command, run: \"true\" }\n");
    Path plan =
        Files.writeString(
            work.resolve("plan.yaml"),
            "plan: Much\nrequirements:\n  - { id: R-1, title: All }\ntasks:\n"
                + IntStream.range(0, tasks)
                    .mapToObj(
                        i ->
                            "  - { id: P-%d, title: Part %d, requirements: [R-1], prompt: Do it. }\n"
                                .formatted(i, i))
                    .collect(Collectors.joining()));
    for (String command :
        List.of(
            "init -q -b main",
            "config user.name Figures",
            "config user.email figures@example.org",
            "add -A",
            "commit -qm first")) {
      screen.ran(
          30,
          repository,
          Stream.concat(Stream.of("git"), Arrays.stream(command.split(" ")))
              .toArray(String[]::new));
    }
    String said =
        screen.ran(
            120,
            repository,
            image.resolve("bin/hivedeck").toString(),
            "plan",
            "import",
            plan.toString());
    if (!said.contains(" added, 0 changed")) {
      throw new Refused(
          "the plan was not taken: " + said,
          "Try installers/target/image/hivedeck/bin/hivedeck plan import.");
    }
    return repository;
  }

  /** The sample workspace in a window, as fast as it is without one. */
  Screen.Program demo() {
    return new Screen.Program(
        "the demo",
        List.of(
            image.resolve("bin/hivedeck").toString(),
            "demo",
            "--speed",
            "30",
            "--keep",
            work.resolve("demo").toString()),
        List.of(image),
        work.resolve("home"),
        "");
  }
}
