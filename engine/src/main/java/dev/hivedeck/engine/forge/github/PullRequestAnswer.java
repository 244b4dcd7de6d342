package dev.hivedeck.engine.forge.github;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What GraphQL answers for a pull request, by GitHub's names. Fields that are new are passed over.
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record PullRequestAnswer(
    String id,
    int number,
    String url,
    String title,
    @Nullable String body,
    String state,
    @Nullable String baseRefName,
    String headRefOid,
    @Nullable String mergeable,
    @Nullable String mergeStateStatus,
    @Nullable String reviewDecision,
    @Nullable Commit mergeCommit,
    @Nullable Nodes<Review> latestOpinionatedReviews,
    @Nullable Nodes<Said> comments,
    @Nullable Nodes<ReviewThread> reviewThreads,
    @Nullable Nodes<Head> commits) {

  /** A list, with what is missing where a half of the answer is. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Nodes<T>(@Nullable List<@Nullable T> nodes, @Nullable Page pageInfo) {
    List<T> all() {
      return nodes == null ? List.of() : nodes.stream().filter(n -> n != null).toList();
    }
  }

  @JsonIgnoreProperties(ignoreUnknown = true)
  record Page(boolean hasNextPage, @Nullable String endCursor) {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  record Commit(String oid, @Nullable Rollup statusCheckRollup) {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  record Head(Commit commit) {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  record Rollup(@Nullable Nodes<Context> contexts) {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  record Author(String login) {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  record Review(
      String id,
      String state,
      @Nullable String body,
      @Nullable Instant submittedAt,
      @Nullable String authorAssociation,
      boolean viewerDidAuthor,
      @Nullable Author author,
      @Nullable Commit commit) {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  record Said(
      String id,
      @Nullable String body,
      Instant createdAt,
      @Nullable String authorAssociation,
      boolean viewerDidAuthor,
      @Nullable Author author) {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  record ReviewThread(
      @Nullable String id,
      boolean isResolved,
      @Nullable String path,
      @Nullable Integer line,
      @Nullable Nodes<Said> comments) {
    /** Jackson takes {@code is} for a part of the accessor's name, so it is said. */
    @JsonProperty("isResolved")
    @Override
    public boolean isResolved() {
      return isResolved;
    }
  }

  /** A check run, or a commit's status. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Context(
      @JsonProperty("__typename") String type,
      @Nullable String name,
      @Nullable String context,
      @Nullable String status,
      @Nullable String state,
      @Nullable String conclusion,
      @Nullable Instant startedAt,
      @Nullable Instant createdAt,
      @Nullable String detailsUrl,
      @Nullable String targetUrl,
      @Nullable String title,
      @Nullable String summary,
      @Nullable String description,
      @JsonProperty("isRequired") boolean required,
      @Nullable Suite checkSuite) {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  record Suite(@Nullable WorkflowRun workflowRun) {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  record WorkflowRun(@Nullable String event, @Nullable Workflow workflow) {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  record Workflow(@Nullable String name) {}
}
