package dev.hivedeck.engine.protocol.merge;

import com.fasterxml.jackson.annotation.JsonCreator;
import dev.hivedeck.engine.protocol.view.View;
import dev.hivedeck.engine.protocol.view.Word;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Merges and the queue that makes them, as clients see them. */
public final class MergeViews {
  private MergeViews() {}

  /** Why a path is not explained. */
  public enum Cause implements Word {
    /** It differs from main as it was, and the change does not touch it. */
    FOREIGN,
    /** The change alone touches it, and it is not as in the change. */
    DIFFERENT,
    /** The change alone touches it, and main has nothing of that. */
    MISSING;

    @JsonCreator
    public static Cause of(String word) {
      return Word.parse(Cause.class, word);
    }
  }

  /** A change that takes another one back, and its task. */
  public record Reverted(String change, String task) {}

  /** A path that is on main otherwise than the accepted change explains. */
  public record Unexplained(String path, Cause cause) {}

  /** How two changes meet, or a change and main. */
  public enum Meeting implements Word {
    /** Both change the same lines: whoever merges second has to redo them. */
    CONFLICT,
    /** Both change the same file, and git merges them. */
    OVERLAP,
    /** One was made on top of the other. */
    STACKED;

    @JsonCreator
    public static Meeting of(String word) {
      return Word.parse(Meeting.class, word);
    }
  }

  /**
   * Whom a change meets.
   *
   * @param with the id of the other change, or {@code main}
   * @param files in which they do; none where one is on top of the other
   */
  public record Encounter(String with, Meeting meeting, List<String> files) {}

  /**
   * How a change would get on with main and with the other open changes, by merges that were tried
   * and thrown away.
   *
   * @param id of the change
   * @param head of the change that was tried
   * @param behind commits that main has and the change does not
   * @param encounters with those that it meets; others merge without touching it
   */
  public record Forecast(String id, String head, int behind, List<Encounter> encounters)
      implements View {
    /** What main is called among those whom a change meets. */
    public static final String MAIN = "main";
  }

  /**
   * Why nothing is merged until a person says so.
   *
   * @param kind by whom
   */
  public record Freeze(String id, FreezeKind kind, String reason, Instant at) {}

  /** Who froze the queue. */
  public enum FreezeKind implements Word {
    /** A person. */
    BY_HAND,
    /** A merge that its change does not explain. */
    UNPROVEN;

    @JsonCreator
    public static FreezeKind of(String word) {
      return Word.parse(FreezeKind.class, word);
    }
  }

  /**
   * Gates fail on main itself, whatever change comes to it: only what mends it is merged.
   *
   * @param commit of main that they failed on
   * @param since when main has failed
   * @param again when it is judged again, if nothing comes to it before
   * @param gates that fail
   */
  public record RedMain(String commit, Instant since, Instant again, List<String> gates) {}

  /**
   * Whether the queue merges.
   *
   * @param id always {@link #ID}
   * @param freezes why it does not; empty when it does
   * @param red that gates fail on main itself; null where that is not known
   */
  public record QueueState(String id, List<Freeze> freezes, @Nullable RedMain red) implements View {
    public static final String ID = "queue";
  }

  /**
   * A change in line.
   *
   * @param place from 1 on, in the order of merging; 0 for one that waits without a place
   * @param why it waits, in words; empty where it only waits for its turn
   */
  public record Place(
      int place,
      String change,
      String title,
      String agent,
      String state,
      Instant since,
      String why) {}

  /**
   * The merge queue.
   *
   * @param freezes why nothing is merged; empty when it runs
   * @param policy what an error-budget policy keeps back, in words; empty when nothing
   * @param red that gates fail on main itself; null where that is not known
   * @param line in the order of merging
   * @param method how changes come to main; null from an engine before it told
   * @param batch so many at most are judged and merged at once
   * @param ahead so many batches at most are judged ahead of their turn
   */
  public record Queue(
      List<Freeze> freezes,
      String policy,
      @Nullable RedMain red,
      List<Place> line,
      @Nullable MergeMethod method,
      int batch,
      int ahead) {}

  /**
   * A merge that was made for a change, and the proof that main is what the gates judged.
   *
   * @param change its id
   * @param title of the change
   * @param base main as it was before
   * @param commit the merge
   * @param tree of the merge that the gates judged
   * @param same whether main had that tree once it was moved; false also when it was not moved
   * @param moved whether main was moved to it
   * @param paths how many differ from main as it was
   * @param unexplained those that the change does not explain; empty where the proof holds
   * @param accepted why a person lets it be all the same; null where nobody was asked
   */
  public record Merge(
      String id,
      String change,
      String title,
      Instant at,
      String base,
      String commit,
      String tree,
      boolean same,
      boolean moved,
      int paths,
      List<Unexplained> unexplained,
      @Nullable String accepted)
      implements View {

    /** Whether main is what the gates judged, path by path. */
    public boolean proven() {
      return same && unexplained.isEmpty();
    }
  }
}
