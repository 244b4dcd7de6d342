package dev.hivedeck.engine.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a client sees of each thing: whole, immutable, replaced by the next event about it. Each
 * view has an {@code id} that is unique within its topic. Costs are US dollars, tokens are counts,
 * stages are percent.
 */
public final class Views {
  /** The person: as an agent, as who answered, as who commented. */
  public static final String YOU = "you";

  /** The kind of decision by which a task is with the person; it waits, however long it takes. */
  public static final String MANUAL = "manual";

  private Views() {}

  /** Anything that the feed carries. */
  public sealed interface View
      permits Workspace,
          Requirement,
          Task,
          Agent,
          Attempt,
          Change,
          Decision,
          Kept,
          Drift,
          Lesson,
          SloViews.Objective,
          SloViews.Alert {
    String id();
  }

  /**
   * The repository that the engine works on.
   *
   * @param name from {@code hive.yaml}, else the folder's name
   * @param path the repository's root
   * @param main the branch that changes merge into
   * @param commit short id of the tip of {@code main}
   * @param checkout the branch that the user has checked out, or null when detached
   * @param behind merges on main that the user's checkout does not have yet; 0 when not on main
   * @param trusted whether a person consented to {@code hive.yaml} as it is; if not, nothing begins
   * @param started whether ready tasks are being claimed
   * @param limit how many agents may work at once
   * @param plan title of the plan, or null when none was imported
   * @param engine version
   * @param startedAt when this engine started
   * @param problems what is wrong with the configuration, each with its remedy; empty when fine
   * @param consent what a person consented to, or is asked to consent to
   */
  public record Workspace(
      String id,
      String name,
      String path,
      String main,
      String commit,
      String checkout,
      int behind,
      boolean trusted,
      boolean started,
      int limit,
      String plan,
      String engine,
      Instant startedAt,
      List<String> problems,
      Consent consent)
      implements View {
    /** There is one; this is its id. */
    public static final String ID = "workspace";
  }

  /**
   * All that would run and all that decides, for a person to consent to.
   *
   * @param digest names all of it; {@link Command.Trust} carries it back
   * @param at when a person last consented to what is in force; null for never
   * @param why why it is asked, in words; null when nothing is
   * @param items what waits for consent, with what is left as it was; empty when nothing waits
   */
  public record Consent(String digest, Instant at, String why, List<ConsentItem> items) {}

  /** What became of something since the last consent. */
  public enum Mark implements Word {
    NEW,
    CHANGED,
    REMOVED,
    SAME;

    @JsonCreator
    public static Mark of(String word) {
      return Word.parse(Mark.class, word);
    }
  }

  /**
   * One thing to consent to.
   *
   * @param kind agent, gate, decision, setting or file
   * @param name which one; unique within its kind
   * @param fields what is said of it
   */
  public record ConsentItem(String kind, String name, Mark mark, List<ConsentField> fields) {}

  /**
   * What is said of it by one key.
   *
   * @param key as in {@code hive.yaml}, with dots between levels
   * @param values exactly as they are; several of a list; empty when it is no longer said
   * @param before what was consented to, where that differs; else null
   */
  public record ConsentField(String key, List<String> values, List<String> before) {}

  /**
   * @param priority critical, high, medium or low
   * @param tasks how many tasks are linked to it; each names its requirements
   * @param done how many of them are merged
   * @param stage mean stage of its tasks, 0 to 100
   * @param order position in the plan
   */
  public record Requirement(
      String id,
      String title,
      String priority,
      List<String> acceptance,
      int tasks,
      int done,
      int stage,
      int order)
      implements View {}

  public enum TaskState implements Word {
    BLOCKED,
    READY,
    RUNNING,
    VALIDATING,
    WAITING,
    DELAYED,
    PAUSED,
    DONE,
    DEAD,
    CANCELLED;

    /** Whether an attempt is at it, or waits for an answer. */
    public boolean active() {
      return this == RUNNING || this == VALIDATING || this == WAITING;
    }

    @JsonCreator
    public static TaskState of(String word) {
      return Word.parse(TaskState.class, word);
    }
  }

