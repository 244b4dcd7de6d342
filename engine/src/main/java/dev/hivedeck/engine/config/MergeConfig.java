package dev.hivedeck.engine.config;

import dev.hivedeck.engine.protocol.merge.MergeMethod;

/**
 * How changes come to main.
 *
 * @param batch so many at most are judged and merged at once; 1 for one after another
 * @param stack whether tasks are worked on on top of the change of a task that they need
 */
public record MergeConfig(MergeMethod method, int batch, boolean stack) {
  public static final MergeConfig STANDARD = new MergeConfig(MergeMethod.MERGE, 1, false);
}
