package dev.hivedeck.engine.agent.dialect;

import dev.hivedeck.engine.agent.Job;
import dev.hivedeck.engine.agent.ShellQuoting;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A {@code command} agent whose program prints events that Hivedeck can read: {@code format} in
 * {@code hive.yaml} names the program. It is run by its own {@code run} line, with the prompt on
 * its standard input and in {@code HIVEDECK_PROMPT_FILE}; what it prints tells what it says, does
 * and uses.
 */
public final class CommandDialect implements Dialect {
  /** By the word for them in {@code hive.yaml}. */
  public static final Map<String, Function<Clock, Dialect>> FORMATS =
      Map.of(
          "pi", clock -> new CommandDialect(() -> new PiReading(clock), true),
          "qwen", clock -> new CommandDialect(() -> new QwenReading(clock), true),
          "copilot", clock -> new CommandDialect(() -> new CopilotReading(clock), false),
          "cline", clock -> new CommandDialect(() -> new ClineReading(clock), true));

  /** Makes the ears for one run. */
  @FunctionalInterface
  private interface Ears {
    Reading begin();
  }

  private final Ears ears;
  private final boolean tellsTurns;

  private CommandDialect(Ears ears, boolean tellsTurns) {
    this.ears = ears;
    this.tellsTurns = tellsTurns;
  }

  @Override
  public Launch launch(Job job) {
    return new Launch(ShellQuoting.shell(job.command()), Map.of(), List.of(job.prompt()), false);
  }

  @Override
  public boolean tellsTurns() {
    return tellsTurns;
  }

  @Override
  public Reading reading(Job job) {
    return ears.begin();
  }
}