  /**
   * @param reason why it is in its state, in words; null when the state says all
   * @param stage 0, 25, 50, 75 or 100
   * @param priority 1 (first) to 9
   * @param kind looks up the decision matrix; null when none
   * @param agent who is to do it by the plan, or null when any agent with the capabilities may
   * @param worker who does it now or did it last; null before the first attempt
   * @param needs ids of tasks whose work must be on main first
   * @param attempts how many were made
   * @param attempt id of the latest attempt, or null
   * @param change id of its change, or null
   * @param decision id of the open decision it waits for, or null
   * @param merged whether its work is on main
   * @param notBefore when a delayed task becomes ready
   * @param order position in the plan
   */
  public record Task(
      String id,
      String title,
      TaskState state,
      String reason,
      int stage,
      int priority,
      String kind,
      String agent,
      List<String> capabilities,
      String worker,
      List<String> needs,
      List<String> requirements,
      int attempts,
      String attempt,
      String change,
      String decision,
      boolean merged,
      Instant notBefore,
      Instant updatedAt,
      int order)
      implements View {

    /** The same after a step; only a task that is delayed has a time to wait for. */
    public Task moved(TaskState state, String reason, int stage, Instant at) {
      return new Task(
          id,
          title,
          state,
          reason,
          stage,
          priority,
          kind,
          agent,
          capabilities,
          worker,
          needs,
          requirements,
          attempts,
          attempt,
          change,
          decision,
          merged,
          state == TaskState.DELAYED ? notBefore : null,
          at,
          order);
    }
  }

  public enum AgentState implements Word {
    IDLE,
    RUNNING,
    VALIDATING,
    WAITING,
    RETRYING,
    PAUSED;

    @JsonCreator
    public static AgentState of(String word) {
      return Word.parse(AgentState.class, word);
    }
  }

  /**
   * A named worker; {@code id} is its name. State and numbers are derived from its attempts.
   *
   * @param driver how it is run: command, codex, claude, …
   * @param paused whether it is given nothing more; it may be at work still
   * @param task id of the task it works on, or null
   * @param attempt id of its current or latest attempt, or null
   * @param activity the last thing it said or did, one line
   * @param since when it entered its state
   * @param succeeded attempts that passed all gates
   * @param failed attempts that did not
   * @param health how well it does, and why
   */
  public record Agent(
      String id,
      String role,
      String category,
      String driver,
      String version,
      String model,
      List<String> capabilities,
      List<String> owns,
      List<String> fallback,
      AgentState state,
      boolean paused,
      String task,
      String attempt,
      int stage,
      String activity,
      Instant since,
      int succeeded,
      int failed,
      Health health,
      long tokens,
      double cost)
      implements View {

    /** The same, without what it said or did last. */
    public Agent quiet() {
      return new Agent(
          id,
          role,
          category,
          driver,
          version,
          model,
          capabilities,
          owns,
          fallback,
          state,
          paused,
          task,
          attempt,
          stage,
          null,
          since,
          succeeded,
          failed,
          health,
          tokens,
          cost);
    }
  }

  /**
   * How well an agent does. How it is reckoned stands in docs/choice.md.
   *
   * @param score 0 to 100; null where there are too few attempts to tell
   * @param runs how many of its latest attempts it is made of
   * @param least how many there must be for a score
   * @param parts what it is made of, the heaviest first; empty without a score
   */
  public record Health(Integer score, int runs, int least, List<HealthPart> parts) {
    /** Nothing is known. */
    public static final Health UNKNOWN = new Health(null, 0, 5, List.of());

    /** Whether there is a score below that. */
    public boolean below(int limit) {
      return score != null && score < limit;
    }
  }

  /**
   * One part of an agent's health.
   *
   * @param name {@code verified}, {@code gates}, {@code stuck} (shares, 0 to 1), {@code time}
   *     (seconds) or {@code cost} (dollars)
   * @param weight in the score, before parts that are not known are left out
   * @param score 0 to 100
   * @param now in its latest attempts
   * @param before in its own earlier ones; null when there are too few
   * @param peers of other agents at the same kinds of work; null when unknown
   * @param trend against its own earlier attempts, else against its peers
   */
  public record HealthPart(
      String name, int weight, int score, double now, Double before, Double peers, Trend trend) {}

