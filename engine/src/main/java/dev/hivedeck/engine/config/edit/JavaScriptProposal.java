package dev.hivedeck.engine.config.edit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** JavaScript: each package manager by what locks its packages, one package or several. */
record JavaScriptProposal(Path root, JsonNode manifest) {
  private static final String MANIFEST = "package.json";

  /** More folders are no packages of one repository. */
  private static final int MOST = 500;

  /** Empty where there is none. */
  static Optional<LanguageProposal> of(Path root) {
    return LanguageProposal.there(root, MANIFEST)
        ? Optional.of(new JavaScriptProposal(root, read(root)).proposal())
        : Optional.empty();
  }

  private LanguageProposal proposal() {
    if (there("pnpm-lock.yaml")) {
      return proposal(
          "pnpm test",
          "pnpm -r --if-present test",
          "pnpm install --frozen-lockfile --prefer-offline");
    }
    if (there("yarn.lock")) {
      boolean berry = there(".yarnrc.yml");
      return berry
          ? proposal("yarn test", "yarn workspaces foreach -A run test", "yarn install --immutable")
          : proposal(
              "yarn test",
              // It fails at the first package that has no such script.
              packages().stream().allMatch(JavaScriptProposal::tested)
                  ? "yarn workspaces run test"
                  : null,
              "yarn install --frozen-lockfile");
    }
    if (there("bun.lock") || there("bun.lockb")) {
      return proposal("bun run test", "bun run --filter '*' test", "bun install --frozen-lockfile");
    }
    String several = "npm test --workspaces --if-present";
    if (there("package-lock.json") || there("npm-shrinkwrap.json")) {
      return proposal("npm test", several, "npm ci --prefer-offline");
    }
    // Packages of one repository find each other by links, which have to stay within the checkout.
    return workspaces()
        ? proposal("npm test", several, "npm install --no-package-lock --prefer-offline")
        : proposal("npm test", several, null);
  }

  /**
   * @param several null where there is no command for what the packages have
   */
  private LanguageProposal proposal(String one, @Nullable String several, @Nullable String setup) {
    boolean packages =
        !tested(manifest) && packages().stream().anyMatch(JavaScriptProposal::tested);
    boolean shared = setup == null && LanguageProposal.ignored(root, "node_modules");
    return new LanguageProposal(
        "javascript",
        tested(manifest) ? one : packages ? several : null,
        packages ? "its packages have test scripts" : "package.json has a test script",
        "~/.npm",
        setup,
        shared ? "node_modules" : null);
  }

  private boolean there(String file) {
    return LanguageProposal.there(root, file);
  }

  private boolean workspaces() {
    return !patterns().isMissingNode() || there("pnpm-workspace.yaml");
  }

  private JsonNode patterns() {
    var said = manifest.path("workspaces");
    return said.isObject() ? said.path("packages") : said;
  }

  /** What each package says of itself. */
  private List<JsonNode> packages() {
    var patterns =
        there("pnpm-workspace.yaml")
            ? LanguageProposal.text(root.resolve("pnpm-workspace.yaml"))
                .lines()
                .map(String::strip)
                .filter(line -> line.startsWith("- "))
                .map(line -> line.substring(2).replaceAll("[\"' ]", ""))
            : StreamSupport.stream(patterns().spliterator(), false).map(JsonNode::asText);
    return patterns
        .flatMap(this::folders)
        .limit(MOST)
        .filter(folder -> LanguageProposal.there(folder, MANIFEST))
        .map(JavaScriptProposal::read)
        .toList();
  }

  /** Those that a pattern such as {@code packages/*} means. */
  private Stream<Path> folders(String pattern) {
    try {
      Path folder = root.resolve(pattern.replaceAll("/?\\*+$", "")).normalize();
      if (!folder.startsWith(root) || !Files.isDirectory(folder)) {
        return Stream.of();
      }
      if (!pattern.endsWith("*")) {
        return Stream.of(folder);
      }
      try (var inside = Files.list(folder)) {
        return inside.filter(Files::isDirectory).limit(MOST).toList().stream();
      }
    } catch (IOException | InvalidPathException e) {
      return Stream.of();
    }
  }

  private static JsonNode read(Path folder) {
    try {
      var parsed = Json.MAPPER.readTree(LanguageProposal.text(folder.resolve(MANIFEST)));
      return parsed == null ? Json.object() : parsed;
    } catch (JsonProcessingException e) {
      return Json.object();
    }
  }

  private static boolean tested(JsonNode manifest) {
    String script = manifest.path("scripts").path("test").asText();
    return !script.isBlank() && !script.contains("no test specified"); // what npm init writes
  }
}
