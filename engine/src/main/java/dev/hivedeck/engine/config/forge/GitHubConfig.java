package dev.hivedeck.engine.config.forge;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How changes and GitHub go together, once a person has linked them.
 *
 * @param remote whose address says where the repository is
 * @param api base address of GitHub's API; null for that of the remote's host
 * @param every how often GitHub is looked at
 * @param pulls how pull requests are opened
 * @param merge who merges
 * @param rounds how often a change goes back to its agent by itself, because of what GitHub says
 * @param cooldown how long after that before it goes back again
 * @param issues those that become tasks
 * @param webhook the secret that webhooks are signed with, as {@code secret:NAME} or {@code
 *     env:NAME}; null where none come
 */
public record GitHubConfig(
    String remote,
    @Nullable String api,
    Duration every,
    Pulls pulls,
    MergedBy merge,
    int rounds,
    Duration cooldown,
    Issues issues,
    @Nullable String webhook) {

  /** Who brings a change to main. */
  public enum MergedBy {
    /** Hivedeck's merge queue, which then pushes main. */
    QUEUE,
    /** Hivedeck's merge queue; main is pushed by a person. */
    LOCAL,
    /** GitHub, when the change's turn in the queue has come. */
    GITHUB
  }

  /**
   * How pull requests are opened.
   *
   * @param draft whether as drafts
   * @param labels that they get
   * @param owners whether those whom CODEOWNERS names are asked for a review
   * @param template of the body, with {@code {{what}}} and the like; null for the usual one
   */
  public record Pulls(
      boolean draft, List<String> labels, boolean owners, @Nullable String template) {
    public Pulls {
      labels = List.copyOf(labels);
    }
  }

  /**
   * Issues that become tasks; none where there is neither label nor query.
   *
   * @param label that they have; null for any
   * @param query in GitHub's words for a search; null for none
   * @param agent that gets them; null for whoever fits
   * @param kind of work, which decides who approves it; null for none
   * @param close whether an issue is closed once its work is on main; else it is only told
   */
  public record Issues(
      @Nullable String label,
      @Nullable String query,
      @Nullable String agent,
      @Nullable String kind,
      boolean close) {
    /** Whether any are asked for. */
    public boolean wanted() {
      return label != null || query != null;
    }
  }

  /** What holds where nothing is configured. */
  public static final GitHubConfig STANDARD =
      new GitHubConfig(
          "origin",
          null,
          Duration.ofMinutes(1),
          new Pulls(false, List.of(), true, null),
          MergedBy.QUEUE,
          3,
          Duration.ofMinutes(10),
          new Issues(null, null, null, null, true),
          null);
}
