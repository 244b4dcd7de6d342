package dev.hivedeck.engine.worktree;

import java.nio.file.Path;

/**
 * A working tree of one attempt, outside the repository.
 *
 * @param start the commit it began from
 */
public record Worktree(Path path, String branch, String task, String attempt, String start) {}
