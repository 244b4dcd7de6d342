package dev.hivedeck.engine.protocol.view;

import com.fasterxml.jackson.annotation.JsonCreator;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A workspace as clients see it, with what a person consents to. */
public final class WorkspaceViews {

  private WorkspaceViews() {}

  /**
   * The repository that the engine works on.
   *
   * @param name from {@code hive.yaml}, else the folder's name
   * @param path the repository's root
   * @param main the branch that changes merge into
   * @param commit short id of the tip of {@code main}
   * @param checkout the branch that the user has checked out, or null when detached
   * @param behind merges on main that the user's checkout does not have yet; 0 when not on main
   * @param upstream how main stands to the remote's branch that it follows; null without one
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
      @Nullable String checkout,
      int behind,
      @Nullable Upstream upstream,
      boolean trusted,
      boolean started,
      int limit,
      @Nullable String plan,
      String engine,
      Instant startedAt,
      List<String> problems,
      Consent consent)
      implements View {
    /** There is one; this is its id. */
    public static final String ID = "workspace";
  }

  /**
   * The branch of a remote that main follows, as it was fetched last.
   *
   * @param name for example {@code origin/main}
   * @param ahead commits of main that it does not have
   * @param behind commits of it that main does not have; agents start without them
   * @param fetchedAt when something was fetched last; null where that is not known
   * @param problem why it was not fetched, followed or pushed to, in words; null when it was
   * @param remedy what to do about that; null without a problem
   */
  public record Upstream(
      String name,
      int ahead,
      int behind,
      @Nullable Instant fetchedAt,
      @Nullable String problem,
      @Nullable String remedy) {}

  /**
   * All that would run and all that decides, for a person to consent to.
   *
   * @param digest names all of it; {@code trust} carries it back
   * @param at when a person last consented to what is in force; null for never
   * @param why why it is asked, in words; null when nothing is
   * @param items what waits for consent, with what is left as it was; empty when nothing waits
   */
  public record Consent(
      String digest, @Nullable Instant at, @Nullable String why, List<ConsentItem> items) {}

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
  public record ConsentField(String key, List<String> values, @Nullable List<String> before) {}
}
