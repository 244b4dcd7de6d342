package dev.hivedeck.engine.config;

import dev.hivedeck.engine.protocol.merge.MergeMethod;

/**
 * How changes come to main.
 *
 * @param batch so many at most are judged and merged at once; 1 for one after another
 */
public record MergeConfig(MergeMethod method, int batch) {
  public static final MergeConfig STANDARD = new MergeConfig(MergeMethod.MERGE, 1);
}
