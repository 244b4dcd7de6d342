package dev.hivedeck.engine.protocol.merge;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.EventType;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Registration;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.merge.BatchViews.Batch;
import dev.hivedeck.engine.protocol.merge.MergeViews.Forecast;
import dev.hivedeck.engine.protocol.merge.MergeViews.Merge;
import dev.hivedeck.engine.protocol.merge.MergeViews.QueueState;
import java.util.List;
import java.util.Map;

/** Adds merges and the merge queue to the protocol. */
public final class MergeRegistration implements Registration {
  public static final Topic TOPIC = Topic.registered("merge", Merge.class);
  public static final Topic QUEUE = Topic.registered("queue", QueueState.class);
  public static final Topic FORECAST = Topic.registered("forecast", Forecast.class);
  public static final Topic BATCH = Topic.registered("batch", Batch.class);

  @Override
  public Map<String, Class<? extends Command>> commands() {
    return Map.of(
        "change.revert",
        MergeCommand.Revert.class,
        "queue.freeze",
        MergeCommand.Freeze.class,
        "queue.first",
        MergeCommand.First.class,
        "queue.unfreeze",
        MergeCommand.Unfreeze.class);
  }

  @Override
  public Map<String, Class<? extends Query>> queries() {
    return Map.of(
        "queue",
        MergeQuery.Queue.class,
        "merges",
        MergeQuery.Merges.class,
        "batches",
        MergeQuery.Batches.class,
        "forecasts",
        MergeQuery.Forecasts.class);
  }

  @Override
  public List<EventType> events() {
    return List.of(MergeEvent.values());
  }

  @Override
  public List<Topic> topics() {
    return List.of(TOPIC, QUEUE, FORECAST, BATCH);
  }

  @Override
  public List<Route> routes() {
    return List.of(
        new Route(
            "/v1/queue",
            "getQueue",
            "The merge queue: what froze it, and the line in the order of merging",
            "queue",
            MergeViews.Queue.class,
            false,
            Map.of()),
        new Route(
            "/v1/merges",
            "listMerges",
            "Merges with the proof that main is what the gates judged; the newest first",
            "merges",
            Merge.class,
            true,
            Map.of("limit", "At most so many; default 100.")),
        new Route(
            "/v1/batches",
            "listBatches",
            "Changes that were judged and merged at once, with the runs of the gates; the newest"
                + " first",
            "batches",
            Batch.class,
            true,
            Map.of("limit", "At most so many; default 50.")),
        new Route(
            "/v1/forecasts",
            "listForecasts",
            "How open changes would get on with main and with each other, by trial merges",
            "forecasts",
            Forecast.class,
            true,
            Map.of()),
        new Route(
            "/v1/changes/{id}/revert",
            "revertChange",
            "Opens a change that takes a merged one back",
            "change.revert",
            MergeViews.Reverted.class,
            false,
            Map.of()),
        new Route(
            "/v1/queue/{id}/first",
            "mergeFirst",
            "Lets a change in the queue go before all others",
            "queue.first",
            MergeViews.Queue.class,
            false,
            Map.of()),
        new Route(
            "/v1/queue/freeze",
            "freezeQueue",
            "Merges nothing more until it is unfrozen",
            "queue.freeze",
            MergeViews.Queue.class,
            false,
            Map.of()),
        new Route(
            "/v1/queue/unfreeze",
            "unfreezeQueue",
            "Merges again, whatever froze the queue",
            "queue.unfreeze",
            MergeViews.Queue.class,
            false,
            Map.of()));
  }
}
