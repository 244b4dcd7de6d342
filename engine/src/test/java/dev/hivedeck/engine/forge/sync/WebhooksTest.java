package dev.hivedeck.engine.forge.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.Engine;
import dev.hivedeck.engine.TestRepository;
import dev.hivedeck.engine.forge.github.LoopbackGitHub;
import dev.hivedeck.engine.forge.github.WebhookSignature;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.forge.ForgeCommand;
import dev.hivedeck.engine.protocol.secret.SecretCommand;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What GitHub sends unasked counts once, if it is signed. */
class WebhooksTest {
  private static final String SECRET = "It's a Secret to Everybody";
  private static final String PAYLOAD =
      "{\"action\":\"labeled\",\"issue\":{\"number\":12},"
          + "\"repository\":{\"full_name\":\"Octo/Shop\"}}";

  @TempDir Path folder;
  private final HttpClient client = HttpClient.newHttpClient();

  private HttpResponse<String> post(
      Engine engine, String event, String delivery, String signature, String body)
      throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create(engine.endpoint().api() + "/v1/github/webhook"))
            .header("X-GitHub-Event", event)
            .header("X-GitHub-Delivery", delivery)
            .POST(HttpRequest.BodyPublishers.ofString(body));
    if (!signature.isEmpty()) {
      request.header("X-Hub-Signature-256", signature);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static String signed(String body) {
    return WebhookSignature.of(SECRET, body.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aSignedOneIsFollowedAtOnceAndOnceOnly() throws Exception {
    var sandbox = new TestRepository(folder);
    sandbox.write(
        ".hivedeck/hive.yaml",
        "version: 1\ngithub: { every: 10h, webhook: secret:hook, issues: { label: hive } }\n");
    sandbox.commit("Set up");
    sandbox.git("remote", "add", "origin", folder.resolve("none").toString());
    try (var github = new LoopbackGitHub(_ -> "");
        Engine engine = sandbox.open(1, true)) {
      TestRepository.trust(engine);
      engine.execute(
          new SecretCommand.SetSecret("github-token-127.0.0.1", LoopbackGitHub.TOKEN), null);
      engine.execute(new SecretCommand.SetSecret("hook", SECRET), null);
      engine.execute(new ForgeCommand.Link("octo/shop", github.address(), "keychain"), null);
      engine.execute(new ForgeCommand.Sync(), null);
      github.issues.addObject().put("number", 12).put("title", "A bug").put("body", "It is.");
      String delivery = "72d3162e-cc78-11e3-81ab-4c9367dc0958";

      assertThat(post(engine, "issues", delivery, "", PAYLOAD).statusCode()).isEqualTo(403);
      var wrong = post(engine, "issues", delivery, signed(PAYLOAD + " "), PAYLOAD);
      assertThat(wrong.statusCode()).isEqualTo(403);
      assertThat(wrong.body()).contains("signature-wrong").doesNotContain(SECRET);
      assertThat(post(engine, "issues", "no id!", signed(PAYLOAD), PAYLOAD).statusCode())
          .isEqualTo(400);
      assertThat(post(engine, "issues", delivery, signed("{"), "{").statusCode()).isEqualTo(400);
      assertThat(TestRepository.tasks(engine)).isEmpty();

      var taken = post(engine, "issues", delivery, signed(PAYLOAD), PAYLOAD);
      assertThat(taken.statusCode()).isEqualTo(202);
      assertThat(Json.MAPPER.readTree(taken.body()).path("looks").asBoolean()).isTrue();
      TestRepository.await(
          "the issue is a task", engine, () -> !TestRepository.tasks(engine).isEmpty());
      assertThat(TestRepository.task(engine, "GH-12").title()).isEqualTo("A bug");

      var again = post(engine, "issues", delivery, signed(PAYLOAD), PAYLOAD);
      assertThat(again.body()).contains("\"fresh\":false", "\"looks\":false");
      String other = PAYLOAD.replace("Octo/Shop", "octo/other");
      assertThat(post(engine, "issues", delivery + "1", signed(other), other).body())
          .contains("\"fresh\":true", "\"looks\":false");
    }
  }
}
