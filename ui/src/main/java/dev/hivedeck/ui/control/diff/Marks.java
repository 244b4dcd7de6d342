package dev.hivedeck.ui.control.diff;

import java.time.Instant;
import java.util.Collection;
import java.util.List;

/** What a person has seen of a diff. */
public interface Marks {
  /** Of a diff of which nobody keeps that. */
  Marks NONE =
      new Marks() {
        @Override
        public boolean keeps(String hash) {
          return false;
        }

        @Override
        public Instant seen(String hash) {
          return null;
        }

        @Override
        public Instant since() {
          return null;
        }

        @Override
        public void mark(Collection<String> hashes, boolean seen) {}
      };

  /** Whether that hunk can be marked. */
  boolean keeps(String hash);

  /** When it was marked; null where it is not. */
  Instant seen(String hash);

  /** When one looked last; null where one has not yet. */
  Instant since();

  /** Marks these as seen, or takes the marks back. */
  void mark(Collection<String> hashes, boolean seen);

  /** The same for one. */
  default void mark(String hash, boolean seen) {
    mark(List.of(hash), seen);
  }
}
