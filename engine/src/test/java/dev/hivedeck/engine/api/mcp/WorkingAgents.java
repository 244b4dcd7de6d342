package dev.hivedeck.engine.api.mcp;

import dev.hivedeck.engine.Engine;
import dev.hivedeck.engine.TestRepository;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.view.TaskViews;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A workspace with two agents that work for as long as the test wants, each of which has written
 * down what it finds in its environment.
 */
final class WorkingAgents implements AutoCloseable {
  private static final String AGENT =
      """
      env > "$SHARED/$HIVEDECK_ATTEMPT.tmp" && mv "$SHARED/$HIVEDECK_ATTEMPT.tmp" "$SHARED/$HIVEDECK_ATTEMPT.env"
      echo made > made-$HIVEDECK_TASK.txt
      until [ -e "$SHARED/go-$HIVEDECK_TASK" ]; do sleep 0.05; done
      """;

  private static final String PLAN =
      """
      plan: Two things
      requirements:
        - { id: R-1, title: It is made, priority: high, acceptance: [ "it is there" ] }
      tasks:
        - { id: T-1, title: Make one, agent: one, requirements: [R-1], kind: ui, prompt: Make the first. }
        - { id: T-2, title: Make two, agent: two, prompt: Make the second. }
      """;

  final Path shared;
  final TestRepository sandbox;
  final Engine engine;
  private final List<McpSyncClient> clients = new ArrayList<>();

  WorkingAgents(Path folder) {
    this(folder, "");
  }

  WorkingAgents(Path folder, String more) {
    this.shared = folder.resolve("shared");
    this.sandbox = new TestRepository(folder);
    try {
      Files.createDirectories(shared);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    sandbox.write("tools/agent.sh", AGENT);
    sandbox.write(
        ".hivedeck/hive.yaml",
        """
        version: 1
        defaults: { attempts: 1, timeout: 1h }
        queue: { load: 1000, memory: 1MB }
        agents:
          one: { driver: command, run: sh tools/agent.sh, env: { SHARED: "%s" }, capabilities: [paint] }
          two: { driver: command, run: sh tools/agent.sh, env: { SHARED: "%s" } }
        gates:
          whole: { builtin: placeholders, at: [attempt] }
        decisions:
          default: { human: none }
          ui: { human: required }
        %s
        """
            .formatted(shared, shared, more));
    sandbox.commit("Set up");
    this.engine = sandbox.open(10, true);
    TestRepository.trust(engine);
    engine.execute(new Command.ImportPlan("plan.yaml", PLAN), null);
    engine.execute(new Command.StartHive(2), null);
    TestRepository.await(
        "both at work",
        engine,
        () ->
            Files.exists(shared.resolve("T-1.1.env")) && Files.exists(shared.resolve("T-2.1.env")));
  }

  /** The environment of an attempt. */
  Map<String, String> environment(String attempt) {
    try {
      return Files.readAllLines(shared.resolve(attempt + ".env")).stream()
          .filter(line -> line.startsWith("HIVEDECK_"))
          .collect(
              Collectors.toMap(
                  line -> line.substring(0, line.indexOf('=')),
                  line -> line.substring(line.indexOf('=') + 1)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String address() {
    return engine.endpoint().api() + McpEndpoint.PATH;
  }

  String token(String attempt) {
    return environment(attempt).get("HIVEDECK_TOKEN");
  }

  /** The Java SDK's own client, in the name of an attempt. */
  McpSyncClient client(String attempt) {
    String token = token(attempt);
    var client =
        McpClient.sync(
                HttpClientStreamableHttpTransport.builder(engine.endpoint().api())
                    .endpoint(McpEndpoint.PATH)
                    .requestBuilder(
                        HttpRequest.newBuilder().header("Authorization", "Bearer " + token))
                    .build())
            .build();
    clients.add(client);
    client.initialize();
    return client;
  }

  /** Lets the agent of a task end. */
  void go(String task) {
    try {
      Files.writeString(shared.resolve("go-" + task), "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    TestRepository.await(
        task + " over",
        engine,
        () -> TestRepository.task(engine, task).state() != TaskViews.TaskState.RUNNING);
  }

  @Override
  public void close() {
    for (var client : clients) {
      client.close();
    }
    engine.close();
  }
}