  public enum Trend implements Word {
    BETTER,
    STEADY,
    WORSE,
    UNKNOWN;

    @JsonCreator
    public static Trend of(String word) {
      return Word.parse(Trend.class, word);
    }
  }

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
      String reason,
      String detail,
      int stage,
      Instant startedAt,
      Instant endedAt,
      String branch,
      String worktree,
      String commit,
      long pid,
      long tokensIn,
      long tokensOut,
      long cached,
      Double cost,
      String session,
      long lines,
      long memory,
      double cpu,
      int processes,
      Quota quota,
      List<GateResult> gates,
      Choice choice,
      String activity)
      implements View {

    /** The same, without what was said or done last. */
    public Attempt quiet() {
      return new Attempt(
          id, task, agent, number, state, reason, detail, stage, startedAt, endedAt, branch,
          worktree, commit, pid, tokensIn, tokensOut, cached, cost, session, lines, memory, cpu,
          processes, quota, gates, choice, null);
    }

    /** The same, with what its processes take now. */
    public Attempt using(long memory, double cpu, int processes, Quota quota) {
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
      String instead,
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
  public record Quota(Long memory, Double cpu, Integer processes) {}

  public enum Outcome implements Word {
    PASSED,
    WARNED,
    FAILED;

    @JsonCreator
    public static Outcome of(String word) {
      return Word.parse(Outcome.class, word);
    }
  }

  /**
   * @param checkpoint {@code attempt} or {@code merge}
   * @param summary one line, for example {@code 12 passed}
   * @param findings at most 50
   * @param seconds how long it took
   */
  public record GateResult(
      String gate,
      String checkpoint,
      Outcome outcome,
      String summary,
      List<Finding> findings,
      double seconds) {

    /** Also as it was written before the first release, in milliseconds. */
    @JsonCreator
    static GateResult read(
        @JsonProperty("gate") String gate,
        @JsonProperty("checkpoint") String checkpoint,
        @JsonProperty("outcome") Outcome outcome,
        @JsonProperty("summary") String summary,
        @JsonProperty("findings") List<Finding> findings,
        @JsonProperty("seconds") double seconds,
        @JsonProperty("millis") Long millis) {
      return new GateResult(
          gate, checkpoint, outcome, summary, findings, millis == null ? seconds : millis / 1e3);
    }

    /** The same with each of its texts changed. */
    public GateResult map(UnaryOperator<String> change) {
      return new GateResult(
          gate,
          checkpoint,
          outcome,
          change.apply(summary),
          findings.stream().map(f -> f.map(change)).toList(),
          seconds);
    }
  }

  /**
   * @param file relative to the repository, or null
   * @param line from 1, 0 when it is about the whole file
   */
  public record Finding(String file, int line, String message) {
    Finding map(UnaryOperator<String> change) {
      return new Finding(file == null ? null : change.apply(file), line, change.apply(message));
    }
  }

  /** What of a repository decides over others, so that a person approves each change of it. */
  public enum RiskKind implements Word {
    /** Hivedeck's own folder: agents, gates, who may merge. */
    POLICY,
    /** CODEOWNERS. */
    OWNERS,
    /** What continuous integration runs. */
    CI,
    /** What git's hooks run. */
    HOOKS,
    /** Attributes and submodules. */
    GIT,
    /** What agents and editors run by themselves. */
    TOOLS,
    /** What a gate runs. */
    GATE,
    /** Named under {@code protected} in hive.yaml. */
    PROTECTED,
    /** A gate passes only with files that are in no commit. */
    UNCOMMITTED;

    @JsonCreator
    public static RiskKind of(String word) {
      return Word.parse(RiskKind.class, word);
    }
  }

  /**
   * Why a person must approve a change, whatever its kind of work.
   *
   * @param path the file, or what is in no commit
   * @param gate the gate that it is about, or null
   */
  public record Risk(RiskKind kind, String path, String gate) {
    /** The same with its path replaced. */
    public Risk map(UnaryOperator<String> text) {
      return new Risk(kind, text.apply(path), gate);
    }
  }

  public enum ChangeState implements Word {
    DRAFT,
    OPEN,
    QUEUED,
    MERGING,
    MERGED,
    CONFLICTED,
    BLOCKED,
    CLOSED;

    @JsonCreator
    public static ChangeState of(String word) {
      return Word.parse(ChangeState.class, word);
    }
  }

  /**
   * A branch on its way to main.
   *
   * @param number as people say it: {@code #3}; {@code id} is {@code C-3}
   * @param attempt the attempt whose work it holds
   * @param base commit of main it started from
   * @param head tip of its branch
   * @param merge the merge commit on main, or null
   * @param review {@code none}, {@code wanted}, {@code approved} or {@code returned}
   * @param reason why it is conflicted, blocked or closed, in words
   * @param risks why a person must approve it, whatever its kind; empty when nothing asks for that
   * @param dueAt when an advisory review proceeds by itself, or null
   * @param health 0 to 100, derived from gates, size, review and conflicts
   */
  public record Change(
      String id,
      int number,
      String task,
      String title,
      String agent,
      String attempt,
      ChangeState state,
      String reason,
      String branch,
      String base,
      String head,
      String merge,
      int files,
      int additions,
      int deletions,
      int commits,
      List<GateResult> gates,
      List<Comment> comments,
      String review,
      Instant openedAt,
      Instant updatedAt,
      Instant mergedAt,
      Instant dueAt,
      List<Risk> risks,
      int health,
      List<String> healthReasons)
      implements View {}

  /**
   * @param file null for a comment on the whole change
   * @param line of the new side, 0 for the whole file
   */
  public record Comment(String author, String file, int line, String text, Instant at) {}

  public enum DecisionState implements Word {
    OPEN,
    DECIDED,
    EXPIRED,
    WITHDRAWN;

    @JsonCreator
    public static DecisionState of(String word) {
      return Word.parse(DecisionState.class, word);
    }
  }

  /**
   * A question to a person.
   *
   * @param kind looks up the decision matrix
   * @param level 1 agent to agent, 2 lead, 3 person
   * @param fallback the option that is taken when nobody answers by {@code dueAt}; null when it
   *     waits
   * @param answer the option taken, or null
   * @param by who answered: {@code you} or {@code deadline}
   */
  public record Decision(
      String id,
      String task,
      String attempt,
      String agent,
      String kind,
      int level,
      String question,
      String detail,
      List<String> options,
      String fallback,
      DecisionState state,
      String answer,
      String comment,
      String by,
      Instant openedAt,
      Instant dueAt,
      Instant answeredAt)
      implements View {
    /** The kind of a question that the engine asks when an agent cannot go on: for a person. */
    public static final String STUCK = "stuck";

    private static final Set<String> OWN =
        Set.of(PermissionRequest.KIND, MANUAL, "proposal", STUCK);

    /** Whether it is the engine itself that asks so, in words that a person trusts. */
    public static boolean isOwn(String kind) {
      return kind != null && OWN.contains(kind.strip().toLowerCase(Locale.ROOT));
    }
  }

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

  /**
   * A difference between what the engine has written down and what is there.
   *
   * @param kind kebab-case, for example {@code worktree-missing}
   * @param repair what one click does, as a verb phrase; null when a person must look or choose
   * @param remedies other ways to settle it, which nobody takes unasked
   * @param things ids of changes that it concerns
   * @param digest of what is told, also where the words do not tell it all; for {@link
   *     Command.Repair}
   */
  public record Drift(
      String id,
      String kind,
      String what,
      String why,
      String repair,
      List<Remedy> remedies,
      List<String> things,
      String path,
      String digest)
      implements View {
    public Drift {
      remedies = remedies == null ? List.of() : List.copyOf(remedies);
      things = things == null ? List.of() : List.copyOf(things);
    }

    public Drift(String id, String kind, String what, String why, String repair, String path) {
      this(id, kind, what, why, repair, List.of(), List.of(), path, null);
    }

    public Drift at(String where) {
      return new Drift(id, kind, what, why, repair, remedies, things, where, digest);
    }

    public Drift of(List<String> concerned) {
      return new Drift(id, kind, what, why, repair, remedies, concerned, path, digest);
    }

    public Drift shown(String seen) {
      return new Drift(id, kind, what, why, repair, remedies, things, path, seen);
    }

    public Drift repairedBy(String words) {
      return new Drift(id, kind, what, why, words, remedies, things, path, digest);
    }

    public Drift or(Remedy remedy) {
      var all = Stream.concat(remedies.stream(), Stream.of(remedy)).toList();
      return new Drift(id, kind, what, why, repair, all, things, path, digest);
    }
  }

  /**
   * A way to settle a drift.
   *
   * @param id names it in {@link Command.Repair}
   * @param words what it does, as a verb phrase
   */
  public record Remedy(String id, String words) {}

  /**
   * How much of a budget is used.
   *
   * @param scope {@code day}, {@code agent} (one agent within a day) or {@code plan} (all, ever)
   * @param agent which agent; null for all
   * @param limitTokens that may be used; null without a limit
   * @param limitCost in dollars that may be spent; null without a limit
   * @param usedTokens that were used
   * @param usedCost in dollars that was spent
   * @param percent of the limit that is nearer; 0 without any
   */
  public record BudgetUse(
      String scope,
      String agent,
      Long limitTokens,
      Double limitCost,
      long usedTokens,
      double usedCost,
      int percent) {

    /** Whose it is: {@code today}, {@code this workspace}, {@code core-api today}. */
    public String words() {
      return agent != null ? agent + " today" : scope.equals("day") ? "today" : "this workspace";
    }
  }

  /**
   * What an agent may do, or may not, without asking a person again.
   *
   * @param agent whom it concerns; null for all
   * @param tool in the agent's own word, or {@code *}
   * @param what a command or a path; {@code *} in it stands for anything, but in a rule that allows
   *     not for what could make another command of it (one of {@code ; & | < > ` $} or a line's
   *     end), unless it is all there is
   * @param literal whether tool and what are meant letter by letter: a {@code *} is then a {@code
   *     *}
   * @param used how often it answered
   */
  public record PermissionRule(
      String id,
      String agent,
      String tool,
      String what,
      boolean allow,
      boolean literal,
      Instant at,
      long used) {

    private static final String WITHIN_A_COMMAND = "[^;&|<>`$\\n]*";

    /** Whether it answers when that agent wants to use that tool so. */
    public boolean covers(String agent, String tool, String what) {
      return (this.agent == null || this.agent.equals(agent))
          && (!literal && this.tool.equals("*") || this.tool.equalsIgnoreCase(tool))
          && (literal ? this.what.equals(what) : pattern().matcher(what).matches());
    }

    private Pattern pattern() {
      String any = allow && !what.equals("*") ? WITHIN_A_COMMAND : ".*";
      return Pattern.compile(
          Arrays.stream(what.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(any)),
          Pattern.DOTALL);
    }
  }

  public enum LessonState implements Word {
    NEW,
    ACCEPTED,
    MUTED,
    DELETED;

    @JsonCreator
    public static LessonState of(String word) {
      return Word.parse(LessonState.class, word);
    }
  }

  /**
   * Something that fails again and again, and what helped.
   *
   * @param source where it shows: {@code gate} and its name, or the reason of {@link Attempt}
   * @param text what the messages have in common; {@code <*>} stands where they differ
   * @param seen in how many attempts
   * @param agents who failed of it lately
   * @param tasks at which, the latest first
   * @param remedy what helped: in a person's words, else what was done by the attempt that was
   *     verified next; null while nothing has
   * @param remediedBy that attempt; null while there is none
   * @param worded whether a person worded the remedy
   * @param offered whether agents at such work are told
   */
  public record Lesson(
      String id,
      String source,
      String text,
      int seen,
      Instant firstAt,
      Instant lastAt,
      List<String> agents,
      List<String> tasks,
      LessonState state,
      String remedy,
      String remediedBy,
      boolean worded,
      boolean offered)
      implements View {}

  /** Enums whose word on the wire is their name in lower case. */
  public interface Word {
    String name();

    @JsonValue
    default String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    static <E extends Enum<E>> E parse(Class<E> type, String word) {
      return Enum.valueOf(type, word.toUpperCase(Locale.ROOT));
    }
  }
}
