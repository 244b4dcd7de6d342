package dev.hivedeck.engine.agent;

/** How a kind of agent is run and read. */
@FunctionalInterface
public interface Driver {

  /**
   * Runs until the agent ends. Interrupting the thread ends the agent with all its processes.
   *
   * @throws InterruptedException when it was stopped
   */
  RunResult run(RunRequest request, RunListener listener) throws InterruptedException;
}
