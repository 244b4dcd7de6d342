package dev.hivedeck.engine.protocol.view;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Where git and the ledger differ, as clients see it. */
public final class DriftViews {

  private DriftViews() {}

  /**
   * A difference between what the engine has written down and what is there.
   *
   * @param kind kebab-case, for example {@code worktree-missing}
   * @param repair what one click does, as a verb phrase; null when a person must look or choose
   * @param remedies other ways to settle it, which nobody takes unasked
   * @param things ids of changes that it concerns
   * @param digest of what is told, also where the words do not tell it all; for {@link
   *     Command.Repair}
   */
  public record Drift(
      String id,
      String kind,
      String what,
      String why,
      @Nullable String repair,
      List<Remedy> remedies,
      List<String> things,
      @Nullable String path,
      @Nullable String digest)
      implements View {
    public Drift {
      remedies = remedies == null ? List.of() : List.copyOf(remedies);
      things = things == null ? List.of() : List.copyOf(things);
    }

    public Drift(
        String id,
        String kind,
        String what,
        String why,
        @Nullable String repair,
        @Nullable String path) {
      this(id, kind, what, why, repair, List.of(), List.of(), path, null);
    }

    public Drift at(String where) {
      return new Drift(id, kind, what, why, repair, remedies, things, where, digest);
    }

    public Drift of(List<String> concerned) {
      return new Drift(id, kind, what, why, repair, remedies, concerned, path, digest);
    }

    public Drift shown(String seen) {
      return new Drift(id, kind, what, why, repair, remedies, things, path, seen);
    }

    public Drift repairedBy(String words) {
      return new Drift(id, kind, what, why, words, remedies, things, path, digest);
    }

    public Drift or(Remedy remedy) {
      var all = Stream.concat(remedies.stream(), Stream.of(remedy)).toList();
      return new Drift(id, kind, what, why, repair, all, things, path, digest);
    }
  }

  /**
   * A way to settle a drift.
   *
   * @param id names it in {@code repair}
   * @param words what it does, as a verb phrase
   */
  public record Remedy(String id, String words) {}
}
