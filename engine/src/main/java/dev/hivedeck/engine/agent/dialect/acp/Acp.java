package dev.hivedeck.engine.agent.dialect.acp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.agent.Job;
import dev.hivedeck.engine.agent.ShellQuoting;
import dev.hivedeck.engine.agent.dialect.Dialect;
import dev.hivedeck.engine.agent.dialect.Rpc;
import dev.hivedeck.engine.config.AgentSpec.Sandbox;
import dev.hivedeck.engine.protocol.Json;
import java.time.Clock;
import java.util.List;
import java.util.Map;

/**
 * Any agent that speaks the <a href="https://agentclientprotocol.com">Agent Client Protocol</a>,
 * version 1. It asks for permission, may have files read and written and commands run for it, and
 * is told more between its turns.
 */
public final class Acp implements Dialect {
  static final int VERSION = 1;

  private final Clock clock;

  public Acp(Clock clock) {
    this.clock = clock;
  }

  @Override
  public Launch launch(Job job) {
    String arguments =
        job.setup().args().isEmpty() ? "" : " " + ShellQuoting.words(job.setup().args());
    return new Launch(
        ShellQuoting.shell(job.command() + arguments),
        Map.of(),
        List.of(Rpc.first("initialize", hello(job))),
        true);
  }

  private static ObjectNode hello(Job job) {
    boolean changes = mayChange(job);
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
  static boolean mayChange(Job job) {
    return job.setup().sandbox() != Sandbox.READ_ONLY;
  }

  @Override
  public boolean tellsTurns() {
    return false;
  }

  @Override
  public Reading reading(Job job) {
    return new AcpReading(job, clock);
  }
}
