package dev.hivedeck.engine.review;

import dev.hivedeck.engine.config.AgentSpec;
import dev.hivedeck.engine.gate.GateSpec;
import dev.hivedeck.engine.gate.ProtectedPaths;
import dev.hivedeck.engine.git.diff.CommitTree;
import dev.hivedeck.engine.git.diff.Diffs;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.protocol.view.ChangeViews.Risk;
import dev.hivedeck.engine.protocol.view.ChangeViews.RiskKind;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What of a change an agent that looks at it would obey or run by itself, with its own rights and
 * secrets: settings, hooks and instructions of agents, hooks of git, and the scripts that its own
 * command names.
 */
final class ReviewerCode {
  /** Folders and files that agents heed in the folder they begin in, as CODEOWNERS patterns. */
  private static final List<String> HEEDED =
      List.of(
          ".claude",
          ".codex",
          ".gemini",
          ".opencode",
          ".cursor",
          ".cursorrules",
          ".aider*",
          ".goose*",
          ".qwen",
          ".copilot",
          ".agents",
          ".mcp.json",
          "claude*.md",
          "agents*.md",
          "gemini.md",
          "qwen.md",
          "copilot-instructions.md");

  private static final Set<RiskKind> RUN =
      EnumSet.of(RiskKind.HOOKS, RiskKind.GIT, RiskKind.TOOLS, RiskKind.GATE, RiskKind.PROTECTED);

  private ReviewerCode() {}

  /** The paths of what main does not have like that; empty where it may look. */
  static List<String> changed(Repository repository, AgentSpec agent, String head) {
    var git = repository.git();
    String main = repository.tip();
    String program = agent.run() != null ? agent.run() : agent.program();
    var commands =
        program == null
            ? List.<GateSpec>of()
            : List.of(
                new GateSpec(
                    agent.name(),
                    GateSpec.Kind.RUN,
                    program,
                    List.of(),
                    Duration.ZERO,
                    GateSpec.Place.CLEAN,
                    null));
    var paths = ProtectedPaths.of(commands, HEEDED, repository.hooks(), CommitTree.of(git, main));
    var files = Diffs.files(git, git.must("merge-base", main, head).strip(), head);
    return paths.touched(files, id -> Diffs.text(git, id)).stream()
        .filter(risk -> RUN.contains(risk.kind()))
        .map(Risk::path)
        .distinct()
        .toList();
  }
}
