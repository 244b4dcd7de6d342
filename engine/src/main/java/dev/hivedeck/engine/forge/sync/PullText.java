package dev.hivedeck.engine.forge.sync;

import dev.hivedeck.engine.config.forge.GitHubConfig;
import dev.hivedeck.engine.forge.CheckRollup;
import dev.hivedeck.engine.forge.RemotePull;
import dev.hivedeck.engine.git.diff.CodeOwnersFile;
import dev.hivedeck.engine.protocol.view.ChangeViews.Change;
import dev.hivedeck.engine.protocol.view.ChangeViews.DescriptionSection;
import dev.hivedeck.engine.protocol.view.ChangeViews.Risk;
import dev.hivedeck.engine.protocol.view.GateViews.GateResult;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What a pull request says, from its change; and whom CODEOWNERS names for it. */
final class PullText {
  private static final Pattern PLACE = Pattern.compile("\\{\\{\\s*([a-z]+)\\s*}}");
  private static final int TITLE = 250;

  /** As much as GitHub takes, with some to spare. */
  private static final int BODY = 60_000;

  private static final int PROMPT = 8_000;
  private static final int REVIEWERS = 15;
  private static final int SUMMARY = 2_000;

  private static final String USUAL =
      """
      ### What
      {{what}}

      ### Why
      {{why}}

      ### Risk
      {{risk}}

      ### Rollback
      {{rollback}}

      ### Metrics to watch
      {{metrics}}

      ### Tests
      {{tests}}
      """;

  private PullText() {}

  static String title(Change change) {
    String title = change.title().strip();
    return title.length() <= TITLE ? title : title.substring(0, TITLE) + "…";
  }

  /**
   * @param subjects of its commits
   * @param issue that it came from; 0 for none
   */
  static String body(GitHubConfig config, PulledChange here, List<String> subjects, int issue) {
    var change = here.change();
    String stack = here.stack().text();
    var said = new EnumMap<DescriptionSection, String>(DescriptionSection.class);
    change.description().forEach(d -> said.put(d.section(), d.text() + "\n\n"));
    var values =
        Map.of(
            "what", said(said, DescriptionSection.WHAT) + what(change, subjects),
            "why", said(said, DescriptionSection.WHY) + why(here.prompt(), issue),
            "risk", said(said, DescriptionSection.RISK) + risk(change),
            "rollback",
                said(said, DescriptionSection.ROLLBACK)
                    + "`hivedeck change revert "
                    + change.id()
                    + "` opens a change that takes it back.",
            "metrics", said.getOrDefault(DescriptionSection.METRICS, "None were named."),
            "tests", said(said, DescriptionSection.TESTS) + tests(change.gates()),
            "stack", stack,
            "change", change.id(),
            "task", change.task());
    String template = config.pulls().template() == null ? USUAL : config.pulls().template();
    String text =
        PLACE
            .matcher(template)
            .replaceAll(
                place ->
                    java.util.regex.Matcher.quoteReplacement(
                        values.getOrDefault(place.group(1), place.group())));
    String cut = text.length() <= BODY ? text : text.substring(0, BODY) + "…";
    String rest = stack.isEmpty() || cut.contains(stack) ? "" : "\n\n### Stack\n" + stack;
    return cut.strip() + rest + "\n\n" + said(change) + mark("change", change.id()) + "\n";
  }

  /** Tells one description from another; empty where nothing was said. */
  static String said(Change change) {
    return change.description().isEmpty()
        ? ""
        : mark("said", digest(change.description().toString()).substring(0, 12)) + "\n";
  }

  private static String said(Map<DescriptionSection, String> said, DescriptionSection section) {
    return said.getOrDefault(section, "");
  }

  /** What tells what Hivedeck wrote from what people did; GitHub does not show it. */
  static String mark(String kind, Object id) {
    return "<!-- hivedeck " + kind + " " + id + " -->";
  }

  private static String what(Change change, List<String> subjects) {
    String size =
        "+%d -%d in %d %s, by %s (task %s, change %s)."
            .formatted(
                change.additions(),
                change.deletions(),
                change.files(),
                change.files() == 1 ? "file" : "files",
                change.agent(),
                change.task(),
                change.id());
    return subjects.isEmpty()
        ? size
        : subjects.stream().map(s -> "- " + s).collect(Collectors.joining("\n")) + "\n\n" + size;
  }

  private static String why(String prompt, int issue) {
    String text = prompt.strip();
    String cut = text.length() <= PROMPT ? text : text.substring(0, PROMPT) + "…";
    String why = cut.isEmpty() ? "The task says no more than its title." : cut;
    return issue == 0 ? why : "For #" + issue + ".\n\n" + why;
  }

  private static String risk(Change change) {
    var lines = new ArrayList<String>();
    for (var risk : change.risks()) {
      lines.add("- touches `" + risk.path() + "` (" + word(risk) + ")");
    }
    if (change.verdict() != null) {
      change.verdict().obstacles().forEach(o -> lines.add("- " + o.text()));
    }
    return lines.isEmpty() ? "Nothing stands out." : String.join("\n", lines);
  }

  private static String word(Risk risk) {
    return risk.kind().word() + (risk.gate() == null ? "" : ", gate " + risk.gate());
  }

  private static String tests(List<GateResult> gates) {
    return gates.isEmpty()
        ? "No gate judges it: nothing was checked."
        : gates.stream()
            .map(g -> "- %s: %s, %s".formatted(g.gate(), g.outcome().word(), g.summary()))
            .collect(Collectors.joining("\n"));
  }

  /** What the agent is told. Only what people say counts who may write to the repository. */
  static String returned(ForgeStep.SendBack back, RemotePull remote, int round, int most) {
    var text = new StringBuilder();
    text.append("Pull request %d, round %d of %d:%n".formatted(remote.number(), round, most));
    back.reasons().forEach(reason -> text.append("- ").append(reason).append('\n'));
    for (var check : CheckRollup.of(remote.checks()).failing()) {
      text.append("\nCheck ").append(check.name()).append(" failed");
      text.append(check.url() == null ? "" : ", see " + check.url()).append(".\n");
      text.append(check.summary().isEmpty() ? "" : summary(check.summary()) + "\n");
    }
    for (var note : remote.notes()) {
      if (note.trusted() && !note.resolved() && !note.own()) {
        String place = note.file() == null ? "" : " on " + note.file() + ":" + note.line();
        text.append("\n%s says%s:%n%s%n".formatted(note.author(), place, summary(note.text())));
      }
    }
    return text.toString();
  }

  private static String summary(String text) {
    return text.length() <= SUMMARY ? text : text.substring(0, SUMMARY) + "…";
  }

  /** To know again what was written. */
  static String digest(String text) {
    try {
      // GitHub brings line ends into one form.
      byte[] bytes = text.replace("\r\n", "\n").strip().getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Whom CODEOWNERS names for some files.
   *
   * @param but who is not asked: nobody reviews their own
   * @return logins, and teams with a slash; addresses of mail are nobody on GitHub
   */
  static List<String> owners(CodeOwnersFile owners, List<String> files, String but) {
    return owners.of(files).stream()
        .filter(owner -> owner.startsWith("@"))
        .map(owner -> owner.substring(1))
        .filter(owner -> !owner.equalsIgnoreCase(but))
        .distinct()
        .limit(REVIEWERS)
        .toList();
  }
}
