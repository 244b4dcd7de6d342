package dev.hivedeck.engine.agent.dialect.codex;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.agent.McpSetup;
import dev.hivedeck.engine.agent.RunRequest;
import dev.hivedeck.engine.agent.dialect.Dialect;
import dev.hivedeck.engine.agent.dialect.JsonRpcPeer;
import dev.hivedeck.engine.protocol.Json;
import java.time.Clock;
import java.util.List;
import java.util.Map;

/**
 * {@code codex app-server}: what codex' own editor plugins talk to. Other than {@code codex exec}
 * it asks for permission, and listens while it works.
 */
public final class CodexAppServerDialect implements Dialect {
  private final Clock clock;

  public CodexAppServerDialect(Clock clock) {
    this.clock = clock;
  }

  @Override
  public Launch launch(RunRequest request) {
    var setup = request.setup();
    var command = setup.command("codex");
    command.add("app-server");
    command.addAll(McpSetup.codex(request.environment()).arguments());
    command.addAll(setup.args());
    var hello = Json.object();
    hello
        .putObject("clientInfo")
        .put("name", "hivedeck")
        .put("title", "Hivedeck")
        .put("version", "1");
    return new Launch(
        List.copyOf(command), Map.of(), List.of(JsonRpcPeer.first("initialize", hello)), true);
  }

  /** The thread that a job is done in. */
  public static ObjectNode thread(RunRequest request) {
    var setup = request.setup();
    var thread = Json.object().put("cwd", request.worktree().toString());
    // What is allowed has to be possible, so it is the policy that asks for all but looking.
    switch (setup.sandbox()) {
      case READ_ONLY -> thread.put("sandbox", "workspace-write").put("approvalPolicy", "untrusted");
      case WORKSPACE ->
          thread.put("sandbox", "workspace-write").put("approvalPolicy", "on-request");
      case FULL -> thread.put("sandbox", "danger-full-access").put("approvalPolicy", "never");
    }
    if (setup.model() != null) {
      thread.put("model", setup.model());
    }
    if (request.conversation() != null) {
      thread.put("threadId", request.conversation().id());
    }
    return thread;
  }

  @Override
  public Reader reading(RunRequest request) {
    return new CodexThread(request, clock);
  }
}
