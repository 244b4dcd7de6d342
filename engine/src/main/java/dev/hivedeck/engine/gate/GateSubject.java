package dev.hivedeck.engine.gate;

import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.worktree.CommitCheckouts;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What is judged: the difference between two commits.
 *
 * @param git where both commits are; never that of the folder which an agent worked in
 * @param checkouts where {@code head} is laid out for commands
 * @param owns patterns of the paths that the agent may change; empty for all
 * @param environment for commands in a folder, carrying the attempt's marks
 */
public record GateSubject(
    Git git,
    CommitCheckouts checkouts,
    String base,
    String head,
    List<String> owns,
    Function<Path, Map<String, String>> environment) {}
