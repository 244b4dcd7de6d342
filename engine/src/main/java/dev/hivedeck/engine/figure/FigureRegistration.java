package dev.hivedeck.engine.figure;

import dev.hivedeck.engine.area.Area;
import dev.hivedeck.engine.area.AreaContext;
import dev.hivedeck.engine.area.AreaRegistration;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.figure.FigureQuery;
import dev.hivedeck.engine.protocol.figure.FigureViews;
import java.util.List;
import java.util.Map;

/** Registers team figures. */
public final class FigureRegistration implements AreaRegistration {
  private static final String DAYS = "Of so many days, 1 to 365; default 30.";

  @Override
  public Map<String, Class<? extends Query>> queries() {
    return Map.of(
        "figures",
        FigureQuery.Figures.class,
        "figure.rows",
        FigureQuery.Rows.class,
        "change.holders",
        FigureQuery.Holders.class);
  }

  @Override
  public List<Route> routes() {
    return List.of(
        new Route(
            "/v1/figures",
            "getFigures",
            "How the team works with its agents: what is merged without rework, how long things"
                + " take, what they cost, each with its definition and trend",
            "figures",
            FigureViews.Figures.class,
            false,
            Map.of("days", DAYS)),
        new Route(
            "/v1/changes/{id}/holders",
            "getChangeHolders",
            "For how long it has been whose turn with a change: yours, the agent's, the gates' or"
                + " the queue's",
            "change.holders",
            FigureViews.ChangeHolders.class,
            false,
            Map.of()),
        new Route(
            "/v1/figures/rows",
            "getFigureRows",
            "What a figure counts: of a share first what does not fulfil it, else the largest"
                + " first",
            "figure.rows",
            FigureViews.FigureRows.class,
            false,
            Map.of(
                "figure",
                "Its name; without-rework where it is left out.",
                "days",
                DAYS,
                "limit",
                "At most so many; default 100.")));
  }

  @Override
  public Area area(AreaContext context) {
    var history = new MergedHistory();
    return Area.named("figure")
        .queries(
            FigureQuery.class,
            query ->
                switch (query) {
                  case FigureQuery.Figures q ->
                      context
                          .ledger()
                          .read(
                              sql ->
                                  FigureAnswers.figures(
                                      sql, q, context.clock().instant(), history));
                  case FigureQuery.Holders q ->
                      context
                          .ledger()
                          .read(sql -> FigureAnswers.holders(sql, q, context.clock().instant()));
                  case FigureQuery.Rows q ->
                      context
                          .ledger()
                          .read(sql -> FigureAnswers.rows(sql, q, context.clock().instant()));
                })
        .build();
  }
}
