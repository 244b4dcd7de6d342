package dev.hivedeck.engine.config.edit;

import dev.hivedeck.engine.file.PlainFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What one language in a repository is built and tested with. A command is proposed only where what
 * lies there says that it runs, in a fresh checkout too.
 *
 * @param capability what an agent has to know
 * @param test the command of a gate; null where nothing says how it is tested
 * @param why what says so
 * @param caches where its packages lie
 * @param setup what makes a fresh checkout ready; null where nothing is needed
 * @param installed an ignored folder with its packages, which checkouts share; null for none
 */
record LanguageProposal(
    String capability,
    @Nullable String test,
    String why,
    String caches,
    @Nullable String setup,
    @Nullable String installed) {
  static final LanguageProposal NONE =
      new LanguageProposal("code", null, "", "~/.cache", null, null);

  /** A larger file is nobody's build file. */
  private static final int LARGEST = 1 << 20;

  private static final Pattern TEST_TARGET = Pattern.compile("(?m)^(test|check)\\s*:(?!=)");
  private static final Pattern GO_FOLDER =
      Pattern.compile("(?m)^(?:use)?\\s*(\\./[A-Za-z0-9._/-]*)\\s*$");

  /** Those of a repository, the one that decides first. */
  static List<LanguageProposal> of(Path root) {
    var all = new ArrayList<LanguageProposal>();
    java(root).ifPresent(all::add);
    JavaScriptProposal.of(root).ifPresent(all::add);
    PythonProposal.of(root).ifPresent(all::add);
    if (there(root, "Cargo.toml")) {
      all.add(plain("rust", "cargo test --quiet", "Cargo.toml", "~/.cargo/registry"));
    }
    go(root).ifPresent(all::add);
    if (all.isEmpty()) {
      make(root).ifPresent(all::add);
    }
    return all;
  }

  /** Whose packages come by themselves. */
  private static LanguageProposal plain(
      String capability, @Nullable String test, String why, String caches) {
    return new LanguageProposal(capability, test, why, caches, null, null);
  }

  private static Optional<LanguageProposal> java(Path root) {
    if (there(root, "pom.xml")) {
      String maven = there(root, "mvnw") ? "./mvnw" : "mvn";
      return Optional.of(plain("java", maven + " -q -B verify", "pom.xml", "~/.m2"));
    }
    for (String file : List.of("build.gradle", "build.gradle.kts")) {
      if (there(root, file)) {
        String gradle = there(root, "gradlew") ? "./gradlew" : "gradle";
        return Optional.of(plain("java", gradle + " check", file, "~/.gradle"));
      }
    }
    return Optional.empty();
  }

  /** Without a module of its own, each that a workspace uses. */
  private static Optional<LanguageProposal> go(Path root) {
    String caches = "~/go/pkg, ~/.cache/go-build";
    if (there(root, "go.mod")) {
      return Optional.of(plain("go", "go test ./...", "go.mod", caches));
    }
    String modules =
        GO_FOLDER
            .matcher(text(root.resolve("go.work")))
            .results()
            .map(use -> use.group(1).replaceAll("/+$", "") + "/...")
            .distinct()
            .collect(Collectors.joining(" "));
    return modules.isEmpty()
        ? Optional.empty()
        : Optional.of(plain("go", "go test " + modules, "go.work", caches));
  }

  private static Optional<LanguageProposal> make(Path root) {
    var target = TEST_TARGET.matcher(text(root.resolve("Makefile")));
    if (!there(root, "Makefile")) {
      return Optional.empty();
    }
    return Optional.of(
        target.find() ? plain("code", "make " + target.group(1), "Makefile", "~/.cache") : NONE);
  }

  static boolean there(Path root, String file) {
    return Files.isRegularFile(root.resolve(file));
  }

  static boolean folder(Path root, String name) {
    return Files.isDirectory(root.resolve(name));
  }

  /** Whether a folder is there that the repository says to ignore. */
  static boolean ignored(Path root, String name) {
    return folder(root, name)
        && text(root.resolve(".gitignore"))
            .lines()
            .anyMatch(line -> line.strip().replaceAll("^/|/$", "").equals(name));
  }

  /**
   * What a file says; nothing where there is none, or a huge one. A link may lead to what has no
   * end, so none is followed.
   */
  static String text(Path file) {
    return Objects.requireNonNullElse(PlainFile.text(file, LARGEST), "");
  }
}
