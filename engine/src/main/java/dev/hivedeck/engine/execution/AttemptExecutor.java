package dev.hivedeck.engine.execution;

import dev.hivedeck.engine.agent.Driver;
import dev.hivedeck.engine.agent.RunRequest;
import dev.hivedeck.engine.attempt.Claim;
import dev.hivedeck.engine.config.AgentSpec;
import dev.hivedeck.engine.config.TaskDefaults;
import dev.hivedeck.engine.gate.Checkpoint;
import dev.hivedeck.engine.git.diff.DiffFacts;
import dev.hivedeck.engine.git.diff.DiffStat;
import dev.hivedeck.engine.git.survey.ChangeSurvey;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.view.ChangeViews.Risk;
import dev.hivedeck.engine.worktree.folder.AttemptFolder;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Where claims are carried out: worktrees, drivers and gates, without any ledger. Everything here
 * may be cut off at any point, and done again by a later engine.
 */
public interface AttemptExecutor {

  /** Masks secrets in text that is to be kept. */
  String redact(String text);

  /** Masks secrets in texts that follow each other, for one that may stretch over several. */
  default UnaryOperator<String> redactor() {
    return this::redact;
  }

  /** Now, in milliseconds of the epoch. */
  long millis();

  /**
   * Clears what earlier attempts at the task left, then makes a fresh worktree.
   *
   * @param told receives what a person should know about it
   */
  AttemptFolder prepare(Claim claim, Listener listener);

  Driver driver(AgentSpec agent);

  /** What the driver is to do; its prompt is written down beside the log. */
  RunRequest job(Claim claim, AgentSpec agent, AttemptFolder worktree, TaskDefaults defaults);

  /**
   * Commits what the agent left.
   *
   * @param below as for {@link #base}: what these bring is not its own
   * @param told receives what a person should know about what was taken, and what was not
   * @return the tip of its branch; empty when nothing was done
   */
  Optional<String> commit(
      AttemptFolder worktree, Claim claim, List<String> below, Listener listener);

  /**
   * Keeps the work so far as a commit, without touching the worktree.
   *
   * @param told receives what is too large to be part of it
   * @return empty when there is none beyond what the attempt began with
   */
  Optional<String> checkpoint(AttemptFolder worktree, Claim claim, Listener listener);

  /**
   * The commit that work is to be compared with.
   *
   * @param below commits of the change that it may stand on, the present one first; none for main
   */
  String base(AttemptFolder worktree, String head, List<String> below);

  /**
   * Passes the gates of a checkpoint.
   *
   * @param base the commit of main that it is compared with
   * @param told receives lines about it: kind and text
   */
  Checkpoint.Results check(
      String point,
      AttemptFolder worktree,
      String base,
      String head,
      AgentSpec agent,
      Claim claim,
      Listener listener)
      throws InterruptedException;

  /** Why a person must approve what lies between two commits. */
  List<Risk> risks(String base, String head);

  DiffStat stat(String base, String head);

  /** What a reader wants to know of what lies between two commits, before reading it. */
  DiffFacts facts(String base, String head);

  /** What it means to others. */
  ChangeSurvey survey(String base, String head);

  /**
   * Keeps a worktree's work and removes its folder.
   *
   * @throws HiveException {@code worktree-in-use}
   */
  void clear(AttemptFolder worktree, String why);

  /** Ends every process that carries the key of one of these attempts, wherever it hides. */
  void endProcesses(Set<String> keys);

  /** The work that an attempt of an earlier engine left in its worktree, as a commit. */
  Optional<String> rescue(String attempt);

  /**
   * Looks whether an attempt could fail for no fault of its own.
   *
   * @throws HiveException {@code no-folder} when its worktree is gone, or an outage
   */
  void probe(AttemptFolder worktree);

  /**
   * Looks whether what every attempt needs serves, whatever a single one ran into.
   *
   * @throws HiveException an outage
   */
  void probe();

  /**
   * Takes charge of what attempts of an earlier engine left, before any of this one begins.
   *
   * @return removes the worktrees that are there now, and keeps their work; may take its time
   */
  Runnable sweep();

  /** Takes lines of an attempt's log. */
  @FunctionalInterface
  interface Listener {
    void line(String kind, String text);

    /** Takes what the engine itself has to say. */
    default Consumer<String> own() {
      return text -> line("hive", text);
    }

    /** Takes plain output. */
    default Consumer<String> out() {
      return text -> line("out", text);
    }
  }
}
