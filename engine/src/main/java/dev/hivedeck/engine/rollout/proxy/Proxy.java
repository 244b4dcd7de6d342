package dev.hivedeck.engine.rollout.proxy;

import dev.hivedeck.engine.rollout.bucketing.Bucket;
import dev.hivedeck.engine.rollout.bucketing.Split;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A proxy with the versions of one service behind it. */
interface Proxy {
  /**
   * How it stands.
   *
   * @param weights of versions, in buckets; those without have none
   * @param down versions of which it says that none of their servers is up
   */
  record Standing(Map<String, Integer> weights, Set<String> down) {
    public Standing {
      weights = Map.copyOf(weights);
      down = Set.copyOf(down);
    }

    /** The same as a split, in which nobody has more than there is. */
    Split split(String base) {
      var shares = new HashMap<>(weights);
      shares.remove(base);
      int left = Bucket.COUNT;
      for (Map.Entry<String, Integer> share : shares.entrySet()) {
        share.setValue(Math.min(left, share.getValue()));
        left -= share.getValue();
      }
      return Split.of(base, shares);
    }
  }

  /**
   * Reads how it stands and what it counted; where it is not split as it is to be, has it so first,
   * and reads that back.
   *
   * @param wanted how it is to be split; null for as it is
   * @throws IOException in words, when it cannot be asked, or does not do it
   */
  Standing follow(@Nullable Split wanted) throws IOException;
}
