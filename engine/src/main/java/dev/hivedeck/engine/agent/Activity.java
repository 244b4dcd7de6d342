package dev.hivedeck.engine.agent;

import dev.hivedeck.engine.process.Usage;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * What a driver tells while its agent runs. A driver calls it from one thread, the one that runs
 * it; what it calls should be quick, for meanwhile the agent is not read.
 */
public interface Activity {

  /**
   * @param kind {@code say}, {@code out}, {@code err}, {@code plan}, {@code read}, {@code edit},
   *     {@code run}, {@code ask}, {@code usage}, {@code hive}
   */
  void line(String kind, String text);

  /** The agent's process, for people who look at their machine. */
  void pid(long pid);

  /** Progress of the work: 25 files written, 50 builds, 75 runs. */
  void stage(int percent);

  /** Adds to what it used. */
  void usage(long tokensIn, long tokensOut, double cost);

  /** What its processes take now, as often as it is measured; nothing, once they have ended. */
  void used(Usage usage);

  /**
   * Puts a question to a person. A scripted agent waits for the answer; a command agent finds it in
   * its inbox, or in the prompt of its next attempt when it has ended meanwhile.
   */
  CompletableFuture<Answer> ask(Question question);

  /** The next thing that the person said to the agent, once. */
  Optional<String> said();
}
