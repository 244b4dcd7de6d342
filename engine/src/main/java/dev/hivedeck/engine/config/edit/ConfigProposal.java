package dev.hivedeck.engine.config.edit;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A first {@code hive.yaml} for a repository, from what lies in it. */
public final class ConfigProposal {
  private record Kind(String capability, String test, String caches) {}

  private static final Map<String, Kind> KINDS = new LinkedHashMap<>();

  static {
    KINDS.put("pom.xml", new Kind("java", "mvn -q -B verify", "~/.m2"));
    KINDS.put("build.gradle", new Kind("java", "./gradlew check", "~/.gradle"));
    KINDS.put("build.gradle.kts", new Kind("java", "./gradlew check", "~/.gradle"));
    KINDS.put("package.json", new Kind("javascript", "npm test", "~/.npm"));
    KINDS.put("pyproject.toml", new Kind("python", "python -m pytest -q", "~/.cache/pip"));
    KINDS.put("setup.py", new Kind("python", "python -m pytest -q", "~/.cache/pip"));
    KINDS.put("Cargo.toml", new Kind("rust", "cargo test --quiet", "~/.cargo/registry"));
    KINDS.put("go.mod", new Kind("go", "go test ./...", "~/go/pkg, ~/.cache/go-build"));
    KINDS.put("Makefile", new Kind("code", "make test", "~/.cache"));
  }

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
    Kind kind =
        KINDS.entrySet().stream()
            .filter(e -> Files.exists(root.resolve(e.getKey())))
            .map(Map.Entry::getValue)
            .findFirst()
            .orElse(new Kind("code", null, "~/.cache"));
    String gate =
        kind.test() == null
            ? "# tests:  { run: ./run-your-tests, at: [attempt, merge], timeout: 10m }"
            : "tests:    { run: " + kind.test() + ", at: [attempt, merge], timeout: 10m }";
    return String.join(
        "\n",
        List.of(
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
            "    capabilities: [" + kind.capability() + "]",
            "  # Any other program is a command agent: it gets its prompt on standard input."
                + " Without",
            "  # sandbox: it has your rights.",
            "  # other: { run: ./my-agent, sandbox: { mode: workspace, caches: ["
                + kind.caches()
                + "] } }",
            "gates:",
            "  " + gate,
            "  size:     { builtin: size, warn: 500, max: 1000, at: [attempt] }",
            "  complete: { builtin: placeholders, at: [attempt] }",
            "decisions:",
            "  default: { human: required }   # every change waits for your approval",
            "  bug-fix: { human: none }       # of this kind, what passes its gates is merged",
            ""));
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
