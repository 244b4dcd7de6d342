package dev.hivedeck.engine.protocol.merge;

import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.hivedeck.engine.protocol.Query;

/** Questions about merges. */
public sealed interface MergeQuery extends Query {

  /** The merge queue. Answer: {@link MergeViews.Queue}. */
  @JsonTypeName("queue")
  record Queue() implements MergeQuery {}

  /** How open changes would get on. Answer: a list of {@link MergeViews.Forecast}. */
  @JsonTypeName("forecasts")
  record Forecasts() implements MergeQuery {}

  /** Batches, the newest first. Answer: a list of {@link BatchViews.Batch}. */
  @JsonTypeName("batches")
  record Batches(int limit) implements MergeQuery {}

  /** Merges with their proofs, the newest first. Answer: a list of {@link MergeViews.Merge}. */
  @JsonTypeName("merges")
  record Merges(int limit) implements MergeQuery {}
}
