package dev.hivedeck.ui.view.rollout;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.rollout.RolloutQuery;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Rollout;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.RolloutFigures;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.RolloutSample;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.StepForecast;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.notice.ErrorMessages;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import javafx.util.Subscription;

/** What is counted of the rollout that is looked at, asked for while somebody looks. */
final class RolloutFeed {
  /** Percent of requests that fail, and are to be found; of stable it is {@link #STABLE}. */
  static final List<Double> FAULTS = List.of(1.5, 3.0, 5.0);

  static final double STABLE = 1;

  /** How many seconds pass between two looks. */
  private static final int EVERY = 2;

  /** How many looks between two at what was counted over time. */
  private static final int SAMPLES = 3;

  private final ScreenContext context;
  private final Runnable news;
  private final Map<Double, List<StepForecast>> plans = new TreeMap<>();
  private String id = "";
  private RolloutFigures figures;
  private List<RolloutSample> samples = List.of();
  private String unplanned = "";
  private int seconds;
  private boolean asking;
  private int choice;

  /**
   * @param news runs when something else is known
   */
  RolloutFeed(ScreenContext context, Runnable news) {
    this.context = context;
    this.news = news;
  }

  /** Begins to ask. */
  Subscription begin() {
    seconds = 0;
    return context.live().now().subscribe(_ -> tick());
  }

  /** Looks at this rollout; null for none. */
  void of(Rollout rollout) {
    var wanted = rollout == null ? "" : rollout.id();
    if (wanted.equals(id)) {
      return;
    }
    id = wanted;
    choice++;
    figures = null;
    samples = List.of();
    plans.clear();
    unplanned = "";
    seconds = 0;
    if (rollout != null) {
      look();
      FAULTS.forEach(fault -> plan(rollout, fault));
    }
  }

  private void tick() {
    if (seconds++ % EVERY == 0 && !asking && !id.isEmpty() && !context.live().cut().get()) {
      look();
    }
  }

  private void look() {
    asking = true;
    ask(
        new RolloutQuery.Figures(id),
        node -> node.has("metrics") ? Json.as(node, RolloutFigures.class) : null,
        found -> figures = found);
    if (seconds / EVERY % SAMPLES == 0) {
      ask(
          new RolloutQuery.Samples(id),
          node -> all(node, RolloutSample.class),
          found -> samples = found);
    }
  }

  private <T> void ask(Query query, Function<JsonNode, T> read, Consumer<T> take) {
    int of = choice;
    context
        .steering()
        .query(query)
        .thenApply(read)
        .whenComplete(
            (found, failure) -> {
              if (of != choice) {
                return;
              }
              asking = false;
              if (failure == null && found != null) {
                take.accept(found);
                news.run();
              }
            });
  }

  private void plan(Rollout rollout, double fault) {
    int of = choice;
    context
        .steering()
        .query(new RolloutQuery.Plan(rollout.name(), null, STABLE, fault))
        .whenComplete(
            (answer, failure) -> {
              if (of != choice) {
                return;
              }
              if (failure == null) {
                plans.put(fault, all(answer, StepForecast.class));
              } else {
                unplanned = ErrorMessages.of(failure).message();
              }
              news.run();
            });
  }

  static <T> List<T> all(JsonNode answer, Class<T> type) {
    var found = new ArrayList<T>();
    answer.forEach(node -> found.add(Json.as(node, type)));
    return found;
  }

  /** What was counted until now; null where that is not known. */
  RolloutFigures figures() {
    return figures;
  }

  /** What was counted over time, the oldest first. */
  List<RolloutSample> samples() {
    return samples;
  }

  /** What each step would find of a fault; empty where that is not known. */
  List<StepForecast> plan(double fault) {
    return plans.getOrDefault(fault, List.of());
  }

  /** Why nothing is planned; empty where something is. */
  String unplanned() {
    return plans.isEmpty() ? unplanned : "";
  }
}
