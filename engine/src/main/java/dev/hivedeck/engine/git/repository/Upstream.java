package dev.hivedeck.engine.git.repository;

/**
 * The branch of a remote that main follows, as it was when it was fetched last.
 *
 * @param name as git says it, for example {@code origin/main}
 * @param ahead commits of main that it does not have
 * @param behind commits of it that main does not have
 */
public record Upstream(String name, int ahead, int behind) {}
