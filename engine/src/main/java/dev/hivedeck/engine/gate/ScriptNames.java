package dev.hivedeck.engine.gate;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What texts name of the repository, as far as they themselves say it. */
final class ScriptNames {
  /** Endings of what is run, sourced or imported. */
  static final Pattern SCRIPT =
      Pattern.compile(
          "(?i).*\\.(sh|bash|zsh|ksh|fish|bats|py|[mc]?[jt]sx?|rb|pl|pm|php|lua|ps1|psm1|bat|cmd|mk"
              + "|groovy|tcl|exs|jl|awk|sed|jq|r|kts|gradle|cmake|rake)");

  /** Endings of what gives tools their orders. */
  static final Pattern SETTINGS =
      Pattern.compile(
          "(?i).*\\.(ya?ml|toml|ini|cfg|conf|json[5c]?|neon|xml|properties|dist|rc)|(.*/)?\\.[\\w-]+");

  /** Tests and sources are what the gates look at. */
  private static final Pattern WORK =
      Pattern.compile(
          "(?i)(?:.*/)?(?:(?:src|tests?|specs?|__tests__)/.*|test_[^/]*|tests?\\.\\w+|[^/]*_test\\.\\w+"
              + "|[^/]*[.-](?:test|spec)\\.\\w+|conftest\\.py)");

  /**
   * @param module whether a module is asked for, so that one that is new may be found instead
   */
  record Name(String path, boolean module) {}

  private static final Pattern QUOTED =
      Pattern.compile("[\"'`](\\.{0,2}/?[\\w@.+-]+(?:/[\\w@.+-]+)*)[\"'`]");

  private static final Pattern DOTTED = Pattern.compile("\\w+(?:\\.\\w+)+");
  private static final Pattern IMPORT = Pattern.compile("(?m)^\\s*import\\s+([\\w.,\\t ]+)");
  private static final Pattern FROM =
      Pattern.compile(
          "(?m)^\\s*from\\s+(\\.*)([\\w.]*)\\s+import\\s+(?:\\(([^)]*)\\)|([^\\n#;]*))");
  private static final Pattern USE =
      Pattern.compile("(?m)^\\s*(?:use|require|no)\\s+([A-Za-z]\\w*(?:::\\w+)*)\\s*[;( ]");

  /** Parts of a path that only their program puts together. */
  private static final Pattern JOINED = Pattern.compile("[\"']\\)?\\s*[,/+]\\s*[\"']/?");

  private static final Pattern TOKEN = Pattern.compile("[\\p{L}\\p{N}_@.+/\\\\-]{2,300}");

  /** An option with its value in one word. */
  private static final Pattern ATTACHED = Pattern.compile("(?s)-[A-Za-z][^-=].*");

  private static final Pattern NO_PATH = Pattern.compile("[^\\p{L}\\p{N}_@.+*?/\\\\-]+");

  private ScriptNames() {}

  static boolean work(String path) {
    return WORK.matcher(path).matches();
  }

  /** What a program asks for: quoted paths, and modules. */
  static Set<Name> code(String text) {
    var names = new LinkedHashSet<Name>();
    for (Matcher m = QUOTED.matcher(text); m.find(); ) {
      String name = m.group(1).replaceFirst("^/", "");
      names.add(new Name(name, name.matches("\\.{1,2}/.*")));
      if (DOTTED.matcher(name).matches()) {
        names.add(new Name(name.replace('.', '/'), false));
      }
    }
    for (Matcher m = IMPORT.matcher(text); m.find(); ) {
      for (String one : m.group(1).split(",")) {
        names.add(new Name(one.strip().replaceFirst("\\s.*", "").replace('.', '/'), true));
      }
    }
    for (Matcher m = FROM.matcher(text); m.find(); ) {
      int dots = m.group(1).length();
      String up = dots == 0 ? "" : "./" + "../".repeat(Math.min(dots - 1, 20));
      String module = up + m.group(2).replace('.', '/');
      names.add(new Name(module, true));
      String imported = m.group(3) != null ? m.group(3) : m.group(4);
      for (String one : imported.split("[,\\n]")) {
        String first = one.strip().replaceFirst("\\W.*", "");
        if (!first.isEmpty()) {
          names.add(new Name(module + (module.endsWith("/") ? "" : "/") + first, false));
        }
      }
    }
    for (Matcher m = USE.matcher(text); m.find(); ) {
      names.add(new Name(m.group(1).replace("::", "/"), false));
    }
    return names;
  }

  /** All that could be a path. */
  static Set<String> paths(String text) {
    var all = new LinkedHashSet<String>();
    for (String one : List.of(text, JOINED.matcher(text).replaceAll("/"))) {
      for (Matcher m = TOKEN.matcher(one); m.find(); ) {
        String path = m.group().replace('\\', '/').replaceAll("^/+|[/.]+$", "");
        if (path.indexOf('/') >= 0 || path.indexOf('.') >= 0) {
          all.add(path);
        }
      }
    }
    return all;
  }

  /** What a word of a command can name: itself, the value of an option, paths within it. */
  static List<String> within(String word) {
    var all = new ArrayList<String>(List.of(word));
    int equals = word.indexOf('=');
    if (equals > 0 && (word.startsWith("-") || ShellCommands.ASSIGNMENT.matcher(word).matches())) {
      all.add(word.substring(equals + 1));
    }
    if (ATTACHED.matcher(word).matches()) {
      all.add(word.substring(2));
    }
    if (word.length() <= 2_000) {
      for (String part : NO_PATH.split(word)) {
        if (!part.isEmpty() && !part.equals(word)) {
          all.add(part.startsWith("/") ? part.substring(1) : part);
        }
      }
    }
    return all.stream().distinct().toList();
  }
}
