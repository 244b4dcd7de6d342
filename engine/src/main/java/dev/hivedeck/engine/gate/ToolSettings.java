package dev.hivedeck.engine.gate;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Where tools take their orders from. */
final class ToolSettings {
  /** Where tools find what they are to do; {@code *} as in CODEOWNERS. */
  private static final Map<String, List<String>> TOOLS = new LinkedHashMap<>();

  private static void tool(String names, String... files) {
    for (String name : names.split(" ")) {
      TOOLS.merge(
          name,
          List.of(files),
          (before, more) -> Stream.concat(before.stream(), more.stream()).distinct().toList());
    }
  }

  static {
    // Make first makes its makefile anew, of whatever lies beside it.
    tool(
        "make gmake",
        "Makefile",
        "makefile",
        "GNUmakefile",
        "*.mk",
        "Makefile.*",
        "makefile.*",
        "GNUmakefile.*",
        "*.mk.*",
        "?akefile,v",
        "GNUmakefile,v",
        "RCS",
        "SCCS",
        "s.?akefile");
    tool("node deno tsx ts-node", "**/node_modules");
    tool("npm npx", "package.json", "**/package.json", ".npmrc", "**/node_modules");
    tool(
        "yarn yarnpkg",
        "package.json",
        "**/package.json",
        ".yarnrc",
        ".yarnrc.yml",
        ".yarn/releases",
        ".yarn/plugins",
        "**/node_modules");
    tool(
        "pnpm pnpx",
        "package.json",
        "**/package.json",
        ".npmrc",
        "pnpm-workspace.yaml",
        ".pnpmfile.cjs",
        "**/node_modules");
    tool("bun bunx", "package.json", "**/package.json", "bunfig.toml", "**/node_modules");
    tool("turbo lerna", "package.json", "**/package.json", "lerna.json", "turbo.json");
    tool("nx", "package.json", "**/package.json", "**/project.json", "nx.json", "project.json");
    tool("composer", "composer.json");
    tool("mvn mvnw", "pom.xml", "**/pom.xml", "mvnw", "mvnw.cmd", ".mvn");
    tool(
        "gradle gradlew",
        "build.gradle",
        "build.gradle.kts",
        "**/build.gradle",
        "**/build.gradle.kts",
        "settings.gradle",
        "settings.gradle.kts",
        "gradle.properties",
        "gradlew",
        "gradlew.bat",
        "gradle",
        "buildSrc");
    tool("ant", "build.xml");
    tool("just", "justfile", "Justfile", ".justfile", "*.just");
    tool("task go-task", "Taskfile*.yml", "Taskfile*.yaml", ".taskrc.y*ml");
    tool("rake", "Rakefile", "rakefile", "Rakefile.rb", "*.rake", "rakelib");
    tool("tox", "tox.ini", "setup.cfg", "pyproject.toml");
    tool("nox", "noxfile.py");
    tool("invoke inv", "tasks.py");
    tool("fab", "fabfile.py");
    tool("hatch", "hatch.toml", "pyproject.toml");
    tool("pytest py.test", "pytest.ini", ".pytest.ini", "tox.ini", "setup.cfg", "pyproject.toml");
    tool(
        "ruff black poetry uv pdm bandit codespell pyright vulture interrogate deptry towncrier",
        "pyproject.toml");
    tool(
        "flake8 mypy pylint isort coverage",
        "setup.cfg",
        "tox.ini",
        "pyproject.toml",
        ".flake8",
        ".coveragerc");
    tool(
        "cargo",
        "clippy.toml",
        ".clippy.toml",
        "rustfmt.toml",
        ".rustfmt.toml",
        ".cargo",
        "rust-toolchain",
        "rust-toolchain.toml",
        "build.rs",
        "**/build.rs");
    tool("go", "go.work");
    tool("mix", "mix.exs", "**/mix.exs", "config", ".formatter.exs", ".credo.exs");
    tool("sbt", "build.sbt", "**/build.sbt", "project", ".sbtopts", ".jvmopts");
    tool("deno", "deno.json", "deno.jsonc", "package.json");
    tool(
        "cmake ctest",
        "CMakeLists.txt",
        "**/CMakeLists.txt",
        "CMakePresets.json",
        "CMakeUserPresets.json",
        "CTestConfig.cmake",
        "CTestCustom.cmake",
        "cmake",
        "*.cmake");
    tool("meson", "meson.build", "**/meson.build", "meson_options.txt", "meson.options");
    tool("ninja", "build.ninja");
    tool("bundle bundler", "Gemfile", "gems.rb", ".bundle", "*.gemspec");
    tool("vite vitest", "vite.config.*", "vitest.workspace.*");
    tool("jest vitest mocha ava", "babel.config.*", ".babelrc*");
    tool("swift", "Package.swift");
    tool("stack cabal", "stack.yaml", "cabal.project*", "*.cabal");
    tool("lein", "project.clj");
    tool("clojure clj", "deps.edn");
    tool("dart flutter", "analysis_options.yaml", "dart_test.yaml");
    tool("zig", "build.zig");
    tool("scons", "SConstruct");
    tool("mage", "magefile.go");
    tool(
        "bazel bazelisk",
        ".bazelrc",
        ".bazelversion",
        "tools/bazel",
        "tools/bazel.rc",
        "WORKSPACE",
        "WORKSPACE.bazel",
        "MODULE.bazel",
        "BUILD",
        "BUILD.bazel",
        "**/BUILD",
        "**/BUILD.bazel",
        "**/*.bzl");
    tool("dotnet", "Directory.Build.props", "Directory.Build.targets", "global.json");
    tool("docker docker-compose podman", "Dockerfile*", "compose*.y*ml", "docker-compose*.y*ml");
    tool("earthly", "Earthfile");
    tool("dagger", "dagger.json");
    tool("mise", "mise.toml", ".mise.toml");
    tool("golangci-lint", ".golangci.*");
    tool("tsc vue-tsc ts-node tsx", "tsconfig*.json");
    tool("ng", "angular.json", "package.json", "karma.conf.*");
    tool("pyright", "pyrightconfig.json");
    tool("prettier eslint ktlint shfmt", ".editorconfig");
    tool("markdownlint-cli markdownlint-cli2", ".markdownlint*");
    tool("editorconfig-checker ec", ".ecrc", ".editorconfig");
    tool("cucumber", "config/cucumber.yml");
    tool("standardrb", ".standard.yml");
    tool("prove", ".proverc");
    tool("cpplint", "CPPLINT.cfg");
    tool("phpunit pest", "phpunit.xml*", "phpunit.dist.xml");
    tool("pre-commit", ".pre-commit-config.yaml");
  }

