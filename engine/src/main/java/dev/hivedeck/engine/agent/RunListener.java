package dev.hivedeck.engine.agent;

import dev.hivedeck.engine.process.ResourceUsage;
import dev.hivedeck.engine.protocol.Act;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * What a driver tells while its agent runs. A driver calls it from one thread, the one that runs
 * it; what it calls should be quick, for meanwhile the agent is not read.
 */
public interface RunListener {

  /** What it did. A {@link Act.Spend} adds to what it used. */
  void did(Act act);

  /**
   * What it has used since its last {@link Act.Spend}, whose next one takes the place of this: for
   * budgets, which are not to wait until an agent adds up.
   */
  void soFar(Act.Spend used);

  /**
   * Whether it has used something that it has not told: should it end now, what it used is not
   * known.
   */
  default void untold(boolean now) {}

  /**
   * What is no act: what it prints, or Hivedeck says.
   *
   * @param kind {@code out}, {@code err}, {@code hive}, or that of an act told in a line
   */
  void line(String kind, String text);

  /**
   * What went between it and its driver, word for word; kept apart, for those who ask.
   *
   * @param kind {@code in} to the agent, {@code out} or {@code err} from it
   */
  void raw(String kind, String text);

  /**
   * The conversation that it leads, by the name under which it can be taken up again.
   *
   * @param total what the agent says was used in all of it, by now
   */
  void session(String id, Act.Spend total);

  /** The model that answers it, as it names it. */
  void model(String name);

  /** The agent's process, for people who look at their machine. */
  void pid(long pid);

  /** That process has ended: what it is answered from now on it does not hear. From any thread. */
  default void exited() {}

  /** Progress of the work: 25 files written, 50 builds, 75 runs. */
  void stage(int percent);

  /** What its processes take now, as often as it is measured; nothing, once they have ended. */
  void used(ResourceUsage usage);

  /**
   * Puts a question to a person. A scripted agent waits for the answer; a command agent finds it in
   * its inbox, or in the prompt of its next attempt when it has ended meanwhile.
   */
  CompletableFuture<QuestionAnswer> ask(Question question);

  /** Asks whether it may do something; standing rules may answer at once. */
  CompletableFuture<Permission.Answer> permit(Permission permission);

  /**
   * Whether a question of the attempt, asked here or otherwise, waits for its answer: then its time
   * stands still.
   */
  default boolean waits() {
    return false;
  }

  /** The next thing that the person said to the agent, once. */
  Optional<String> said();

  /** Why it must end now, by what it has used; empty while it may go on. */
  Optional<RunResult> mustEnd();
}
