package dev.hivedeck.engine.agent;

import dev.hivedeck.engine.config.AgentSpec.RecipeFile;
import dev.hivedeck.engine.config.AgentSpec.Sandbox;
import dev.hivedeck.engine.process.ResourceQuota;
import dev.hivedeck.engine.process.SandboxPolicy;
import dev.hivedeck.engine.protocol.Act;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What an agent is to do.
 *
 * @param number of the attempt at the task, from 1
 * @param turn which try of this agent at the task, from 1
 * @param command what a {@code command} agent runs
 * @param setup how an agent of another kind is run
 * @param conversation the one to take up again, or null to begin one
 * @param recipe what a {@code scripted} agent follows, as it was consented to; or null
 * @param promptFile holds the prompt already; the agent's inbox is made beside it
 * @param environment all that is passed on, with the marks of the attempt
 * @param timeout how long it may work; questions that wait for a person do not count
 * @param quiet how long without output or file change counts as stuck; zero or null for never
 * @param quota what all its processes together may take
 * @param speed pace of a scripted agent; 1 is real
 * @param confinement what its processes may see and change, or null: all that the user may
 * @param looks whether it is to change nothing: then it did its work also where it was not allowed
 *     something on the way
 */
public record RunRequest(
    String workspace,
    String task,
    String attempt,
    int number,
    int turn,
    String agent,
    String command,
    Setup setup,
    Conversation conversation,
    RecipeFile recipe,
    Path worktree,
    Path promptFile,
    String prompt,
    Map<String, String> environment,
    Duration timeout,
    Duration quiet,
    ResourceQuota quota,
    double speed,
    SandboxPolicy confinement,
    boolean looks) {

  /** One that has the user's rights. */
  public RunRequest(
      String workspace,
      String task,
      String attempt,
      int number,
      int turn,
      String agent,
      String command,
      Setup setup,
      Conversation conversation,
      RecipeFile recipe,
      Path worktree,
      Path promptFile,
      String prompt,
      Map<String, String> environment,
      Duration timeout,
      Duration quiet,
      ResourceQuota quota,
      double speed) {
    this(
        workspace,
        task,
        attempt,
        number,
        turn,
        agent,
        command,
        setup,
        conversation,
        recipe,
        worktree,
        promptFile,
        prompt,
        environment,
        timeout,
        quiet,
        quota,
        speed,
        null,
        false);
  }

  /**
   * How an agent is run that is no plain command.
   *
   * @param model for its {@code --model}; null for its own choice
   * @param sandbox what it may do unasked
   * @param program to run instead of the one that the kind is named after, or null
   * @param args more arguments for it
   */
  public record Setup(String model, Sandbox sandbox, String program, List<String> args) {
    /** A command line to be gone on with, which begins with the program. */
    public List<String> command(String otherwise) {
      return new ArrayList<>(List.of(program == null ? otherwise : program));
    }

    public static final Setup USUAL = new Setup(null, Sandbox.WORKSPACE, null, List.of());
  }

  /**
   * A conversation that was begun in an earlier attempt.
   *
   * @param id as the agent calls it
   * @param total what it says was used in all of it until now
   * @param news what to tell it now, in place of the prompt that it knows
   */
  public record Conversation(String id, Act.Spend total, String news) {}

  /** The same as a new conversation. */
  public RunRequest afresh() {
    return new RunRequest(
        workspace,
        task,
        attempt,
        number,
        turn,
        agent,
        command,
        setup,
        null,
        recipe,
        worktree,
        promptFile,
        prompt,
        environment,
        timeout,
        quiet,
        quota,
        speed,
        confinement,
        looks);
  }

  /** What it is told first. */
  public String words() {
    return conversation == null ? prompt : conversation.news();
  }
}
