package dev.hivedeck.engine.git.diff;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * Which paths a set of patterns covers, with the meaning of CODEOWNERS files: {@code *} stays
 * within a folder, {@code **} crosses folders, a leading or inner slash anchors to the root, a
 * trailing slash or a plain folder name covers everything below, a backslash takes the next letter
 * as it is.
 *
 * @see <a
 *     href="https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners">GitHub,
 *     About code owners</a>
 */
public final class CodeOwners {
  private static final Map<String, Pattern> COMPILED = new ConcurrentHashMap<>();

  private CodeOwners() {}

  public static boolean owns(List<String> patterns, String path) {
    return patterns.stream().anyMatch(pattern -> matches(pattern, path));
  }

  /**
   * @param path relative to the repository, with forward slashes
   */
  public static boolean matches(String pattern, String path) {
    return COMPILED.computeIfAbsent(pattern, CodeOwners::compile).matcher(path).matches();
  }

  private static Pattern compile(String pattern) {
    String p = pattern;
    boolean anchored = p.startsWith("/");
    if (anchored) {
      p = p.substring(1);
    }
    boolean folder = p.endsWith("/");
    if (folder) {
      p = p.substring(0, p.length() - 1);
    }
    anchored |= p.contains("/");
    var regex = new StringBuilder(anchored ? "" : "(?:.*/)?");
    String[] parts = p.split("/", -1);
    for (int i = 0; i < parts.length; i++) {
      boolean last = i == parts.length - 1;
      if (parts[i].equals("**")) {
        regex.append(last ? ".+" : "(?:[^/]+/)*");
      } else {
        for (int at = 0; at < parts[i].length(); at++) {
          char c = parts[i].charAt(at);
          boolean escapes = c == '\\' && at + 1 < parts[i].length();
          if (escapes) {
            at++;
          }
          switch (c) {
            case '*' -> regex.append("[^/]*");
            case '?' -> regex.append("[^/]");
            default -> regex.append(Pattern.quote(parts[i].substring(at, at + 1)));
          }
        }
        if (!last) {
          regex.append('/');
        }
      }
    }
    String end = parts[parts.length - 1];
    boolean open = end.equals("**");
    if (folder && !open) {
      regex.append("/.+");
    } else if (!open && !(end.equals("*") && anchored)) {
      regex.append("(?:/.+)?");
    }
    return Pattern.compile(regex.toString(), Pattern.DOTALL);
  }
}
