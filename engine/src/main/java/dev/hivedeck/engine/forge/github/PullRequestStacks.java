package dev.hivedeck.engine.forge.github;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.forge.ForgeException;
import dev.hivedeck.engine.forge.ForgeException.Kind;
import dev.hivedeck.engine.forge.ForgeStacks;
import dev.hivedeck.engine.forge.RemoteStack;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Printable;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.merge.MergeMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * GitHub's own stacks of pull requests, where the server has them: a preview, which a server of a
 * company may lack for years. What is in one is merged by the asynchronous endpoint only.
 *
 * @see <a href="https://docs.github.com/en/rest/pulls">GitHub, REST API for pull requests</a>
 */
final class PullRequestStacks implements ForgeStacks {
  private final GitHubClient client;
  private final String repository;
  private final String stacks;

  /** What a merge of a pull request at a commit is asked for by, while it goes on. */
  private final Map<Merge, String> merges = new ConcurrentHashMap<>();

  private record Merge(int pull, String head) {}

  private volatile boolean missing;

  /**
   * @param repository its path in the API
   */
  PullRequestStacks(GitHubClient client, String repository) {
    this.client = client;
    this.repository = repository;
    this.stacks = repository + "/stacks";
  }

  /** A server that has none is not asked again before it is linked anew. */
  @Override
  public Optional<RemoteStack> of(int pull) {
    if (missing) {
      return Optional.empty();
    }
    JsonNode found;
    try {
      found = client.get("look for the stack of " + pull, stacks + "?pull_request=" + pull);
    } catch (ForgeException e) {
      if (e.kind() != Kind.MISSING) {
        throw e;
      }
      missing = true;
      return Optional.empty();
    }
    for (var stack : found) {
      var pulls = new ArrayList<Integer>();
      boolean named = false;
      for (var member : stack.path("pull_requests")) {
        named |= member.path("number").asInt() == pull;
        if (member.path("state").asText().equals("open")) {
          pulls.add(member.path("number").asInt());
        }
      }
      // A server that does not know the filter answers with all.
      if (named && stack.path("number").isInt()) {
        return Optional.of(new RemoteStack(stack.path("number").asInt(), pulls));
      }
    }
    return Optional.empty();
  }

  @Override
  public void make(List<Integer> pulls) {
    if (missing) {
      return;
    }
    client.send("make a stack of " + pulls, "POST", stacks, body(pulls));
  }

  @Override
  public void extend(RemoteStack stack, List<Integer> pulls) {
    client.send(
        "put " + pulls + " on stack " + stack.number(),
        "POST",
        stacks + "/" + stack.number() + "/add",
        body(pulls));
  }

  @Override
  public void dissolve(RemoteStack stack) {
    client.post(
        "take stack " + stack.number() + " apart", stacks + "/" + stack.number() + "/unstack");
  }

  private static JsonNode body(List<Integer> pulls) {
    var body = Json.object();
    pulls.forEach(body.putArray("pull_requests")::add);
    return body;
  }

  /**
   * Asks for a merge, or how the one that was asked for went.
   *
   * @return empty while it goes on
   */
  Optional<String> merge(int pull, String head, MergeMethod method) {
    String what = "merge pull request " + pull + " of a stack";
    String path = repository + "/pulls/" + pull + "/merge-async";
    var merge = new Merge(pull, head);
    String asked = merges.get(merge);
    if (asked != null) {
      try {
        return result(merge, what, client.get(what, path + "/" + GitHubForge.encoded(asked)));
      } catch (ForgeException e) {
        if (e.kind() != Kind.MISSING) {
          throw e;
        }
        merges.remove(merge); // it is kept for a day: it is asked for anew
      }
    }
    var body = Json.object().put("sha", head).put("merge_method", method.word());
    // Which queue there is, is Hivedeck's to say.
    body.put("merge_action", "direct_merge");
    return result(merge, what, client.send(what, "PUT", path, body));
  }

  private Optional<String> result(Merge merge, String what, JsonNode answer) {
    var details = answer.path("details");
    String status = answer.path("status").asText();
    if (status.equals("merged") || status.equals("failed")) {
      merges.remove(merge);
    }
    return switch (status) {
      case "merged" -> Optional.of(details.path("sha").asText(""));
      case "pending", "enqueued" -> {
        if (details.path("uuid").isTextual()) {
          merges.put(merge, details.path("uuid").asText());
        }
        yield Optional.empty();
      }
      case "failed" ->
          throw new ForgeException(
              Kind.REJECTED,
              ErrorCode.FORGE_REJECTED,
              "GitHub could not "
                  + what
                  + ": "
                  + Printable.line(details.path("message").asText("it does not say why")),
              "Look at the pull request on GitHub; what it says there has to be settled first.",
              null);
      default -> throw GitHubClient.garbled(what, "it says nothing of how the merge went");
    };
  }
}
