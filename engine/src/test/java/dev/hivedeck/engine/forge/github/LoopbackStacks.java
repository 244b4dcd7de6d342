package dev.hivedeck.engine.forge.github;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import dev.hivedeck.engine.protocol.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Stacks of pull requests as GitHub keeps them, and the merge of what is in one. */
public final class LoopbackStacks {
  private final LoopbackGitHub github;

  /** Numbers of the pull requests of each, the bottom first. */
  public final Map<Integer, List<Integer>> stacks = new LinkedHashMap<>();

  /** What a merge says in the end; null where it merges. */
  public String failure;

  /** Whether none lets go of what is in it. */
  public boolean locked;

  private int last = 70;
  private int asked;

  public LoopbackStacks(LoopbackGitHub github) {
    this.github = github;
  }

  boolean has(ObjectNode pull) {
    return stacks.values().stream().anyMatch(s -> s.contains(pull.path("number").asInt()));
  }

  void answer(HttpExchange x, String[] parts, JsonNode body) throws IOException {
    var wanted = new ArrayList<Integer>();
    body.path("pull_requests").forEach(n -> wanted.add(n.asInt()));
    if (x.getRequestMethod().equals("GET")) {
      int number = Integer.parseInt(x.getRequestURI().getQuery().replaceAll(".*pull_request=", ""));
      var found = Json.MAPPER.createArrayNode();
      stacks.forEach(
          (id, pulls) -> {
            if (pulls.contains(number)) {
              found.add(view(id, pulls));
            }
          });
      github.ok(x, found);
    } else if (parts.length == 5) {
      create(x, wanted);
    } else {
      var pulls = stacks.get(Integer.parseInt(parts[5]));
      if (parts[6].equals("unstack") && locked) {
        LoopbackGitHub.send(x, 422, "{\"message\":\"Its pull requests are locked.\"}");
      } else if (parts[6].equals("unstack")) {
        stacks.remove(Integer.parseInt(parts[5]));
        LoopbackGitHub.send(x, 204, "");
      } else {
        pulls.addAll(wanted);
        github.ok(x, view(Integer.parseInt(parts[5]), pulls));
      }
    }
  }

  private void create(HttpExchange x, List<Integer> wanted) throws IOException {
    boolean fits = wanted.size() > 1;
    for (int i = 1; i < wanted.size(); i++) {
      fits &=
          github
              .pulls
              .get(wanted.get(i))
              .path("base")
              .asText()
              .equals(github.pulls.get(wanted.get(i - 1)).path("branch").asText());
    }
    if (!fits || stacks.values().stream().anyMatch(s -> s.stream().anyMatch(wanted::contains))) {
      LoopbackGitHub.send(x, 422, "{\"message\":\"Validation Failed\"}");
      return;
    }
    stacks.put(++last, wanted);
    LoopbackGitHub.send(x, 201, view(last, wanted).toString());
  }

  private JsonNode view(int id, List<Integer> pulls) {
    var node = Json.object().put("number", id);
    var all = node.putArray("pull_requests");
    for (int pull : pulls) {
      boolean open = github.pulls.get(pull).path("state").asText().equals("OPEN");
      all.addObject().put("number", pull).put("state", open ? "open" : "closed");
    }
    return node;
  }

  /** It is asked for twice before it is done. */
  void merge(HttpExchange x, String[] parts, JsonNode body) throws IOException {
    int number = Integer.parseInt(parts[5]);
    var answer = Json.object().put("status", "pending");
    var details = answer.putObject("details").put("message", "It waits.").put("uuid", "one two");
    if (x.getRequestMethod().equals("PUT")) {
      asked = 0;
      github.methods.add(
          body.path("merge_method").asText() + " " + body.path("merge_action").asText());
      LoopbackGitHub.send(x, 202, answer.toString());
      return;
    }
    if (++asked > 1 && failure != null) {
      answer.put("status", "failed");
      details.removeAll();
      details.put("message", failure);
    } else if (asked > 1) {
      for (var pulls : stacks.values()) {
        for (int pull : pulls.subList(0, pulls.indexOf(number) + 1)) {
          github.pulls.get(pull).put("state", "MERGED");
        }
      }
      answer.put("status", "merged");
      details.removeAll();
      details.put("message", "Merged.").put("sha", "c".repeat(40));
    }
    github.ok(x, answer);
  }
}
