package dev.hivedeck.engine.metric.collect;

/** Why nothing was got, in words that go on after the name of a source. */
final class FetchException extends Exception {
  private final boolean late;

  FetchException(String why) {
    this(why, false);
  }

  private FetchException(String why, boolean late) {
    super(why);
    this.late = late;
  }

  /** Nothing was wrong but the time that it took. */
  static FetchException late(String why) {
    return new FetchException(why, true);
  }

  boolean isLate() {
    return late;
  }
}
