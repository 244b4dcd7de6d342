package dev.hivedeck.engine.worktree.folder;

import java.nio.file.Path;

/**
 * A working tree of one attempt, outside the repository.
 *
 * @param start the commit it began from: main's, or that of an earlier attempt
 * @param base the commit of main that its work is to be compared with
 */
public record AttemptFolder(
    Path path, String branch, String task, String attempt, String start, String base) {}
