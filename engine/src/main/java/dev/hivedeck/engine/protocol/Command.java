package dev.hivedeck.engine.protocol;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.hivedeck.engine.protocol.view.DriftViews;
import dev.hivedeck.engine.protocol.view.LessonViews;
import dev.hivedeck.engine.protocol.view.NotifyViews;
import dev.hivedeck.engine.protocol.view.PermissionViews;
import dev.hivedeck.engine.protocol.view.WorkspaceViews;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a person, a script or an agent may ask of the engine. Each is answered by a small JSON
 * result (documented per command) or refused with a {@link HiveException}; a refused command
 * changes nothing.
 *
 * <p>The commands of one area are sealed, so that whoever carries them out has all of them.
 *
 * <p>Long because every command has its word and its record here, and nothing else.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Command.ImportPlan.class, name = "plan.import"),
  @JsonSubTypes.Type(value = Command.AddTask.class, name = "task.add"),
  @JsonSubTypes.Type(value = Command.RetryTask.class, name = "task.retry"),
  @JsonSubTypes.Type(value = Command.ChangeTask.class, name = "task.change"),
  @JsonSubTypes.Type(value = Command.TakeTask.class, name = "task.take"),
  @JsonSubTypes.Type(value = Command.CancelTask.class, name = "task.cancel"),
  @JsonSubTypes.Type(value = Command.PauseTask.class, name = "task.pause"),
  @JsonSubTypes.Type(value = Command.ResumeTask.class, name = "task.resume"),
  @JsonSubTypes.Type(value = Command.PauseAgent.class, name = "agent.pause"),
  @JsonSubTypes.Type(value = Command.ResumeAgent.class, name = "agent.resume"),
  @JsonSubTypes.Type(value = Command.StopAgent.class, name = "agent.stop"),
  @JsonSubTypes.Type(value = Command.SayToAgent.class, name = "agent.say"),
  @JsonSubTypes.Type(value = Command.ImportAgents.class, name = "agent.import"),
  @JsonSubTypes.Type(value = Command.RemoveAgents.class, name = "agent.remove"),
  @JsonSubTypes.Type(value = Command.EditConfig.class, name = "config.edit"),
  @JsonSubTypes.Type(value = Command.WriteConfig.class, name = "config.write"),
  @JsonSubTypes.Type(value = Command.ImportObjectives.class, name = "objective.import"),
  @JsonSubTypes.Type(value = Command.ApproveChange.class, name = "change.approve"),
  @JsonSubTypes.Type(value = Command.ReturnChange.class, name = "change.return"),
  @JsonSubTypes.Type(value = Command.MergeChange.class, name = "change.merge"),
  @JsonSubTypes.Type(value = Command.CloseChange.class, name = "change.close"),
  @JsonSubTypes.Type(value = Command.Decide.class, name = "decision.decide"),
  @JsonSubTypes.Type(value = Command.JudgeLesson.class, name = "lesson.judge"),
  @JsonSubTypes.Type(value = Command.WordLesson.class, name = "lesson.word"),
  @JsonSubTypes.Type(value = Command.Trust.class, name = "workspace.trust"),
  @JsonSubTypes.Type(value = Command.StartHive.class, name = "workspace.start"),
  @JsonSubTypes.Type(value = Command.PauseHive.class, name = "workspace.pause"),
  @JsonSubTypes.Type(value = Command.StopEngine.class, name = "engine.stop"),
  @JsonSubTypes.Type(value = Command.UpdateCheckout.class, name = "workspace.update-checkout"),
  @JsonSubTypes.Type(value = Command.RestoreKept.class, name = "kept.restore"),
  @JsonSubTypes.Type(value = Command.DropKept.class, name = "kept.drop"),
  @JsonSubTypes.Type(value = Command.SetPermission.class, name = "permission.set"),
  @JsonSubTypes.Type(value = Command.RemovePermission.class, name = "permission.remove"),
  @JsonSubTypes.Type(value = Command.Silence.class, name = "alert.silence"),
  @JsonSubTypes.Type(value = Command.EndSilence.class, name = "alert.unsilence"),
  @JsonSubTypes.Type(value = Command.LiftPolicy.class, name = "policy.lift"),
  @JsonSubTypes.Type(value = Command.ResumePolicy.class, name = "policy.resume"),
  @JsonSubTypes.Type(value = Command.AcknowledgeAlert.class, name = "alert.acknowledge"),
  @JsonSubTypes.Type(value = Command.ReceiveAlerts.class, name = "alert.receive"),
  @JsonSubTypes.Type(value = Command.RetryNotification.class, name = "notification.retry"),
  @JsonSubTypes.Type(value = Command.DropNotification.class, name = "notification.drop"),
  @JsonSubTypes.Type(value = Command.TestChannel.class, name = "channel.test"),
  @JsonSubTypes.Type(value = Command.ReadNotice.class, name = "notice.read"),
  @JsonSubTypes.Type(value = Command.ReadNotices.class, name = "notice.read-all"),
  @JsonSubTypes.Type(value = Command.Repair.class, name = "drift.repair"),
  @JsonSubTypes.Type(value = Command.Reconcile.class, name = "drift.reconcile"),
  @JsonSubTypes.Type(value = Command.Progress.class, name = "attempt.progress"),
  @JsonSubTypes.Type(value = Command.Ask.class, name = "attempt.ask"),
  @JsonSubTypes.Type(value = Command.ProposeTask.class, name = "task.propose"),
  @JsonSubTypes.Type(value = Command.ClaimSubtask.class, name = "task.claim"),
  @JsonSubTypes.Type(value = Command.RecordLesson.class, name = "lesson.record"),
})
public interface Command {
  /** What stands where a secret was. */
  String MASK = "•••";

