package dev.hivedeck.engine.git.diff;

/** How large a difference is; binary files count as files only. */
public record DiffStat(int files, int additions, int deletions, int commits) {}
