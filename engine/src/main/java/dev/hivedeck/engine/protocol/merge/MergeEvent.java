package dev.hivedeck.engine.protocol.merge;

import dev.hivedeck.engine.protocol.EventType;
import dev.hivedeck.engine.protocol.Topic;

/** What happens to merges, to their queue and to forecasts. */
public enum MergeEvent implements EventType {
  MADE("merge.made", "A merge was made for a change, and proven or not."),
  ACCEPTED("merge.accepted", "A person lets it be that a merge is not explained."),
  FROZEN("queue.frozen", "Nothing is merged until a person says so."),
  UNFROZEN("queue.unfrozen", "Changes are merged again."),
  MAIN_RED("queue.main-red", "Gates fail on main itself: only what mends it is merged."),
  MAIN_GREEN("queue.main-green", "Main is not known to fail its gates any more."),
  BATCH_BEGUN("batch.begun", "Several changes are judged together."),
  BATCH_CHANGED("batch.changed", "Gates run on a batch, or on a part of it."),
  BATCH_ENDED("batch.ended", "A batch was merged, or the change was found that makes it fail."),
  FORECAST("forecast.changed", "A change would get on otherwise with main or with others."),
  FORECAST_REMOVED("forecast.removed", "Its change is over: there is nothing to forecast.");

  private final String word;
  private final String meaning;

  MergeEvent(String word, String meaning) {
    this.word = word;
    this.meaning = meaning;
  }

  @Override
  public String word() {
    return word;
  }

  @Override
  public Topic topic() {
    return switch (this) {
      case MADE, ACCEPTED -> MergeRegistration.TOPIC;
      case FROZEN, UNFROZEN, MAIN_RED, MAIN_GREEN -> MergeRegistration.QUEUE;
      case BATCH_BEGUN, BATCH_CHANGED, BATCH_ENDED -> MergeRegistration.BATCH;
      case FORECAST, FORECAST_REMOVED -> MergeRegistration.FORECAST;
    };
  }

  @Override
  public String meaning() {
    return meaning;
  }
}
