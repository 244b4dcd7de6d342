package dev.hivedeck.engine.forge.github;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.hivedeck.engine.protocol.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/**
 * As much of GitHub's API as Hivedeck uses, on this machine, with what it was sent and what it
 * should do wrong. A pull request's commit is what the branch has in a bare repository.
 */
public final class LoopbackGitHub implements AutoCloseable {
  public static final String TOKEN = "ghp_loopback0123456789abcdef";
  private static final String REPOSITORY = "/repos/octo/shop";

  /** What goes wrong with the next request; null as soon as that is over. */
  public interface Fault {
    void answer(HttpExchange exchange) throws IOException;
  }

  private final HttpServer server;
  private final Function<String, String> tips;
  private final Deque<Fault> faults = new ArrayDeque<>();
  public final List<String> requests = new ArrayList<>();
  public final List<String> tokens = new ArrayList<>();
  public final List<String> methods = new ArrayList<>();
  public final Map<Integer, ObjectNode> pulls = new LinkedHashMap<>();
  public final ArrayNode issues = Json.MAPPER.createArrayNode();
  public final Map<Integer, ArrayNode> comments = new LinkedHashMap<>();

  /** Its own stacks; null where it has none. */
  public LoopbackStacks stacks;

  private int last = 40;
  private int notModified;
  private boolean halves;
  private final AtomicReference<Runnable> meanwhile = new AtomicReference<>();