  /** Settings are named after their tool, whichever it is. */
  private static final List<String> OWN =
      List.of(
          "NAME.config.*",
          "NAME.conf*",
          "NAME.dist.*",
          "NAME.toml",
          "NAME.ini",
          "NAME.cfg",
          "NAME.y*ml*",
          "NAME.json*",
          "NAME.neon*",
          "NAME.xml*",
          "NAMErc",
          "NAMEfile",
          ".NAME",
          ".NAME.*",
          ".NAME-*",
          ".NAME_*",
          ".NAMErc*",
          ".NAMEignore",
          ".config/NAME*");

  /** Have none, and words that are part of many names. */
  private static final Pattern PLAIN =
      Pattern.compile(
          "(ba|da|z|k|mk|fi|tc|c)?sh|env|sudo|doas|time|nice|ionice|nohup|exec|command|builtin|xargs"
              + "|timeout|stdbuf|setsid|flock|run|run-script|start|call|source|all|ci|install|build"
              + "|check|lint|verify|package|compile|clean|gate|local|docs?|src|lib|app|web|main|x|config");

  private static final Pattern NAME = Pattern.compile("[a-zA-Z][\\w.-]{1,40}");

  private ToolSettings() {}

  static boolean knows(String tool) {
    return TOOLS.containsKey(tool);
  }

  /** As patterns of CODEOWNERS below the folder where the tool is called. */
  static List<String> of(String tool) {
    return TOOLS.getOrDefault(tool, List.of());
  }

  /** Those that are named after a tool, in any folder. */
  static Set<String> own(String tool) {
    var all = new LinkedHashSet<String>();
    if (NAME.matcher(tool).matches() && !PLAIN.matcher(tool).matches()) {
      OWN.forEach(own -> all.add((own.contains("/") ? "**/" : "") + own.replace("NAME", tool)));
    }
    return all;
  }
}
