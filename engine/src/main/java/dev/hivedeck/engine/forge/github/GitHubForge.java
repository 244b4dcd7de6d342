package dev.hivedeck.engine.forge.github;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.config.forge.GitHubConfig;
import dev.hivedeck.engine.forge.Forge;
import dev.hivedeck.engine.forge.ForgeException;
import dev.hivedeck.engine.forge.PullDraft;
import dev.hivedeck.engine.forge.RateLimit;
import dev.hivedeck.engine.forge.RemoteAccount;
import dev.hivedeck.engine.forge.RemoteIssue;
import dev.hivedeck.engine.forge.RemotePull;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.forge.ForgeViews.Mergeable;
import dev.hivedeck.engine.protocol.forge.ForgeViews.PullState;
import dev.hivedeck.engine.protocol.forge.ForgeViews.ReviewVerdict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A repository on GitHub. */
public final class GitHubForge implements Forge, AutoCloseable {
  /** The query for a pull request. */
  public static final String QUERY = "/hivedeck/forge/pull-request.graphql";

  private static final Duration LONGEST = Duration.ofSeconds(30);
  private static final int PAGE = 100;

  /** Pages of checks, and of issues; whoever has more of them looks for other trouble. */
  private static final int PAGES = 10;

  private final GitHubAddress address;
  private final GitHubClient client;
  private final String repository;

  /**
   * @param token asked for with each request
   */
  public GitHubForge(GitHubAddress address, Supplier<String> token, Clock clock) {
    this(address, token, clock, LONGEST);
  }

  /**
   * @param longest that an answer may take
   */
  GitHubForge(GitHubAddress address, Supplier<String> token, Clock clock, Duration longest) {
    this.address = address;
    this.client = new GitHubClient(address, token, clock, longest);
    this.repository = "/repos/" + address.owner() + "/" + address.name();
  }

  @Override
  public RemoteAccount account() {
    var found = client.get("look at " + address.repository(), repository);
    if (!found.path("full_name").isTextual()) {
      throw GitHubClient.garbled("look at " + address.repository(), "it names no repository");
    }
    return new RemoteAccount(
        login(),
        found.path("full_name").asText(),
        // That of an app has no rights of a person: whether it may is seen when it does.
        !found.has("permissions") || found.path("permissions").path("push").asBoolean(false));
  }

  /** A token of an app belongs to nobody. */
  private @Nullable String login() {
    try {
      String login = client.get("ask whose token it is", "/user").path("login").asText("");
      return login.isEmpty() ? null : login;
    } catch (ForgeException e) {
      if (e.kind() == ForgeException.Kind.DENIED || e.kind() == ForgeException.Kind.MISSING) {
        return null;
      }
      throw e;
    }
  }

  @Override
  public Optional<RemotePull> find(String branch) {
    var found =
        client.get(
            "look for a pull request of " + branch,
            repository
                + "/pulls?state=all&sort=created&direction=desc&per_page=10&head="
                + encoded(address.owner() + ":" + branch));
    RemotePull newest = null;
    for (var pull : found) {
      // A server that does not know the filter answers with all.
      if (pull.path("head").path("ref").asText().equals(branch)) {
        var one = pull(pull);
        if (one.state() == PullState.OPEN) {
          return Optional.of(one);
        }
        newest = newest == null ? one : newest;
      }
    }
    return Optional.ofNullable(newest);
  }

  @Override
  public RemotePull open(PullDraft draft) {
    return pull(
        client.send(
            "open a pull request for " + draft.branch(),
            "POST",
            repository + "/pulls",
            Json.object()
                .put("title", draft.title())
                .put("head", draft.branch())
                .put("base", draft.base())
                .put("body", draft.body())
                .put("draft", draft.draft())));
  }

  @Override
  public RemotePull read(int number) {
    String what = "read pull request " + number;
    var variables =
        Json.object()
            .put("owner", address.owner())
            .put("name", address.name())
            .put("number", number)
            .putNull("after");
    var contexts = new ArrayList<PullRequestAnswer.Context>();
    var first = answer(what, variables);
    var runs = contexts(first);
    for (int page = 1; runs != null; page++) {
      contexts.addAll(runs.all());
      var next = runs.pageInfo();
      if (next == null || !next.hasNextPage() || page == PAGES) {
        break;
      }
      variables.put("after", next.endCursor());
      runs = contexts(answer(what, variables));
    }
    return PullRequestReader.read(first, contexts);
  }

  private PullRequestAnswer answer(String what, ObjectNode variables) {
    var node = client.graphql(what, query(), variables).path("repository").path("pullRequest");
    if (!node.isObject()) {
      throw GitHubClient.garbled(what, "it has no pull request");
    }
    try {
      var answer = Json.MAPPER.convertValue(node, PullRequestAnswer.class);
      if (answer.id() == null || answer.headRefOid() == null || answer.state() == null) {
        throw GitHubClient.garbled(what, "a half of it is missing");
      }
      return answer;
    } catch (IllegalArgumentException e) {
      throw GitHubClient.garbled(what, "it is otherwise than GitHub describes");
    }
  }

