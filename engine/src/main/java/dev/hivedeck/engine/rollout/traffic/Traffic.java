package dev.hivedeck.engine.rollout.traffic;

import dev.hivedeck.engine.rollout.bucketing.Split;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The traffic of services behind the gateway, as code rules and counts it while the engine runs. A
 * split that code gives wins over the weights of {@code hive.yaml} until it is released, also when
 * the file changes, and when a service leaves it and comes back. Nothing of this is written down:
 * whoever rules a service keeps its {@link Split#parts()}, and {@link #restore}s them after a
 * restart. Any number of threads may call it; a request asks nothing but memory.
 */
public interface Traffic {

  /**
   * What was counted of a version since the engine was started: no number ever falls. Neither
   * errors nor slow ones are ever more than requests, nor is what they have grown by since an
   * earlier count. Requests whose header named the version are left out: whoever sends them has not
   * got it by the split.
   *
   * @param requests answered, also by nobody
   * @param errors of those, answers with 500 and above, and where no answer came
   * @param slow of those, answers that began later than the limit that was asked for, counted from
   *     when it was first asked for
   * @param missed requests beside those that were the version's, and that another version answered,
   *     since no instance of it did
   * @param untimed of the requests, those of which nobody knows how long they took
   */
  record Counts(long requests, long errors, long slow, long missed, long untimed) {
    /** Where each is timed. */
    public Counts(long requests, long errors, long slow, long missed) {
      this(requests, errors, slow, missed, 0);
    }
  }

  /**
   * How the instances of a version are. Of some it may be known neither that they are well nor that
   * they are not.
   *
   * @param all that there are
   * @param well that are known to be well
   * @param down that are known not to be
   * @param why not all are well, in words; empty where they are
   */
  record Health(int all, int well, int down, String why) {
    /**
     * What is known of one instance.
     *
     * @param why it is not well, in words; empty where that is not known
     */
    public record Seen(boolean isWell, String why) {}

    /**
     * That of a version by that of its instances.
     *
     * @param instances of each what is known; empty for nothing
     * @param gone said where there is none
     */
    public static Health of(String version, List<Optional<Seen>> instances, String gone) {
      int all = instances.size();
      var known = instances.stream().flatMap(Optional::stream).toList();
      var bad = known.stream().filter(seen -> !seen.isWell()).toList();
      String why = "";
      if (all == 0) {
        why = gone;
      } else if (!bad.isEmpty()) {
        String said = bad.getFirst().why();
        why =
            (bad.size() == all
                    ? version + " has no healthy instance"
                    : "not all instances of " + version + " are healthy")
                + (said.isEmpty() ? "" : ": " + said);
      } else if (known.size() < all) {
        why = "the health of " + version + " is not known yet";
      }
      return new Health(all, known.size() - bad.size(), bad.size(), why);
    }

    /** Whether all of them are well: it may have all traffic. */
    public boolean isWell() {
      return all > 0 && well == all;
    }
  }

  /** The services that the gateway leads to now. */
  Set<String> services();

  /** The versions that there are of a service, and those that have a share; healthy or not. */
  Set<String> versions(String service);

  /**
   * The versions of a service that have an address now, healthy or not: without those that only a
   * share is left of.
   */
  Set<String> present(String service);

  /** How the instances of a version are; asks nothing but memory. */
  default Health health(String service, String version) {
    return present(service).contains(version)
        ? new Health(1, 1, 0, "")
        : new Health(0, 0, 0, gone(service, version));
  }

  /** How the traffic of a service is split now; empty where the gateway leads to no such one. */
  Optional<Split> split(String service);

  /** Whether code rules the traffic of a service. */
  boolean isRuled(String service);

  /**
   * Gives versions these weights at once, moving only those who have to move.
   *
   * @param buckets of each version beside the base; the base has the rest
   * @return the split, to be written down
   * @throws IllegalArgumentException as {@link Split#to}, or where there is no such service
   * @throws TrafficAwayException when whoever carries it does not do so
   */
  Split weigh(String service, Map<String, Integer> buckets);

  /**
   * Says which version answers in the place of one that cannot, before any other does; until it is
   * said otherwise, or the service is released.
   */
  default void standIn(String service, String version) {}

  /** Gives the buckets as they were written down, also of a service that is not there yet. */
  void restore(String service, Split split);

  /** Leaves a service to the weights of {@code hive.yaml}. */
  void release(String service);

  /** No rollout has a service: where it is not configured any more, nobody splits its traffic. */
  default void leave(String service) {}

  /**
   * What was counted of a version; zero where nothing was.
   *
   * @param slow from when on an answer is slow
   */
  Counts counts(String service, String version, Duration slow);

  /** Digest of how a service is configured, so that it is seen when that changes; empty for not. */
  default Optional<String> route(String service) {
    return Optional.empty();
  }

  /** Whether whoever carries the traffic of a service is there at all. */
  default boolean isOn(String service) {
    return !services().isEmpty();
  }

  /** Why whoever carries the traffic of a service cannot be asked; empty where they can. */
  default Optional<String> away(String service) {
    return Optional.empty();
  }

  /** Says that a service is not there any more. */
  default String gone(String service) {
    return "the gateway leads to no service " + service + " any more";
  }

  /** Says that a version is not {@link #present} any more. */
  default String gone(String service, String version) {
    return "the gateway knows no " + version + " any more";
  }
}
