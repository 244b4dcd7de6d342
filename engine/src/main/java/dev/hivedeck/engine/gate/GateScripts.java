package dev.hivedeck.engine.gate;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.git.diff.CommitTree;
import dev.hivedeck.engine.protocol.Json;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a gate's command runs of the repository: scripts that it names, what these name in turn, and
 * the files that the tools it calls take their orders from. Who may change these decides what the
 * gate says.
 *
 * <p>It does not know how each program reads its line. Any word of a command can be a program or a
 * script, unless the command only looks at what it names; a file that is no script counts where a
 * script would stand. Files that are only looked at, tests among them, are work and not part of it.
 */
final class GateScripts {
  /** How many files deep, and how many in all, scripts are followed. */
  private static final int DEEP = 4;

  private static final int MOST = 200;

  /** How many files one pattern of settings has followed, and how many folders names stand in. */
  private static final int EACH = 20;

  /** How many commands are looked at, and how many patterns come of them. */
  private static final int COMMANDS = 5_000;

  private static final int PATTERNS = 20_000;

  /** Run what an argument names. */
  private static final Pattern INTERPRETER =
      Pattern.compile(
          "(ba|da|z|k|mk|fi|tc|c)?sh|python[\\d.]*|pypy3?|node|nodejs|deno|bun|tsx|ts-node|ruby|perl"
              + "|php|lua|luajit|Rscript|julia|pwsh|powershell|source|\\.|groovy|swift|elixir|escript"
              + "|tclsh|expect|java|jshell|jbang|kotlin|scala|scala-cli|dart|crystal|nim|raku|guile"
              + "|racket|sbcl|runghc|runhaskell|ocaml|osascript|nu|bb|R|bats|busybox");

  /** Interpreters that run what they read, when no script is named. */
  private static final Pattern SHELL = Pattern.compile("(ba|da|z|k|mk)?sh|python[\\d.]*|perl|ruby");

  private static final Pattern PYTHON = Pattern.compile("python[\\d.]*|pypy3?");

  /** Build what they name, and run it. */
  private static final Pattern BUILDER =
      Pattern.compile("go|cargo|dotnet|dart|swift|zig|nim|crystal");

  /** Run the rest of their line, which may only look. */
  private static final Pattern WRAPPER =
      Pattern.compile(
          "env|sudo|doas|time|nice|ionice|nohup|exec|command|builtin|xargs|timeout|stdbuf|setsid"
              + "|flock|run|-|call|winpty|chronic|chrt|taskset|unbuffer|xvfb-run");

  /** Only look at the files that they name. */
  private static final Pattern LOOKS =
      Pattern.compile(
          "test|\\[|\\[\\[|[ef]?grep|rg|cat|head|tail|wc|cp|mv|rm|ln|ls|diff|cmp|sed|awk|cut|sort"
              + "|uniq|tr|echo|printf|stat|find|mkdir|touch|chmod|git|jq|cd|pushd|export|set|exit|true"
              + "|false|done|for|read|basename|dirname|realpath|readlink|tee|file|md5sum|sha\\d+sum");

  /** Look at sources, and take their orders from elsewhere. */
  private static final Pattern READS =
      Pattern.compile(
          "ruff|black|flake8|mypy|pylint|isort|pyright|pyflakes|pycodestyle|bandit|vulture|codespell"
              + "|eslint|prettier|biome|standard|xo|stylelint|jshint|oxlint|tsc|esbuild|swc"
              + "|shellcheck|shfmt|rubocop|phpstan|php-cs-fixer|phpcs|psalm|perlcritic|luacheck"
              + "|cc|gcc|g\\+\\+|c\\+\\+|clang(\\+\\+)?|clang-format|clang-tidy|cppcheck|javac|kotlinc"
              + "|ktlint|gofmt|rustc|rustfmt|cspell|semgrep|yamllint|jsonlint|xmllint|tidy");

  /** Look by a program that a file may hold. */
  private static final Pattern FILTER = Pattern.compile("[ef]?grep|rg|sed|awk|jq");

