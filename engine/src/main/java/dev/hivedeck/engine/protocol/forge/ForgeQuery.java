package dev.hivedeck.engine.protocol.forge;

import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.hivedeck.engine.protocol.Query;

/** Questions about GitHub. */
public sealed interface ForgeQuery extends Query {

  /** How it stands with the link. Answer: {@link ForgeViews.ForgeStatus}. */
  @JsonTypeName("github.status")
  record Status() implements ForgeQuery {}

  /** Pull requests of changes. Answer: a list of {@link ForgeViews.PullRequest}. */
  @JsonTypeName("pull-requests")
  record PullRequests() implements ForgeQuery {}
}
