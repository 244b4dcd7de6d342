package dev.hivedeck.app;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What holds for the packages and types of all modules. */
class ArchitectureTest {
  private static final Path PROJECT = Path.of("").toAbsolutePath().getParent();
  private static final int MOST_CLASSES = 20;
  private static final int MOST_LINES = 400;

  /** In the comment above a type that is longer, with the reason. */
  private static final Pattern REASON = Pattern.compile("(?<!\\w)Long because \\w");

  /** Types that are still to be split, and the lines that they may have until then: never more. */
  private static final Map<String, Integer> STILL_LONG =
      Map.ofEntries(
          Map.entry("AcpSession", 457),
          Map.entry("Act", 415),
          Map.entry("ActivityLog", 404),
          Map.entry("AgentInspector", 403),
          Map.entry("AgentsScreen", 478),
          Map.entry("AttemptCompletion", 411),
          Map.entry("AttemptLedger", 416),
          Map.entry("AttemptOutput", 516),
          Map.entry("AttemptRunner", 870),
          Map.entry("Backups", 473),
          Map.entry("ChangeInspector", 463),
          Map.entry("ChangesScreen", 489),
          Map.entry("Checkpoint", 405),
          Map.entry("ClonedRepository", 442),
          Map.entry("ConfigEditor", 558),
          Map.entry("ConfigReader", 539),
          Map.entry("DagView", 447),
          Map.entry("DecisionsScreen", 424),
          Map.entry("Desktop", 574),
          Map.entry("DiffView", 593),
          Map.entry("Engine", 1197),
          Map.entry("EntityTable", 522),
          Map.entry("FeedClient", 475),
          Map.entry("FeedServer", 1011),
          Map.entry("FolderSnapshot", 944),
          Map.entry("GateScripts", 934),
          Map.entry("Git", 593),
          Map.entry("GitMonitor", 627),
          Map.entry("HttpApi", 418),
          Map.entry("HttpRoutes", 759),
          Map.entry("InnerRepositories", 489),
          Map.entry("ListCommands", 481),
          Map.entry("LiveModel", 476),
          Map.entry("LocalAttemptExecutor", 526),
          Map.entry("MainCheckout", 744),
          Map.entry("MainCheckouts", 684),
          Map.entry("OverviewScreen", 482),
          Map.entry("Parser", 406),
          Map.entry("Repository", 594),
          Map.entry("RunningAttempts", 442),
          Map.entry("SandboxPolicy", 536),
          Map.entry("Scheduler", 496),
          Map.entry("SecretShapes", 515),
          Map.entry("SettingsScreen", 497),
          Map.entry("SteerCommands", 473),
          Map.entry("Store", 703),
          Map.entry("StreamSession", 457),
          Map.entry("TaskInspector", 428),
          Map.entry("TaskLedger", 414),
          Map.entry("TasksScreen", 533),
          Map.entry("WindowFrame", 624),
          Map.entry("Worktrees", 565),
          Map.entry("YamlEdit", 551),
          Map.entry("YamlSource", 446));

  @Test
  void packagesOfTheProgramHaveNoCycles() {
    slices()
        .matching("dev.hivedeck.app.(**)")
        .should()
        .beFreeOfCycles()
        .because("packages that need each other are one package")
        .check(
            new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("dev.hivedeck.app"));
  }

  @Test
  void noPackageHoldsMoreClassesThanAReaderCanKeepInMind() throws IOException {
    packages()
        .forEach(
            (folder, types) ->
                assertThat(types.size()).as("classes in %s", folder).isBetween(1, MOST_CLASSES));
  }

  @Test
  void everyPackageSaysWhatItIsFor() throws IOException {
    for (Path folder : packages().keySet()) {
      assertThat(folder.resolve("package-info.java")).as("%s", folder).exists();
    }
  }

  @Test
  void aLongTypeSaysWhyItIsLong() throws IOException {
    var still = new TreeMap<>(STILL_LONG);
    for (Path file : sources("main")) {
      var lines = Files.readAllLines(file);
      String type = file.getFileName().toString().replace(".java", "");
      Integer allowed = still.remove(type);
      if (lines.size() > MOST_LINES && !givesReason(lines)) {
        assertThat(lines.size())
            .as("lines of %s: split it, or say above it \"Long because …\"", type)
            .isLessThanOrEqualTo(allowed == null ? MOST_LINES : allowed);
      } else {
        assertThat(allowed).as("%s is long no more: take it off the list", type).isNull();
      }
    }
    assertThat(still).as("types on the list that are not there").isEmpty();
  }

  /** Whether the comment of the type, which is what stands first in a file, says it. */
  private static boolean givesReason(List<String> lines) {
    String comment =
        lines.stream()
            .dropWhile(line -> !line.startsWith("/**"))
            .takeWhile(line -> line.startsWith("/**") || line.startsWith(" *"))
            .map(line -> line.replaceFirst("^ ?/?\\*+ ?", ""))
            .collect(Collectors.joining(" "));
    return REASON.matcher(comment).find();
  }

  /** The types of each package that ships, by folder. */
  private static Map<Path, List<String>> packages() throws IOException {
    var packages = new TreeMap<Path, List<String>>();
    for (Path file : sources("main")) {
      String name = file.getFileName().toString();
      var types = packages.computeIfAbsent(file.getParent(), folder -> new ArrayList<>());
      if (!name.equals("package-info.java")) {
        types.add(name.substring(0, name.length() - ".java".length()));
      }
    }
    assertThat(packages).hasSizeGreaterThan(40);
    return packages;
  }

  private static List<Path> sources(String kind) throws IOException {
    var all = new ArrayList<Path>();
    for (String module : List.of("engine", "ui", "app")) {
      Path root = PROJECT.resolve(module).resolve("src").resolve(kind).resolve("java");
      try (Stream<Path> files = Files.walk(root)) {
        files.filter(file -> file.toString().endsWith(".java")).forEach(all::add);
      }
    }
    return all;
  }
}
