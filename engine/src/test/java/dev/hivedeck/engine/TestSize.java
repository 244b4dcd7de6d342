package dev.hivedeck.engine;

/**
 * How much is tried where more can always be tried: seeds, kills, rounds. A change waits for
 * little; {@code -Dhivedeck.tests.size=20} tries twenty times as much, as the nightly build does.
 */
public final class TestSize {
  private static final int SIZE = Math.max(1, Integer.getInteger("hivedeck.tests.size", 1));

  private TestSize() {}

  /** So many times as much as a change waits for. */
  public static int times(int small) {
    return small * SIZE;
  }

  /** Whether all is tried that there is. */
  public static boolean whole() {
    return SIZE > 1;
  }
}
