package dev.hivedeck.engine.protocol;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.view.AttemptViews;
import dev.hivedeck.engine.protocol.view.MetricViews;
import dev.hivedeck.engine.protocol.view.NotifyViews;
import dev.hivedeck.engine.protocol.view.PermissionViews;
import dev.hivedeck.engine.protocol.view.ReplayViews;
import dev.hivedeck.engine.protocol.view.SloViews;
import dev.hivedeck.engine.protocol.view.TaskViews;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a client may ask for by range, because it is too large or too rare for the feed. The queries
 * of one area are sealed, so that whoever answers them has all of them.
 *
 * <p>Long because sealed families and their answers stand in one place: two records of each
 * question.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Query.Log.class, name = "log"),
  @JsonSubTypes.Type(value = Query.Diff.class, name = "diff"),
  @JsonSubTypes.Type(value = Query.FileAt.class, name = "change.file"),
  @JsonSubTypes.Type(value = Query.KeptDiff.class, name = "kept.diff"),
  @JsonSubTypes.Type(value = Query.Prompt.class, name = "prompt"),
  @JsonSubTypes.Type(value = Query.Attempts.class, name = "attempts"),
  @JsonSubTypes.Type(value = Query.Events.class, name = "events"),
  @JsonSubTypes.Type(value = Query.Sightings.class, name = "sightings"),
  @JsonSubTypes.Type(value = Query.Export.class, name = "plan"),
  @JsonSubTypes.Type(value = Query.Permissions.class, name = "permissions"),
  @JsonSubTypes.Type(value = Query.Clis.class, name = "agents.installed"),
  @JsonSubTypes.Type(value = Query.Definitions.class, name = "agents.defined"),
  @JsonSubTypes.Type(value = Query.ConfigSource.class, name = "config"),
  @JsonSubTypes.Type(value = Query.ConfigPreview.class, name = "config.preview"),
  @JsonSubTypes.Type(value = Query.ConfigProposal.class, name = "config.proposal"),
  @JsonSubTypes.Type(value = Query.Thing.class, name = "view"),
  @JsonSubTypes.Type(value = Query.Brief.class, name = "brief"),
  @JsonSubTypes.Type(value = Query.Subtasks.class, name = "subtasks"),
  @JsonSubTypes.Type(value = Query.Lessons.class, name = "lessons.recorded"),
  @JsonSubTypes.Type(value = Query.Objectives.class, name = "objectives"),
  @JsonSubTypes.Type(value = Query.Alerts.class, name = "alerts"),
  @JsonSubTypes.Type(value = Query.PolicyActs.class, name = "policy-acts"),
  @JsonSubTypes.Type(value = Query.Rules.class, name = "rules"),
  @JsonSubTypes.Type(value = Query.Silences.class, name = "silences"),
  @JsonSubTypes.Type(value = Query.ObjectiveHistory.class, name = "objective.history"),
  @JsonSubTypes.Type(value = Query.ObjectiveSpent.class, name = "objective.spent"),
  @JsonSubTypes.Type(value = Query.ObjectiveExplanation.class, name = "objective.explain"),
  @JsonSubTypes.Type(value = Query.ObjectiveReplay.class, name = "objective.replay"),
  @JsonSubTypes.Type(value = Query.ObjectiveExport.class, name = "objective.export"),
  @JsonSubTypes.Type(value = Query.ImportPreview.class, name = "objective.import-preview"),
  @JsonSubTypes.Type(value = Query.Metrics.class, name = "metrics"),
  @JsonSubTypes.Type(value = Query.MetricQuery.class, name = "metrics.query"),
  @JsonSubTypes.Type(value = Query.MetricTargets.class, name = "metrics.targets"),
  @JsonSubTypes.Type(value = Query.Notifications.class, name = "notifications"),
  @JsonSubTypes.Type(value = Query.Channels.class, name = "channels"),
  @JsonSubTypes.Type(value = Query.Summary.class, name = "summary"),
  @JsonSubTypes.Type(value = Query.Why.class, name = "why"),
})
public interface Query {

  /** Whether only people may ask it: an agent's token is refused. */
  default boolean personal() {
    return false;
  }

  /** Tasks and the plan. */
  sealed interface TaskQueries extends Query {}

  /** Attempts, and what they did. */
  sealed interface AttemptQueries extends Query {}