  /**
   * The command as it may be written down: in the audit, and to know a repetition by its key. One
   * that holds a secret leaves it out.
   */
  default Command withoutSecrets() {
    return this;
  }

  /** Tasks and the plan. */
  sealed interface TaskCommands extends Command {}

  /** Agents. */
  sealed interface AgentCommands extends Command {}

  /** The file {@code hive.yaml}. */
  sealed interface ConfigCommands extends Command {}

  /** Changes. */
  sealed interface ChangeCommands extends Command {}

  /** Decisions. */
  sealed interface DecisionCommands extends Command {}

  /** Lessons. */
  sealed interface LessonCommands extends Command {}

  /** The workspace and its engine. */
  sealed interface WorkspaceCommands extends Command {}

  /** Kept work. */
  sealed interface KeptCommands extends Command {}

  /** Permissions. */
  sealed interface PermissionCommands extends Command {}

  /** Objectives and their policies. */
  sealed interface SloCommands extends Command {}

  /** Notifications. */
  sealed interface NotifyCommands extends Command {}

  /** Drift. */
  sealed interface DriftCommands extends Command {}

  /** What a running attempt asks for itself; refused with not-at-work when it does not run. */
  sealed interface AttemptCommands extends Command {}

  /**
   * Takes a plan in; idempotent by id. Result {@code {added, changed, kept}}: lists of ids, or
   * counts when there are more than 1,000.
   *
   * @param name the file's name, for messages; its ending tells YAML from Markdown
   * @param text the whole plan
   */
  record ImportPlan(String name, String text) implements TaskCommands {}

  /**
   * Adds one task; {@code id} may be null for the next free one. Result {@code {id}}.
   *
   * @param agents several that each do it, of whose work one is chosen; null or empty where {@code
   *     agent} says who
   */
  record AddTask(
      @Nullable String id,
      String title,
      @Nullable String prompt,
      @Nullable String agent,
      @Nullable List<String> capabilities,
      @Nullable List<String> needs,
      @Nullable List<String> requirements,
      @Nullable Integer priority,
      @Nullable String kind,
      @Nullable List<String> agents)
      implements TaskCommands {
    /** One that is done once. */
    public AddTask(
        @Nullable String id,
        String title,
        @Nullable String prompt,
        @Nullable String agent,
        @Nullable List<String> capabilities,
        @Nullable List<String> needs,
        @Nullable List<String> requirements,
        @Nullable Integer priority,
        @Nullable String kind) {
      this(id, title, prompt, agent, capabilities, needs, requirements, priority, kind, null);
    }
  }

  /**
   * Makes a dead, cancelled, failed or delayed task ready now, with its tries counted anew.
   *
   * @param agent another agent to give it to, or null
   * @param prompt another prompt, or null to keep the one it has
   * @param timeout how long each attempt may take from now on, or null to leave that as it is
   */
  record RetryTask(
      String id, @Nullable String agent, @Nullable String prompt, @Nullable Duration timeout)
      implements TaskCommands {
    public RetryTask(String id, String agent) {
      this(id, agent, null, null);
    }
  }

