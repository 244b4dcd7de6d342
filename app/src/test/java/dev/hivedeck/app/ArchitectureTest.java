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
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
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

  /** Types that are still to be split. */
  private static final Set<String> STILL_LONG =
      Set.of(
          "AcpSession",
          "Act",
          "ActivityLog",
          "AgentInspector",
          "AgentsScreen",
          "AttemptLedger",
          "AttemptOutput",
          "Backups",
          "ChangeInspector",
          "ClonedRepository",
          "ConfigEditor",
          "ConfigReader",
          "DagView",
          "DecisionsScreen",
          "Desktop",
          "EntityTable",
          "FeedClient",
          "GateScripts",
          "HttpApi",
          "InnerRepositories",
          "ListCommands",
          "LiveModel",
          "LocalAttemptExecutor",
          "MainCheckouts",
          "OverviewScreen",
          "Parser",
          "Repository",
          "RunningAttempts",
          "SandboxPolicy",
          "Scheduler",
          "SecretShapes",
          "SettingsScreen",
          "SteerCommands",
          "StreamSession",
          "TaskInspector",
          "TaskLedger",
          "TasksScreen",
          "WindowFrame",
          "Worktrees",
          "YamlEdit",
          "YamlSource");

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
    var still = new TreeSet<>(STILL_LONG);
    for (Path file : sources("main")) {
      var lines = Files.readAllLines(file);
      String type = file.getFileName().toString().replace(".java", "");
      boolean tooLong = lines.size() > MOST_LINES && !givesReason(lines);
      if (still.remove(type)) {
        assertThat(tooLong).as("%s is long no more: take it off the list", type).isTrue();
      } else {
        assertThat(tooLong)
            .as("%s has %d lines: split it, or say above it \"Long because …\"", type, lines.size())
            .isFalse();
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
