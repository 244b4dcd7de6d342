package dev.hivedeck.engine.agent.discovery;

import dev.hivedeck.engine.agent.ShellQuoting;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the beginning of a script tells: how to run it, and what it says of itself.
 *
 * @param run a command for the shell, started at the repository's root
 * @param description what its first comment says, or null
 * @param category what a comment {@code category: …} says, or null
 */
record ScriptHeader(String run, String description, String category) {
  private static final Map<String, String> INTERPRETERS =
      Map.ofEntries(
          Map.entry("sh", "sh"),
          Map.entry("bash", "bash"),
          Map.entry("zsh", "zsh"),
          Map.entry("py", "python3"),
          Map.entry("js", "node"),
          Map.entry("mjs", "node"),
          Map.entry("cjs", "node"),
          Map.entry("ts", "npx tsx"),
          Map.entry("rb", "ruby"),
          Map.entry("pl", "perl"),
          Map.entry("ps1", "pwsh"));

  private static final Pattern SHEBANG = Pattern.compile("#!\\s*(\\S+)(?:\\s+(.*))?");

  /** What marks a file that is a program though nothing at its top says so. */
  private static final Pattern MAIN =
      Pattern.compile(
          "__name__\\s*==\\s*[\"']__main__[\"']|require\\.main\\s*===?\\s*module|import\\.meta\\.main");

  private static final Pattern CATEGORY =
      Pattern.compile("(?i)^@?category\\s*[:=]\\s*([\\w -]{2,30})$");

  private static final Pattern IDLE =
      Pattern.compile(
          "(?i)usage:.*|.*(copyright|spdx-|licen[sc]ed? under|all rights reserved|coding[:=]|eslint|"
              + "shellcheck |@ts-|vim:).*");

  /** Whether files of that name may be scripts. */
  static boolean named(String file) {
    return INTERPRETERS.containsKey(ending(file));
  }

  static String ending(String file) {
    int dot = file.lastIndexOf('.');
    return dot < 0 ? "" : file.substring(dot + 1).toLowerCase(Locale.ROOT);
  }

  /**
   * @param path relative to the repository
   * @param executable whether its rights let it be started
   * @param known whether the system knows by its first bytes what runs it
   * @param head its first lines
   * @return nothing when it is no program
   */
  static Optional<ScriptHeader> of(String path, boolean executable, boolean known, String head) {
    // With blanks before it a first line names the interpreter all the same, but only to people:
    // the system would give the script to whatever shell starts it.
    String first = head.lines().map(String::strip).filter(l -> !l.isEmpty()).findFirst().orElse("");
    boolean shebang = first.startsWith("#!");
    if (!executable && !shebang && !MAIN.matcher(head).find()) {
      return Optional.empty();
    }
    String run;
    if (executable && known) {
      run = ShellQuoting.posix("./" + path);
    } else {
      String with = shebang ? interpreter(first) : INTERPRETERS.get(ending(path));
      if (with == null) {
        return Optional.empty();
      }
      run = with + " " + ShellQuoting.posix(path.startsWith("-") ? "./" + path : path);
    }
    var comment = comment(head);
    String category = null;
    var says = new ArrayList<String>();
    for (String line : comment) {
      Matcher m = CATEGORY.matcher(line);
      if (m.matches()) {
        category = m.group(1);
      } else {
        says.add(line);
      }
    }
    return Optional.of(
        new ScriptHeader(
            run,
            FirstSentence.first(withoutName(String.join("\n", says).strip(), path)),
            category));
  }

  /** {@code #!/usr/bin/env -S node --flag} is {@code node --flag}, {@code #!/bin/bash} bash. */
  private static String interpreter(String shebang) {
    Matcher m = SHEBANG.matcher(shebang.strip());
    if (!m.matches()) {
      return null;
    }
    String program = m.group(1).substring(m.group(1).lastIndexOf('/') + 1);
    String rest = m.group(2) == null ? "" : m.group(2).strip();
    if (program.equals("env")) {
      return rest.startsWith("-S ") ? rest.substring(3).strip() : rest.isEmpty() ? null : rest;
    }
    return rest.isEmpty() ? program : program + " " + rest;
  }

  /** Many begin with their own name: {@code lint-agent.sh - Fixes what lint finds}. */
  private static String withoutName(String text, String path) {
    String file = path.substring(path.lastIndexOf('/') + 1);
    String stem = file.contains(".") ? file.substring(0, file.lastIndexOf('.')) : file;
    for (String name : List.of(file, stem)) {
      if (text.regionMatches(true, 0, name, 0, name.length())) {
        String rest =
            text.substring(name.length()).replaceFirst("^\\s*[-–—:]+\\s*|^\\s*\\n\\s*", "");
        if (!rest.equals(text.substring(name.length())) && !rest.isBlank()) {
          return rest;
        }
      }
    }
    return text;
  }

  /** The lines of the first comment, without its marks; up to the code below it. */
  private static List<String> comment(String head) {
    var lines = new ArrayList<String>();
    String block = null;
    boolean any = false;
    for (String raw : head.lines().limit(80).toList()) {
      String line = raw.strip();
      if (line.startsWith("#!") && !any) {
        continue;
      }
      if (block != null) {
        int end = line.indexOf(block);
        add(lines, (end < 0 ? line : line.substring(0, end)).replaceFirst("^\\*+\\s?", ""));
        if (end >= 0) {
          return lines;
        }
      } else if (line.startsWith("#") || line.startsWith("//")) {
        add(lines, line.replaceFirst("^[#/]+!?\\s?", ""));
      } else if (line.startsWith("/*") || line.startsWith("\"\"\"") || line.startsWith("'''")) {
        String mark = line.substring(0, line.startsWith("/*") ? 2 : 3);
        block = mark.equals("/*") ? "*/" : mark;
        String rest = line.substring(mark.length()).replaceFirst("^\\*+\\s?", "");
        int end = rest.indexOf(block);
        add(lines, end < 0 ? rest : rest.substring(0, end));
        if (end >= 0) {
          return lines;
        }
      } else if (line.isEmpty()) {
        add(lines, "");
      } else if (any(lines) || !preamble(line)) {
        return lines;
      }
      any |= !line.isEmpty();
    }
    return lines;
  }

  /** Lines that commonly stand above what a script says of itself. */
  private static boolean preamble(String line) {
    return line.startsWith("set -")
        || line.equals("'use strict';")
        || line.equals("\"use strict\";");
  }

  private static boolean any(List<String> lines) {
    return lines.stream().anyMatch(l -> !l.isEmpty());
  }

  private static void add(List<String> lines, String text) {
    String line = text.strip();
    if (IDLE.matcher(line).matches()) {
      return;
    }
    if (!line.isEmpty() || any(lines)) {
      lines.add(FirstSentence.isRuler(line) ? "" : line);
    }
  }
}