  /**
   * Changes when a task that is not over is to be done, and by whom.
   *
   * @param priority 1 (first) to 9, or null to leave it
   * @param agent who is to do it from now on, empty for any that can, or null to leave that;
   *     refused while an attempt is at it
   */
  record ChangeTask(String id, @Nullable Integer priority, @Nullable String agent)
      implements TaskCommands {}

  /**
   * Gives a task to the person, who works in a worktree like an agent. An attempt that runs is
   * stopped; the person goes on from its work.
   */
  record TakeTask(String id) implements TaskCommands {}

  record CancelTask(String id) implements TaskCommands {}

  record PauseTask(String id) implements TaskCommands {}

  record ResumeTask(String id) implements TaskCommands {}

  /** Lets a running attempt end, then gives the agent nothing more until it is resumed. */
  record PauseAgent(String name) implements AgentCommands {}

  record ResumeAgent(String name) implements AgentCommands {}

  /** Ends what the agent runs now (its work is kept) and pauses it. */
  record StopAgent(String name) implements AgentCommands {}

  /**
   * Passes a line to the agent's standard input, or into its next prompt when it reads none.
   *
   * @param task which of its tasks it is about, or null for the one it works on
   */
  record SayToAgent(String name, String text, @Nullable String task) implements AgentCommands {
    public SayToAgent(String name, String text) {
      this(name, text, null);
    }
  }

  /**
   * Writes agents made of these definitions into {@code hive.yaml}, each once; their commands run
   * when they are trusted. Result {@link Discovery.Imported}.
   *
   * @param ids of {@link Discovery.Definition}
   */
  record ImportAgents(List<String> ids) implements AgentCommands {
    public ImportAgents {
      ids = ids == null ? List.of() : List.copyOf(ids);
    }
  }

  /** Takes imported agents out of {@code hive.yaml} again. Result {@code {removed: [names]}}. */
  record RemoveAgents(List<String> names) implements AgentCommands {
    public RemoveAgents {
      names = names == null ? List.of() : List.copyOf(names);
    }
  }

  /**
   * Changes values in {@code hive.yaml}, each where it stands; comments and all other lines stay.
   * Refused with {@code config-changed} when the file says something else by now, and with {@code
   * config-invalid} when it would not be valid. What it then runs and decides asks for consent as
   * any change does. Result {@link Config.Edited}.
   *
   * @param digest of the text that the edit was made for, from {@link Config.Source}
   */
  record EditConfig(String digest, List<Config.Change> changes) implements ConfigCommands {
    public EditConfig {
      changes = changes == null ? List.of() : List.copyOf(changes);
    }
  }

  /** As {@link EditConfig}, with a whole text: to write a first one, or to put one back. */
  record WriteConfig(String digest, String text) implements ConfigCommands {}

  /**
   * Takes objectives of others over into {@code hive.yaml}, all that are in a text or none. As
   * after any change of the file, nothing of it is in force before a person consents. Result {@link
   * Config.Edited}.
   *
   * @param digest of the text of {@code hive.yaml} that the import was looked at with
   * @param text of OpenSLO v1, Sloth, Pyrra or Prometheus rules in Sloth's shape
   * @param period of objectives whose format does not say it, as in 28d; 30d unless told
   * @param skip whether to leave out objectives that cannot be taken over
   */
  record ImportObjectives(
      String digest, String text, @Nullable String period, @Nullable Boolean skip)
      implements ConfigCommands {
    public ImportObjectives {
      skip = Boolean.TRUE.equals(skip);
    }
  }

  /**
   * Approves a change and queues it. Refused with {@code change-moved} when its head is not the one
   * that was shown.
   *
   * @param head the commit that the person saw, or null for whatever it is now
   */
  record ApproveChange(String id, @Nullable String comment, @Nullable String head)
      implements ChangeCommands {
    public ApproveChange(String id, String comment) {
      this(id, comment, null);
    }
  }

  /** Sends a change back to its agent; the comments start a new attempt. */
  record ReturnChange(String id, @Nullable String comment, @Nullable List<LineComment> lines)
      implements ChangeCommands {}

  /**
   * Approves where needed and puts the change into the merge queue.
   *
   * @param head as in {@link ApproveChange}
   */
  record MergeChange(String id, @Nullable String head) implements ChangeCommands {
    public MergeChange(String id) {
      this(id, null);
    }
  }

