package dev.hivedeck.engine.config;

import dev.hivedeck.engine.protocol.merge.MergeMethod;

/**
 * How changes come to main.
 *
 * @param batch so many at most are judged and merged at once; 1 for one after another
 * @param ahead so many batches at most are judged while gates still run on what goes before them; 0
 *     for none
 * @param stack whether tasks are worked on on top of the change of a task that they need
 */
public record MergeConfig(MergeMethod method, int batch, int ahead, boolean stack) {
  public static final MergeConfig STANDARD = new MergeConfig(MergeMethod.MERGE, 1, 0, false);
}
