package dev.hivedeck.engine.config;

/**
 * Lines to read that a change should not go beyond.
 *
 * @param warn with more a reader is warned
 * @param max with more a person has to say why it may be merged as one
 */
public record ChangeSize(int warn, int max) {
  public static final ChangeSize STANDARD = new ChangeSize(500, 1_000);
}