  record CloseChange(String id, @Nullable String comment) implements ChangeCommands {}

  record Decide(String id, String option, @Nullable String comment) implements DecisionCommands {}

  /**
   * Says what a lesson is worth: accepted ones are told to agents, muted ones are not, deleted ones
   * are gone until they are seen again; new is how it was before anybody said.
   */
  record JudgeLesson(String id, LessonViews.LessonState state) implements LessonCommands {}

  /** Words the remedy of a lesson; blank takes back what was worded. */
  record WordLesson(String id, @Nullable String remedy) implements LessonCommands {}

  /**
   * Consents to what {@code hive.yaml} would run and decide. Refused with {@code consent-changed}
   * when that is not what was shown.
   *
   * @param digest of what was shown, from {@link WorkspaceViews.Consent}
   */
  record Trust(String digest) implements WorkspaceCommands {}

  /**
   * Starts claiming ready tasks; {@code agents} is how many may work at once, 0 for the default.
   */
  record StartHive(int agents) implements WorkspaceCommands {}

  /**
   * Claims nothing more. Result {@code {running, seconds}}: how many attempts still run, and how
   * long they will take by what their agents took before; 0 where nothing is known.
   *
   * @param park whether to stop them now, with their work kept to go on from; else they may end
   */
  record PauseHive(boolean park) implements WorkspaceCommands {
    public PauseHive() {
      this(false);
    }
  }

  /**
   * Ends the engine, wherever it runs: attempts are stopped with their work kept, and the next
   * engine goes on from there. Answered before it begins. Result {@code {waitsFor}}: what it lets
   * finish before, in words, for a minute at most.
   */
  record StopEngine() implements WorkspaceCommands {}

  /**
   * Brings the user's checkouts of main up to the tip, keeping local edits. Result {@code {updated:
   * [paths], left: [{path, merges, why}]}}.
   */
  record UpdateCheckout() implements WorkspaceCommands {}

  /** Puts kept work onto a new branch. Result {@code {branch}}. */
  record RestoreKept(String id, @Nullable String branch) implements KeptCommands {}

  /** Lets go of kept work for good. Result {@code {dropped: n}}. */
  record DropKept(List<String> ids) implements KeptCommands {
    public DropKept {
      ids = ids == null ? List.of() : List.copyOf(ids);
    }
  }

  /**
   * Lets agents do something from now on, or forbids it, without asking a person.
   *
   * @param agent whom it concerns, or null for all
   * @param what as in {@link PermissionViews.PermissionRule}
   * @param literal as in {@link PermissionViews.PermissionRule}; false when it is left out
   */
  record SetPermission(
      @Nullable String agent, String tool, String what, boolean allow, boolean literal)
      implements PermissionCommands {

    /** A rule in which {@code *} stands for anything. */
    public SetPermission(String agent, String tool, String what, boolean allow) {
      this(agent, tool, what, allow, false);
    }
  }

  /** From now on a person is asked again. */
  record RemovePermission(String id) implements PermissionCommands {}

  /**
   * Tells nobody of some alerts for a while; they go on firing.
   *
   * @param matchers conditions on their labels as in {@code objective="api"}, separated by commas
   * @param seconds for how long
   * @param comment why
   */
  record Silence(String matchers, long seconds, String comment) implements SloCommands {}

  /** Ends a silence now. */
  record EndSilence(long id) implements SloCommands {}

  /**
   * Lifts what the error-budget policy of an objective does, for a time. Result: its acts.
   *
   * @param seconds for how long
   * @param comment why
   */
  record LiftPolicy(String objective, long seconds, String comment) implements SloCommands {}

  /** Puts a policy that was lifted in force again. Result: its acts. */
  record ResumePolicy(String objective) implements SloCommands {}

  /**
   * Takes alerts of another system in; they are listed and told as the engine's own. Result {@link
   * NotifyViews.Received}.
   *
   * @param source what sent them, in a word
   */
  record ReceiveAlerts(String source, List<ReceivedAlert> alerts) implements NotifyCommands {
    public ReceiveAlerts {
      alerts = alerts == null ? List.of() : List.copyOf(alerts);
    }
  }

