package dev.hivedeck.engine.agent.dialect.acp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.agent.FailureClassifier;
import dev.hivedeck.engine.agent.RunRequest;
import dev.hivedeck.engine.agent.ShellQuoting;
import dev.hivedeck.engine.agent.dialect.Dialect;
import dev.hivedeck.engine.agent.dialect.JsonRpcPeer;
import dev.hivedeck.engine.config.AgentSpec.Sandbox;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.failure.FailureReason;
import java.time.Clock;
import java.util.List;
import java.util.Map;

/**
 * Any agent that speaks the <a href="https://agentclientprotocol.com">Agent Client Protocol</a>,
 * version 1. It asks for permission, may have files read and written and commands run for it, and
 * is told more between its turns.
 */
public final class AcpDialect implements Dialect {
  static final int VERSION = 1;

  /** The code of an error by which an agent says that nobody is signed in. */
  private static final int SIGN_IN = -32000;

  private final Clock clock;

  public AcpDialect(Clock clock) {
    this.clock = clock;
  }

  @Override
  public Launch launch(RunRequest request) {
    String arguments =
        request.setup().args().isEmpty() ? "" : " " + ShellQuoting.words(request.setup().args());
    return new Launch(
        ShellQuoting.shell(request.command() + arguments),
        Map.of(),
        List.of(JsonRpcPeer.first("initialize", hello(request))),
        true);
  }

  private static ObjectNode hello(RunRequest request) {
    boolean changes = mayChange(request);
    var hello = Json.object().put("protocolVersion", VERSION);
    var able = hello.putObject("clientCapabilities").put("terminal", changes);
    able.putObject("fs").put("readTextFile", true).put("writeTextFile", changes);
    hello
        .putObject("clientInfo")
        .put("name", "hivedeck")
        .put("title", "Hivedeck")
        .put("version", "1");
    return hello;
  }

  /** Whether files are written and commands run for it; else it has to ask and do it itself. */
  static boolean mayChange(RunRequest request) {
    return request.setup().sandbox() != Sandbox.READ_ONLY;
  }

  @Override
  public boolean tellsTurns() {
    return false;
  }

  @Override
  public Reader reading(RunRequest request) {
    return new AcpSession(request, clock);
  }

  /** Why it refuses what it was asked. */
  static FailureReason reason(JsonRpcPeer.Failure failure) {
    return failure.code() == SIGN_IN
        ? FailureReason.SIGN_IN
        : FailureClassifier.of(0, failure.text());
  }
}
