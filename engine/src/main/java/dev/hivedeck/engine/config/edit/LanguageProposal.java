package dev.hivedeck.engine.config.edit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
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
 */
record LanguageProposal(
    String capability, @Nullable String test, String why, String caches, @Nullable String setup) {
  static final LanguageProposal NONE = new LanguageProposal("code", null, "", "~/.cache", null);

  /** A larger file is nobody's build file. */
  private static final int LARGEST = 1 << 20;

  private static final Pattern TEST_TARGET = Pattern.compile("(?m)^(test|check)\\s*:(?!=)");

  /** Those of a repository, the one that decides first. */
  static List<LanguageProposal> of(Path root) {
    var all = new ArrayList<LanguageProposal>();
    java(root).ifPresent(all::add);
    javascript(root).ifPresent(all::add);
    python(root).ifPresent(all::add);
    if (there(root, "Cargo.toml")) {
      all.add(
          new LanguageProposal(
              "rust", "cargo test --quiet", "Cargo.toml", "~/.cargo/registry", null));
    }
    if (there(root, "go.mod")) {
      all.add(
          new LanguageProposal(
              "go", "go test ./...", "go.mod", "~/go/pkg, ~/.cache/go-build", null));
    }
    if (all.isEmpty()) {
      make(root).ifPresent(all::add);
    }
    return all;
  }

  private static Optional<LanguageProposal> java(Path root) {
    if (there(root, "pom.xml")) {
      String maven = there(root, "mvnw") ? "./mvnw" : "mvn";
      return Optional.of(
          new LanguageProposal("java", maven + " -q -B verify", "pom.xml", "~/.m2", null));
    }
    for (String file : List.of("build.gradle", "build.gradle.kts")) {
      if (there(root, file)) {
        String gradle = there(root, "gradlew") ? "./gradlew" : "gradle";
        return Optional.of(
            new LanguageProposal("java", gradle + " check", file, "~/.gradle", null));
      }
    }
    return Optional.empty();
  }

  /** Each package manager by what locks its packages. */
  private static Optional<LanguageProposal> javascript(Path root) {
    if (!there(root, "package.json")) {
      return Optional.empty();
    }
    boolean tested = script(root, "test");
    if (there(root, "pnpm-lock.yaml")) {
      return of("pnpm", tested, "pnpm install --frozen-lockfile --prefer-offline");
    }
    if (there(root, "yarn.lock")) {
      boolean berry = there(root, ".yarnrc.yml");
      return of(
          "yarn", tested, berry ? "yarn install --immutable" : "yarn install --frozen-lockfile");
    }
    if (there(root, "bun.lock") || there(root, "bun.lockb")) {
      return of("bun run", tested, "bun install --frozen-lockfile");
    }
    boolean locked = there(root, "package-lock.json") || there(root, "npm-shrinkwrap.json");
    return of("npm", tested, locked ? "npm ci --prefer-offline" : null);
  }

  private static Optional<LanguageProposal> of(
      String runner, boolean tested, @Nullable String setup) {
    return Optional.of(
        new LanguageProposal(
            "javascript",
            tested ? runner + " test" : null,
            "package.json has a test script",
            "~/.npm",
            setup));
  }

  private static boolean script(Path root, String name) {
    try {
      JsonNode parsed = Json.MAPPER.readTree(text(root.resolve("package.json")));
      String script = parsed == null ? "" : parsed.path("scripts").path(name).asText();
      return !script.isBlank() && !script.contains("no test specified"); // what npm init writes
    } catch (JsonProcessingException e) {
      return false;
    }
  }

  private static Optional<LanguageProposal> python(Path root) {
    if (Stream.of("pyproject.toml", "setup.py", "setup.cfg", "requirements.txt")
        .noneMatch(file -> there(root, file))) {
      return Optional.empty();
    }
    boolean tests = folder(root, "tests") || folder(root, "test") || there(root, "pytest.ini");
    // A checkout of its own must test its own files, not those that somebody has installed.
    String path = folder(root, "src") ? "PYTHONPATH=src " : "";
    if (there(root, "uv.lock")) {
      return python(tests, "uv run --frozen pytest -q", "uv.lock", "uv sync --frozen");
    }
    if (there(root, "poetry.lock")) {
      return python(
          tests, "poetry run pytest -q", "poetry.lock", "poetry install --no-interaction");
    }
    return python(tests, path + "python3 -m pytest -q", "a folder of tests", null);
  }

  private static Optional<LanguageProposal> python(
      boolean tests, String run, String why, @Nullable String setup) {
    String caches = setup == null ? "~/.cache/pip" : "~/.cache";
    return Optional.of(new LanguageProposal("python", tests ? run : null, why, caches, setup));
  }

  private static Optional<LanguageProposal> make(Path root) {
    var target = TEST_TARGET.matcher(text(root.resolve("Makefile")));
    if (!there(root, "Makefile")) {
      return Optional.empty();
    }
    return Optional.of(
        target.find()
            ? new LanguageProposal("code", "make " + target.group(1), "Makefile", "~/.cache", null)
            : NONE);
  }

  private static boolean there(Path root, String file) {
    return Files.isRegularFile(root.resolve(file));
  }

  private static boolean folder(Path root, String name) {
    return Files.isDirectory(root.resolve(name));
  }

  /** What a file says; nothing where there is none, or a huge one. */
  static String text(Path file) {
    try {
      return Files.isRegularFile(file) && Files.size(file) <= LARGEST
          ? new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
          : "";
    } catch (IOException e) {
      return "";
    }
  }
}
