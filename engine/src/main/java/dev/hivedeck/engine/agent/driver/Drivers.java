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
import dev.hivedeck.engine.time.Timers;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Every kind of agent that can be run, by the word for it in {@code hive.yaml}: its driver, or the
 * format in which a command agent prints.
 */
public final class Drivers {
  /** Those that run a well-known program, under the program's name. */
  public static final Set<String> PROGRAMS = Set.of("codex", "claude", "opencode", "gemini");

  private Drivers() {}

  /**
   * @param meter measures all agents at once
   */
  public static Map<String, Driver> all(Timers timers, Meter meter) {
    var drivers = new LinkedHashMap<String, Driver>();
    drivers.put("command", new CommandDriver(timers, meter));
    drivers.put("scripted", new ScriptedDriver(timers, meter));
    drivers.put("person", new PersonDriver());
    Map.of(
            "codex", new CodexDialect(timers.clock()),
            "claude", new ClaudeDialect(timers.clock()),
            "opencode", new OpenCodeDialect(timers.clock()),
            "gemini", new GeminiDialect(timers.clock()),
            "acp", new AcpDialect(timers.clock()),
            "codex-app", new CodexAppServerDialect(timers.clock()))
        .forEach((word, dialect) -> drivers.put(word, StreamDriver.of(dialect, timers, meter)));
    CommandDialect.FORMATS.forEach(
        (word, dialect) ->
            drivers.put(word, StreamDriver.of(dialect.apply(timers.clock()), timers, meter)));
    return Map.copyOf(drivers);
  }
}
