package dev.hivedeck.engine.gate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The simple commands of a shell script, with what its variables stand for where the text itself
 * says it. {@code $HERE} stands for the folder of the script.
 */
final class ShellCommands {
  static final Pattern ASSIGNMENT = Pattern.compile("[A-Za-z_]\\w*\\+?=.*", Pattern.DOTALL);

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

  /** A variable of a makefile, whatever kind of {@code =} gives it its value. */
  private static final Pattern MAKE_VARIABLE =
      Pattern.compile(
          "(?m)^ *(?:(?:export|override|private)\\s+)*([\\w.-]+)[ \\t]*(?:::?:?|\\?|\\+)?=[ \\t]*(.*)$");

  private static final Pattern MAKE_REFERENCE =
      Pattern.compile("\\$(?:\\(([\\w.-]+)\\)|\\{([\\w.-]+)\\})|\\{\\{\\s*([\\w.-]+)\\s*\\}\\}");

  private static final int LONGEST = 1_000;
  private static final int ROUNDS = 5;

  private ShellCommands() {}

  static List<List<String>> of(String text) {
    return looped(assigned(ShellWords.of(here(text))));
  }

  /** The recipes of a makefile or justfile as a shell would read them. */
  static String recipes(String makefile) {
    String text = expanded(makefile.replaceAll("\\$[({]MAKE[)}]", "make"));
    return MAKE_VARIABLE.matcher(text).replaceAll(": $2").replaceAll("(?m)^\\s+[@+-]*", "");
  }

  /** A makefile with what its variables stand for. */
  static String expanded(String makefile) {
    String text = makefile.replace("\\\n", " ");
    var values = new LinkedHashMap<String, String>();
    for (Matcher m = MAKE_VARIABLE.matcher(text); m.find(); ) {
      values.merge(m.group(1), m.group(2).strip(), (old, more) -> old + " " + more);
    }
    for (int i = 0; i < ROUNDS; i++) {
      text =
          MAKE_REFERENCE
              .matcher(text)
              .replaceAll(
                  m -> {
                    String name =
                        m.group(1) != null
                            ? m.group(1)
                            : m.group(2) != null ? m.group(2) : m.group(3);
                    String value = values.get(name);
                    return Matcher.quoteReplacement(
                        value == null || value.length() > LONGEST ? "${" + name + "}" : value);
                  });
      if (text.length() > 1 << 20) {
        break;
      }
    }
    return text;
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
            values.put(
                word.substring(0, equals).replace("+", ""),
                filled(word.substring(equals + 1), values));
          }
        }
      }
    }
    return all;
  }

  private static String filled(String word, Map<String, String> values) {
    if (word.indexOf('$') < 0) {
      return word;
    }
    String text = word;
    for (var one : values.entrySet()) {
      text = replaced(text, one.getKey(), one.getValue());
    }
    return text.length() > LONGEST ? word : text;
  }

  private static String replaced(String text, String name, String value) {
    return text.replace("${" + name + "}", value)
        .replaceAll("\\$" + name + "(?!\\w)", Matcher.quoteReplacement(value));
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
        values.put(
            words.get(1),
            words.subList(3, words.size()).stream()
                .flatMap(word -> Stream.of(word.strip().split("\\s+")))
                .limit(20)
                .toList());
      }
      all.add(words);
      values.forEach(
          (name, each) -> {
            if (words.stream().anyMatch(word -> !replaced(word, name, "").equals(word))) {
              each.forEach(
                  value -> all.add(words.stream().map(w -> replaced(w, name, value)).toList()));
            }
          });
    }
    return all;
  }
}