  /** Agents that there could be. */
  sealed interface AgentQueries extends Query {}

  /** The file {@code hive.yaml}. */
  sealed interface ConfigQueries extends Query {}

  /** Lessons. */
  sealed interface LessonQueries extends Query {}

  /** Permissions. */
  sealed interface PermissionQueries extends Query {}

  /** Kept work. */
  sealed interface KeptQueries extends Query {}

  /** The workspace as a whole. */
  sealed interface WorkspaceQueries extends Query {}

  /** What the feed carries, of any area. */
  sealed interface ThingQueries extends Query {}

  /** Objectives, rules and alerts. */
  sealed interface SloQueries extends Query {}

  /** Metrics. */
  sealed interface MetricQueries extends Query {}

  /** Notifications. */
  sealed interface NotifyQueries extends Query {}

  /**
   * Lines of an attempt's log. Answer {@link LogPage}. A negative {@code from} counts from the end.
   *
   * @param raw whether to give what the agent and its driver said to each other, word for word
   *     ({@code in} to the agent, {@code out} and {@code err} from it), instead of what it means
   */
  record Log(String attempt, long from, int limit, boolean raw) implements AttemptQueries {
    public Log(String attempt, long from, int limit) {
      this(attempt, from, limit, false);
    }
  }

  /**
   * Files and hunks of a change, or of an attempt's work so far. Answer {@link FileDiffs}: of all
   * files, the largest without their lines; or of one file alone, which is as large as it is and
   * comes in parts.
   *
   * @param file null for all
   * @param from how many of the file's lines to pass over: those that are known by now
   */
  record Diff(@Nullable String change, @Nullable String attempt, @Nullable String file, int from)
      implements AttemptQueries {
    /** Of all files. */
    public Diff(String change, String attempt) {
      this(change, attempt, null, 0);
    }
  }

  /**
   * A file of a change, whole. Answer {@link FileContent}.
   *
   * @param before whether as it was before the change
   */
  record FileAt(String change, String path, boolean before) implements AttemptQueries {}

  /**
   * A file as a commit has it.
   *
   * @param bytes how large it is
   * @param base64 what it holds; null where that is more than 8 MB
   */
  record FileContent(String path, String commit, long bytes, @Nullable String base64) {}

  /** Files and hunks of kept work, against what it was based on. Answer {@link FileDiffs}. */
  record KeptDiff(String id) implements KeptQueries {}

  /** What the task asks and what the next attempt would be told. Answer {@link PromptText}. */
  record Prompt(String task) implements TaskQueries {}

  /** All attempts at a task, oldest first. Answer: a list of {@link AttemptViews.Attempt}. */
  record Attempts(String task) implements AttemptQueries {}

  /** Past events, oldest first, after {@code after} (negative counts from the end). */
  record Events(long after, int limit) implements WorkspaceQueries {}

  /** What agents may do unasked. Answer: a list of {@link PermissionViews.PermissionRule}. */
  record Permissions() implements PermissionQueries {}

  /** Where a lesson comes from, the latest first. Answer: a list of {@link Sighting}. */
  record Sightings(String lesson) implements LessonQueries {}

  /** The plan as YAML. Answer {@code {yaml}}. */
  record Export() implements TaskQueries {}

  /** {@code hive.yaml} as it is. Answer {@link Config.Source}. */
  record ConfigSource() implements ConfigQueries {}

  /**
   * What an edit of {@code hive.yaml} would come to; nothing is written. Answer {@link
   * Config.Preview}.
   *
   * @param changes to make in the text there is
   * @param text in its place; null for the changes
   */
  record ConfigPreview(List<Config.Change> changes, @Nullable String text)
      implements ConfigQueries {
    public ConfigPreview {
      changes = changes == null ? List.of() : List.copyOf(changes);
    }
  }

  /**
   * A first {@code hive.yaml} for this repository; nothing is written or run. Answer {@link
   * Config.Proposal}.
   *
   * @param agent the program that works there, as {@code agents.installed} names it; null for the
   *     first that is ready
   * @param run a command that works there in its place; null for none
   */
  record ConfigProposal(@Nullable String agent, @Nullable String run) implements ConfigQueries {}

  /**
   * What an import of objectives would come to; nothing is written. Answer {@link Config.Import}.
   *
   * @param text of OpenSLO v1, Sloth, Pyrra or Prometheus rules in Sloth's shape
   * @param period of objectives whose format does not say it, as in 28d; 30d unless told
   */
  record ImportPreview(String text, @Nullable String period) implements ConfigQueries {}

