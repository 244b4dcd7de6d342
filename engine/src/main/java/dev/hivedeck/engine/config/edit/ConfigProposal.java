package dev.hivedeck.engine.config.edit;

import dev.hivedeck.engine.protocol.Config.ProposedLine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A first {@code hive.yaml} for a repository, from what lies in it. */
public final class ConfigProposal {
  private ConfigProposal() {}

  /**
   * The program that works there first.
   *
   * @param name as people say it; null where somebody gave its command
   * @param driver its own, or {@code command}
   * @param run what a command agent runs, else null
   * @param format whose events that prints, or null
   * @param pass variables without which it is not signed in
   * @param missing how to install it; null where it is installed
   */
  public record Program(
      @Nullable String name,
      String driver,
      @Nullable String run,
      @Nullable String format,
      List<String> pass,
      @Nullable String missing) {
    /** One that is installed, or is no program that is known. */
    public Program(
        @Nullable String name,
        String driver,
        @Nullable String run,
        @Nullable String format,
        List<String> pass) {
      this(name, driver, run, format, pass, null);
    }

    /** What is proposed where none is installed. */
    static final Program NONE = new Program(null, "codex", null, null, List.of());

    /** A command of the person's own. */
    public static Program command(String run) {
      return new Program(null, "command", run, null, List.of());
    }
  }

  /** The text where no agent is installed. */
  public static String of(Path root) {
    return of(root, Optional.empty());
  }

  /**
   * The text; it is valid as it stands and meant to be edited.
   *
   * @param program empty where none is installed
   */
  public static String of(Path root, Optional<Program> program) {
    return text(lines(root, program));
  }

  /** Lines as the text that they are. */
  public static String text(List<ProposedLine> lines) {
    return lines.stream().map(ProposedLine::whole).collect(Collectors.joining("\n", "", "\n"));
  }

  /**
   * The same, line by line.
   *
   * @param program empty where none is installed
   */
  public static List<ProposedLine> lines(Path root, Optional<Program> program) {
    var languages = LanguageProposal.of(root);
    var lines = new ArrayList<ProposedLine>();
    head(root, lines);
    agent(program.orElse(Program.NONE), languages, lines);
    lines.addAll(WorktreeProposal.lines(root, languages));
    lines.add(said("gates:", "what must hold before anything is merged"));
    tests(languages, lines);
    lines.add(
        guess(
            "  size:     { builtin: size, warn: 500, max: 1000, at: [attempt] }", "lines changed"));
    lines.add(
        said(
            "  complete: { builtin: placeholders, at: [attempt] }",
            "nothing is left to be written later"));
    lines.add(said("decisions:", null));
    lines.add(said("  default: { human: required }", "every change waits for your approval"));
    lines.add(said("  bug-fix: { human: none }", "of this kind, what passes its gates is merged"));
    return lines;
  }

  static ProposedLine said(String text, @Nullable String reason) {
    return new ProposedLine(text, reason, false);
  }

  private static ProposedLine guess(String text, String reason) {
    return new ProposedLine(text, reason, true);
  }

  /** A gate for each language that says how it is tested. */
  private static void tests(List<LanguageProposal> languages, List<ProposedLine> lines) {
    boolean none = true;
    for (var language : languages) {
      if (language.test() != null) {
        String name = none ? "tests:    " : "tests-" + language.capability() + ": ";
        String gate =
            "  %s{ run: %s, at: [attempt, merge], timeout: 10m }"
                .formatted(name, WorktreeProposal.inline(language.test()));
        lines.add(said(gate, language.why()));
        none = false;
      }
    }
    if (none) {
      lines.add(
          guess(
              "  # tests:  { run: ./run-your-tests, at: [attempt, merge], timeout: 10m }",
              "nothing here says how it is tested"));
    }
  }

  private static void head(Path root, List<ProposedLine> lines) {
    String name = String.valueOf(root.getFileName()).replaceAll("[^A-Za-z0-9._-]", "-");
    lines.add(said("version: 1", null));
    lines.add(said("workspace: { name: " + name + " }", "the name of the folder"));
    lines.add(said("defaults:", "of every task"));
    lines.add(guess("  attempts: 3", "then it is put aside for you"));
    lines.add(guess("  backoff: [5s, 15s]", "between them"));
    lines.add(guess("  timeout: 20m", "no attempt takes longer"));
    lines.add(guess("  quiet: 5m", "an attempt that long without a word is ended"));
  }

  /** The lines that say who works there, and how it is run. */
  private static void agent(
      Program program, List<LanguageProposal> languages, List<ProposedLine> lines) {
    var first = languages.isEmpty() ? LanguageProposal.NONE : languages.getFirst();
    var capabilities = languages.stream().map(LanguageProposal::capability).distinct().toList();
    var entry =
        AgentEntry.named("builder")
            .with("driver", program.driver().equals("command") ? null : program.driver())
            .with("run", program.run())
            .with("format", program.format())
            .with("sandbox", program.run() == null ? "workspace" : null)
            .with("pass", program.pass())
            .build();
    lines.add(
        said("agents:", "each works in a folder of its own, and what it leaves is committed"));
    lines.add(said("  builder:", null));
    lines.add(said("    role: Builds what the task asks for", null));
    for (String line : entry.lines(2).stream().skip(1).toList()) {
      lines.add(said(line, why(line.strip(), program)));
    }
    lines.add(
        said(
            "    capabilities: ["
                + (capabilities.isEmpty() ? first.capability() : String.join(", ", capabilities))
                + "]",
            capabilities.isEmpty() ? null : "what lies in the repository"));
    lines.add(
        said(
            "  # other: { run: ./my-agent, sandbox: { mode: workspace, caches: ["
                + first.caches()
                + "] } }",
            "any other program; without sandbox it has your rights"));
  }

  private static @Nullable String why(String line, Program program) {
    if (line.startsWith("driver:") || line.startsWith("run:")) {
      if (program.name() != null) {
        return program.missing() == null
            ? program.name() + " is installed; hivedeck doctor tells what else is"
            : program.name() + " is not installed: " + program.missing();
      }
      return program.run() != null
          ? "as you said; its prompt comes on standard input"
          : "None is installed yet: hivedeck doctor knows codex, claude, gemini and others.";
    }
    if (line.startsWith("sandbox:")) {
      return "it writes in its folder only";
    }
    return line.startsWith("pass:") ? "its sign-in" : null;
  }
}
