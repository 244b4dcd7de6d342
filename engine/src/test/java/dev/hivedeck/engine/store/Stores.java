package dev.hivedeck.engine.store;

import java.sql.SQLException;

/** Lets tests of other packages do what only a crash does. */
public final class Stores {
  private Stores() {}

  /** Lets go of the file as if the process had ended. */
  public static void drop(Store store) {
    try {
      store.drop();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
