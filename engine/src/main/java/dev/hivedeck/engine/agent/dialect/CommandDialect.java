package dev.hivedeck.engine.agent.dialect;

import dev.hivedeck.engine.agent.RunRequest;
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
          "pi", clock -> new CommandDialect(() -> new PiReader(clock), true),
          "qwen", clock -> new CommandDialect(() -> new QwenReader(clock), true),
          "copilot", clock -> new CommandDialect(() -> new CopilotReader(clock), false),
          "cline", clock -> new CommandDialect(() -> new ClineReader(clock), true));

  /** Makes the ears for one run. */
  @FunctionalInterface
  private interface ReaderFactory {
    Reader begin();
  }

  private final ReaderFactory readerFactory;
  private final boolean tellsTurns;

  private CommandDialect(ReaderFactory readerFactory, boolean tellsTurns) {
    this.readerFactory = readerFactory;
    this.tellsTurns = tellsTurns;
  }

  @Override
  public Launch launch(RunRequest request) {
    return new Launch(
        ShellQuoting.shell(request.command()), Map.of(), List.of(request.prompt()), false);
  }

  @Override
  public boolean tellsTurns() {
    return tellsTurns;
  }

  @Override
  public Reader reading(RunRequest request) {
    return readerFactory.begin();
  }
}
