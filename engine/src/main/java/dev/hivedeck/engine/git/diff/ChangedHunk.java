package dev.hivedeck.engine.git.diff;

/**
 * A hunk of a diff, without its lines.
 *
 * @param hash of its path and of what comes and goes, in 32 hexadecimal digits: the same hunk has
 *     the same one wherever in its file it is
 * @param lines to read: those that come and those that go, without blank and generated ones
 */
public record ChangedHunk(String path, String hash, int lines) {}
