package dev.hivedeck.engine.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What commands answer that answer more than the thing they changed. */
public final class Results {
  private Results() {}

  /** The new thing. */
  public record Created(String id) {}

  /** A lesson that was recorded. */
  public record Recorded(long id) {}

  /**
   * What an import of a plan came to. Of more than 1,000 ids only their number is told.
   *
   * @param added ids that are new
   * @param changed ids whose text differs
   * @param kept ids that are as they were
   * @param earlier ids of tasks that were done by an earlier text
   * @param leftOut what of the text is in no requirement and no task, each with its place
   */
  public record PlanImported(
      Object added, Object changed, Object kept, Object earlier, List<String> leftOut) {}

  /** Agents that were taken out of {@code hive.yaml}. */
  public record AgentsRemoved(List<String> removed) {}

  /**
   * What still runs.
   *
   * @param running how many attempts
   * @param seconds how long they will take by what their agents took before; 0 when unknown
   */
  public record Paused(int running, long seconds) {}

  /**
   * @param waitsFor what the engine lets finish before it ends; left out when nothing
   */
  public record Stopping(String waitsFor) {}

  /** The branch that kept work is on now. */
  public record Restored(String branch) {}

  /** How much kept work was let go of. */
  public record Dropped(int dropped) {}

  /** How many differences there are. */
  public record Reconciled(int drift) {}

  /** The plan. */
  public record PlanText(String yaml) {}

  /**
   * Whether the engine reads and writes its database.
   *
   * @param status {@code up} or {@code down}
   * @param engine its version
   * @param seq the last event, when it is up; else null
   * @param code why it is down; this and the next two are null when it is up
   * @param message the same in words, or null
   * @param hint what to do about it, or null
   */
  public record Health(
      String status,
      String engine,
      @Nullable Long seq,
      @Nullable String code,
      @Nullable String message,
      @Nullable String hint) {}

  /**
   * Checkouts of main that were looked at.
   *
   * @param updated paths that are up to date now
   * @param stashed those whose edits are in the stash
   * @param left those that could not be brought up
   */
  public record CheckoutsUpdated(List<String> updated, List<Stashed> stashed, List<Left> left) {}

  /**
   * @param files in which the edits conflict
   * @param commit the stash
   * @param staged whether it is what was staged that conflicts
   */
  public record Stashed(String path, List<String> files, String commit, boolean staged) {}

  /**
   * @param merges how many merges it is behind
   * @param why what is in the way
   */
  public record Left(String path, int merges, String why) {}

  /**
   * Samples of a service were taken in.
   *
   * @param taken how many
   * @param refused why others were not; empty when all were
   */
  public record SamplesTaken(int taken, List<SamplesRefused> refused) {}

  /**
   * Samples that were not taken in, for one reason.
   *
   * @param reason for people
   * @param example the first of them: its series
   */
  public record SamplesRefused(String reason, int count, String example) {}
}
