package dev.hivedeck.engine.agent.driver;

import dev.hivedeck.engine.agent.Driver;
import dev.hivedeck.engine.agent.dialect.ClaudeDialect;
import dev.hivedeck.engine.agent.dialect.CommandDialect;
import dev.hivedeck.engine.agent.dialect.GeminiDialect;
import dev.hivedeck.engine.agent.dialect.OpenCodeDialect;
import dev.hivedeck.engine.agent.dialect.acp.AcpDialect;
import dev.hivedeck.engine.agent.dialect.codex.CodexAppServerDialect;
import dev.hivedeck.engine.agent.dialect.codex.CodexDialect;
import dev.hivedeck.engine.agent.recipe.ScriptedDriver;
import dev.hivedeck.engine.process.Meter;
import dev.hivedeck.engine.protocol.view.AgentDriver;
import dev.hivedeck.engine.time.Timers;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Every kind of agent that can be run, by the word for it in {@code hive.yaml}: its driver, or the
 * format in which a command agent prints.
 */
public final class Drivers {
  private Drivers() {}

  /**
   * @param meter measures all agents at once
   */
  public static Map<String, Driver> all(Timers timers, Meter meter) {
    var drivers = new LinkedHashMap<String, Driver>();
    drivers.put(AgentDriver.COMMAND.word(), new CommandDriver(timers, meter));
    drivers.put(AgentDriver.SCRIPTED.word(), new ScriptedDriver(timers, meter));
    drivers.put(AgentDriver.PERSON.word(), new PersonDriver());
    Map.of(
            AgentDriver.CODEX, new CodexDialect(timers.clock()),
            AgentDriver.CLAUDE, new ClaudeDialect(timers.clock()),
            AgentDriver.OPENCODE, new OpenCodeDialect(timers.clock()),
            AgentDriver.GEMINI, new GeminiDialect(timers.clock()),
            AgentDriver.ACP, new AcpDialect(timers.clock()),
            AgentDriver.CODEX_APP, new CodexAppServerDialect(timers.clock()))
        .forEach(
            (driver, dialect) ->
                drivers.put(driver.word(), StreamDriver.of(dialect, timers, meter)));
    CommandDialect.FORMATS.forEach(
        (word, dialect) ->
            drivers.put(word, StreamDriver.of(dialect.apply(timers.clock()), timers, meter)));
    return Map.copyOf(drivers);
  }
}
