package dev.hivedeck.engine.git.repository;

/**
 * The branch of a remote that main follows.
 *
 * @param remote for example {@code origin}
 * @param branch its full name there, for example {@code refs/heads/main}
 * @param ref where it is here once it was fetched, for example {@code refs/remotes/origin/main}
 */
public record RemoteBranch(String remote, String branch, String ref) {
  static final String REMOTES = "refs/remotes/";

  /** As git says it, for example {@code origin/main}. */
  public String name() {
    return ref.substring(REMOTES.length());
  }
}