  /** One thing by its id. Answer: its view, see {@link Topic#view()}. */
  record Thing(Topic topic, String id) implements ThingQueries {}

  /** What an attempt is to do. Answer {@link AttemptBrief}. */
  record Brief(String attempt) implements AttemptQueries {}

  /** The sub-tasks of a task, proposed ones too. Answer: a list of {@link Subtask}. */
  record Subtasks(String task) implements TaskQueries {}

  /** Alerting and recording rules, and how they stand. Answer: a list of {@link SloViews.Rule}. */
  record Rules() implements SloQueries {}

  /** What is in force because error budgets run low, also what is lifted. */
  record PolicyActs() implements SloQueries {}

  /** How objectives stand, what burns first first. Answer: a list of {@link SloViews.Objective}. */
  record Objectives() implements SloQueries {}

  /** Alerts, the newest first, also past ones. Answer: a list of {@link SloViews.Alert}. */
  record Alerts(int limit) implements SloQueries {}

  /** Silences that are not over. Answer: a list of {@link SloViews.Silence}. */
  record Silences() implements SloQueries {}

  /**
   * How an objective stood over a time. Answer {@link SloViews.History}.
   *
   * @param from a time, or how long ago ({@code 7d}); null for the beginning of its window
   * @param until a time, or how long ago; null for now
   * @param step from point to point ({@code 5m}); null for one that suits
   */
  record ObjectiveHistory(
      String objective, @Nullable String from, @Nullable String until, @Nullable String step)
      implements SloQueries {}

  /**
   * What spent an objective's budget. Answer {@link SloViews.Spent}.
   *
   * @param by a label, or {@code endpoint}, {@code error} or {@code version} for the usual names of
   *     it; null for one that there is
   * @param from a time, or how long ago ({@code 7d}); null for the beginning of its window
   * @param until a time, or how long ago; null for now
   */
  record ObjectiveSpent(
      String objective, @Nullable String by, @Nullable String from, @Nullable String until)
      implements SloQueries {}

  /**
   * When the share of an objective's bad events rose, and what was merged just before. Answer
   * {@link SloViews.Explanation}.
   *
   * @param from a time, or how long ago ({@code 7d}); null for the beginning of its window
   * @param until a time, or how long ago; null for now
   */
  record ObjectiveExplanation(String objective, @Nullable String from, @Nullable String until)
      implements SloQueries {}

  /**
   * What an objective would have alerted about, with other values than it has, or as a new one.
   * Answer {@link ReplayViews.Replay}.
   *
   * @param changes keys of the objective in {@code hive.yaml} that would be others; a key that is
   *     null is taken out. Null for the objective as it is
   * @param from a time, or how long ago ({@code 7d}); null for the beginning of its window
   * @param until a time, or how long ago; null for now
   */
  record ObjectiveReplay(
      String objective, @Nullable JsonNode changes, @Nullable String from, @Nullable String until)
      implements SloQueries {}

  /**
   * The objectives of {@code hive.yaml} in a format of others. Answer {@link Exported}.
   *
   * @param format {@code openslo} for OpenSLO v1, {@code prometheus} for rules in Sloth's shape, or
   *     {@code promtool} for their unit tests
   * @param names of the objectives; none for all of them
   * @param skip whether those that the format has no words for are left out
   */
  record ObjectiveExport(String format, List<String> names, boolean skip) implements SloQueries {
    public ObjectiveExport {
      names = names == null ? List.of() : List.copyOf(names);
    }
  }

  /**
   * The newest sample of each series of the last hour. Answer: a list of {@link
   * MetricViews.Newest}.
   *
   * @param selector as in PromQL; null for all
   */
  record Metrics(@Nullable String selector) implements MetricQueries {}

  /**
   * What a query comes to. Answer {@code {resultType, result}} as Prometheus has them.
   *
   * @param promql the query
   * @param start null to evaluate it once, at the end
   * @param end null for now
   * @param step in seconds, between two evaluations from the start to the end
   */
  record MetricQuery(
      String promql, @Nullable Instant start, @Nullable Instant end, @Nullable Double step)
      implements MetricQueries {}

  /** Where metrics are taken from. Answer: a list of {@link MetricViews.Target}. */
  record MetricTargets() implements MetricQueries {}

