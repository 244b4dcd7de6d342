package dev.hivedeck.engine.forge.github;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a webhook is about. Nothing more of it is believed: what has happened is read from GitHub.
 *
 * @param name as the header has it, for example {@code pull_request}
 * @param action what happened; null where there is only one thing that can
 * @param repository {@code owner/name}; null where it is about none
 * @param number of the pull request or issue; 0 for none
 */
public record WebhookEvent(
    String name, @Nullable String action, @Nullable String repository, int number) {

  /** Those after which a pull request or an issue may be otherwise. */
  private static final Set<String> TELLING =
      Set.of(
          "check_run",
          "check_suite",
          "issue_comment",
          "issues",
          "label",
          "pull_request",
          "pull_request_review",
          "pull_request_review_comment",
          "pull_request_review_thread",
          "push",
          "status",
          "workflow_job",
          "workflow_run");

  /** Of whatever GitHub sends, known or new. */
  public static WebhookEvent of(String name, JsonNode payload) {
    String action = payload.path("action").asText("");
    String repository = payload.path("repository").path("full_name").asText("");
    int number =
        payload
            .path("pull_request")
            .path("number")
            .asInt(payload.path("issue").path("number").asInt(payload.path("number").asInt(0)));
    if (number == 0) {
      // A check is of a commit, which is that of one pull request as a rule.
      var pulls = payload.path(name).path("pull_requests");
      number = pulls.size() == 1 ? pulls.path(0).path("number").asInt(0) : 0;
    }
    return new WebhookEvent(
        name, action.isEmpty() ? null : action, repository.isEmpty() ? null : repository, number);
  }

  /** Whether GitHub is worth looking at. */
  public boolean tells() {
    return TELLING.contains(name);
  }

  /** Whether it is about this repository. */
  public boolean isOf(String other) {
    return repository != null && repository.equalsIgnoreCase(other);
  }
}
