package dev.hivedeck.engine.change.batch;

import dev.hivedeck.engine.store.Store;

/** Forgets batches and gates that failed by chance once nobody asks for them any more. */
public final class BatchRetention {
  private final Store store;

  public BatchRetention(Store store) {
    this.store = store;
  }

  public void tidy() {
    int gone = BatchLedger.AT_ONCE;
    while (gone == BatchLedger.AT_ONCE) {
      gone = store.write("tidy", BatchLedger::tidy);
    }
    store.update("tidy", FlakeLedger::tidy);
  }
}
