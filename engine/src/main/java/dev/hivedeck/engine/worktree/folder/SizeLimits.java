package dev.hivedeck.engine.worktree.folder;

import java.util.function.LongSupplier;

/**
 * How much of what an attempt left is taken into the repository. Files are weighed before git reads
 * any: a sparse one costs who makes it nothing, but who reads it days.
 *
 * @param largest bytes of the largest file
 */
public record SizeLimits(LongSupplier largest) {
  /** So many times the largest file is all of it. */
  private static final int TIMES = 4;

  /** More new and changed files nobody reviews; git takes a minute for so many. */
  static final int FILES = 250_000;

  long file() {
    return largest.getAsLong();
  }

  /** Bytes of all files together. */
  long total() {
    return Math.multiplyExact(file(), TIMES);
  }
}
