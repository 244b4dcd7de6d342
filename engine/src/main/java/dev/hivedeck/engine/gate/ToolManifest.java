package dev.hivedeck.engine.gate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;
import dev.hivedeck.engine.protocol.Json;
import java.util.List;

/** A file that tells tools what to do, beside which libraries there are. */
final class ToolManifest {
  /** What of a manifest describes a package, or names libraries. */
  private static final List<String> ORDINARY =
      List.of(
          "name",
          "version",
          "description",
          "keywords",
          "homepage",
          "bugs",
          "license",
          "author",
          "authors",
          "contributors",
          "maintainers",
          "funding",
          "repository",
          "private",
          "files",
          "dependencies",
          "devDependencies",
          "peerDependencies",
          "peerDependenciesMeta",
          "optionalDependencies",
          "bundleDependencies",
          "bundledDependencies",
          "overrides",
          "resolutions",
          "require",
          "require-dev");

  /** What of it says where the work lies. */
  private static final List<String> ENTRIES =
      List.of(
          "main",
          "module",
          "exports",
          "imports",
          "bin",
          "types",
          "typings",
          "browser",
          "directories",
          "sideEffects",
          "man",
          "type",
          "autoload",
          "autoload-dev",
          "scripts");

  private static final TomlMapper TOML = new TomlMapper();

  private ToolManifest() {}

  /** Settings of tools that lie in a {@code package.json} or {@code composer.json}. */
  static String settings(String json) {
    return orders("package.json", json) instanceof ObjectNode all
        ? all.without(ENTRIES).toString()
        : "";
  }

  /** The scripts of a {@code package.json} or {@code composer.json}; null where it is none. */
  static JsonNode section(String json) {
    try {
      return Json.MAPPER.readTree(json).path("scripts");
    } catch (JsonProcessingException e) {
      return null;
    }
  }

  /** Whether a file tells tools what to do, beside which libraries there are. */
  static boolean is(String path) {
    return path.endsWith("package.json")
        || path.endsWith("composer.json")
        || path.endsWith("pyproject.toml");
  }

  /** What a manifest tells tools; null where it cannot be read. */
  static JsonNode orders(String path, String text) {
    try {
      if (!path.endsWith(".toml")) {
        return Json.MAPPER.readTree(text) instanceof ObjectNode all ? all.without(ORDINARY) : null;
      }
      var all = TOML.readTree(text);
      if (all.path("tool") instanceof ObjectNode tool) {
        tool.remove(List.of("poetry", "uv", "pdm"));
      }
      return all instanceof ObjectNode table
          ? table.without(List.of("project", "dependency-groups"))
          : null;
    } catch (JsonProcessingException e) {
      return null;
    }
  }
}
