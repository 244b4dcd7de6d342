package dev.hivedeck.engine.forge.github;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.config.forge.GitHubConfig;
import dev.hivedeck.engine.forge.Forge;
import dev.hivedeck.engine.forge.ForgeException;
import dev.hivedeck.engine.forge.ForgeException.Kind;
import dev.hivedeck.engine.forge.ForgeStacks;
import dev.hivedeck.engine.forge.PullDraft;
import dev.hivedeck.engine.forge.RateLimit;
import dev.hivedeck.engine.forge.RemoteAccount;
import dev.hivedeck.engine.forge.RemoteIssue;
import dev.hivedeck.engine.forge.RemotePull;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.forge.ForgeViews.PullState;
import dev.hivedeck.engine.protocol.merge.MergeMethod;
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

  /** How often it is read anew because it got another commit meanwhile. */
  private static final int GOES = 3;

  private static final Duration LONGEST = Duration.ofSeconds(30);
  private static final int PAGE = 100;

  /** Pages of checks, and of issues; whoever has more of them looks for other trouble. */
  private static final int PAGES = 10;

  private final GitHubAddress address;
  private final GitHubClient client;
  private final String repository;
  private final PullRequestStacks stacks;

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
    this.stacks = new PullRequestStacks(client, repository);
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
        var one = RestReader.pull(pull);
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
    return RestReader.pull(
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
    for (int go = 0; go < GOES; go++) {
      var read = readOnce(what, variables.deepCopy());
      if (read.isPresent()) {
        return read.get();
      }
    }
    throw new ForgeException(
        Kind.OUTAGE,
        ErrorCode.FORGE_OFFLINE,
        "Pull request " + number + " got one commit after another while Hivedeck read it.",
        "It is tried again by itself.",
        null);
  }

  /** Empty where it got another commit meanwhile: checks of two are not mixed. */
  private Optional<RemotePull> readOnce(String what, ObjectNode variables) {
    var first = answer(what, variables);
    var contexts = new ArrayList<PullRequestAnswer.Context>();
    var answer = first;
    String after = null;
    for (int page = 0; page < PAGES && (page == 0 || after != null); page++) {
      answer = page == 0 ? first : answer(what, variables.put("after", after));
      var runs = contexts(answer);
      if (!answer.headRefOid().equals(first.headRefOid()) || page > 0 && runs == null) {
        return Optional.empty();
      }
      var next = runs == null ? null : runs.pageInfo();
      after = next == null || !next.hasNextPage() ? null : next.endCursor();
      contexts.addAll(runs == null ? List.of() : runs.all());
    }
    return Optional.of(PullRequestReader.read(first, contexts, after != null));
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
  public void retarget(int number, String base) {
    client.send(
        "make pull request " + number + " one for " + base,
        "PATCH",
        repository + "/pulls/" + number,
        Json.object().put("base", base));
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
  public String reply(String thread, String text) {
    return new ReviewThreads(client).reply(thread, text);
  }

  @Override
  public void resolve(String thread, boolean done) {
    new ReviewThreads(client).resolve(thread, done);
  }

  @Override
  public boolean hasComment(int number, String mark, String login) {
    for (int page = 1; page <= PAGES; page++) {
      var found =
          client.get(
              "read comments on " + number,
              repository + "/issues/" + number + "/comments?per_page=" + PAGE + "&page=" + page);
      for (var comment : found) {
        boolean own =
            login.isEmpty() || comment.path("user").path("login").asText("").equals(login);
        if (own && comment.path("body").asText("").contains(mark)) {
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
  public ForgeStacks stacks() {
    return stacks;
  }

  @Override
  public Optional<String> merge(int number, String head, MergeMethod method) {
    if (stacks.of(number).isPresent()) {
      return stacks.merge(number, head, method);
    }
    return Optional.of(
        client
            .send(
                "merge pull request " + number,
                "PUT",
                repository + "/pulls/" + number + "/merge",
                Json.object().put("sha", head).put("merge_method", method.word()))
            .path("sha")
            .asText(head));
  }

  @Override
  public List<RemoteIssue> issues(GitHubConfig.Issues wanted) {
    var issues = new ArrayList<RemoteIssue>();
    for (int page = 1; page <= PAGES; page++) {
      var found = client.get("list issues", issuesPath(wanted) + "&page=" + page);
      var items = found.isArray() ? found : found.path("items");
      for (var item : items) {
        if (!item.has("pull_request") && item.path("number").isInt()) {
          issues.add(RestReader.issue(item));
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

  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    client.close();
  }
}