  /** Options whose value tells a tool what to do. */
  private static final Pattern ORDERS =
      Pattern.compile(
          "-c|-f|-p|-r|--(config|config-file|file|makefile|project|rcfile|init-file|settings"
              + "|import|require|script|build-file|init-script|test-runner|environment|loader"
              + "|from-file|eval-file|setup|plugin|plugins|rulesdir|resolve-plugins-relative-to"
              + "|env-file|justfile|taskfile|noxfile|configuration|bootstrap|ruleset|conf|rules)");

  /** Variables whose value is a file that is run, and those that name folders of modules. */
  private static final Pattern RUN_BY_NAME =
      Pattern.compile("(BASH_)?ENV|PYTHONSTARTUP|MAKEFILES|\\w*(CONFIG|RC)(_?FILE|_?PATH)?");

  private static final Pattern MODULE_PATH =
      Pattern.compile("PYTHONPATH|PERL5LIB|PERLLIB|RUBYLIB|NODE_PATH");

  private static final Pattern WORK_FOLDER =
      Pattern.compile("cd|pushd|-C|--directory|--chdir|--cwd|--prefix|--dir|--working-directory");

  private static final Pattern VARIABLE = Pattern.compile("^\\$(\\{\\w+\\}|\\w+)/");

  /** A part of a path that only running shows. */
  private static final Pattern UNKNOWN = Pattern.compile("\\$(\\{[^}]*\\}|\\w+|[@*])");

  /** A line of a makefile that says what its targets are made of. */
  private static final Pattern TARGETS = Pattern.compile("(?m)^([\\w./ -]+?)\\s*::?(?!=)");

  /** What make reads besides, also where it is missing. */
  private static final Pattern INCLUDED = Pattern.compile("(?m)^ *[-s]?include\\s+([^#\\n]+)");

  /** Where a line of settings may hold a command. */
  private static final Pattern LINE =
      Pattern.compile(
          "^[\\s-]*(?:(?:RUN|CMD|ENTRYPOINT)\\s+|[\\w.\"'-]+\\s*[:=]\\s*)?[\"'\\[]*\\s*(\\S+)(.*?)[\"'\\]]*$");

  /** Marks a pattern that counts only for files that are new. */
  static final String ADDED = "+";

  /** Has no place in a repository; where it comes all the same, it is run in place of others. */
  private static final List<String> STRAY =
      List.of("__pycache__", "*.pyc", "/.venv", "/venv", "sitecustomize.py", "usercustomize.py");

  private static final List<String> ENDINGS =
      List.of(
          "",
          ".py",
          ".js",
          ".mjs",
          ".cjs",
          ".ts",
          ".mts",
          ".cts",
          ".jsx",
          ".tsx",
          ".sh",
          ".rb",
          ".pl",
          ".pm",
          ".php",
          ".lua",
          "/index.js",
          "/index.cjs",
          "/index.mjs",
          "/index.ts",
          "/__init__.py",
          "/init.lua");

  /** What interpreters put to a name that is no file. */
  private static final List<String> STARTS =
      List.of(".js", ".mjs", ".cjs", ".ts", "/index.js", "/__main__.py");

  /** What Windows puts to a program's name, and packagers as a version. */
  private static final Pattern ENDING =
      Pattern.compile("(?i)\\.(cmd|bat|exe|ps1)$|(?<=.)@.*", Pattern.DOTALL);

  private static final Pattern BLANK = Pattern.compile("[\\s;('\"]");

  /** How a file is named. */
  private enum Use {
    /** Where a script stands, or what gives orders: it counts whatever it is. */
    RUN,
    /** Anywhere else: it counts if it is a script. */
    NAMED
  }

  /**
   * Where names are looked up.
   *
   * @param folders in their order
   * @param work those in which commands run
   */
  private record Place(Set<String> folders, Set<String> work) {}

  /**
   * A file of main to look into.
   *
   * @param make whether make reads it, whatever its name
   */
  private record Script(String path, Place place, int depth, boolean make) {}

  private final CommitTree tree;
  private final Set<String> paths = new LinkedHashSet<>();
  private final Set<String> read = new LinkedHashSet<>();
  private final Set<String> tools = new LinkedHashSet<>();
  private final Queue<Script> unread = new ArrayDeque<>();
  private int commands;

  private GateScripts(CommitTree tree) {
    this.tree = tree;
  }