  /**
   * Messages to channels, the newest first. Answer: a list of {@link NotifyViews.Notification}.
   *
   * @param state only those in it; null for all
   */
  record Notifications(@Nullable String state, int limit) implements NotifyQueries {}

  /** Ways out, and how they stand. Answer: a list of {@link NotifyViews.Channel}. */
  record Channels() implements NotifyQueries {}

  /** The latest lessons, newest first. Answer: a list of {@link Lesson}. */
  record Lessons(int limit) implements LessonQueries {}

  /** How all stands, in figures. Answer {@link Standing}; costs the same however much there is. */
  record Summary() implements WorkspaceQueries {}

  /**
   * How all stands, at one moment.
   *
   * @param seq the last event it knows of
   * @param tasks how many are in each state; what is on main counts as {@code merged}
   * @param changes how many are in each state
   * @param questions how many wait for a person
   * @param reviews changes that wait for a person
   * @param attempts how many are at work; without an engine, were so when it ended
   * @param idle whether nothing can go on without a person
   * @param waits what that waits for, in words; empty when all is done or it goes on
   */
  record Standing(
      long seq,
      Map<String, Long> tasks,
      Map<String, Long> changes,
      long questions,
      long reviews,
      long attempts,
      boolean idle,
      List<String> waits) {

    /** How many tasks are in this state; {@code merged} and {@code done} are two. */
    public long tasks(String state) {
      return tasks.getOrDefault(state, 0L);
    }

    public long allTasks() {
      return tasks.values().stream().mapToLong(Long::longValue).sum();
    }
  }

  /** Why a task is not being worked on. Answer: a list of {@link Hold}, the nearest first. */
  record Why(String task) implements TaskQueries {}

  /**
   * The command line agents of the engine's machine. Answer {@link Discovery.Clis}; takes as long
   * as the slowest needs to tell its version, ten seconds at most.
   */
  record Clis() implements AgentQueries {}

  /** The definitions of agents in the repository. Answer {@link Discovery.Definitions}. */
  record Definitions() implements AgentQueries {}

  /**
   * @param from index of the first line of {@code lines}, from 0
   * @param total how many lines there are by now
   */
  record LogPage(String attempt, long from, long total, List<LogLine> lines) {}

  /**
   * One line of activity.
   *
   * @param kind that of the act, or {@code out}, {@code err}, {@code gate}, {@code retry}, {@code
   *     hive}
   * @param act what was done, where there is more to it than the text; else null
   */
  record LogLine(long index, Instant at, String kind, String text, @Nullable Act act) {
    public LogLine(long index, Instant at, String kind, String text) {
      this(index, at, kind, text, null);
    }
  }

  /**
   * @param truncated whether it is too large to be told at once: of all files, the largest came
   *     without their lines; of one file, more lines follow
   */
  record FileDiffs(
      @Nullable String base, @Nullable String head, List<FileDiff> files, boolean truncated) {

    /** The same, told of another head. */
    public FileDiffs asOf(String other) {
      return new FileDiffs(base, other, files, truncated);
    }

    /** The same file with the part of it that follows. */
    public FileDiffs with(FileDiffs next) {
      var file = files.getFirst().with(next.files().getFirst().hunks());
      return new FileDiffs(base, head, List.of(file), next.truncated());
    }
  }

  /**
   * @param status {@code added}, {@code modified}, {@code deleted}, {@code renamed}
   * @param oldPath before a rename, else null
   * @param binary whether it has no lines to show
   * @param oldMode what git says it was: {@code 100644}, {@code 100755}, {@code 120000} a link,
   *     {@code 160000} a submodule; null where it was not
   * @param mode what it is now; null where it is gone
   */
  record FileDiff(
      String path,
      @Nullable String oldPath,
      String status,
      boolean binary,
      int additions,
      int deletions,
      @Nullable String oldMode,
      @Nullable String mode,
      List<Hunk> hunks) {

    /** Whether it became another kind of file, or got other rights. */
    public boolean remade() {
      return oldMode != null && mode != null && !oldMode.equals(mode);
    }

    /** Whether it came without its lines, since it has so many. */
    public boolean cut() {
      return !binary && hunks.isEmpty() && additions + deletions > 0;
    }

    /** How many lines came with it. */
    public int lines() {
      return hunks.stream().mapToInt(h -> h.lines().size()).sum();
    }

    /** The same with more of its lines, which may go on within a hunk. */
    public FileDiff with(List<Hunk> more) {
      var all = new ArrayList<>(hunks);
      for (var hunk : more) {
        var last = all.isEmpty() ? null : all.getLast();
        if (last != null && last.header().equals(hunk.header())) {
          var lines = new ArrayList<>(last.lines());
          lines.addAll(hunk.lines());
          all.set(
              all.size() - 1,
              new Hunk(
                  last.header(),
                  last.oldStart(),
                  last.newStart(),
                  List.copyOf(lines),
                  last.hash()));
        } else {
          all.add(hunk);
        }
      }
      return new FileDiff(
          path, oldPath, status, binary, additions, deletions, oldMode, mode, List.copyOf(all));
    }
  }

