package dev.hivedeck.engine.gate;

import dev.hivedeck.engine.git.diff.ChangedFile;
import dev.hivedeck.engine.git.diff.CodeOwners;
import dev.hivedeck.engine.git.diff.CommitTree;
import dev.hivedeck.engine.protocol.view.ChangeViews.Risk;
import dev.hivedeck.engine.protocol.view.ChangeViews.RiskKind;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * Paths that decide over others: policy, owners, continuous integration, hooks, what gates run. A
 * change that touches one is a person's to approve, whatever its kind. A path counts however it is
 * spelt where a file system would take it for the same, and on both sides of a move.
 */
public final class ProtectedPaths {
  /** What is protected everywhere, as patterns of CODEOWNERS in lower case. */
  private static final Map<RiskKind, List<String>> STANDARD = new LinkedHashMap<>();

  static {
    STANDARD.put(RiskKind.POLICY, List.of("/.hivedeck"));
    STANDARD.put(
        RiskKind.OWNERS,
        List.of("/codeowners", "/docs/codeowners", "/.github/codeowners", "/.gitlab/codeowners"));
    STANDARD.put(
        RiskKind.CI,
        List.of(
            "/.github",
            "/.gitlab",
            "/.gitlab-ci*",
            "/.gitea",
            "/.forgejo",
            "/.circleci",
            "/.buildkite",
            "/.azure-pipelines",
            "azure-pipelines*.yml",
            "azure-pipelines*.yaml",
            "jenkinsfile*",
            "/bitbucket-pipelines.yml",
            "/.travis.yml",
            "/.appveyor.yml",
            "/appveyor.yml",
            "/.drone.*",
            "/.woodpecker*",
            "/.cirrus.*",
            "/.semaphore",
            "/.teamcity",
            "/.builds",
            "/.build.yml",
            "/cloudbuild*.y*ml",
            "/buildspec*.y*ml",
            "/codemagic.yaml",
            "/.tekton",
            "/.harness"));
    STANDARD.put(
        RiskKind.HOOKS,
        List.of(
            ".husky",
            ".huskyrc*",
            "/.githooks",
            "/.git-hooks",
            "/.hooks",
            "lefthook*.y*ml",
            ".lefthook*",
            "lefthook*.toml",
            "lefthook*.json",
            ".pre-commit-config.y*ml",
            ".pre-commit-hooks.y*ml",
            ".overcommit.yml",
            ".simple-git-hooks*",
            "simple-git-hooks*",
            ".lintstagedrc*",
            "lint-staged.config.*"));
    STANDARD.put(RiskKind.GIT, List.of(".gitattributes", ".gitmodules", ".lfsconfig"));
    STANDARD.put(
        RiskKind.TOOLS,
        List.of(
            ".claude/settings*.json",
            ".claude/hooks",
            ".mcp.json",
            ".cursor/mcp.json",
            ".codex",
            ".gemini/settings.json",
            ".opencode",
            "opencode.json*",
            ".vscode/settings.json",
            ".vscode/tasks.json",
            ".vscode/launch.json",
            ".idea/runconfigurations",
            ".devcontainer*",
            ".envrc",
            "/.worktreeinclude"));
  }

  private static final Pattern INVISIBLE = Pattern.compile("\\p{Cf}");

  /**
   * @param added whether only new files count
   */
  private record Rule(RiskKind kind, String pattern, String gate, boolean added) {
    Rule(RiskKind kind, String pattern, String gate) {
      this(kind, pattern, gate, false);
    }

    static Rule of(String gate, String pattern) {
      boolean added = pattern.startsWith(GateScripts.ADDED);
      return new Rule(
          RiskKind.GATE,
          plain(added ? pattern.substring(GateScripts.ADDED.length()) : pattern),
          gate,
          added);
    }
  }

  private final List<Rule> rules;

  private ProtectedPaths(List<Rule> rules) {
    this.rules = rules;
  }

  /**
   * @param gates those of the configuration in force
   * @param more patterns of CODEOWNERS that are protected besides
   * @param hooks the folder that git takes its hooks from, where it is in the repository, or null
   * @param main what main holds; it may be null where no gate runs a command
   */
  public static ProtectedPaths of(
      List<GateSpec> gates, List<String> more, String hooks, CommitTree main) {
    var rules = new ArrayList<Rule>();
    STANDARD.forEach((kind, patterns) -> patterns.forEach(p -> rules.add(new Rule(kind, p, null))));
    if (hooks != null) {
      rules.add(new Rule(RiskKind.HOOKS, "/" + plain(hooks), null));
    }
    more.forEach(p -> rules.add(new Rule(RiskKind.PROTECTED, plain(p), null)));
    for (var gate : gates) {
      if (gate.command() != null) {
        GateScripts.of(gate.command(), main).forEach(p -> rules.add(Rule.of(gate.name(), p)));
      }
    }
    return new ProtectedPaths(List.copyOf(rules));
  }

  /**
   * What of a change a person must approve.
   *
   * @param files all that it changes, both sides of each move
   * @param text gives the text of an object
   */
  public List<Risk> touched(List<ChangedFile> files, UnaryOperator<String> text) {
    var risks = new LinkedHashSet<Risk>();
    for (var file : files) {
      for (String path : file.paths()) {
        String plain = plain(path);
        rules.stream()
            .filter(rule -> !rule.added() || added(file, path))
            .filter(
                rule -> CodeOwners.matches(rule.pattern(), plain) && !harmless(rule, file, text))
            .findFirst()
            .ifPresent(rule -> risks.add(new Risk(rule.kind(), path, rule.gate())));
      }
      if (file.mode().equals(ChangedFile.LINK)) {
        String target = GateScripts.resolve(parent(file.path()), text.apply(file.id()));
        String plain = target == null ? null : plain(target);
        rules.stream()
            .filter(rule -> plain != null && CodeOwners.matches(rule.pattern(), plain))
            .findFirst()
            .ifPresent(rule -> risks.add(new Risk(rule.kind(), file.path(), rule.gate())));
      }
    }
    return List.copyOf(risks);
  }

  private static boolean added(ChangedFile file, String path) {
    return "ARC".indexOf(file.status()) >= 0 && path.equals(file.path());
  }

  /**
   * A manifest gives orders by its scripts and settings; which libraries it names is ordinary work.
   */
  private static boolean harmless(Rule rule, ChangedFile file, UnaryOperator<String> text) {
    if (rule.kind() != RiskKind.GATE || rule.added()) {
      return false;
    }
    if (file.status() == 'A'
        && rule.pattern().startsWith("/**/")
        && !rule.pattern().endsWith("/node_modules")) {
      return true; // a part that is new: what leads to it is elsewhere
    }
    String path = plain(file.path());
    if (!ToolManifest.is(path) || file.status() != 'M' || !file.mode().equals(file.oldMode())) {
      return false;
    }
    var before = ToolManifest.orders(path, text.apply(file.oldId()));
    return before != null && before.equals(ToolManifest.orders(path, text.apply(file.id())));
  }

  private static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? "" : path.substring(0, slash);
  }

  /** As file systems see it that make no difference of case, of what is not seen, or of the end. */
  static String plain(String path) {
    String text =
        INVISIBLE
            .matcher(Normalizer.normalize(path, Normalizer.Form.NFKC))
            .replaceAll("")
            .toLowerCase(Locale.ROOT);
    return text.replaceAll("(?<=[^./])[. ]+(?=/|$)", "");
  }
}
