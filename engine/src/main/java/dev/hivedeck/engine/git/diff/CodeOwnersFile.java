package dev.hivedeck.engine.git.diff;

import dev.hivedeck.engine.git.Git;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What a CODEOWNERS file says.
 *
 * @param rules in their order, each a pattern as {@link CodeOwners} has it, and whom it names
 */
public record CodeOwnersFile(List<Rule> rules) {
  /** Where GitHub looks for it; the first that is there counts. */
  private static final List<String> PLACES =
      List.of(".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS");

  /**
   * A line of it.
   *
   * @param owners logins and teams with an {@code @} before them, and addresses of mail
   */
  public record Rule(String pattern, List<String> owners) {}

  public CodeOwnersFile {
    rules = List.copyOf(rules);
  }

  /** As a commit has it; without any rule where it has none. */
  public static CodeOwnersFile of(Git git, String commit) {
    for (String place : PLACES) {
      var text = git.run("show", commit + ":" + place);
      if (text.ok()) {
        return parse(text.out());
      }
    }
    return new CodeOwnersFile(List.of());
  }

  public static CodeOwnersFile parse(String text) {
    var rules = new ArrayList<Rule>();
    for (String line : text.lines().toList()) {
      String rule = line.replaceFirst("(^|\\s)#.*", "").strip();
      if (!rule.isEmpty()) {
        var words = List.of(rule.split("(?<!\\\\)\\s+"));
        rules.add(new Rule(words.getFirst(), words.subList(1, words.size())));
      }
    }
    return new CodeOwnersFile(rules);
  }

  /** Whom it names for some files: of each file those of the last line that covers it. */
  public Set<String> of(Collection<String> paths) {
    var owners = new LinkedHashSet<String>();
    for (String path : paths) {
      rules.reversed().stream()
          .filter(rule -> CodeOwners.matches(rule.pattern(), path))
          .findFirst()
          .ifPresent(rule -> owners.addAll(rule.owners()));
    }
    return owners;
  }
}
