package dev.hivedeck.app.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.app.Shop;
import dev.hivedeck.client.ApiClient;
import dev.hivedeck.client.ApiException;
import dev.hivedeck.client.api.ChangesApi;
import dev.hivedeck.client.api.DecisionsApi;
import dev.hivedeck.client.api.TasksApi;
import dev.hivedeck.client.api.WorkspaceApi;
import dev.hivedeck.client.model.AddTaskRequest;
import dev.hivedeck.client.model.ApproveChangeRequest;
import dev.hivedeck.client.model.DecideRequest;
import dev.hivedeck.client.model.RetryTaskRequest;
import dev.hivedeck.client.model.TrustRequest;
import dev.hivedeck.engine.Engine;
import dev.hivedeck.engine.EngineOptions;
import dev.hivedeck.engine.time.SystemTimers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A client that openapi-generator made does what the command line does. */
@DisabledOnOs(OS.WINDOWS)
class GeneratedClientTest {
  private static final String CONFIG =
      """
      version: 1
      agents:
        maker: { run: echo made > $HIVEDECK_TASK.txt }
        asker: { run: 'echo "{\\"hivedeck\\":\\"ask\\",\\"question\\":\\"Which?\\",\\"options\\":[\\"a\\",\\"b\\"]}"' }
      decisions: { default: { human: required } }
      """;

  @TempDir Path folder;

  @Test
  void itTrustsAddsDecidesRetriesAndApproves() throws Exception {
    var shop = new Shop(folder).configure(CONFIG).commit();
    var options =
        new EngineOptions(
            shop.path(),
            folder.resolve("home"),
            10,
            true,
            0,
            0,
            new SystemTimers(),
            () -> UUID.randomUUID().toString(),
            new Random(1));
    try (var engine = Engine.open(options)) {
      var client = new ApiClient();
      client.updateBaseUri(engine.endpoint().api());
      client.setRequestInterceptor(
          request -> request.header("Authorization", "Bearer " + engine.endpoint().token()));
      var workspace = new WorkspaceApi(client);
      var tasks = new TasksApi(client);
      var decisions = new DecisionsApi(client);
      var changes = new ChangesApi(client);

      String digest = workspace.getWorkspace().getConsent().getDigest();
      workspace.trustWorkspace(new TrustRequest().digest(digest), null, null);
      var make = new AddTaskRequest().title("Make it").agent("maker");
      String made = tasks.addTask(make, "key-1", null).getId();
      assertThat(tasks.addTask(make, "key-1", null).getId()).as("once for a key").isEqualTo(made);
      String asked =
          tasks.addTask(new AddTaskRequest().title("Ask").agent("asker"), null, null).getId();
      workspace.startHive(null, null, null);

      until(() -> !decisions.listDecisions("open", null).isEmpty());
      var decision = decisions.listDecisions("open", 1).getFirst();
      assertThat(decision.getOptions()).containsExactly("a", "b");
      assertThat(
              decisions
                  .decide(
                      decision.getId(),
                      new DecideRequest().option("b").comment("why not"),
                      null,
                      null)
                  .getAnswer())
          .isEqualTo("b");
      tasks.cancelTask(asked, null, null);
      var retried =
          tasks.retryTask(
              asked,
              null,
              null,
              new RetryTaskRequest().agent("maker").timeout(java.math.BigDecimal.valueOf(60)));
      assertThat(retried.getAgent()).isEqualTo("maker");

      until(
          () ->
              changes.listChanges(null, null).stream()
                  .anyMatch(c -> c.getId().equals("C-1") && "wanted".equals(c.getReview())));
      String head = changes.getChange("C-1").getHead();
      assertThat(changes.getChangeDiff("C-1", null, null).getFiles().getFirst().getPath())
          .isEqualTo(made + ".txt");
      assertThatThrownBy(
              () ->
                  changes.approveChange("C-1", null, null, new ApproveChangeRequest().head("0000")))
          .isInstanceOfSatisfying(
              ApiException.class,
              e -> {
                assertThat(e.getCode()).isEqualTo(409);
                assertThat(e.getResponseBody()).contains("change-moved");
              });
      changes.approveChange("C-1", null, null, new ApproveChangeRequest().head(head));
      until(() -> Boolean.TRUE.equals(tasks.getTask(made).getMerged()));
    }
  }

  private static void until(Callable<Boolean> wanted) throws Exception {
    var end = Instant.now().plus(Duration.ofSeconds(60));
    while (!wanted.call()) {
      assertThat(Instant.now()).isBefore(end);
      Thread.sleep(50);
    }
  }
}
