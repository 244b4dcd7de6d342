package dev.hivedeck.engine.forge.github;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.hivedeck.engine.config.forge.GitHubConfig;
import dev.hivedeck.engine.forge.CheckRollup;
import dev.hivedeck.engine.forge.ForgeException;
import dev.hivedeck.engine.forge.ForgeException.Kind;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.forge.ForgeViews.CheckState;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each way in which GitHub may not answer is told apart, explained, and tried again or not. */
class GitHubClientTest {
  private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
  private final LoopbackGitHub github = new LoopbackGitHub(branch -> "a".repeat(40));
  private GitHubForge forge;

  @BeforeEach
  void open() {
    forge = forge(github.address(), LoopbackGitHub.TOKEN, Duration.ofSeconds(20));
  }

  private static GitHubForge forge(String api, String token, Duration longest) {
    var address = GitHubAddress.at("127.0.0.1", "octo/shop").orElseThrow().with(api);
    return new GitHubForge(address, () -> token, Clock.fixed(NOW, ZoneOffset.UTC), longest);
  }

  @AfterEach
  void close() {
    forge.close();
    github.close();
  }

  private ForgeException refused() {
    return refused(forge);
  }

  private static ForgeException refused(GitHubForge forge) {
    return catchThrowableOfType(
        ForgeException.class, () -> forge.issues(GitHubConfig.STANDARD.issues()));
  }

  private static void is(ForgeException e, Kind kind, ErrorCode code, String... words) {
    assertThat(e.kind()).isEqualTo(kind);
    assertThat(e.fault().is(code)).isTrue();
    assertThat(e.getMessage() + " " + e.fault().hint()).contains(words);
  }

  @Test
  void whatHasNotChangedIsNotSentAgain() {
    github.issues.addObject().put("number", 3).put("title", "One").put("body", "x");
    var wanted = GitHubConfig.STANDARD.issues();
    assertThat(forge.issues(wanted)).hasSize(1);
    assertThat(forge.issues(wanted)).isEqualTo(forge.issues(wanted));
    assertThat(github.notModified()).isEqualTo(2);
    github.issues.addObject().put("number", 4).put("title", "Two").put("body", "y");
    assertThat(forge.issues(wanted)).hasSize(2);
    assertThat(forge.limit()).isPresent();
  }

  @Test
  void aTokenThatIsNoLongerValidSaysWhereToSignIn() {
    try (var other = forge(github.address(), "ghp_wrong_wrong_wrong", Duration.ofSeconds(20))) {
      is(
          refused(other),
          Kind.UNAUTHORIZED,
          ErrorCode.FORGE_DENIED,
          "401",
          "Bad credentials",
          "gh auth");
    }
  }

  @Test
  void whatTheTokenMayNotNamesTheRight() {
    github.fails(
        403,
        "{\"message\":\"Resource not accessible by personal access token\"}",
        "x-accepted-github-permissions",
        "issues=read");
    is(refused(), Kind.DENIED, ErrorCode.FORGE_DENIED, "403", "It wants: issues=read");
  }

  @Test
  void theLimitSaysWhenItEnds() {
    github.fails(
        403,
        "{\"message\":\"API rate limit exceeded\"}",
        "x-ratelimit-remaining",
        "0",
        "x-ratelimit-reset",
        Long.toString(NOW.plusSeconds(300).getEpochSecond()));
    var e = refused();
    is(e, Kind.LIMITED, ErrorCode.FORGE_LIMITED, "API rate limit exceeded", "Nothing is lost");
    assertThat(e.again(NOW, 1)).isEqualTo(NOW.plusSeconds(301));
    github.fails(429, "", "retry-after", "90");
    assertThat(refused().again(NOW, 1)).isEqualTo(NOW.plusSeconds(90));
    github.fails(403, "{\"message\":\"You have exceeded a secondary rate limit.\"}");
    assertThat(refused().again(NOW, 1)).isEqualTo(NOW.plusSeconds(60));
    github.fails(403, "{}", "x-ratelimit-remaining", "0", "x-ratelimit-reset", "1700000000");
    assertThat(refused().again(NOW, 1)).as("it is over by now").isEqualTo(NOW.plusSeconds(60));
    github.fails(429, "", "retry-after", "999999999");
    assertThat(refused().again(NOW, 1))
        .as("nobody waits for years")
        .isEqualTo(NOW.plus(Duration.ofHours(2)));
  }

  @Test
  void whatIsNotThereOrNotAcceptedIsNoOutage() {
    github.fails(404, "{\"message\":\"Not Found\"}");
    is(refused(), Kind.MISSING, ErrorCode.FORGE_MISSING, "404", "whether the token may see it");
    github.fails(
        422,
        "{\"message\":\"Validation"
            + " Failed\",\"errors\":[{\"field\":\"base\",\"code\":\"invalid\"}]}");
    is(refused(), Kind.REJECTED, ErrorCode.FORGE_REJECTED, "422", "base invalid");
    github.fails(409, "{\"message\":\"Head branch was modified\"}");
    is(refused(), Kind.REJECTED, ErrorCode.FORGE_REJECTED, "Head branch was modified");
    github.fails(301, "", "Location", "https://evil.example.com/");
    is(refused(), Kind.DENIED, ErrorCode.FORGE_MISSING, "It has moved");
    assertThat(github.requests).as("a token follows no redirect").hasSize(4);
  }

