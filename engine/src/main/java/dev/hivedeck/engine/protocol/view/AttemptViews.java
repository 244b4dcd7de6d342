package dev.hivedeck.engine.protocol.view;

import com.fasterxml.jackson.annotation.JsonCreator;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Attempts, why their agent was chosen, and what is kept of them, as clients see them. */
public final class AttemptViews {

  private AttemptViews() {}

  public enum AttemptState implements Word {
    PREPARING,
    WORKING,
    CHECKING,
    SUCCEEDED,
    FAILED,
    LOST,
    CANCELLED;

    public boolean over() {
      return this == SUCCEEDED || this == FAILED || this == LOST || this == CANCELLED;
    }

    @JsonCreator
    public static AttemptState of(String word) {
      return Word.parse(AttemptState.class, word);
    }
  }

  /**
   * One run of a task by an agent. Its {@code id} is {@code <task>.<number>}.
   *
   * @param reason why it ended, kebab-case: {@code exit}, {@code timeout}, {@code quiet}, {@code
   *     gate}, {@code nothing-changed}, {@code refused}, {@code crash}, {@code conflict}, {@code
   *     over-limit}, …; null while it runs or when it succeeded
   * @param detail the same in one sentence
   * @param branch the branch it worked on
   * @param worktree its folder; gone after clean-up
   * @param commit what it left, full id, or null
   * @param pid process id of the agent, 0 when none runs
   * @param cost null when the price of some of its tokens is not known
   * @param cached how many of the tokens read came from a cache
   * @param session by which its agent can take the conversation up again; null when it cannot
   * @param lines how many lines its log has
   * @param memory bytes that its processes hold now; this and the next two are 0 when none runs, or
   *     it was not measured yet
   * @param cpu how many cores they keep busy now
   * @param processes how many of them live now
   * @param quota what they may take, known while they are measured; null when nothing is limited
   * @param choice why its agent got the task, where any of several might; else null
   * @param activity the last thing that was said or done, one line, or null
   */
  public record Attempt(
      String id,
      String task,
      String agent,
      int number,
      AttemptState state,
      @Nullable String reason,
      @Nullable String detail,
      int stage,
      Instant startedAt,
      @Nullable Instant endedAt,
      @Nullable String branch,
      @Nullable String worktree,
      @Nullable String commit,
      long pid,
      long tokensIn,
      long tokensOut,
      long cached,
      @Nullable Double cost,
      @Nullable String session,
      long lines,
      long memory,
      double cpu,
      int processes,
      @Nullable Quota quota,
      List<GateViews.GateResult> gates,
      @Nullable Choice choice,
      @Nullable String activity)
      implements View {

    /** The same, without what was said or done last. */
    public Attempt quiet() {
      return new Attempt(
          id, task, agent, number, state, reason, detail, stage, startedAt, endedAt, branch,
          worktree, commit, pid, tokensIn, tokensOut, cached, cost, session, lines, memory, cpu,
          processes, quota, gates, choice, null);
    }

    /** The same, with what its processes take now. */
    public Attempt using(long memory, double cpu, int processes, @Nullable Quota quota) {
      return new Attempt(
          id, task, agent, number, state, reason, detail, stage, startedAt, endedAt, branch,
          worktree, commit, pid, tokensIn, tokensOut, cached, cost, session, lines, memory, cpu,
          processes, quota, gates, choice, activity);
    }
  }

  /**
   * Why an agent got a task that names no agent.
   *
   * @param work the kind of work: the task's kind, else the capabilities it asks for, else empty
   * @param tries how many recent attempts at it are known of the agent; old ones count less, so
   *     this is not whole
   * @param verified share of them that passed all gates, 0 to 1; what is presumed of it where there
   *     is hardly one
   * @param seconds that one takes; 0 when unknown
   * @param cost of one, in dollars; 0 when unknown
   * @param boundary {@code owns} all paths of the task, {@code free} of a boundary, or {@code
   *     outside}
   * @param instead the agent with the best record, when this one was tried instead to learn; else
   *     null
   * @param among the other agents that were free for it
   */
  public record Choice(
      String work,
      double tries,
      double verified,
      double seconds,
      double cost,
      String boundary,
      @Nullable String instead,
      List<String> among) {

    /** Fewer than one recent attempt is no record. */
    public boolean known() {
      return tries >= 1;
    }

    /** The same in English, for a terminal and for the history. */
    public String words() {
      var words = new StringBuilder("chosen: ");
      if (among.isEmpty()) {
        words.append("no other agent was free for it");
      } else if (known()) {
        words.append(
            "%.0f%% of %.0f recent attempts%s verified"
                .formatted(100 * verified, tries, work.isEmpty() ? "" : " at " + work));
      } else {
        words.append("no attempts").append(work.isEmpty() ? "" : " at " + work).append(" yet");
      }
      if (known() && seconds > 0) {
        words.append(
            seconds < 90 ? ", %.0f s".formatted(seconds) : ", %.0f min".formatted(seconds / 60));
      }
      if (known() && cost > 0) {
        words.append(", $").append("%.2f".formatted(cost));
      }
      if (boundary.equals("owns")) {
        words.append(", owns the paths");
      }
      if (instead != null) {
        words.append(" – tried instead of ").append(instead).append(" to learn");
      }
      return words.toString();
    }
  }

  /** What the processes of an attempt may take together; each part is null without a limit. */
  public record Quota(@Nullable Long memory, @Nullable Double cpu, @Nullable Integer processes) {}

  /**
   * Work that was kept before something else took its place; {@code id} is the hidden ref.
   *
   * @param why what was about to happen to it
   * @param bytes of the files that differ from the commit it was based on
   */
  public record Kept(
      String id,
      String commit,
      String task,
      String attempt,
      String why,
      int files,
      long bytes,
      Instant at)
      implements View {}
}
