package dev.hivedeck.ui;

/** How JavaFX draws. */
public final class Rendering {
  private Rendering() {}

  /**
   * Sets what JavaFX reads as it starts; call it before. Backgrounds are drawn as they are, not
   * stretched out of a cache of their corners, which without a graphics card takes longer than all
   * else of a frame.
   */
  public static void prepare() {
    System.getProperties().putIfAbsent("prism.disableRegionCaching", "true");
  }
}