  @Test
  void aServerThatFailsIsAskedAgainLaterAndLater() {
    github.fails(502, "<html>Bad gateway</html>");
    var e = refused();
    is(e, Kind.OUTAGE, ErrorCode.FORGE_OFFLINE, "502", "tried again by itself");
    assertThat(e.again(NOW, 1)).isEqualTo(NOW.plusSeconds(15));
    assertThat(e.again(NOW, 2)).isEqualTo(NOW.plusSeconds(30));
    assertThat(e.again(NOW, 99)).isEqualTo(NOW.plusSeconds(900));
    github.fails(503, "", "retry-after", "120");
    assertThat(refused().again(NOW, 1)).isEqualTo(NOW.plusSeconds(120));
  }

  @Test
  void halfAnAnswerIsNone() {
    github.fails(200, "[{\"number\":1,\"tit");
    is(refused(), Kind.OUTAGE, ErrorCode.FORGE_OFFLINE, "it breaks off");
    github.fails(200, "<html>Sign in</html>");
    is(refused(), Kind.OUTAGE, ErrorCode.FORGE_OFFLINE, "sign-in page");
    github.fails(LoopbackGitHub::half);
    is(refused(), Kind.OUTAGE, ErrorCode.FORGE_OFFLINE, "the connection broke");
    github.fails(200, "{\"data\":{\"repository\":{\"pullRequest\":{\"id\":\"PR_1\"}}}}");
    var e = catchThrowableOfType(ForgeException.class, () -> forge.read(1));
    is(e, Kind.OUTAGE, ErrorCode.FORGE_OFFLINE, "a half of it is missing");
    github.fails(200, "{\"data\":null,\"errors\":[{\"type\":\"RATE_LIMITED\",\"message\":\"m\"}]}");
    assertThat(catchThrowableOfType(ForgeException.class, () -> forge.read(1)).kind())
        .isEqualTo(Kind.LIMITED);
    assertThat(catchThrowableOfType(ForgeException.class, () -> forge.read(1)).kind())
        .as("one that is not there")
        .isEqualTo(Kind.MISSING);
  }

  private static String page(String head, String conclusion, boolean more) {
    return """
    {"data":{"repository":{"pullRequest":{"id":"PR_1","number":1,"url":"u","title":"t",
    "state":"OPEN","headRefOid":"%1$s","commits":{"nodes":[{"commit":{"oid":"%1$s",
    "statusCheckRollup":{"contexts":{"pageInfo":{"hasNextPage":%3$s,"endCursor":"c"},
    "nodes":[{"__typename":"CheckRun","name":"build","status":"COMPLETED",
    "conclusion":"%2$s"}]}}}}]}}}}}
    """
        .formatted(head, conclusion, more);
  }

  @Test
  void checksOfTwoCommitsAreNotMixed() {
    github.fails(200, page("a", "FAILURE", true));
    github.fails(200, page("b", "SUCCESS", false));
    github.fails(200, page("b", "SUCCESS", false));
    var pull = forge.read(1);
    assertThat(pull.head()).isEqualTo("b");
    assertThat(CheckRollup.of(pull.checks()).state()).isEqualTo(CheckState.PASSING);
  }

  @Test
  void moreChecksThanAreReadAreNoPass() {
    for (int page = 0; page < 10; page++) {
      github.fails(200, page("a", "SUCCESS", true));
    }
    assertThat(CheckRollup.of(forge.read(1).checks()).state()).isEqualTo(CheckState.PENDING);
  }

  @Test
  void whatSomebodyElseMarkedIsNotBelieved() {
    github.comment(7, "mallory", "NONE", "<!-- mark -->");
    assertThat(forge.hasComment(7, "<!-- mark -->", "octocat")).isFalse();
    github.comment(7, "octocat", "OWNER", "<!-- mark -->");
    assertThat(forge.hasComment(7, "<!-- mark -->", "octocat")).isTrue();
  }

  /** Headers that come at once and a body that never ends are no answer either. */
  @Test
  void aSlowAnswerIsNotWaitedFor() {
    var hold = new CountDownLatch(1);
    github.fails(
        x -> {
          x.sendResponseHeaders(200, 0);
          x.getResponseBody().write('[');
          x.getResponseBody().flush();
          try {
            hold.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    try (var hasty = forge(github.address(), LoopbackGitHub.TOKEN, Duration.ofMillis(300))) {
      is(
          refused(hasty),
          Kind.OUTAGE,
          ErrorCode.FORGE_OFFLINE,
          "no whole answer came within 300 ms");
    } finally {
      hold.countDown();
    }
  }

  @Test
  void nobodyThereIsOffline() throws IOException {
    int port;
    try (var socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    try (var away = forge("http://127.0.0.1:" + port, "ghp_12345678", Duration.ofSeconds(20))) {
      is(refused(away), Kind.OUTAGE, ErrorCode.FORGE_OFFLINE, "was not reached", "Work goes on");
    }
  }
}