  /**
   * @param tips the commit that a branch has; empty for none
   */
  public LoopbackGitHub(Function<String, String> tips) {
    this.tips = tips;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::take);
    server.start();
  }

  public String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  public synchronized void fails(Fault fault) {
    faults.add(fault);
  }

  /** Does something while the next pull request is read. */
  public void meanwhile(Runnable what) {
    meanwhile.set(what);
  }

  /** Whether each request is answered by half only. */
  public synchronized void halves(boolean all) {
    halves = all;
  }

  /** Answers the next request with this status. */
  public void fails(int status, String body, String... headers) {
    fails(
        x -> {
          for (int i = 0; i < headers.length; i += 2) {
            x.getResponseHeaders().set(headers[i], headers[i + 1]);
          }
          send(x, status, body);
        });
  }

  public synchronized int notModified() {
    return notModified;
  }

  public synchronized List<String> said(int number) {
    var said = new ArrayList<String>();
    comments(number).forEach(c -> said.add(c.path("body").asText()));
    return said;
  }

  public synchronized long sent(String request) {
    return requests.stream().filter(request::equals).count();
  }

  private void take(HttpExchange x) throws IOException {
    try (x) {
      String body = new String(x.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      Fault fault;
      synchronized (this) {
        requests.add(x.getRequestMethod() + " " + x.getRequestURI().getPath());
        tokens.add(String.valueOf(x.getRequestHeaders().getFirst("Authorization")));
        fault = halves ? LoopbackGitHub::half : faults.poll();
      }
      if (fault != null) {
        fault.answer(x);
        return;
      }
      var what = x.getRequestURI().getPath().equals("/graphql") ? meanwhile.getAndSet(null) : null;
      if (what != null) {
        what.run();
      }
      synchronized (this) {
        answer(x, body.isBlank() ? Json.object() : Json.MAPPER.readTree(body));
      }
    }
  }

  static void half(HttpExchange x) throws IOException {
    x.sendResponseHeaders(200, 100);
    x.getResponseBody().write("[{".getBytes(StandardCharsets.UTF_8));
    x.getResponseBody().flush();
  }

  private void answer(HttpExchange x, JsonNode body) throws IOException {
    if (!("Bearer " + TOKEN).equals(x.getRequestHeaders().getFirst("Authorization"))) {
      send(x, 401, "{\"message\":\"Bad credentials\"}");
      return;
    }
    String path = x.getRequestURI().getPath();
    String[] parts = path.split("/");
    String method = x.getRequestMethod();
    x.getResponseHeaders().set("x-ratelimit-limit", "5000");
    x.getResponseHeaders().set("x-ratelimit-remaining", Integer.toString(5000 - requests.size()));
    x.getResponseHeaders().set("x-ratelimit-reset", "1900000000");
    if (path.equals("/user")) {
      ok(x, Json.object().put("login", "octocat"));
    } else if (path.equals("/graphql")) {
      ok(x, graphql(body));
    } else if (path.equals(REPOSITORY)) {
      var repository = Json.object().put("full_name", "octo/shop");
      repository.putObject("permissions").put("push", true);
      ok(x, repository);
    } else if (path.equals(REPOSITORY + "/issues")) {
      ok(x, issues);
    } else if (path.equals(REPOSITORY + "/pulls")) {
      if (method.equals("POST")) {
        open(x, body);
      } else {
        var all = Json.MAPPER.createArrayNode();
        pulls.values().forEach(p -> all.add(rest(p)));
        ok(x, all);
      }
    } else if (stacks != null && path.startsWith(REPOSITORY + "/stacks")) {
      stacks.answer(x, parts, body);
    } else if (path.startsWith(REPOSITORY + "/pulls/")) {
      pull(x, method, parts, body);
    } else if (path.startsWith(REPOSITORY + "/issues/")) {
      issue(x, method, parts, body);
    } else {
      send(x, 404, "{\"message\":\"Not Found\"}");
    }
  }

  private void open(HttpExchange x, JsonNode body) throws IOException {
    String branch = body.path("head").asText();
    if (tips.apply(branch).isEmpty()) {
      send(
          x,
          422,
          "{\"message\":\"Validation"
              + " Failed\",\"errors\":[{\"field\":\"head\",\"code\":\"invalid\"}]}");
      return;
    }
    var pull = Json.object();
    int number = ++last;
    pull.put("number", number);
    pull.put("branch", branch);
    pull.put("base", body.path("base").asText());
    pull.put("title", body.path("title").asText());
    pull.put("body", body.path("body").asText());
    pull.put("state", "OPEN");
    pull.put("mergeable", "MERGEABLE");
    pull.putArray("checks");
    pull.putArray("reviews");
    pull.putArray("threads");
    pull.putArray("labels");
    pull.putArray("reviewers");
    pulls.put(number, pull);
    send(x, 201, rest(pull).toString());
  }

  private ObjectNode rest(ObjectNode pull) {
    var node = Json.object();
    node.put("number", pull.path("number").asInt());
    node.put("node_id", "PR_" + pull.path("number").asInt());
    node.put("html_url", address() + "/octo/shop/pull/" + pull.path("number").asInt());
    node.put("title", pull.path("title").asText());
    node.put("body", pull.path("body").asText());
    node.put("state", pull.path("state").asText().equals("OPEN") ? "open" : "closed");
    node.put("merged", pull.path("state").asText().equals("MERGED"));
    node.putObject("base").put("ref", pull.path("base").asText());
    node.putObject("head")
        .put("ref", pull.path("branch").asText())
        .put("sha", tips.apply(pull.path("branch").asText()));
    return node;
  }

  private void pull(HttpExchange x, String method, String[] parts, JsonNode body)
      throws IOException {
    var pull = pulls.get(Integer.parseInt(parts[5]));
    if (pull == null) {
      send(x, 404, "{\"message\":\"Not Found\"}");
    } else if (method.equals("PATCH")) {
      if (body.path("state").asText().equals("closed")) {
        pull.put("state", "CLOSED");
      }
      if (body.has("base")) {
        pull.put("base", body.path("base").asText());
      }
      if (body.has("body")) {
        pull.put("body", body.path("body").asText());
      }
      ok(x, rest(pull));
    } else if (parts[6].equals("requested_reviewers")) {
      if (body.toString().contains("nobody")) {
        send(x, 422, "{\"message\":\"Reviews may only be requested from collaborators.\"}");
        return;
      }
      body.path("reviewers").forEach(((ArrayNode) pull.get("reviewers"))::add);
      send(x, 201, rest(pull).toString());
    } else if (parts[6].equals("comments")) {
      send(x, 422, "{\"message\":\"Validation Failed\",\"errors\":[\"line is not in the diff\"]}");
    } else if (parts[6].equals("merge-async") && stacks != null) {
      stacks.merge(x, parts, body);
    } else if (parts[6].equals("merge") && stacks != null && stacks.has(pull)) {
      send(x, 405, "{\"message\":\"Merge stacked pull requests asynchronously.\"}");
    } else if (parts[6].equals("merge")) {
      String head = tips.apply(pull.path("branch").asText());
      if (!body.path("sha").asText().equals(head)) {
        send(x, 409, "{\"message\":\"Head branch was modified. Review and try the merge again.\"}");
        return;
      }
      pull.put("state", "MERGED");
      methods.add(body.path("merge_method").asText());
      ok(x, Json.object().put("merged", true).put("sha", head));
    }
  }

  private ArrayNode comments(int number) {
    return comments.computeIfAbsent(number, _ -> Json.MAPPER.createArrayNode());
  }

  /** A person says something on a pull request. */
  public synchronized void comment(int number, String author, String association, String text) {
    var all = comments(number);
    var said = all.addObject().put("id", "IC_" + number + "_" + all.size()).put("body", text);
    said.put("createdAt", "2026-11-20T10:00:0" + all.size() % 10 + "Z");
    said.put("authorAssociation", association).put("viewerDidAuthor", author.equals("octocat"));
    said.putObject("author").put("login", author);
    said.putObject("user").put("login", author);
  }

  /** A person says something about a line; others answer it. */
  public synchronized ObjectNode thread(int number, String line, String... said) {
    var threads = (ArrayNode) pulls.get(number).get("threads");
    var thread =
        threads
            .addObject()
            .put("id", "RT_" + number + "_" + threads.size())
            .put("isResolved", false);
    thread.put("path", line.split(":")[0]).put("line", Integer.parseInt(line.split(":")[1]));
    var nodes = thread.putObject("comments").putArray("nodes");
    for (int i = 0; i < said.length; i += 3) {
      var one = nodes.addObject().put("id", "RC_" + number + "_" + threads.size() + "_" + i);
      one.put("createdAt", "2026-11-20T12:0" + threads.size() + ":0" + i + "Z");
      one.put("authorAssociation", said[i + 1]).put("viewerDidAuthor", false);
      one.put("body", said[i + 2]).putObject("author").put("login", said[i]);
    }
    return thread;
  }

  private void issue(HttpExchange x, String method, String[] parts, JsonNode body)
      throws IOException {
    int number = Integer.parseInt(parts[5]);
    if (parts.length == 6) {
      for (var issue : issues) {
        if (issue.path("number").asInt() == number) {
          ((ObjectNode) issue).put("state", body.path("state").asText());
        }
      }
      ok(x, Json.object());
    } else if (parts[6].equals("labels") && body.toString().contains("refused")) {
      send(x, 422, "{\"message\":\"Validation Failed\"}");
    } else if (parts[6].equals("labels")) {
      body.path("labels").forEach(((ArrayNode) pulls.get(number).get("labels"))::add);
      ok(x, Json.MAPPER.createArrayNode());
    } else if (method.equals("GET")) {
      ok(x, comments(number));
    } else {
      comment(number, "octocat", "OWNER", body.path("body").asText());
      var said = comments(number).get(comments(number).size() - 1);
      send(x, 201, Json.object().put("node_id", said.path("id").asText()).toString());
    }
  }

  private JsonNode graphql(JsonNode body) {
    if (body.path("query").asText().startsWith("mutation")) {
      return mutate(body);
    }
    int number = body.at("/variables/number").asInt();
    var pull = pulls.get(number);
    var answer = Json.object();
    if (pull == null) {
      answer.putNull("data");
      answer
          .putArray("errors")
          .addObject()
          .put("type", "NOT_FOUND")
          .put("message", "Could not resolve to a PullRequest with the number of " + number + ".");
      return answer;
    }
    var node = answer.putObject("data").putObject("repository").putObject("pullRequest");
    String head = tips.apply(pull.path("branch").asText());
    node.put("id", "PR_" + number).put("number", number);
    node.put("url", address() + "/octo/shop/pull/" + number);
    node.put("title", pull.path("title").asText()).put("body", pull.path("body").asText());
    node.put("state", pull.path("state").asText()).put("headRefOid", head);
    node.put("baseRefName", pull.path("base").asText());
    node.put("mergeable", pull.path("mergeable").asText()).put("mergeStateStatus", "CLEAN");
    if (pull.has("mergeCommit")) {
      node.set("mergeCommit", pull.get("mergeCommit"));
    }
    node.putNull("reviewDecision").put("aFieldOfTomorrow", 1);
    node.putObject("comments").set("nodes", comments(number));
    node.putObject("reviewThreads").set("nodes", pull.path("threads"));
    node.putObject("latestOpinionatedReviews").set("nodes", pull.path("reviews"));
    var commit =
        node.putObject("commits")
            .putArray("nodes")
            .addObject()
            .putObject("commit")
            .put("oid", head);
    var contexts = commit.putObject("statusCheckRollup").putObject("contexts");
    contexts.putObject("pageInfo").put("hasNextPage", false).putNull("endCursor");
    var runs = contexts.putArray("nodes");
    for (var check : pull.path("checks")) {
      if (!check.has("of") || check.path("of").asText().equals(head)) {
        runs.add(check);
      }
    }
    return answer;
  }

  /** Answers in a thread, or settles it. */
  private JsonNode mutate(JsonNode body) {
    String query = body.path("query").asText();
    String id = body.at("/variables/thread").asText();
    var answer = Json.object();
    for (var pull : pulls.values()) {
      for (var thread : pull.path("threads")) {
        if (thread.path("id").asText().equals(id)) {
          if (query.contains("addPullRequestReviewThreadReply")) {
            var nodes = (ArrayNode) thread.at("/comments/nodes");
            var one = nodes.addObject().put("id", id + "_R" + nodes.size());
            one.put("createdAt", "2026-11-20T13:00:0" + nodes.size() + "Z");
            one.put("authorAssociation", "OWNER").put("viewerDidAuthor", true);
            one.put("body", body.at("/variables/text").asText());
            one.putObject("author").put("login", "octocat");
            answer
                .putObject("data")
                .putObject("addPullRequestReviewThreadReply")
                .putObject("comment")
                .put("id", one.path("id").asText());
          } else {
            ((ObjectNode) thread).put("isResolved", !query.contains("unresolveReviewThread"));
            answer.putObject("data");
          }
          return answer;
        }
      }
    }
    answer.putNull("data");
    answer.putArray("errors").addObject().put("type", "NOT_FOUND").put("message", "No thread.");
    return answer;
  }

  /** A check of the commit that the pull request has now. */
  public synchronized void check(int number, String name, String conclusion, String startedAt) {
    var pull = pulls.get(number);
    var check = ((ArrayNode) pull.get("checks")).addObject();
    check.put("__typename", "CheckRun").put("name", name).put("status", "COMPLETED");
    check.put("conclusion", conclusion).put("startedAt", startedAt);
    check.put("of", tips.apply(pull.path("branch").asText()));
    check.put("summary", "2 of 12 tests failed").put("isRequired", true);
    check.put("detailsUrl", "https://ci.example.com/1");
  }

  /** A person asks for changes of the commit that the pull request has now. */
  public synchronized void review(int number, String author, String state, String text) {
    var pull = pulls.get(number);
    var review = ((ArrayNode) pull.get("reviews")).addObject();
    review.put("id", "PRR_" + number + "_" + author).put("state", state).put("body", text);
    review.put("submittedAt", "2026-11-20T11:00:00Z").put("authorAssociation", "MEMBER");
    review.put("viewerDidAuthor", false);
    review.putObject("author").put("login", author);
    review.putObject("commit").put("oid", tips.apply(pull.path("branch").asText()));
  }

  void ok(HttpExchange x, JsonNode body) throws IOException {
    String text = body.toString();
    String etag = "\"" + Integer.toHexString(text.hashCode()) + "\"";
    if (x.getRequestMethod().equals("GET")) {
      x.getResponseHeaders().set("ETag", etag);
      if (etag.equals(x.getRequestHeaders().getFirst("If-None-Match"))) {
        notModified++;
        x.sendResponseHeaders(304, -1);
        return;
      }
    }
    send(x, 200, text);
  }

  static void send(HttpExchange x, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    x.getResponseHeaders().set("Content-Type", "application/json; charset=utf-8");
    x.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    x.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