  private static PullRequestAnswer.@Nullable Nodes<PullRequestAnswer.Context> contexts(
      PullRequestAnswer answer) {
    var heads =
        answer.commits() == null ? List.<PullRequestAnswer.Head>of() : answer.commits().all();
    if (heads.isEmpty() || heads.getLast().commit() == null) {
      return null;
    }
    var commit = heads.getLast().commit();
    // Of the commit that is told of, not of one that was pushed meanwhile.
    return commit.statusCheckRollup() == null || !commit.oid().equals(answer.headRefOid())
        ? null
        : commit.statusCheckRollup().contexts();
  }

  static String query() {
    try (var in = GitHubForge.class.getResourceAsStream(QUERY)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void edit(int number, String title, String body) {
    client.send(
        "edit pull request " + number,
        "PATCH",
        repository + "/pulls/" + number,
        Json.object().put("title", title).put("body", body));
  }

  @Override
  public void close(int number) {
    client.send(
        "close pull request " + number,
        "PATCH",
        repository + "/pulls/" + number,
        Json.object().put("state", "closed"));
  }

  @Override
  public void label(int number, List<String> labels) {
    var body = Json.object();
    labels.forEach(body.putArray("labels")::add);
    client.send(
        "label pull request " + number, "POST", repository + "/issues/" + number + "/labels", body);
  }

  @Override
  public void review(int number, List<String> reviewers) {
    var body = Json.object();
    var people = body.putArray("reviewers");
    var teams = body.putArray("team_reviewers");
    for (String name : reviewers) {
      if (name.contains("/")) {
        teams.add(name.substring(name.indexOf('/') + 1));
      } else {
        people.add(name);
      }
    }
    client.send(
        "ask for reviews of pull request " + number,
        "POST",
        repository + "/pulls/" + number + "/requested_reviewers",
        body);
  }

  @Override
  public String comment(int number, String text) {
    return said(
        client.send(
            "comment on " + number,
            "POST",
            repository + "/issues/" + number + "/comments",
            Json.object().put("body", text)));
  }

  @Override
  public String comment(int number, String head, String file, int line, String text) {
    return said(
        client.send(
            "comment on " + file + " in pull request " + number,
            "POST",
            repository + "/pulls/" + number + "/comments",
            Json.object()
                .put("body", text)
                .put("commit_id", head)
                .put("path", file)
                .put("line", line)
                .put("side", "RIGHT")));
  }

  @Override
  public boolean hasComment(int number, String mark) {
    for (int page = 1; page <= PAGES; page++) {
      var found =
          client.get(
              "read comments on " + number,
              repository + "/issues/" + number + "/comments?per_page=" + PAGE + "&page=" + page);
      for (var comment : found) {
        if (comment.path("body").asText("").contains(mark)) {
          return true;
        }
      }
      if (found.size() < PAGE) {
        break;
      }
    }
    return false;
  }

  private static String said(JsonNode comment) {
    return comment.path("node_id").asText(comment.path("id").asText(""));
  }

  @Override
  public String merge(int number, String head) {
    return client
        .send(
            "merge pull request " + number,
            "PUT",
            repository + "/pulls/" + number + "/merge",
            Json.object().put("sha", head).put("merge_method", "merge"))
        .path("sha")
        .asText(head);
  }

  @Override
  public List<RemoteIssue> issues(GitHubConfig.Issues wanted) {
    var issues = new ArrayList<RemoteIssue>();
    for (int page = 1; page <= PAGES; page++) {
      var found = client.get("list issues", issuesPath(wanted) + "&page=" + page);
      var items = found.isArray() ? found : found.path("items");
      for (var item : items) {
        if (!item.has("pull_request") && item.path("number").isInt()) {
          issues.add(issue(item));
        }
      }
      if (items.size() < PAGE) {
        break;
      }
    }
    return issues;
  }

  private String issuesPath(GitHubConfig.Issues wanted) {
    if (wanted.query() != null) {
      String label = wanted.label() == null ? "" : " label:\"" + wanted.label() + "\"";
      return "/search/issues?per_page="
          + PAGE
          + "&sort=created&order=asc&q="
          + encoded("repo:" + address.repository() + " is:issue is:open " + wanted.query() + label);
    }
    return repository
        + "/issues?state=open&sort=created&direction=asc&per_page="
        + PAGE
        + (wanted.label() == null ? "" : "&labels=" + encoded(wanted.label()));
  }

  private static RemoteIssue issue(JsonNode node) {
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

  @Override
  public void closeIssue(int number) {
    client.send(
        "close issue " + number,
        "PATCH",
        repository + "/issues/" + number,
        Json.object().put("state", "closed").put("state_reason", "completed"));
  }

  @Override
  public Optional<RateLimit> limit() {
    return client.limit();
  }

  /** One as REST has it, without checks and comments. */
  private static RemotePull pull(JsonNode node) {
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
        node.path("head").path("sha").asText(),
        merged && !commit.isEmpty() ? commit : null,
        Mergeable.UNKNOWN,
        false,
        ReviewVerdict.NONE,
        null,
        List.of(),
        List.of());
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    client.close();
  }
}
