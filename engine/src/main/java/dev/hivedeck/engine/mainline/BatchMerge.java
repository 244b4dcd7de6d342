package dev.hivedeck.engine.mainline;

import dev.hivedeck.engine.git.repository.HeldCommits;
import dev.hivedeck.engine.git.repository.MainLog;
import dev.hivedeck.engine.git.repository.Repository;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Several works that come to main at once: what main would be with them on it, one on the other.
 * Main moves over those that pass.
 */
public final class BatchMerge {
  private final Repository repository;
  private final HeldCommits held;
  private final MergeCommits commits;
  private final String owner;
  private final Move move;

  /** Moves main, if it is still where it was. */
  interface Move {
    boolean move(String base, String commit, String words);
  }

  /**
   * What main would be with one more on it.
   *
   * @param index of the work, in the order given
   * @param onto what main would be before it
   * @param commit what main would be after it
   */
  public record Link(int index, String onto, String commit) {}

  /**
   * What could not be part of it.
   *
   * @param first whether it was tried on main itself, with none of the others below it
   */
  public record Left(int index, boolean first, MergeResult why) {}

  /**
   * How it ended.
   *
   * @param landed those that main was moved over
   * @param back those that it was not moved over
   */
  public record Ended(List<Link> landed, List<Link> back, List<Left> left) {}

  /** Judges them before main moves. */
  public interface Check {
    /**
     * Whether what it was made on is there, on main or among those below it.
     *
     * @param index of the work, in the order given
     */
    default boolean stands(int index, List<Link> below) {
      return true;
    }

    /** Whether it may be part of them. */
    boolean joins(Link link) throws InterruptedException;

    /**
     * How many from the first on main may be moved over.
     *
     * @param links at least one
     */
    int passing(String base, List<Link> links) throws InterruptedException;
  }

  /**
   * @param owner who holds the commits until main is there, or never will be
   */
  BatchMerge(
      Repository repository, HeldCommits held, MergeCommits commits, String owner, Move move) {
    this.repository = repository;
    this.held = held;
    this.commits = commits;
    this.owner = owner;
    this.move = move;
  }

  /** What was made of them, on top of the same main. */
  private record Chain(List<Link> links, List<Integer> counts, List<Left> left) {}

  /**
   * @return empty when main moved meanwhile
   */
  Optional<Ended> merge(String base, List<Incoming> works, Check check)
      throws InterruptedException {
    try {
      var chain = chain(base, works, check);
      var links = chain.links();
      int passing = links.isEmpty() ? 0 : check.passing(base, links);
      if (passing > 0) {
        int count = chain.counts().stream().limit(passing).mapToInt(Integer::intValue).sum();
        String last = links.get(passing - 1).commit();
        if (!move.move(base, last, MainLog.words(subject(works, links, passing), count))) {
          return Optional.empty();
        }
      }
      return Optional.of(
          new Ended(
              List.copyOf(links.subList(0, passing)),
              List.copyOf(links.subList(passing, links.size())),
              List.copyOf(chain.left())));
    } finally {
      held.settled(owner);
    }
  }

  private Chain chain(String base, List<Incoming> works, Check check) throws InterruptedException {
    var chain = new Chain(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    String onto = base;
    for (int i = 0; i < works.size(); i++) {
      var work = works.get(i);
      boolean first = onto.equals(base);
      var there = repository.broughtBy(work.head());
      if (there.isPresent()) {
        chain.left().add(new Left(i, first, new MergeResult.Merged(there.get())));
        continue;
      }
      if (!check.stands(i, List.copyOf(chain.links()))) {
        chain.left().add(new Left(i, first, new MergeResult.Refused()));
        continue;
      }
      switch (commits.make(onto, work)) {
        case MergeCommits.WouldBe.Clash clash ->
            chain.left().add(new Left(i, first, clash(onto, work, clash)));
        case MergeCommits.WouldBe.Apart _ ->
            chain.left().add(new Left(i, first, new MergeResult.Unrelated()));
        case MergeCommits.WouldBe.Commits made -> {
          held.hold(owner, made.last());
          var link = new Link(i, onto, made.last());
          if (check.joins(link)) {
            chain.links().add(link);
            chain.counts().add(made.count());
            onto = made.last();
          } else {
            chain.left().add(new Left(i, first, new MergeResult.Refused()));
          }
        }
      }
    }
    return chain;
  }

  private MergeResult clash(String onto, Incoming work, MergeCommits.WouldBe.Clash clash) {
    return commits.conflict(onto, work.head(), clash.files());
  }

  private static String subject(List<Incoming> works, List<Link> links, int passing) {
    String first = works.get(links.getFirst().index()).subject();
    return passing == 1 ? first : first + " and " + (passing - 1) + " more";
  }
}
