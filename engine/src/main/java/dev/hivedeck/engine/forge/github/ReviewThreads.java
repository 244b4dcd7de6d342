package dev.hivedeck.engine.forge.github;

import dev.hivedeck.engine.protocol.Json;

/**
 * Threads of reviews, which only GraphQL names and settles.
 *
 * @param client with the token
 */
record ReviewThreads(GitHubClient client) {
  static final String REPLY =
      """
      mutation($thread: ID!, $text: String!) {
        addPullRequestReviewThreadReply(
          input: { pullRequestReviewThreadId: $thread, body: $text }
        ) {
          comment { id }
        }
      }
      """;

  static final String RESOLVE =
      """
      mutation($thread: ID!) {
        resolveReviewThread(input: { threadId: $thread }) { thread { isResolved } }
      }
      """;

  static final String UNRESOLVE =
      """
      mutation($thread: ID!) {
        unresolveReviewThread(input: { threadId: $thread }) { thread { isResolved } }
      }
      """;

  /** Answers, and says which comment that is. */
  String reply(String thread, String text) {
    String what = "answer in a review";
    String id =
        client
            .graphql(what, REPLY, Json.object().put("thread", thread).put("text", text))
            .path("addPullRequestReviewThreadReply")
            .path("comment")
            .path("id")
            .asText("");
    if (id.isEmpty()) {
      throw GitHubClient.garbled(what, "it names no comment");
    }
    return id;
  }

  void resolve(String thread, boolean done) {
    client.graphql(
        done ? "resolve a thread" : "open a thread again",
        done ? RESOLVE : UNRESOLVE,
        Json.object().put("thread", thread));
  }
}
