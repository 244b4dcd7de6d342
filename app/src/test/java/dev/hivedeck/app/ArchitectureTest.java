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
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What holds for the packages and types of all modules. */
class ArchitectureTest {
  private static final Path PROJECT = Path.of("").toAbsolutePath().getParent();
  private static final int MOST_CLASSES = 20;

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
