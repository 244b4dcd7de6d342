package dev.hivedeck.engine.protocol.figure;

import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.hivedeck.engine.protocol.Query;
import org.jspecify.annotations.Nullable;

/** Questions about how a team works with its agents. */
public sealed interface FigureQuery extends Query {

  /**
   * All figures of the last days. Answer: {@link FigureViews.Figures}.
   *
   * @param days 1 to 365; 30 where it is left out
   */
  @JsonTypeName("figures")
  record Figures(int days) implements FigureQuery {}

  /**
   * For how long it has been whose turn with a change. Answer: {@link FigureViews.ChangeHolders}.
   *
   * @param id of the change
   */
  @JsonTypeName("change.holders")
  record Holders(String id) implements FigureQuery {}

  /**
   * What a figure counts, row by row. Answer: {@link FigureViews.FigureRows}.
   *
   * @param figure its name; {@code without-rework} where it is left out
   * @param days 1 to 365; 30 where it is left out
   * @param limit at most so many rows; 100 where it is left out
   */
  @JsonTypeName("figure.rows")
  record Rows(@Nullable String figure, int days, int limit) implements FigureQuery {}
}
