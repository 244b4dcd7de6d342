package dev.hivedeck.engine.metric.collect;

/** Why nothing was got, in words that go on after the name of a source. */
final class FetchException extends Exception {
  FetchException(String why) {
    super(why);
  }
}
