package dev.hivedeck.engine.git;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * An entry of the user's configuration of git.
 *
 * @param key as git lists it: section and name in lower case
 * @param value null where the key stands alone, which means true
 * @param local whether it is the repository's own, or comes from a file that another includes, so
 *     that it need not hold elsewhere
 */
public record UserConfig(String key, String value, boolean local) {
  /** What an attempt's repository says for itself, or what must not lead it elsewhere. */
  private static final Set<String> OWN =
      Set.of(
          "core.repositoryformatversion",
          "core.bare",
          "core.worktree",
          "core.fsmonitor",
          "core.untrackedcache",
          "core.splitindex",
          "core.sharedrepository",
          "core.logallrefupdates",
          "core.alternaterefscommand",
          "core.askpass",
          "core.commitgraph",
          "gc.auto",
          "gc.autodetach",
          "lfs.storage",
          "submodule.alternatelocation",
          "submodule.alternateerrorstrategy");

  private static final Pattern OTHERS =
      Pattern.compile(
          "(include|includeif|extensions|credential|index|maintenance|fsmonitor|hook|receive"
              + "|safe|trace2|push)\\..*"
              + "|http\\.(.*\\.)?(extraheader|cookiefile|sslkey|sslcert|proxy|proxysslkey|sslcertpasswordprotected)"
              + "|remote\\..*\\.(pushurl|push|mirror)",
          Pattern.DOTALL);

  /** Who signs in, in an address. */
  private static final Pattern USER = Pattern.compile("(?<=https?://)[^/@\\s]*@");

  private static final String NO_PUSH =
      "pushing is off in an attempt, allow it in hive.yaml with workspace push";

  /** All that is in force in a repository, in its order. */
  public static List<UserConfig> read(Git git) {
    var result = git.run("config", "--list", "--includes", "-z", "--show-scope", "--show-origin");
    var entries = new ArrayList<UserConfig>();
    var mainFile = new LinkedHashSet<String>();
    var fields = split(result.bytes());
    for (int i = 0; i + 2 < fields.size(); i += 3) {
      String scope = fields.get(i);
      String origin = fields.get(i + 1);
      String[] entry = fields.get(i + 2).split("\n", 2);
      if (scope.equals("command")) {
        continue;
      }
      boolean local = scope.equals("local") || scope.equals("worktree");
      if (!local && (entry[0].equals("include.path") || entry[0].startsWith("includeif."))) {
        mainFile.add(origin); // files that include are the user's own, what they include may depend
      }
      entries.add(
          new UserConfig(
              entry[0],
              entry.length > 1 ? entry[1] : null,
              local
                  || !mainFile.isEmpty() && !mainFile.contains(origin) && scope.equals("global")));
    }
    return entries;
  }

  private static List<String> split(byte[] listing) {
    return ByteNames.split(listing).stream()
        .map(f -> new String(f.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8))
        .toList();
  }

  /**
   * The text of the configuration of an attempt's repository.
   *
   * @param all what is in force in the user's
   * @param root the top of the user's working tree
   * @param common the user's git folder
   * @param push whether it may push
   */
  public static String forAttempt(List<UserConfig> all, Path root, Path common, boolean push) {
    boolean sha256 =
        all.stream()
            .anyMatch(e -> e.key.equals("extensions.objectformat") && "sha256".equals(e.value));
    var text = new StringBuilder();
    line(text, "core.repositoryformatversion", sha256 ? "1" : "0");
    if (sha256) {
      line(text, "extensions.objectformat", "sha256");
    }
    line(text, "core.bare", "false");
    line(text, "core.logallrefupdates", "true");
    line(text, "gc.auto", "0");
    line(text, "maintenance.auto", "false");
    line(text, "submodule.alternatelocation", "superproject");
    line(text, "submodule.alternateerrorstrategy", "info");
    var remotes = new LinkedHashSet<String>();
    for (var entry : all) {
      if (!entry.local || OWN.contains(entry.key) || OTHERS.matcher(entry.key).matches()) {
        continue;
      }
      if (entry.key.equals("core.hookspath")
          && (entry.value == null
              || entry.value.startsWith("~")
              || new File(entry.value).isAbsolute())) {
        continue;
      }
      if (entry.key.startsWith("url.") && USER.matcher(entry.key).find()) {
        continue;
      }
      String value = entry.value == null ? null : USER.matcher(entry.value).replaceAll("");
      if (entry.key.startsWith("remote.") && entry.key.endsWith(".url")) {
        remotes.add(entry.key.substring(0, entry.key.length() - ".url".length()));
        value = absolute(value, root);
      }
      line(text, entry.key, value);
    }
    if (!push) {
      remotes.forEach(remote -> line(text, remote + ".pushurl", NO_PUSH));
    }
    return text.toString();
  }

  /** A path beside the user's repository is elsewhere from an attempt's. */
  private static String absolute(String url, Path root) {
    if (url == null || url.contains(":") || url.startsWith("~") || new File(url).isAbsolute()) {
      return url;
    }
    return root.resolve(url).normalize().toString();
  }

  private static void line(StringBuilder text, String key, String value) {
    int first = key.indexOf('.');
    int last = key.lastIndexOf('.');
    text.append('[').append(key, 0, first);
    if (last > first) {
      text.append(" \"")
          .append(key.substring(first + 1, last).replace("\\", "\\\\").replace("\"", "\\\""))
          .append('"');
    }
    text.append("]\n\t").append(key.substring(last + 1));
    if (value != null) {
      text.append(" = \"")
          .append(
              value
                  .replace("\\", "\\\\")
                  .replace("\"", "\\\"")
                  .replace("\n", "\\n")
                  .replace("\t", "\\t")
                  .replace("\b", "\\b"))
          .append('"');
    }
    text.append('\n');
  }
}