  /**
   * Lines that belong together, with some around them that did not change.
   *
   * @param hash of its path and of what comes and goes: the same hunk has the same one wherever in
   *     its file it is; null from an engine before it had one
   */
  record Hunk(
      String header, int oldStart, int newStart, List<DiffLine> lines, @Nullable String hash) {
    public Hunk(String header, int oldStart, int newStart, List<DiffLine> lines) {
      this(header, oldStart, newStart, lines, null);
    }

    /** The same, to be known again. */
    public Hunk known(String by) {
      return new Hunk(header, oldStart, newStart, lines, by);
    }
  }

  /**
   * @param kind {@code " "}, {@code "+"} or {@code "-"}
   * @param oldLine line number on the old side, 0 when it has none
   */
  record DiffLine(String kind, int oldLine, int newLine, String text) {}

  /**
   * An attempt that failed of something.
   *
   * @param work the kind of work
   * @param text the message, as it was
   * @param remedied the later attempt at the same task that was verified; null while none was
   */
  record Sighting(
      String attempt,
      String task,
      String agent,
      String work,
      Instant at,
      String text,
      @Nullable String remedied) {}

  /**
   * Something that keeps a task from being worked on.
   *
   * @param code {@code no-engine}, {@code untrusted}, {@code hive-paused}, {@code needs} (ids),
   *     {@code delayed} (until when), {@code paused}, {@code decision} (its id), {@code change}
   *     (its id, which its work has become), {@code waiting} (for what), {@code dead} (why), {@code
   *     limit}, {@code capability}, {@code agent-missing}, {@code no-agent} (the capabilities that
   *     nobody has), {@code agent-paused}, {@code agent-budget}, {@code agent-rests}, {@code
   *     agent-busy} (who, with what), {@code budget}, {@code policy} (of an error budget), {@code
   *     outage}, {@code machine} (in words), or {@code next} (how many are before it) where nothing
   *     does
   * @param what which, who, until when; empty where the code says all
   */
  record Hold(String code, String what) {}

  /**
   * Objectives in a format of others.
   *
   * @param text the whole file
   * @param left objectives that are not in it, with the reason
   */
  record Exported(String format, String text, List<LeftOut> left) {}

  /** An objective that is not exported. */
  record LeftOut(String objective, String why) {}

  record PromptText(String task, String prompt, String context) {}

  /**
   * @param prompt what the task asks
   * @param context what happened before, as the prompt tells it; empty when nothing did
   * @param owns patterns of the paths that its agent may change; empty for all
   * @param requirements those that the task is linked to
   * @param needs what had to be on main first
   */
  record AttemptBrief(
      String attempt,
      String agent,
      TaskViews.Task task,
      String prompt,
      String context,
      List<String> owns,
      List<TaskViews.Requirement> requirements,
      List<Neighbour> needs) {}

  /** Another task, in short. */
  record Neighbour(String id, String title, TaskViews.TaskState state, boolean merged) {}

  /**
   * @param task id once it is in the plan; null before
   * @param state of the task; null before it is in the plan
   * @param agent who has it; null when nobody yet
   * @param decision id of the decision whether it joins the plan
   * @param answer of that decision; null while it is open
   */
  record Subtask(
      @Nullable String task,
      String title,
      TaskViews.@Nullable TaskState state,
      @Nullable String agent,
      String decision,
      @Nullable String answer) {}

  /**
   * @param state {@code new} until somebody has looked at it
   */
  record Lesson(
      long id, Instant at, String task, String attempt, String agent, String text, String state) {}
}
