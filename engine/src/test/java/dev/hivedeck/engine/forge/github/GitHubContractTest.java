package dev.hivedeck.engine.forge.github;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.config.forge.GitHubConfig;
import dev.hivedeck.engine.config.forge.GitHubConfig.Issues;
import dev.hivedeck.engine.forge.ForgeException;
import dev.hivedeck.engine.forge.PullDraft;
import dev.hivedeck.engine.forge.RemoteStack;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.forge.ForgeViews.PullState;
import dev.hivedeck.engine.protocol.merge.MergeMethod;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is said to GitHub is what GitHub describes, and what GitHub sends is understood: against its
 * OpenAPI description mocked by Prism, its GraphQL schema, the examples of its webhooks, and a
 * stand-in with state. All of it comes from npm, and listens on this machine only.
 */
@Tag("github")
class GitHubContractTest {
  private static final Duration LONGEST = Duration.ofSeconds(30);
  private static final String TOKEN = "test_token_admin";

  /** The paths that are used; the description of all of them takes Prism a minute to read. */
  private static final List<String> PATHS =
      List.of(
          "/user",
          "/repos/{owner}/{repo}",
          "/repos/{owner}/{repo}/issues",
          "/repos/{owner}/{repo}/issues/{issue_number}",
          "/repos/{owner}/{repo}/issues/{issue_number}/comments",
          "/repos/{owner}/{repo}/issues/{issue_number}/labels",
          "/repos/{owner}/{repo}/pulls",
          "/repos/{owner}/{repo}/pulls/{pull_number}",
          "/repos/{owner}/{repo}/pulls/{pull_number}/comments",
          "/repos/{owner}/{repo}/pulls/{pull_number}/merge",
          "/repos/{owner}/{repo}/pulls/{pull_number}/merge-async",
          "/repos/{owner}/{repo}/pulls/{pull_number}/merge-async/{uuid}",
          "/repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers",
          "/repos/{owner}/{repo}/stacks",
          "/repos/{owner}/{repo}/stacks/{stack_number}/add",
          "/repos/{owner}/{repo}/stacks/{stack_number}/unstack",
          "/search/issues");

  private final File installed = new File(System.getProperty("hivedeck.github"));

  @TempDir Path folder;

