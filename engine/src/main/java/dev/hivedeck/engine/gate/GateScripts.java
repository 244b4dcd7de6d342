package dev.hivedeck.engine.gate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.worktree.CommitTree;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a gate's command runs of the repository: scripts that it names, scripts that these name, and
 * the files that the tools it calls take their orders from. Who may change these decides what the
 * gate says. Files that are only looked at, tests among them, are work and not part of it.
 */
final class GateScripts {
  /** How many files deep, and how many in all, scripts are followed. */
  private static final int DEEP = 4;

  private static final int MOST = 200;

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
    tool("task go-task", "Taskfile*.yml", "Taskfile*.yaml");
    tool("rake", "Rakefile", "rakefile", "Rakefile.rb", "*.rake", "rakelib");
    tool("tox", "tox.ini", "setup.cfg", "pyproject.toml");
    tool("nox", "noxfile.py");
    tool("invoke inv", "tasks.py");
    tool("fab", "fabfile.py");
    tool("hatch", "hatch.toml", "pyproject.toml");
    tool("pytest py.test", "pytest.ini", ".pytest.ini", "tox.ini", "setup.cfg", "pyproject.toml");
    tool("ruff black poetry uv pdm", "pyproject.toml");
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
    tool("docker docker-compose podman", "Dockerfile", "compose*.y*ml", "docker-compose*.y*ml");
    tool("earthly", "Earthfile");
    tool("dagger", "dagger.json");
    tool("mise", "mise.toml", ".mise.toml");
    tool("golangci-lint", ".golangci.*");
    tool("tsc", "tsconfig.json");
    tool("rspec", ".rspec");
    tool("phpunit", "phpunit.xml", "phpunit.xml.dist");
    tool("pre-commit", ".pre-commit-config.yaml");
  }

  /** Any other tool's own settings are named after it. */
  private static final List<String> OWN =
      List.of(
          "NAME.config.*",
          ".NAMErc",
          ".NAMErc.*",
          "NAME.toml",
          ".NAME.toml",
          "NAME.ini",
          ".NAME.ini",
          ".NAMEignore");

  /** Run what their first argument names. */
  private static final Pattern INTERPRETER =
      Pattern.compile(
          "(ba|da|z|k|mk|fi|tc|c)?sh|python[\\d.]*|pypy3?|node|nodejs|deno|bun|tsx|ts-node|ruby|perl"
              + "|php|lua|luajit|Rscript|julia|pwsh|powershell|source|\\.|groovy|swift|elixir|escript"
              + "|tclsh|expect|java|jshell|jbang|kotlin|scala|scala-cli|dart|crystal|nim|raku|guile"
              + "|racket|sbcl|runghc|runhaskell|ocaml|osascript|nu|bb|R");

  /** Interpreters that run what they read, when no script is named. */
  private static final Pattern SHELL = Pattern.compile("(ba|da|z|k|mk)?sh|python[\\d.]*|perl|ruby");

  /** Build what they name, and run it. */
  private static final Pattern BUILDER =
      Pattern.compile("go|cargo|dotnet|dart|swift|zig|nim|crystal");

  /** Run the rest of their line. */
  private static final Pattern WRAPPER =
      Pattern.compile(
          "env|sudo|doas|time|nice|ionice|nohup|exec|command|builtin|xargs|timeout|stdbuf|setsid"
              + "|npx|pnpx|bunx|poetry|uv|uvx|pipenv|pdm|hatch|rye|bundle|xvfb-run|run|-|call|winpty");

  /** Only look at the files that they name. */
  private static final Pattern LOOKS =
      Pattern.compile(
          "test|\\[|\\[\\[|[ef]?grep|rg|cat|head|tail|wc|cp|mv|rm|ln|ls|diff|cmp|sed|awk|cut|sort"
              + "|uniq|tr|echo|printf|stat|find|mkdir|touch|chmod|git|jq|cd|export|set|exit|true|false");

  /** Options whose value tells a tool what to do. */
  private static final Pattern ORDERS =
      Pattern.compile(
          "-c|-f|-p|-r|--(config|config-file|file|makefile|project|rcfile|init-file|settings"
              + "|import|require|script|build-file|init-script|test-runner|environment)");

  private static final Pattern ASSIGNMENT = Pattern.compile("[A-Za-z_]\\w*=.*", Pattern.DOTALL);
  private static final Pattern VARIABLE = Pattern.compile("^\\$(\\{\\w+\\}|\\w+)/");

  /** {@code eval "$(cat x)"}, whose quotes do not keep what is in them from being run. */
  private static final Pattern EVAL = Pattern.compile("\\beval\\s+\"\\$\\(([^()\"]*)\\)\"");

  /** The top of the working tree, where a gate begins. */
  private static final Pattern TOP =
      Pattern.compile("\"?\\$\\(\\s*git rev-parse --show-toplevel\\s*\\)\"?");

  /** {@code $(dirname "$0")} and the like. */
  private static final Pattern OWN_FOLDER =
      Pattern.compile(
          "(?:\\$\\(|`)\\s*dirname\\s+(?:--\\s+)?\"?(?:\\$\\(\\s*(?:readlink\\s+-f|realpath)\\s+(?:--\\s+)?\"?SELF\"?\\s*\\)|SELF)\"?\\s*(?:\\)|`)|\\$\\{(?:0|BASH_SOURCE(?:\\[0\\])?)%/\\*\\}"
              .replace("SELF", "\\$\\{?(?:0|BASH_SOURCE(?:\\[0\\])?)\\}?"));

  /** {@code $(cd "$(dirname "$0")" && pwd)}. */
  private static final Pattern FOLDER =
      Pattern.compile(
          "\\$\\(\\s*cd\\s+(?:-P\\s+)?(?:--\\s+)?\"?\\$HERE\"?\\s*(?:>\\s*/dev/null\\s*(?:2>&1\\s*)?)?&&\\s*pwd(?:\\s+-P)?\\s*\\)");

  /** A line of a makefile that says what its targets are made of. */
  private static final Pattern TARGETS = Pattern.compile("(?m)^([\\w./ -]+?)\\s*::?(?!=)");

  /** What make reads besides, also where it is missing. */
  private static final Pattern INCLUDED = Pattern.compile("(?m)^ *[-s]?include\\s+([^#\\n]+)");

  /** Endings of what is run or sourced. */
  private static final Pattern SCRIPT =
      Pattern.compile("(?i).*\\.(sh|bash|zsh|py|[mc]?[jt]s|rb|pl|php|lua|ps1|bat|cmd|mk|groovy)");

  /** What other scripts name of the repository: quoted paths, and modules. */
  private static final Pattern NAMED =
      Pattern.compile(
          "[\"'](\\.{0,2}/?[\\w@.+-]+(?:/[\\w@.+-]+)*)[\"']|(?m)^\\s*(?:import|from)\\s+([\\w.]+)");

  /** Marks a pattern that counts only for files that are new. */
  static final String ADDED = "+";

  /** Has no place in a repository; where it comes all the same, it is run in place of others. */
  private static final List<String> STRAY =
      List.of("__pycache__", "*.pyc", "/.venv", "/venv", "sitecustomize.py", "usercustomize.py");

  private static final Pattern PYTHON = Pattern.compile("python[\\d.]*|pypy3?");

  /** Modules that come with Python and that others import. */
  private static final List<String> LIBRARY =
      List.of(
          ("abc argparse array ast asyncio atexit base64 bdb binascii bisect builtins bz2 calendar"
                  + " cmath code codecs codeop collections configparser contextlib contextvars copy"
                  + " copyreg csv ctypes dataclasses datetime decimal difflib dis doctest email"
                  + " encodings enum errno fnmatch fractions functools gc genericpath getopt getpass"
                  + " gettext glob graphlib gzip hashlib heapq hmac html http importlib inspect io"
                  + " ipaddress itertools json keyword linecache locale logging lzma marshal math"
                  + " mimetypes mmap multiprocessing ntpath numbers opcode operator optparse os"
                  + " pathlib pdb pickle pkgutil platform plistlib posixpath pprint queue quopri"
                  + " random re reprlib resource runpy secrets select selectors shelve shlex shutil"
                  + " signal site sitecustomize socket sqlite3 ssl stat statistics string stringprep"
                  + " struct subprocess symtable sys sysconfig tarfile tempfile textwrap threading"
                  + " time timeit token tokenize tomllib traceback tracemalloc types typing"
                  + " unicodedata unittest urllib usercustomize uuid venv warnings weakref xml"
                  + " zipfile zipimport zlib zoneinfo")
              .split(" "));

  private static final List<String> ENDINGS =
      List.of(
          "",
          ".py",
          ".js",
          ".mjs",
          ".cjs",
          ".ts",
          ".mts",
          ".sh",
          ".rb",
          "/index.js",
          "/__init__.py");

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

  private static final TomlMapper TOML = new TomlMapper();

  private final CommitTree tree;
  private final Set<String> paths = new LinkedHashSet<>();
  private final Set<String> read = new LinkedHashSet<>();

  /** The folder of the script that is being followed; null for orders that a gate itself has. */
  private String from;

  private GateScripts(CommitTree tree) {
    this.tree = tree;
  }

  /**
   * @param tree what main holds
   * @return patterns, all from the root
   */
  static Set<String> of(String command, CommitTree tree) {
    var scripts = new GateScripts(tree);
    scripts.shell(command, "", DEEP);
    STRAY.forEach(pattern -> scripts.paths.add(ADDED + pattern));
    return scripts.paths;
  }

  // ── commands ────────────────────────────────────────────────────────────────────────────────

  /**
   * @param home the folder of the script that it stands in
   */
  private void shell(String text, String home, int depth) {
    var commands = looped(assigned(ShellWords.of(here(text))));
    var folders = new LinkedHashSet<String>(List.of("", home));
    for (var words : commands) {
      for (String word : words) {
        for (String folder : List.copyOf(folders)) {
          String path = resolve(folder, option(word));
          if (path != null && folders.size() < 20 && isFolder(path)) {
            folders.add(path);
          }
        }
      }
    }
    boolean fed = commands.stream().anyMatch(GateScripts::runsWhatItReads);
    commands.forEach(words -> command(words, folders, depth, fed));
  }

  /** A shell at the end of a pipe, or one that {@code xargs} or {@code find} starts. */
  private static boolean runsWhatItReads(List<String> words) {
    String name = name(words.getFirst());
    if (name.equals("eval")) {
      return true;
    }
    if (name.equals("xargs") || name.equals("find") || name.equals("parallel")) {
      return words.stream()
          .skip(1)
          .anyMatch(word -> SHELL.matcher(name(word)).matches() || word.equals("-exec"));
    }
    return SHELL.matcher(name).matches()
        && words.stream().skip(1).allMatch(word -> word.startsWith("-") && !word.matches("-\\w*c"));
  }

  /** Variables that are set once, with what they stand for. */
  private static List<List<String>> assigned(List<List<String>> commands) {
    var values = new LinkedHashMap<String, String>();
    var all = new ArrayList<List<String>>();
    for (var words : commands) {
      all.add(words.stream().map(word -> filled(word, values)).toList());
      for (String word : words) {
        if (ASSIGNMENT.matcher(word).matches() && !word.startsWith("PATH=")) {
          int equals = word.indexOf('=');
          if (equals < word.length() - 1) { // else a command says it
            values.put(word.substring(0, equals), filled(word.substring(equals + 1), values));
          }
        }
      }
    }
    return all;
  }

  private static String filled(String word, Map<String, String> values) {
    String text = word;
    for (var one : values.entrySet()) {
      text = text.replace("${" + one.getKey() + "}", one.getValue());
      text =
          text.replaceAll(
              "\\$" + one.getKey() + "(?!\\w)", Matcher.quoteReplacement(one.getValue()));
    }
    return text.length() > 1_000 ? word : text;
  }

  /** Folders of the repository in which programs are looked for first. */
  private void searchPath(String assignment, Set<String> folders) {
    for (String part : assignment.substring(assignment.indexOf('=') + 1).split("[:;]")) {
      String place = part.replaceFirst("^(\\$\\{?PWD}?|\\$HERE)(/|$)", "");
      for (String folder : folders) {
        String path = place.startsWith("$") ? null : resolve(folder, place);
        if (path != null && !path.isEmpty()) {
          paths.add("/" + path);
        }
      }
    }
  }

  /** The ways in which scripts say where they lie themselves, as one. */
  private static String here(String given) {
    String text =
        TOP.matcher(EVAL.matcher(given).replaceAll("eval \\$($1)")).replaceAll("\\${PWD}");
    return FOLDER.matcher(OWN_FOLDER.matcher(text).replaceAll("\\$HERE")).replaceAll("\\$HERE");
  }

  /** What a loop runs by its variable, with what that stands for. */
  private static List<List<String>> looped(List<List<String>> commands) {
    var values = new LinkedHashMap<String, List<String>>();
    var all = new ArrayList<List<String>>();
    for (var words : commands) {
      if (words.size() > 3 && words.get(0).equals("for") && words.get(2).equals("in")) {
        values.put(words.get(1), words.subList(3, words.size()));
      }
      all.add(words);
      for (var loop : values.entrySet()) {
        var named = List.of("$" + loop.getKey(), "${" + loop.getKey() + "}");
        if (words.stream().anyMatch(named::contains)) {
          loop.getValue().stream()
              .limit(20)
              .map(value -> words.stream().map(w -> named.contains(w) ? value : w).toList())
              .forEach(all::add);
        }
      }
    }
    return all;
  }

  private boolean isFolder(String path) {
    var entry = tree.at(path);
    return entry != null && entry.folder();
  }

  /** The value of {@code --option=value}, else the word. */
  private static String option(String word) {
    int equals = word.indexOf('=');
    return word.startsWith("-") && equals > 0 ? word.substring(equals + 1) : word;
  }

  /**
   * @param fed whether what is looked at may be run by a shell beside
   */
  private void command(List<String> words, Set<String> folders, int depth, boolean fed) {
    words.stream().filter(word -> word.startsWith("PATH=")).forEach(w -> searchPath(w, folders));
    words.stream()
        .filter(word -> word.matches("(BASH_)?ENV=.+"))
        .forEach(word -> named(word.substring(word.indexOf('=') + 1), folders, depth, true));
    int at = 0;
    while (at < words.size() && skipped(words, at)) {
      String wrapper = name(words.get(at));
      tool(wrapper, folders, depth);
      at++;
      while (at < words.size()
          && (words.get(at).startsWith("-") || words.get(at).matches("\\d+[smhd]?"))) {
        at++;
      }
    }
    if (at == words.size()) {
      return;
    }
    String program = words.get(at);
    String name = name(program);
    named(program, folders, depth, true);
    tool(name, folders, depth);
    boolean runs = INTERPRETER.matcher(name).matches();
    boolean looks = LOOKS.matcher(name).matches();
    if (program.contains("/")) {
      missing(program, folders);
    }
    if (name.endsWith("make")) {
      goals(words.subList(at + 1, words.size()), folders);
    }
    boolean builds =
        BUILDER.matcher(name).matches() && words.subList(at + 1, words.size()).contains("run");
    for (int i = at + 1; i < words.size(); i++) {
      String word = words.get(i);
      String before = words.get(i - 1);
      if (runs && word.startsWith("-")) {
        if (name.endsWith("sh") && word.matches("-\\w*c") && i + 1 < words.size()) {
          folders.forEach(f -> shell(words.get(at(words, word) + 1), f, depth - 1));
          return;
        }
        if (word.equals("-m") && i + 1 < words.size()) {
          module(words.get(i + 1), folders, depth);
          return;
        }
        orders(word, folders, depth);
        continue;
      }
      if (builds || looks && fed) {
        whole(word, folders, depth);
      }
      if (runs) {
        named(word, folders, depth, true);
        missing(word, folders);
        if (PYTHON.matcher(name).matches()) {
          folders.forEach(folder -> searched(resolve(folder, word)));
        }
        runs = name.equals("node") && ORDERS.matcher(before).matches();
      } else if (!looks) {
        named(word, folders, depth, ORDERS.matcher(before).matches());
        orders(word, folders, depth);
      }
    }
  }

  /** What is run and not there may come with a change. */
  private void missing(String word, Set<String> folders) {
    if (!word.contains("*")) {
      absent(word, folders).filter(this::belongs).forEach(path -> paths.add(ADDED + "/" + path));
    }
  }

  /** The places that a word can name, and main does not have. */
  private Stream<String> absent(String word, Set<String> folders) {
    return folders.stream()
        .map(folder -> resolve(folder, word))
        .filter(path -> path != null && !path.isEmpty() && tree.at(path) == null);
  }

  /** A file, or all of a folder. */
  private void whole(String word, Set<String> folders, int depth) {
    named(word, folders, depth, true);
    for (String folder : folders) {
      String path = resolve(folder, option(word));
      if (path != null && !path.isEmpty() && isFolder(path)) {
        paths.add("/" + path);
      }
    }
  }

  /** A file of a goal's name tells make that there is nothing to do. */
  private void goals(List<String> words, Set<String> folders) {
    words.stream()
        .filter(word -> !word.startsWith("-") && !word.matches(".*[=$%*].*"))
        .flatMap(word -> absent(word, folders))
        .forEach(path -> paths.add(ADDED + "/" + path));
  }

  private static int at(List<String> words, String word) {
    return words.indexOf(word);
  }

  private void orders(String word, Set<String> folders, int depth) {
    int equals = word.indexOf('=');
    if (equals > 0 && ORDERS.matcher(word.substring(0, equals)).matches()) {
      named(word.substring(equals + 1), folders, depth, true);
    }
  }

  private static boolean skipped(List<String> words, int at) {
    String word = words.get(at);
    return ASSIGNMENT.matcher(word).matches()
        || at + 1 < words.size() && WRAPPER.matcher(name(word)).matches();
  }

  /** A program's name, without where it lies and without the ending that Windows gives it. */
  private static String name(String program) {
    return program
        .substring(Math.max(program.lastIndexOf('/'), program.lastIndexOf('\\')) + 1)
        .replaceAll("(?i)\\.(cmd|bat|exe|ps1)$", "");
  }

  private void tool(String name, Set<String> folders, int depth) {
    var files = new ArrayList<String>(TOOLS.getOrDefault(name, List.of()));
    if (name.matches("[\\w.-]{2,40}") && !LOOKS.matcher(name).matches()) {
      // Those of a folder go before those of the whole.
      OWN.forEach(own -> paths.add(own.replace("NAME", name)));
      OWN.forEach(own -> files.add(own.replace("NAME", name)));
    }
    for (String file : files) {
      for (String folder : folders) {
        String path = folder.isEmpty() ? file : folder + "/" + file;
        paths.add("/" + path);
        follow(path, depth);
      }
    }
  }

  private void module(String module, Set<String> folders, int depth) {
    String path = module.replace('.', '/');
    for (String end : List.of(".py", "/__main__.py")) {
      named(path + end, folders, depth, true);
    }
    folders.forEach(folder -> packages(resolve(folder, path + "/module")));
    String first = module.replaceFirst("\\..*", "");
    for (String folder : folders) {
      String in = folder.isEmpty() ? "/" : "/" + folder + "/";
      if (tree.at(resolve(folder, first)) == null) {
        paths.add(in + first + "/__init__.py"); // stands before what is installed
        paths.add(in + first + ".py");
      }
      LIBRARY.forEach(name -> paths.add(ADDED + in + name + ".py"));
    }
    tool(module, folders, depth);
  }

  /** Python first runs what each package around a module begins with. */
  private void packages(String module) {
    for (String in = module == null ? "" : parent(module); !in.isEmpty(); in = parent(in)) {
      String begins = in + "/__init__.py";
      if (isFolder(in)) {
        paths.add("/" + begins);
        follow(begins, 1);
      }
    }
  }

  /**
   * Python looks for modules where its script lies before it looks at its own: one that is new
   * there stands before any that the script, or what it imports, asks for. Among the project's own
   * files only the names of Python's count.
   */
  private void searched(String script) {
    if (script == null || tree.at(script) == null) {
      return;
    }
    String folder = parent(script);
    if (folder.isEmpty()) {
      LIBRARY.forEach(name -> paths.add(ADDED + "/" + name + ".py"));
      LIBRARY.forEach(name -> paths.add(ADDED + "/" + name + "/__init__.py"));
    } else {
      for (String module : List.of("*.py", "*.pyc", "*.so", "*.pyd", "*/__init__.py")) {
        paths.add(ADDED + "/" + folder + "/" + module);
      }
    }
  }

  /**
   * @param run whether it is run, or only named
   */
  private void named(String word, Set<String> folders, int depth, boolean run) {
    for (String folder : folders) {
      String path = resolve(folder, word);
      if (path == null || path.isEmpty()) {
        continue;
      }
      if (run && path.contains("*")) {
        paths.add("/" + path);
      }
      found(path, depth, run);
    }
  }

  /** Takes up a path of main, also where links lead there, or it is within a submodule. */
  private void found(String path, int depth, boolean run) {
    var entry = tree.at(path);
    if (entry == null) {
      int slash = path.lastIndexOf('/');
      if (slash > 0) {
        beyond(path.substring(0, slash), path.substring(slash), depth, run);
      }
      if (run && SCRIPT.matcher(path).matches() && belongs(path)) {
        paths.add("/" + path); // what is missing on main may come with a change
      }
    } else if (entry.link()) {
      if (run) {
        paths.add("/" + path);
      }
      String target = resolve(parent(path), tree.text(entry));
      if (target != null && depth > 0) {
        found(target, depth - 1, run);
      }
    } else if (entry.file() && (run || entry.executable()) && belongs(path)) {
      paths.add("/" + path);
      follow(path, depth);
    } else if (entry.submodule() && run) {
      paths.add("/" + path);
    }
  }

  /**
   * A script that is run belongs to the gate; what it runs only if it is beside it, or a script
   * too.
   */
  private boolean belongs(String path) {
    return from == null || path.endsWith(".sh") || !from.isEmpty() && path.startsWith(from + "/");
  }

  /** What lies above a path that the tree itself does not hold. */
  private void beyond(String above, String rest, int depth, boolean run) {
    var entry = tree.at(above);
    if (entry == null) {
      int slash = above.lastIndexOf('/');
      if (slash > 0) {
        beyond(above.substring(0, slash), above.substring(slash) + rest, depth, run);
      }
    } else if (entry.submodule() && run) {
      paths.add("/" + above);
    } else if (entry.link() && depth > 0) {
      if (run) {
        paths.add("/" + above);
      }
      String target = resolve(parent(above), tree.text(entry) + rest);
      if (target != null) {
        found(target, depth - 1, run);
      }
    }
  }

  // ── scripts ─────────────────────────────────────────────────────────────────────────────────

  private void follow(String path, int depth) {
    var entry = tree.at(path);
    if (depth <= 0 || entry == null || !entry.file() || read.size() >= MOST || !read.add(path)) {
      return;
    }
    String text = tree.text(entry);
    String name = path.substring(path.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
    if (text.indexOf('\0') >= 0) {
      return;
    }
    String before = from;
    if (name.equals("package.json") || name.equals("composer.json")) {
      scripts(text, parent(path), depth - 1);
    } else if (name.endsWith("makefile") || name.endsWith(".mk") || name.endsWith("justfile")) {
      included(text, parent(path), depth - 1);
      targets(text, parent(path));
      String recipes = text.replaceAll("\\$[({]MAKE[)}]", "make").replaceAll("(?m)^\\s+[@+-]*", "");
      shell(recipes, parent(path), depth - 1);
    } else {
      from = parent(path);
      if (name.endsWith(".sh") || text.matches("(?s)#!\\S*(/env\\s+)?\\S*sh\\b.*")) {
        shell(text, parent(path), depth - 1);
      } else if (!name.endsWith(".xml")) {
        names(text, parent(path), depth - 1);
      }
      from = before;
    }
  }

  private void targets(String makefile, String folder) {
    Matcher m = TARGETS.matcher(makefile);
    while (m.find()) {
      goals(List.of(m.group(1).strip().split("\\s+")), Set.of(folder));
    }
  }

  private void included(String makefile, String folder, int depth) {
    Matcher m = INCLUDED.matcher(makefile);
    while (m.find()) {
      String files = m.group(1).replaceAll("\\$[({]wildcard\\s+([^)}]*)[)}]", "$1");
      for (String word : files.strip().split("\\s+")) {
        String path = resolve(folder, word.replaceFirst("^\\$[({]\\w+[)}]/", ""));
        if (path != null && !path.contains("$") && !path.matches("[*/]*")) {
          paths.add("/" + path);
          follow(path, depth);
        }
      }
    }
  }

  private void scripts(String json, String folder, int depth) {
    var section = section(json);
    for (JsonNode script : section == null ? Json.object() : section) {
      if (script.isTextual()) {
        shell(script.asText(), folder, depth);
      }
      script.forEach(s -> shell(s.asText(), folder, depth));
    }
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
  static boolean manifest(String path) {
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

  private void names(String text, String folder, int depth) {
    Matcher m = NAMED.matcher(text);
    while (m.find() && read.size() < MOST) {
      String name = m.group(1) != null ? m.group(1) : m.group(2).replace('.', '/');
      for (String from : new LinkedHashSet<>(List.of(folder, ""))) {
        for (String end : ENDINGS) {
          String path = resolve(from, name + end);
          var entry = path == null ? null : tree.at(path);
          if (entry != null && entry.file() && belongs(path) && script(path, entry)) {
            paths.add("/" + path);
            if (end.endsWith(".py")) {
              packages(path);
            }
            follow(path, depth);
          } else if (path != null && entry == null && from.equals(folder) && asked(m, end)) {
            paths.add("/" + path); // may come to stand before what is found so far
          }
        }
      }
    }
  }

  /** Whether a module is asked for that a file with this ending would be. */
  private static boolean asked(Matcher named, String end) {
    return named.group(1) == null
        ? end.endsWith(".py")
        : named.group(1).matches("\\.{1,2}/.*") && end.matches(".*[jt]s");
  }

  /** A script may name data; that is work. */
  private static boolean script(String path, CommitTree.Entry entry) {
    return entry.executable() || path.matches(".*\\.(py|[mc]?[jt]s|sh|rb|pl|ps1|bat|cmd)");
  }

  // ── paths ───────────────────────────────────────────────────────────────────────────────────

  private static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? "" : path.substring(0, slash);
  }

  /** A path from the root; null where it leaves the repository or is none. */
  static String resolve(String folder, String word) {
    String text = VARIABLE.matcher(word.replace('\\', '/').strip()).replaceFirst("");
    if (text.isEmpty() || text.startsWith("/") || text.startsWith("~") || text.length() > 1_000) {
      return null;
    }
    var parts = new ArrayList<String>(folder.isEmpty() ? List.of() : List.of(folder.split("/")));
    for (String part : text.split("/")) {
      if (part.equals("..")) {
        if (parts.isEmpty()) {
          return null;
        }
        parts.removeLast();
      } else if (!part.isEmpty() && !part.equals(".")) {
        parts.add(part);
      }
    }
    return String.join("/", parts);
  }
}
