package dev.hivedeck.engine.forge.github;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.forge.RemoteIssue;
import dev.hivedeck.engine.forge.RemotePull;
import dev.hivedeck.engine.protocol.forge.ForgeViews.Mergeable;
import dev.hivedeck.engine.protocol.forge.ForgeViews.PullState;
import dev.hivedeck.engine.protocol.forge.ForgeViews.ReviewVerdict;
import java.util.ArrayList;
import java.util.List;

/** Brings what GitHub's REST answers into the words of here. */
final class RestReader {
  private RestReader() {}

  static RemoteIssue issue(JsonNode node) {
    var labels = new ArrayList<String>();
    node.path("labels")
        .forEach(l -> labels.add(l.isTextual() ? l.asText() : l.path("name").asText()));
    return new RemoteIssue(
        node.path("number").asInt(),
        node.path("title").asText(""),
        node.path("body").asText(""),
        node.path("html_url").asText(""),
        node.path("user").path("login").asText("ghost"),
        labels);
  }

  /** One as REST has it, without checks and comments. */
  static RemotePull pull(JsonNode node) {
    boolean merged = node.path("merged").asBoolean(false) || node.path("merged_at").isTextual();
    if (!node.path("number").isInt() || !node.path("head").path("sha").isTextual()) {
      throw GitHubClient.garbled("read a pull request", "it has no number or no commit");
    }
    String commit = node.path("merge_commit_sha").asText("");
    return new RemotePull(
        node.path("number").asInt(),
        node.path("node_id").asText(""),
        node.path("html_url").asText(""),
        node.path("title").asText(""),
        node.path("body").asText(""),
        merged
            ? PullState.MERGED
            : node.path("state").asText().equals("closed") ? PullState.CLOSED : PullState.OPEN,
        node.path("base").path("ref").asText(""),
        node.path("head").path("sha").asText(),
        merged && !commit.isEmpty() ? commit : null,
        Mergeable.UNKNOWN,
        false,
        ReviewVerdict.NONE,
        null,
        List.of(),
        List.of());
  }
}
