package dev.hivedeck.engine.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.AgentViews;
import dev.hivedeck.engine.protocol.view.AttemptViews;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.DecisionViews;
import dev.hivedeck.engine.protocol.view.DriftViews;
import dev.hivedeck.engine.protocol.view.LessonViews;
import dev.hivedeck.engine.protocol.view.NotifyViews;
import dev.hivedeck.engine.protocol.view.SloViews;
import dev.hivedeck.engine.protocol.view.TaskViews;
import dev.hivedeck.engine.protocol.view.View;
import dev.hivedeck.engine.protocol.view.WorkspaceViews;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The kinds of things that the feed speaks of; each has one view record. An area that registers
 * itself brings its own along, see {@link Registration}.
 */
public final class Topic implements Comparable<Topic> {
  private static final List<Topic> STANDARD = new ArrayList<>();

  public static final Topic WORKSPACE =
      standard("workspace", WorkspaceViews.Workspace.class, ErrorCode.NO_WORKSPACE);
  public static final Topic REQUIREMENT =
      standard("requirement", TaskViews.Requirement.class, ErrorCode.NO_REQUIREMENT);
  public static final Topic TASK = standard("task", TaskViews.Task.class, ErrorCode.NO_TASK);
  public static final Topic AGENT = standard("agent", AgentViews.Agent.class, ErrorCode.NO_AGENT);
  public static final Topic ATTEMPT =
      standard("attempt", AttemptViews.Attempt.class, ErrorCode.NO_ATTEMPT);
  public static final Topic CHANGE =
      standard("change", ChangeViews.Change.class, ErrorCode.NO_CHANGE);
  public static final Topic DECISION =
      standard("decision", DecisionViews.Decision.class, ErrorCode.NO_DECISION);
  public static final Topic KEPT = standard("kept", AttemptViews.Kept.class, ErrorCode.NO_KEPT);
  public static final Topic DRIFT = standard("drift", DriftViews.Drift.class, ErrorCode.NO_DRIFT);
  public static final Topic LESSON =
      standard("lesson", LessonViews.Lesson.class, ErrorCode.NO_LESSON);
  public static final Topic OBJECTIVE =
      standard("objective", SloViews.Objective.class, ErrorCode.NO_OBJECTIVE);
  public static final Topic ALERT = standard("alert", SloViews.Alert.class, ErrorCode.NO_ALERT);
  public static final Topic NOTICE =
      standard("notice", NotifyViews.Notice.class, ErrorCode.NO_NOTICE);

  private final String word;
  private final Class<? extends View> view;
  private final ErrorCode missing;
  private final boolean personal;

  private Topic(String word, Class<? extends View> view, ErrorCode missing, boolean personal) {
    this.word = word;
    this.view = view;
    this.missing = missing;
    this.personal = personal;
  }

  private static Topic standard(String word, Class<? extends View> view, ErrorCode missing) {
    var topic = new Topic(word, view, missing, false);
    STANDARD.add(topic);
    return topic;
  }

  /** A topic of an area that registers itself; there is one of a word. */
  public static Topic registered(String word, Class<? extends View> view) {
    return new Topic(word, view, ErrorCode.NO_THING, false);
  }

  /** The same, for people only: an agent's token does not open it. */
  public Topic forPeople() {
    return new Topic(word, view, missing, true);
  }

  /** All of them, in their order. */
  public static Set<Topic> all() {
    var all = new LinkedHashSet<>(STANDARD);
    Registration.all().forEach(area -> all.addAll(area.topics()));
    return Collections.unmodifiableSet(all);
  }

  public Class<? extends View> view() {
    return view;
  }

  /** The code of an error that tells of one that is not there. */
  public ErrorCode missing() {
    return missing;
  }

  /** Whether only people are told of it. */
  public boolean personal() {
    return personal;
  }

  @JsonValue
  public String word() {
    return word;
  }

  /**
   * @throws HiveException {@code unknown-topic}
   */
  @JsonCreator
  public static Topic of(String word) {
    for (var topic : STANDARD) {
      if (topic.word.equalsIgnoreCase(word)) {
        return topic;
      }
    }
    return all().stream()
        .filter(topic -> topic.word.equalsIgnoreCase(word))
        .findFirst()
        .orElseThrow(
            () ->
                new HiveException(
                    ErrorCode.UNKNOWN_TOPIC,
                    "There is no topic \"" + word + "\".",
                    "Topics are "
                        + all().stream().map(Topic::word).collect(Collectors.joining(", "))
                        + "."));
  }

  /** In the order of {@link #all}. */
  @Override
  public int compareTo(Topic other) {
    int mine = STANDARD.indexOf(this);
    int theirs = STANDARD.indexOf(other);
    return mine >= 0 && theirs >= 0
        ? Integer.compare(mine, theirs)
        : mine != theirs ? (mine < 0 ? 1 : -1) : word.compareTo(other.word);
  }

  @Override
  public String toString() {
    return word;
  }
}
