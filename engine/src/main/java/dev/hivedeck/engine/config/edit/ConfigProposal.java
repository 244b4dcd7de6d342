package dev.hivedeck.engine.config.edit;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** A first {@code hive.yaml} for a repository, from what lies in it. */
public final class ConfigProposal {
  private ConfigProposal() {}

  /**
   * The program that works there first.
   *
   * @param name as people say it
   * @param driver its own, or {@code command}
   * @param run what a command agent runs, else null
   * @param format whose events that prints, or null
   * @param pass variables without which it is not signed in
   */
  public record Program(String name, String driver, String run, String format, List<String> pass) {
    /** What is proposed where none is installed. */
    static final Program NONE = new Program(null, "codex", null, null, List.of());
  }

  /** The text where no agent is installed. */
  public static String of(Path root) {
    return of(root, Program.NONE);
  }

  /**
   * The text.
   *
   * @param program empty where none is installed
   */
  public static String of(Path root, Optional<Program> program) {
    return of(root, program.orElse(Program.NONE));
  }

  /** The text; it is valid as it stands and meant to be edited. */
  public static String of(Path root, Program program) {
    var languages = LanguageProposal.of(root);
    var first = languages.isEmpty() ? LanguageProposal.NONE : languages.getFirst();
    var lines = new ArrayList<>(head(root, program, languages, first));
    lines.addAll(WorktreeProposal.lines(root, languages));
    lines.add("gates:");
    lines.addAll(tests(languages));
    lines.addAll(REST);
    return String.join("\n", lines);
  }

  private static final List<String> REST =
      List.of(
          "  size:     { builtin: size, warn: 500, max: 1000, at: [attempt] }",
          "  complete: { builtin: placeholders, at: [attempt] }",
          "decisions:",
          "  default: { human: required }   # every change waits for your approval",
          "  bug-fix: { human: none }       # of this kind, what passes its gates is merged",
          "");

  /** A gate for each language that says how it is tested. */
  private static List<String> tests(List<LanguageProposal> languages) {
    var lines = new ArrayList<String>();
    for (var language : languages) {
      if (language.test() != null) {
        String name = lines.isEmpty() ? "tests:    " : "tests-" + language.capability() + ": ";
        lines.add(
            "  %s{ run: %s, at: [attempt, merge], timeout: 10m }   # %s"
                .formatted(name, language.test(), language.why()));
      }
    }
    if (lines.isEmpty()) {
      lines.add("  # tests:  { run: ./run-your-tests, at: [attempt, merge], timeout: 10m }");
    }
    return lines;
  }

  private static List<String> head(
      Path root, Program program, List<LanguageProposal> languages, LanguageProposal first) {
    String capabilities =
        languages.isEmpty()
            ? first.capability()
            : languages.stream()
                .map(LanguageProposal::capability)
                .distinct()
                .collect(Collectors.joining(", "));
    return List.of(
        "version: 1",
        "workspace: { name: "
            + root.getFileName().toString().replaceAll("[^A-Za-z0-9._-]", "-")
            + " }",
        "defaults:",
        "  attempts: 3",
        "  backoff: [5s, 15s]",
        "  timeout: 20m",
        "  quiet: 5m",
        "agents:",
        "  # Each works in a folder of its own, and what it leaves there is committed for it.",
        "  builder:",
        "    role: Builds what the task asks for",
        agent(program),
        "    capabilities: [" + capabilities + "]",
        "  # Any other program is a command agent: it gets its prompt on standard input."
            + " Without",
        "  # sandbox: it has your rights.",
        "  # other: { run: ./my-agent, sandbox: { mode: workspace, caches: ["
            + first.caches()
            + "] } }");
  }

  /** The lines that say how it is run. */
  private static String agent(Program program) {
    var entry =
        AgentEntry.named("builder")
            .with("driver", program.driver())
            .with("run", program.run())
            .with("format", program.format())
            .with("sandbox", program.run() == null ? "workspace" : null)
            .with("pass", program.pass())
            .build();
    String first =
        program.name() == null
            ? "    # None is installed yet: hivedeck doctor knows codex, claude, gemini and others."
            : "    # " + program.name() + " is installed; hivedeck doctor tells what else is.";
    return first + "\n" + String.join("\n", entry.lines(2).subList(1, entry.lines(2).size()));
  }
}