  /**
   * @param labels who it is
   * @param began null for now
   * @param ended null while it fires; one in the future says when it counts as ended without news
   * @param lasting whether it fires until it is told that it does not; else for five minutes after
   *     the last news of it, where {@code ended} does not say
   */
  record ReceivedAlert(
      Map<String, String> labels,
      @Nullable Map<String, String> annotations,
      @Nullable Instant began,
      @Nullable Instant ended,
      boolean lasting) {
    public ReceivedAlert {
      labels = labels == null ? Map.of() : Map.copyOf(labels);
      annotations = annotations == null ? Map.of() : Map.copyOf(annotations);
    }
  }

  /** Sends a message now that failed or was given up. */
  record RetryNotification(long id) implements NotifyCommands {}

  /** Lets go of a message that was given up. */
  record DropNotification(long id) implements NotifyCommands {}

  /** Sends a test message, past routes and quiet hours. Result {@link NotifyViews.Tested}. */
  record TestChannel(String name) implements NotifyCommands {}

  /** Marks a notice as read, which acknowledges its alerts: nobody else is told of them. */
  record ReadNotice(String id) implements NotifyCommands {}

  /**
   * Acknowledges an alert that fires: somebody takes care of it, and nobody else is told. The
   * notices that tell of it are read by that. Result {@link NotifyViews.Read}.
   *
   * @param id of the alert
   */
  record AcknowledgeAlert(String id) implements NotifyCommands {}

  /** Marks all notices as read. Result {@link NotifyViews.Read}. */
  record ReadNotices() implements NotifyCommands {}

  /**
   * Settles a drift. Refused with {@code drift-changed} when it is not what was shown.
   *
   * @param remedy one of {@link DriftViews.Drift#remedies}; null for its repair
   * @param digest of what the person saw, from {@link DriftViews.Drift}; null for what it is now
   */
  record Repair(String id, @Nullable String remedy, @Nullable String digest)
      implements DriftCommands {
    public Repair(String id, @Nullable String remedy) {
      this(id, remedy, null);
    }

    public Repair(String id) {
      this(id, null);
    }
  }

  /** Compares ledger and world now. Result {@code {drift: n}}. */
  record Reconcile() implements DriftCommands {}

  /**
   * Tells how far an attempt is.
   *
   * @param stage 0 to 100, or null to leave it; it only rises
   * @param text what it is at, in a line or two, or null
   */
  record Progress(String attempt, @Nullable Integer stage, @Nullable String text)
      implements AttemptCommands {}

  /**
   * Puts a question to a person in the name of an attempt, by the decision matrix. Result {@code
   * {id}} of the decision.
   *
   * @param kind looks up the matrix; null for the task's kind
   * @param options to choose from; null or empty for "proceed" and "stop"
   * @param fallback the option when nobody answers in time, or null
   */
  record Ask(
      String attempt,
      String question,
      @Nullable String detail,
      @Nullable List<String> options,
      @Nullable String kind,
      @Nullable String fallback)
      implements AttemptCommands {}

  /**
   * Proposes a task; it joins the plan only when a person says so. Result {@code {decision}}.
   *
   * @param why what it is for, to the person who decides
   * @param agent who is to do it, or null for any that can
   * @param subtask whether it is part of the attempt's own task
   */
  record ProposeTask(
      String attempt,
      String title,
      @Nullable String prompt,
      @Nullable String why,
      @Nullable String agent,
      @Nullable List<String> capabilities,
      @Nullable List<String> needs,
      @Nullable List<String> requirements,
      @Nullable Integer priority,
      boolean subtask)
      implements AttemptCommands {}

  /** Gives a sub-task of an attempt's task to the attempt's agent, before anybody else takes it. */
  record ClaimSubtask(String attempt, String task) implements AttemptCommands {}

  /** Keeps what an attempt learned. Result {@code {id}}. */
  record RecordLesson(String attempt, String text) implements AttemptCommands {}

  /**
   * A comment on lines of the new side of a file.
   *
   * @param file null where it is on the change as a whole
   * @param line the last of them; 0 where it is on the whole of the file
   * @param text may be empty where there is a suggestion
   * @param startLine the first of them; null where it is one line
   * @param suggestion what these lines should be instead, word for word; empty to take them out,
   *     null for none
   */
  record LineComment(
      @Nullable String file,
      int line,
      String text,
      @Nullable Integer startLine,
      @Nullable String suggestion) {
    public LineComment(@Nullable String file, int line, String text) {
      this(file, line, text, null, null);
    }

    /** The first line that it is about. */
    public int first() {
      return startLine == null ? line : startLine;
    }
  }
}
