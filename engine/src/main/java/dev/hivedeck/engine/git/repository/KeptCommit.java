package dev.hivedeck.engine.git.repository;

import java.time.Instant;

/**
 * Work that was kept as a commit under a hidden ref.
 *
 * @param ref {@code refs/hivedeck/kept/<task>/<attempt>/<n>}
 * @param why what was about to happen to it
 * @param files how many files differ from the commit it was based on
 * @param bytes of what those files are
 */
public record KeptCommit(
    String ref,
    String commit,
    String task,
    String attempt,
    String why,
    int files,
    long bytes,
    Instant at) {}
