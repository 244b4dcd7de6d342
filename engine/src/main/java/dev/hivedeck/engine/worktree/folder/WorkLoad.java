package dev.hivedeck.engine.worktree.folder;

import dev.hivedeck.engine.git.ByteNames;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Plural;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What git has to read.
 *
 * @param excess why there are not more
 */
record WorkLoad(Set<String> files, long bytes, Optional<HiveException> excess) {
  /** Bytes and files that git reads in a second at least. */
  private static final long SLOW = 8_000_000;

  private static final int FEW = 500;

  /** So many names are told. */
  private static final int NAMED = 4;

  /** Several times what a slow disk needs. */
  Duration time() {
    return Duration.ofSeconds(120 + bytes / SLOW + files.size() / FEW);
  }

  private record Weight(String path, long bytes) {}

  /** Edits first, which nobody makes anew, then the smaller ones, up to what is taken. */
  static WorkLoad of(
      Path folder, WorkFiles sizes, Set<String> files, Set<String> edited, SizeLimits limits) {
    var weights =
        files.stream()
            .map(path -> new Weight(path, sizes.size(path)))
            .sorted(
                Comparator.comparing((Weight w) -> !edited.contains(w.path()))
                    .thenComparingLong(Weight::bytes))
            .toList();
    var taken = new TreeSet<String>();
    long bytes = 0;
    for (var weight : weights) {
      if (weight.bytes() <= Math.min(limits.file(), limits.total() - bytes)
          && taken.size() < SizeLimits.FILES) {
        taken.add(weight.path());
        bytes += weight.bytes();
      }
    }
    return new WorkLoad(taken, bytes, excess(folder, weights, taken, limits));
  }

  private static Optional<HiveException> excess(
      Path folder, List<Weight> weights, Set<String> taken, SizeLimits limits) {
    if (taken.size() == weights.size()) {
      return Optional.empty();
    }
    var large =
        weights.stream()
            .filter(w -> w.bytes() > limits.file())
            .map(w -> ByteNames.words(w.path()) + " (" + Plural.bytes(w.bytes()) + ")")
            .toList();
    String what =
        large.isEmpty()
            ? "%s in %s (%s together) are too much to be committed."
                .formatted(
                    Plural.of(weights.size(), "new or changed file"),
                    folder,
                    Plural.bytes(weights.stream().mapToLong(Weight::bytes).sum()))
            : "%s in %s %s too large to be committed."
                .formatted(Plural.some(large, NAMED), folder, large.size() == 1 ? "is" : "are");
    return Optional.of(SizeLimitFailure.of(what, limits));
  }
}
