package dev.hivedeck.engine.agent.request;

import java.util.List;
import java.util.Map;

/** Something that an agent has done for it in its worktree, instead of doing it itself. */
public sealed interface ClientRequest {

  /**
   * @param from the first line to read, from 1
   * @param lines how many at most
   */
  record ReadFile(String path, int from, int lines) implements ClientRequest {}

  /** Makes the file, with the folders that it needs, or replaces what is in it. */
  record WriteFile(String path, String text) implements ClientRequest {}

  /**
   * Starts a command in a terminal of its own.
   *
   * @param command a program if it has arguments, else a line for the shell
   * @param folder null for the worktree
   * @param longest how much of its output to keep, in bytes; the last is kept
   */
  record Start(
      String command,
      List<String> arguments,
      Map<String, String> environment,
      String folder,
      int longest)
      implements ClientRequest {}

  /** Tells what a terminal has printed by now. */
  record ReadOutput(String terminal) implements ClientRequest {}

  /** Waits until a terminal's command has ended. */
  record Await(String terminal) implements ClientRequest {}

  /** Ends a terminal's command; the terminal stays. */
  record Kill(String terminal) implements ClientRequest {}

  /** Ends a terminal's command and forgets the terminal. */
  record Release(String terminal) implements ClientRequest {}

  /** What came of it. */
  sealed interface Outcome {
    record Text(String text) implements Outcome {}

    record Started(String terminal) implements Outcome {}

    /**
     * @param cut whether the beginning is left out
     * @param exit null while the command runs
     */
    record Output(String text, boolean cut, Integer exit) implements Outcome {}

    record Ended(int exit) implements Outcome {}

    record Done() implements Outcome {}

    /** There is no such file or terminal. */
    record Missing(String what) implements Outcome {}

    /** It may not, or cannot, be done. */
    record Refused(String why) implements Outcome {}
  }
}
