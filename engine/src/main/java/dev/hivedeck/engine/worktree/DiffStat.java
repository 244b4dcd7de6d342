package dev.hivedeck.engine.worktree;

/** How large a difference is; binary files count as files only. */
public record DiffStat(int files, int additions, int deletions, int commits) {}
