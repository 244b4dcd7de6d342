package dev.hivedeck.engine.forge;

/**
 * A pull request that is to be opened.
 *
 * @param branch that has the work
 * @param base branch that it is for
 */
public record PullDraft(String branch, String base, String title, String body, boolean draft) {}
