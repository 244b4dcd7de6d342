package dev.hivedeck.engine.git;

/** Names of git's objects as people read them. */
public final class ObjectNames {
  private static final int ABBREVIATED = 8;

  private ObjectNames() {}

  /** The first eight digits of a name; all of one that is shorter. */
  public static String abbreviated(String name) {
    return name.substring(0, Math.min(ABBREVIATED, name.length()));
  }
}
