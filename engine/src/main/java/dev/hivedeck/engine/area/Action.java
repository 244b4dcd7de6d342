package dev.hivedeck.engine.area;

import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.util.function.Supplier;

/**
 * What a command comes to. None of them sees the key that it came with: that is kept in one place,
 * for all.
 */
public sealed interface Action {
  /** In one transaction, the key within it. */
  record Write(Answering work) implements Action {}

  /** Beside the ledger. Its key is written when it is done, so it may be done again by itself. */
  record Effect(Supplier<Object> work) implements Action {}

  /** Changes tables and tells of it. */
  @FunctionalInterface
  interface Writing {
    void run(Tx tx) throws SQLException;
  }

  /** Changes tables, tells of it, and has an answer; null for none. */
  @FunctionalInterface
  interface Answering {
    Object run(Tx tx) throws SQLException;
  }

  /** A transaction whose answer is empty. */
  static Action write(Writing work) {
    return answer(
        tx -> {
          work.run(tx);
          return null;
        });
  }

  /** A transaction with an answer. */
  static Action answer(Answering work) {
    return new Write(work);
  }

  /** Something that is done beside the ledger, with an answer; null for none. */
  static Action effect(Supplier<Object> work) {
    return new Effect(work);
  }

  /** Something that is done beside the ledger, whose answer is empty. */
  static Action run(Runnable work) {
    return effect(
        () -> {
          work.run();
          return null;
        });
  }
}