  /** A program of npm, for the time of a test. */
  private Process node(String... arguments) throws IOException {
    var command = new ArrayList<>(List.of("node", "--require", "./loopback.cjs"));
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command).directory(installed).redirectErrorStream(true);
    return builder.redirectOutput(folder.resolve("said.txt").toFile()).start();
  }

  private String said() throws IOException {
    return Files.readString(folder.resolve("said.txt"));
  }

  private static int free() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void listens(Process process, int port) throws Exception {
    long end = System.nanoTime() + Duration.ofMinutes(2).toNanos();
    while (true) {
      try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        assertThat(socket.isConnected()).isTrue();
        return;
      } catch (IOException e) {
        assertThat(process.isAlive() && System.nanoTime() < end).as(said()).isTrue();
        Thread.sleep(100);
      }
    }
  }

  private static GitHubForge forge(int port) {
    var address =
        GitHubAddress.at("127.0.0.1", "octo/shop").orElseThrow().with("http://127.0.0.1:" + port);
    return new GitHubForge(address, () -> TOKEN, Clock.systemUTC(), LONGEST);
  }

  private static void end(Process process) throws InterruptedException {
    process.destroy();
    process.waitFor();
  }

  /**
   * Prism answers 422 to a call that is otherwise; its own examples are not always as described.
   */
  @Test
  void everyRestCallIsAsGitHubDescribesIt() throws Exception {
    var description = folder.resolve("github.json");
    var arguments = new ArrayList<>(List.of("description.cjs", description.toString()));
    arguments.addAll(PATHS);
    assertThat(node(arguments.toArray(String[]::new)).waitFor()).as(said()).isZero();
    int port = free();
    var prism =
        node(
            "node_modules/.bin/prism",
            "mock",
            "--host",
            "127.0.0.1",
            "--port",
            Integer.toString(port),
            description.toString());
    try (var forge = forge(port)) {
      listens(prism, port);
      assertThat(forge.account().repository()).isNotBlank();
      forge.find("hive/T-1");
      assertThat(forge.open(new PullDraft("hive/T-1", "main", "Title", "Body", false)).number())
          .isPositive();
      forge.edit(1, "Title", "Body");
      forge.retarget(1, "hive/T-0");
      forge.close(1);
      forge.label(1, List.of("agents"));
      forge.review(1, List.of("mona", "octo/core"));
      assertThat(forge.comment(1, "Text")).isNotBlank();
      assertThat(forge.comment(1, "a".repeat(40), "work.txt", 2, "Text")).isNotBlank();
      forge.hasComment(1, "mark", "");
      forge.stacks().make(List.of(1, 2));
      // Prism's example has pull requests of its own: the one that is asked for is in no stack.
      assertThat(forge.stacks().of(1)).isEmpty();
      var stack = new RemoteStack(1, List.of(1, 2));
      forge.stacks().extend(stack, List.of(3));
      forge.stacks().dissolve(stack);
      assertThat(forge.merge(1, "a".repeat(40), MergeMethod.SQUASH).orElseThrow()).isNotBlank();
      mergesOneOfAStack(port);
      forge.issues(new Issues("bug", null, null, null, true));
      forge.issues(new Issues(null, "milestone:v2", null, null, true));
      forge.closeIssue(1);
      assertThat(post(port, "/repos/octo/shop/pulls", "{\"title\":\"x\"}"))
          .as("that a call which is not as described is refused with 422")
          .contains("documentation_url");
    } finally {
      end(prism);
    }
  }

  private static void mergesOneOfAStack(int port) {
    var address =
        GitHubAddress.at("127.0.0.1", "octo/shop").orElseThrow().with("http://127.0.0.1:" + port);
    try (var client = new GitHubClient(address, () -> TOKEN, Clock.systemUTC(), LONGEST)) {
      var stacks = new PullRequestStacks(client, "/repos/octo/shop");
      for (int look = 0; look < 2; look++) {
        assertThat(stacks.merge(1, "a".repeat(40), MergeMethod.SQUASH)).isNotNull();
      }
    }
  }

  @Test
  void everyQueryIsOneOfGitHubsSchema() throws Exception {
    var query = folder.resolve("query.graphql");
    for (String each :
        List.of(
            GitHubForge.query(),
            ReviewThreads.REPLY,
            ReviewThreads.RESOLVE,
            ReviewThreads.UNRESOLVE)) {
      Files.writeString(query, each);
      assertThat(node("query.mjs", query.toString()).waitFor()).as(said()).isZero();
    }
    Files.writeString(query, GitHubForge.query().replace("headRefOid", "headRefSha"));
    assertThat(node("query.mjs", query.toString()).waitFor()).isEqualTo(1);
    assertThat(said()).contains("headRefSha");
  }

  @Test
  void everyExampleOfAWebhookIsUnderstoodAndItsSignatureChecked() throws Exception {
    var examples = installed.toPath().resolve("node_modules/@octokit/webhooks-examples");
    int read = 0;
    int told = 0;
    try (var versions = Files.list(examples)) {
      for (Path index : versions.map(v -> v.resolve("index.json")).filter(Files::exists).toList()) {
        for (JsonNode event : Json.MAPPER.readTree(index.toFile())) {
          String name = event.path("name").asText();
          for (JsonNode payload : event.path("examples")) {
            byte[] body = payload.toString().getBytes(StandardCharsets.UTF_8);
            String signature = WebhookSignature.of("It's a Secret to Everybody", body);
            assertThat(WebhookSignature.isValid("It's a Secret to Everybody", body, signature))
                .isTrue();
            assertThat(WebhookSignature.isValid("It's a secret", body, signature)).isFalse();
            var said = WebhookEvent.of(name, Json.MAPPER.readTree(body));
            if (payload.path("repository").has("full_name")) {
              assertThat(said.isOf(payload.at("/repository/full_name").asText())).isTrue();
            }
            if (payload.has("pull_request") && payload.at("/pull_request/number").isInt()) {
              assertThat(said.number()).isEqualTo(payload.at("/pull_request/number").asInt());
            }
            read++;
            told += said.tells() ? 1 : 0;
          }
        }
      }
    }
    System.out.println("webhook examples read: " + read + ", telling: " + told);
    assertThat(read).isGreaterThan(100);
    assertThat(told).isBetween(10, read);
  }

  @Test
  void aStandInSeesAPullRequestOpenedReviewedAndMerged() throws Exception {
    int port = free();
    var emulate =
        node("node_modules/.bin/emulate", "--service", "github", "--port", Integer.toString(port));
    try (var forge = standIn(emulate, port)) {
      assertThat(forge.account().pushes()).isTrue();
      assertThat(forge.find("hive/T-1")).isEmpty();
      var pull = forge.open(new PullDraft("hive/T-1", "main", "Add a line", "Why", false));
      assertThat(forge.find("hive/T-1").orElseThrow().number()).isEqualTo(pull.number());
      forge.label(pull.number(), List.of("agents"));
      forge.comment(pull.number(), "Said once. <!-- mark 1 -->");
      assertThat(forge.hasComment(pull.number(), "<!-- mark 1 -->", "")).isTrue();
      assertThat(forge.hasComment(pull.number(), "<!-- mark 2 -->", "")).isFalse();
      forge.edit(pull.number(), "Add a line", "Why it is so");
      var review = "{\"event\":\"APPROVE\",\"body\":\"Good.\"}";
      assertThat(post(port, "/repos/admin/shop/pulls/" + pull.number() + "/reviews", review))
          .contains("APPROVED");
      assertThatThrownBy(() -> forge.merge(pull.number(), "b".repeat(40), MergeMethod.MERGE))
          .as("what has moved meanwhile is not merged")
          .isInstanceOf(ForgeException.class);
      assertThat(forge.merge(pull.number(), pull.head(), MergeMethod.MERGE).orElseThrow())
          .hasSize(40);
      var merged = forge.find("hive/T-1").orElseThrow();
      assertThat(merged.state()).isEqualTo(PullState.MERGED);
      assertThat(merged.body()).isEqualTo("Why it is so");
      post(port, "/repos/admin/shop/issues", "{\"title\":\"A bug\",\"labels\":[\"hive\"]}");
      var wanted = new Issues("hive", null, null, null, true);
      var issue = forge.issues(wanted).getFirst();
      assertThat(issue.title()).isEqualTo("A bug");
      forge.closeIssue(issue.number());
      assertThat(forge.issues(wanted)).isEmpty();
      assertThat(forge.issues(GitHubConfig.STANDARD.issues()))
          .as("a pull request is no issue")
          .isEmpty();
    } finally {
      end(emulate);
    }
  }

  private GitHubForge standIn(Process emulate, int port) throws Exception {
    listens(emulate, port);
    post(port, "/user/repos", "{\"name\":\"shop\",\"auto_init\":true}");
    var address =
        GitHubAddress.at("127.0.0.1", "admin/shop").orElseThrow().with("http://127.0.0.1:" + port);
    return new GitHubForge(address, () -> TOKEN, Clock.systemUTC(), LONGEST);
  }

  private static String post(int port, String path, String body) throws Exception {
    try (var client = HttpClient.newHttpClient()) {
      return client
          .send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                  .header("Authorization", "Bearer " + TOKEN)
                  .header("Content-Type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofString(body))
                  .build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    }
  }
}
