package dev.hivedeck.engine.protocol.figure;

import com.fasterxml.jackson.annotation.JsonCreator;
import dev.hivedeck.engine.protocol.view.ChangeViews.Holder;
import dev.hivedeck.engine.protocol.view.Word;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a team works with its agents, in figures. None ranks people or agents. */
public final class FigureViews {
  private FigureViews() {}

  /** What a figure is counted in. */
  public enum Unit implements Word {
    /** 0 to 1. */
    SHARE,
    /** Seconds between two moments. */
    SECONDS,
    HOURS,
    MINUTES,
    WEEKLY,
    DAILY,
    DOLLARS;

    @JsonCreator
    public static Unit of(String word) {
      return Word.parse(Unit.class, word);
    }
  }

  /**
   * A figure in a twelfth of the days.
   *
   * @param value null where there is nothing to count
   */
  public record Twelfth(Instant from, @Nullable Double value) {}

  /**
   * One figure.
   *
   * @param name by which it is asked for
   * @param definition what it counts, in a sentence or two
   * @param moreIsBetter else less is
   * @param value null where there is nothing to count
   * @param upper where it is a median: the value that three quarters do not exceed; else null
   * @param counted how many fulfil it, where it is a share; else how many it is made of
   * @param of how many there are in all
   * @param unknown how many are left out because nobody knows their value
   * @param before its value in as many days before; null where there is none
   * @param trend its value in each twelfth of the days, the oldest first
   * @param missing what there would have to be for a value; empty where there is one
   */
  public record Figure(
      String name,
      String title,
      String definition,
      Unit unit,
      boolean moreIsBetter,
      @Nullable Double value,
      @Nullable Double upper,
      long counted,
      long of,
      long unknown,
      @Nullable Double before,
      List<Twelfth> trend,
      String missing) {
    public Figure {
      trend = List.copyOf(trend);
    }
  }

  /** How long it was somebody's turn, in all. */
  public record HeldTime(Holder holder, double seconds) {}

  /**
   * For how long it has been whose turn with a change.
   *
   * @param held who had it longest first; who never had it is left out
   */
  public record ChangeHolders(String change, List<HeldTime> held) {
    public ChangeHolders {
      held = List.copyOf(held);
    }
  }

  /** The figures of the days between two moments. */
  public record Figures(Instant from, Instant until, int days, List<Figure> figures) {
    public Figures {
      figures = List.copyOf(figures);
    }
  }

  /**
   * A thing that a figure counts.
   *
   * @param change its id; null where the row is about none
   * @param title of the change, or the command
   * @param at when it was merged, approved or sent
   * @param counts whether it fulfils the figure, where that is a share; else always
   * @param value in the figure's unit; null where there is none
   * @param note why it does not count, or what it is; empty for nothing
   */
  public record FigureRow(
      @Nullable String change,
      String title,
      Instant at,
      boolean counts,
      @Nullable Double value,
      String note) {}

  /**
   * What a figure counts: of a share, first what does not fulfil it; else the largest first.
   *
   * @param total how many there are; more than rows where they are too many
   */
  public record FigureRows(String figure, String definition, long total, List<FigureRow> rows) {
    public FigureRows {
      rows = List.copyOf(rows);
    }
  }
}