  /**
   * @param tree what main holds
   * @return patterns, all from the root
   */
  static Set<String> of(String command, CommitTree tree) {
    var scripts = new GateScripts(tree);
    scripts.shell(command, new Place(Set.of(""), Set.of("")), DEEP);
    for (var next = scripts.unread.poll(); next != null; next = scripts.unread.poll()) {
      scripts.look(next);
    }
    STRAY.forEach(pattern -> scripts.add(ADDED + pattern));
    return scripts.paths;
  }

  private void add(String pattern) {
    if (paths.size() < PATTERNS) {
      paths.add(pattern);
    }
  }

  // ── commands ────────────────────────────────────────────────────────────────────────────────

  private void shell(String text, Place given, int depth) {
    if (depth < 0 || text.length() > 1 << 20) {
      return;
    }
    var all = ShellCommands.of(text);
    var place = within(all, given);
    boolean fed = all.stream().anyMatch(GateScripts::runsWhatItReads);
    all.forEach(words -> command(words, place, depth, fed));
  }

  /** The folders that commands name besides: they may run there, or find things there. */
  private Place within(List<List<String>> commands, Place given) {
    var folders = new LinkedHashSet<>(given.folders());
    var work = new LinkedHashSet<>(given.work());
    for (var words : commands) {
      for (int i = 0; i < words.size(); i++) {
        boolean named = i > 0 && WORK_FOLDER.matcher(words.get(i - 1)).matches();
        boolean attached =
            words.get(i).startsWith("-C")
                || words.get(i).startsWith("-")
                    && WORK_FOLDER.matcher(words.get(i).replaceFirst("=.*", "")).matches();
        for (String part : ScriptNames.within(words.get(i))) {
          for (String folder : List.copyOf(folders)) {
            String path = resolve(folder, part);
            if (path != null && !path.isEmpty() && isFolder(path)) {
              if (folders.size() < EACH) {
                folders.add(path);
              }
              if ((named || attached) && work.size() < EACH) {
                work.add(path);
              }
            }
          }
        }
      }
    }
    return new Place(folders, work);
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
          .anyMatch(word -> INTERPRETER.matcher(name(word)).matches() || word.equals("-exec"));
    }
    return SHELL.matcher(name).matches()
        && words.stream()
            .skip(1)
            .allMatch(
                word ->
                    word.startsWith("-") && !word.matches("-\\w*c")
                        || UNKNOWN.matcher(word).matches());
  }

  /**
   * @param fed whether what is looked at may be run by a shell beside
   */
  private void command(List<String> words, Place place, int depth, boolean fed) {
    if (++commands > COMMANDS || depth < 0) {
      return;
    }
    for (String word : words) {
      if (ShellCommands.ASSIGNMENT.matcher(word).matches()) {
        assigned(word, place, depth);
      }
      if (word.contains("$(") || word.contains("`")) {
        shell(word, place, depth - 1);
      }
    }
    int at = 0;
    while (at < words.size() && ShellCommands.ASSIGNMENT.matcher(words.get(at)).matches()) {
      at++;
    }
    if (at == words.size()) {
      return;
    }
    String program = words.get(at);
    String name = name(program);
    var rest = words.subList(at + 1, words.size());
    if (LOOKS.matcher(name).matches()) {
      looks(name, rest, place, depth, fed);
      return;
    }
    if (blank(program)) {
      shell(program, place, depth - 1);
    }
    use(program, place, depth, Use.RUN);
    tool(name, place, depth);
    if (program.contains("/")) {
      missing(program, place);
    }
    if (name.endsWith("make")) {
      goals(rest, place);
    }
    if (INTERPRETER.matcher(name).matches()) {
      interpreted(name, rest, place, depth);
    } else {
      arguments(name, rest, place, depth);
    }
    inner(name, rest, place, depth, fed);
  }

  /** Commands that others run: after whatever options, any word may begin one. */
  private void inner(String name, List<String> rest, Place place, int depth, boolean fed) {
    boolean wraps = WRAPPER.matcher(name).matches();
    for (int i = 0; i < rest.size(); i++) {
      String inner = name(rest.get(i));
      boolean runs =
          INTERPRETER.matcher(inner).matches()
              || WRAPPER.matcher(inner).matches()
              || ToolSettings.knows(inner);
      if (runs || wraps && wrapped(rest, i)) {
        command(rest.subList(i, rest.size()), place, depth, fed);
        return;
      }
      if (!rest.get(i).contains("/") && absent(rest.get(i), place).findAny().isPresent()) {
        tool(inner, place, depth);
      }
    }
  }

  /** Whether the command that is wrapped begins here, so that what it is says what it does. */
  private static boolean wrapped(List<String> rest, int at) {
    String word = rest.get(at);
    boolean value = at > 0 && rest.get(at - 1).startsWith("-");
    return !value && (LOOKS.matcher(name(word)).matches() || READS.matcher(name(word)).matches());
  }

  private void looks(String name, List<String> rest, Place place, int depth, boolean fed) {
    if (fed) {
      rest.forEach(word -> whole(word, place, depth));
    }
    if (FILTER.matcher(name).matches()) {
      orders(rest, place, depth);
    }
    if (name.equals("set")) {
      rest.forEach(word -> use(word, place, depth, Use.NAMED));
    }
    for (int i = 0; i < rest.size(); i++) {
      boolean runs = rest.get(i).matches("-(exec|ok)(dir)?|run|foreach|--exec|-x");
      if (runs && i + 1 < rest.size() && (name.equals("find") || name.equals("git"))) {
        command(rest.subList(i + 1, rest.size()), place, depth, fed);
        shell(rest.get(i + 1), place, depth - 1);
        return;
      }
    }
  }

  private void arguments(String name, List<String> rest, Place place, int depth) {
    orders(rest, place, depth);
    if (READS.matcher(name).matches() || wraps(name, rest)) {
      return;
    }
    boolean builds = BUILDER.matcher(name).matches() && rest.contains("run");
    if (name.startsWith("$")) { // it may be an interpreter
      rest.stream()
          .filter(word -> ScriptNames.SCRIPT.matcher(word).matches() && isFile(word, place))
          .findFirst()
          .ifPresent(word -> use(word, place, depth, Use.RUN));
    }
    for (String word : rest) {
      if (builds) {
        whole(word, place, depth);
      } else if (blank(word)) {
        code(word, place, depth);
      } else {
        use(word, place, depth, Use.NAMED);
      }
    }
  }

  /** Whether the rest is a command of its own that only looks. */
  private static boolean wraps(String name, List<String> rest) {
    return WRAPPER.matcher(name).matches() && first(rest) >= 0 && wrapped(rest, first(rest))
        || ToolSettings.knows(name)
            && rest.stream().anyMatch(w -> READS.matcher(name(w)).matches());
  }

  private static int first(List<String> rest) {
    for (int i = 0; i < rest.size(); i++) {
      if (!rest.get(i).startsWith("-") && !rest.get(i).matches("\\d+[smhd]?|.*=.*")) {
        return i;
      }
    }
    return -1;
  }

  /** What an interpreter is given: until its script is found, any word may be it. */
  private void interpreted(String name, List<String> rest, Place place, int depth) {
    boolean shell = name.endsWith("sh");
    boolean python = PYTHON.matcher(name).matches();
    boolean command = false;
    boolean runs = true;
    for (int i = 0; i < rest.size(); i++) {
      String word = rest.get(i);
      String before = i == 0 ? "" : rest.get(i - 1);
      if (word.startsWith("-") && word.length() > 1) {
        command |= shell && word.matches("-\\w*c");
        if (python && word.matches("-[A-Za-z]*m.*")) {
          String attached = word.replaceFirst("-[A-Za-z]*?m", "");
          var module = new ArrayList<>(rest.subList(i + 1, rest.size()));
          if (!attached.isEmpty()) {
            module.addFirst(attached);
          }
          if (!module.isEmpty()) {
            module(module.getFirst(), place, depth);
            command(module, place, depth - 1, false);
          }
          return;
        }
        if (python && word.matches("-[A-Za-z]*c.*")) {
          shadowed(place.work());
        }
      } else if (blank(word)) {
        code(word, place, depth);
      } else if (command && shell) {
        command = false;
        shell(word, place, depth - 1);
      } else if (runs) {
        use(word, place, depth, Use.RUN);
        missing(word, place);
        if (python) {
          place.folders().forEach(folder -> searched(resolve(folder, word)));
        }
        runs = !isFile(word, place) || ORDERS.matcher(before).matches();
      } else {
        use(word, place, depth, Use.NAMED);
      }
    }
    orders(rest, place, depth);
  }

  /** A word that is a program itself, of a shell or of another language. */
  private void code(String text, Place place, int depth) {
    shell(text, place, depth - 1);
    names(text, null, place, depth - 1);
  }

  private static boolean blank(String word) {
    return BLANK.matcher(word).find();
  }

  private void assigned(String word, Place place, int depth) {
    int equals = word.indexOf('=');
    String name = word.substring(0, equals).replace("+", "");
    String value = word.substring(equals + 1);
    if (name.equals("PATH")) {
      searchPath(value, place);
    } else if (MODULE_PATH.matcher(name).matches()) {
      for (String part : value.split("[:;]")) {
        shadowed(
            place.folders().stream()
                .map(folder -> resolve(folder, part))
                .filter(Objects::nonNull)
                .collect(Collectors.toSet()));
      }
    } else if (!blank(value)) {
      use(value, place, depth, RUN_BY_NAME.matcher(name).matches() ? Use.RUN : Use.NAMED);
    } else if (name.endsWith("OPTIONS") || name.endsWith("OPT") || name.endsWith("FLAGS")) {
      Stream.of(value.split("\\s+"))
          .flatMap(part -> ScriptNames.within(part).stream())
          .forEach(part -> use(part, place, depth, Use.NAMED));
    }
  }

  /** Folders of the repository in which programs are looked for first. */
  private void searchPath(String value, Place place) {
    for (String part : value.split("[:;]")) {
      String in = part.replaceFirst("^(\\$\\{?PWD}?|\\$HERE)(/|$)", "");
      for (String folder : place.folders()) {
        String path = in.startsWith("$") ? null : resolve(folder, in);
        if (path != null && !path.isEmpty()) {
          add("/" + path);
        }
      }
    }
  }

  private void orders(List<String> words, Place place, int depth) {
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      int equals = word.indexOf('=');
      if (equals > 0 && ORDERS.matcher(word.substring(0, equals)).matches()) {
        use(word.substring(equals + 1), place, depth, Use.RUN);
      } else if (word.matches("(?s)-[cfpr][^-=].*")) {
        use(word.substring(2), place, depth, Use.RUN);
      } else if (i > 0 && ORDERS.matcher(words.get(i - 1)).matches()) {
        use(word, place, depth, Use.RUN);
      }
    }
  }

  // ── tools ───────────────────────────────────────────────────────────────────────────────────

  /** A program's name, without where it lies and without the ending that Windows gives it. */
  private static String name(String program) {
    return program
        .substring(Math.max(program.lastIndexOf('/'), program.lastIndexOf('\\')) + 1)
        .transform(name -> ENDING.matcher(name).replaceAll(""));
  }

  private void tool(String name, Place place, int depth) {
    for (String file : ToolSettings.of(name)) {
      for (String folder : place.folders()) {
        settings("/" + (folder.isEmpty() ? file : folder + "/" + file), place, depth);
      }
    }
    if (!LOOKS.matcher(name).matches() && tools.add(name)) {
      ToolSettings.own(name).forEach(file -> settings(file, place, depth));
    }
  }

  private void settings(String pattern, Place place, int depth) {
    if (paths.contains(pattern)) {
      return;
    }
    add(pattern);
    tree.matching(pattern, EACH).forEach(path -> follow(path, place, depth, false));
  }

  /** A file of a goal's name tells make that there is nothing to do. */
  private void goals(List<String> words, Place place) {
    words.stream()
        .filter(word -> !word.startsWith("-") && !word.matches("(?s).*[=$%*\\s].*"))
        .flatMap(word -> absent(word, place))
        .forEach(path -> add(ADDED + "/" + path));
  }

  private void module(String module, Place place, int depth) {
    String path = module.replace('.', '/');
    for (String end : List.of(".py", "/__main__.py", "/__init__.py")) {
      use(path + end, place, depth, Use.RUN);
    }
    place.folders().forEach(folder -> packages(resolve(folder, path + "/module"), place));
    String first = module.replaceFirst("\\..*", "");
    for (String folder : place.folders()) {
      String in = folder.isEmpty() ? "/" : "/" + folder + "/";
      if (tree.at(resolve(folder, first)) == null) {
        add(in + first + "/__init__.py"); // stands before what is installed
        add(in + first + ".py");
      }
    }
    shadowed(place.work());
  }

  /** Python first runs what each package around a module begins with. */
  private void packages(String module, Place place) {
    for (String in = module == null ? "" : parent(module); !in.isEmpty(); in = parent(in)) {
      String begins = in + "/__init__.py";
      if (isFolder(in)) {
        add("/" + begins);
        follow(begins, place, 1, false);
      }
    }
  }

  /**
   * Python looks for modules where its script lies before it looks at its own: any that is new
   * there stands before one that the script, or what it imports, asks for.
   */
  private void searched(String script) {
    if (script != null && tree.at(script) != null && !isFolder(script)) {
      shadowed(Set.of(parent(script)));
    }
  }

  private void shadowed(Set<String> folders) {
    for (String folder : folders) {
      if (!folder.isEmpty() && ScriptNames.work(folder + "/")) {
        continue;
      }
      String in = ADDED + (folder.isEmpty() ? "/" : "/" + folder + "/");
      for (String module :
          List.of("*.py", "*.pyc", "*.so", "*.pyd", "*/__init__.py", "*.pm", "*.rb")) {
        add(in + module);
      }
    }
  }

  // ── files ───────────────────────────────────────────────────────────────────────────────────

  /** What is run and not there may come with a change. */
  private void missing(String word, Place place) {
    if (!word.contains("*") && !UNKNOWN.matcher(VARIABLE.matcher(word).replaceFirst("")).find()) {
      absent(word, place).forEach(path -> add(ADDED + "/" + path));
    }
  }

  /** The places that a word can name, and main does not have. */
  private Stream<String> absent(String word, Place place) {
    return place.folders().stream()
        .map(folder -> resolve(folder, word))
        .filter(path -> path != null && !path.isEmpty() && tree.at(path) == null);
  }

  /** A file, or all of a folder. */
  private void whole(String word, Place place, int depth) {
    use(word, place, depth, Use.RUN);
    for (String part : ScriptNames.within(word)) {
      for (String folder : place.folders()) {
        String path = resolve(folder, part);
        if (path != null && isFolder(path) && !ScriptNames.work(path + "/")) {
          add("/" + path);
        }
      }
    }
  }

  /** Takes up what a word names, as a whole or in part. */
  private void use(String word, Place place, int depth, Use use) {
    for (String part : ScriptNames.within(word)) {
      boolean all = part.equals(word);
      boolean here = false;
      for (String folder : place.folders()) {
        String path = resolve(folder, part);
        if (path == null || path.isEmpty()) {
          continue;
        }
        here |= tree.at(path) != null;
        if (use == Use.RUN && all) {
          unknown(path, place, depth);
          STARTS.stream()
              .filter(end -> tree.at(path + end) != null)
              .forEach(end -> found(path + end, place, depth, use));
        }
        found(path, place, depth, all ? use : Use.NAMED);
      }
      if (!here && part.startsWith("$") && VARIABLE.matcher(part).find()) {
        somewhere(part.substring(part.lastIndexOf('/') + 1), place, depth, use);
      }
    }
  }

  /** A path of which a part is only known when it is run. */
  private void unknown(String path, Place place, int depth) {
    String glob = UNKNOWN.matcher(path).replaceAll("*");
    if (glob.contains("*") && !glob.matches("[*/]*") && !glob.contains("$")) {
      settings("/" + glob, place, depth);
    }
  }

  /** A file in a folder that only a variable names. */
  private void somewhere(String name, Place place, int depth, Use use) {
    if (!name.contains("$") && !name.contains("*") && ScriptNames.SCRIPT.matcher(name).matches()) {
      tree.matching("**/" + name, EACH).forEach(path -> found(path, place, depth, use));
    }
  }

  /** Takes up a path of main, also where links lead there, or it is within a submodule. */
  private void found(String path, Place place, int depth, Use use) {
    boolean run = use == Use.RUN;
    var entry = tree.at(path);
    if (entry == null) {
      int slash = path.lastIndexOf('/');
      if (slash > 0) {
        beyond(path.substring(0, slash), path.substring(slash), place, depth, use);
      }
      if (ScriptNames.SCRIPT.matcher(path).matches() && path.indexOf('*') < 0) {
        if (run) {
          add("/" + path); // what is missing on main may come with a change
        } else if (slash > 0 && !ScriptNames.work(path)) {
          add(ADDED + "/" + path);
        }
      }
    } else if (entry.link()) {
      if (run) {
        add("/" + path);
      }
      String target = resolve(parent(path), tree.text(entry));
      if (target != null && depth > 0) {
        found(target, place, depth - 1, use);
      }
    } else if (entry.file() && (run || script(path, entry) && !ScriptNames.work(path))) {
      add("/" + path);
      follow(path, place, depth, false);
      if (path.endsWith(".py")) {
        searched(path);
      }
    } else if (entry.submodule() && run) {
      add("/" + path);
    }
  }

  /** What lies above a path that the tree itself does not hold. */
  private void beyond(String above, String rest, Place place, int depth, Use use) {
    var entry = tree.at(above);
    if (entry == null) {
      int slash = above.lastIndexOf('/');
      if (slash > 0) {
        beyond(above.substring(0, slash), above.substring(slash) + rest, place, depth, use);
      }
    } else if (entry.submodule() && use == Use.RUN) {
      add("/" + above);
    } else if (entry.link() && depth > 0) {
      if (use == Use.RUN) {
        add("/" + above);
      }
      String target = resolve(parent(above), tree.text(entry) + rest);
      if (target != null) {
        found(target, place, depth - 1, use);
      }
    }
  }

  /** A command may name data; that is work. */
  private static boolean script(String path, CommitTree.Entry entry) {
    int slash = path.lastIndexOf('/');
    return entry.executable()
        || ScriptNames.SCRIPT.matcher(path).matches()
        || slash > 0 && path.indexOf('.', slash) < 0;
  }

  // ── scripts ─────────────────────────────────────────────────────────────────────────────────

  private void follow(String path, Place place, int depth, boolean make) {
    var entry = tree.at(path);
    if (depth > 0 && entry != null && entry.file() && read.size() < MOST && read.add(path)) {
      unread.add(new Script(path, place, depth - 1, make));
    }
  }

  private void look(Script script) {
    String path = script.path();
    int depth = script.depth();
    String text = tree.text(tree.at(path)).replace("\0", "");
    String name = path.substring(path.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
    String folder = parent(path);
    var place = beside(folder, script.place());
    if (name.equals("package.json") || name.equals("composer.json")) {
      scripts(text, place, depth);
      listed(ToolManifest.settings(text), path, place, depth);
    } else if (name.matches("(gnu)?makefile.*|.*\\.mk|\\.?justfile|.*\\.just")) {
      included(text, folder, place, depth);
      targets(text, place);
      ShellCommands.recipes(text)
          .lines()
          .filter(line -> !line.isBlank())
          .forEach(line -> shell(line, place, depth)); // each has a shell of its own
    } else if (text.matches("(?s)#!\\S*(/env\\s+(-S\\s+)?)?\\S*sh\\b.*")
        || name.matches(".*\\.(sh|bash|zsh|ksh|bats)")) {
      shell(text, place, depth);
    } else if (ScriptNames.SETTINGS.matcher(path).matches()
        || name.matches("(docker|earth)file.*")) {
      listed(text, path, place, depth);
    } else {
      if (name.indexOf('.') < 0 && !text.startsWith("#!")) {
        shell(text, place, depth);
      }
      names(text, path, place, depth);
    }
  }

  /** Where what a script names is looked up: beside it, in the root, where its caller looks. */
  private static Place beside(String folder, Place given) {
    var folders = new LinkedHashSet<String>(List.of("", folder));
    given.folders().stream().limit(EACH).forEach(folders::add);
    return new Place(folders, given.work());
  }

  private void targets(String makefile, Place place) {
    Matcher m = TARGETS.matcher(makefile);
    while (m.find()) {
      goals(List.of(m.group(1).strip().split("\\s+")), place);
    }
  }

  private void included(String makefile, String folder, Place place, int depth) {
    Matcher m = INCLUDED.matcher(ShellCommands.expanded(makefile));
    while (m.find()) {
      String files = m.group(1).replaceAll("\\$[({]wildcard\\s+([^)}]*)[)}]", "$1");
      for (String word : files.strip().split("\\s+")) {
        String path = resolve(folder, word.replaceFirst("^\\$[({]\\w+[)}]/", ""));
        if (path != null && !path.contains("$") && !path.matches("[*/]*")) {
          settings("/" + path, place, depth);
        }
      }
    }
  }

  private void scripts(String json, Place place, int depth) {
    var section = ToolManifest.section(json);
    for (JsonNode script : section == null ? Json.object() : section) {
      if (script.isTextual()) {
        shell(script.asText(), place, depth);
      }
      script.forEach(s -> shell(s.asText(), place, depth));
    }
  }

  /** What settings name, and commands in them. */
  private void listed(String text, String path, Place place, int depth) {
    String folder = parent(path);
    for (String name : ScriptNames.paths(text)) {
      for (String from : new LinkedHashSet<>(List.of(folder, ""))) {
        String target = resolve(from, name);
        var entry = target == null ? null : tree.at(target);
        if (entry != null
            && entry.file()
            && !target.equals(path)
            && (script(target, entry) || ScriptNames.SETTINGS.matcher(target).matches())
            && !ScriptNames.work(target)) {
          add("/" + target);
          follow(target, place, depth, false);
        }
      }
    }
    text.lines()
        .limit(5_000)
        .map(LINE::matcher)
        .filter(Matcher::matches)
        .filter(line -> runs(line.group(1)))
        .forEach(line -> shell(line.group(1) + line.group(2), place, depth));
  }

  private static boolean runs(String word) {
    String name = name(word);
    return INTERPRETER.matcher(name).matches()
        || WRAPPER.matcher(name).matches() && !name.matches("run|-|time|call|command|exec|env")
        || ToolSettings.knows(name);
  }

  /**
   * What a program names.
   *
   * @param path null for what stands in a command
   */
  private void names(String text, String path, Place place, int depth) {
    String folder = path == null ? "" : parent(path);
    for (var name : ScriptNames.code(text)) {
      var folders = new LinkedHashSet<String>(List.of(folder));
      folders.addAll(place.folders());
      for (String from : folders) {
        for (String end : ENDINGS) {
          String target = resolve(from, name.path() + end);
          var entry = target == null ? null : tree.at(target);
          if (entry != null && entry.file()) {
            if (script(target, entry) && counts(path, target)) {
              add("/" + target);
              if (end.endsWith(".py")) {
                packages(target, place);
              }
              follow(target, place, depth, false);
            }
          } else if (target != null && entry == null && from.equals(folder) && asked(name, end)) {
            add("/" + target); // may come to stand before what is found so far
          }
        }
      }
    }
    for (String one : ScriptNames.paths(text)) {
      for (String from : new LinkedHashSet<>(List.of(folder, ""))) {
        String target = resolve(from, one);
        var entry = target == null ? null : tree.at(target);
        if (entry != null && entry.file() && script(target, entry) && counts(path, target)) {
          add("/" + target);
          follow(target, place, depth, false);
        }
      }
    }
  }

  /** Whether what a script names belongs to it: what lies beside it, and no tests or sources. */
  private static boolean counts(String script, String target) {
    String folder = script == null ? "" : parent(script);
    return !folder.isEmpty() && target.startsWith(folder + "/")
        || !ScriptNames.work(target) && (script == null || !ScriptNames.work(script));
  }

  /** Whether a module is asked for that a file with this ending would be. */
  private static boolean asked(ScriptNames.Name name, String end) {
    return name.module()
        && (name.path().startsWith(".")
            ? end.matches(".*\\.([mc]?[jt]s|py)")
            : end.endsWith(".py"));
  }

  private boolean isFolder(String path) {
    var entry = tree.at(path);
    return entry != null && entry.folder();
  }

  private boolean isFile(String word, Place place) {
    return place.folders().stream()
        .map(folder -> resolve(folder, word))
        .anyMatch(path -> path != null && tree.at(path) != null && !isFolder(path));
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
