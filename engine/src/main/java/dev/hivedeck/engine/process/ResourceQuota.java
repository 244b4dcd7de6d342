package dev.hivedeck.engine.process;

import java.util.Locale;
import java.util.Optional;

/**
 * What a tree of processes may take; each part is null where there is no limit.
 *
 * @param memory bytes that all of it may hold at once
 * @param cpu cores that all of it may keep busy
 * @param processes how many may live at once
 */
public record ResourceQuota(Long memory, Double cpu, Integer processes) {
  public static final ResourceQuota NONE = new ResourceQuota(null, null, null);

  /** More than the allowed share of the processor by less than this is within measuring. */
  private static final double TOLERANCE = 1.1;

  /** Who holds trees to their quotas on this machine. */
  public enum Force {
    /** The kernel: nothing gets more memory or processor time than it may. */
    CGROUP,
    /** The engine: it looks now and then, and ends what holds too much. */
    WATCHDOG,
    /** Nobody, for processes are not to be seen. */
    NONE;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** What that means, for people. */
    public String words() {
      return switch (this) {
        case CGROUP ->
            "the kernel holds agents to their limits of memory and processor, in a control group"
                + " for each attempt; processes are counted by the engine";
        case WATCHDOG ->
            "the engine looks twice a second, and ends what takes too much memory or too many"
                + " processes; too much processor is only reported, for nothing here slows it";
        case NONE -> "nothing holds agents to their limits, for processes are not to be seen here";
      };
    }
  }

  /**
   * @param limit which one: {@code memory} or {@code processes}
   * @param words what it took of what it might, for example {@code used 2.3 GB of 2 GB: mostly node
   *     (1.9 GB)}
   */
  public record Excess(String limit, String words) {}

  /** Who holds the trees that this process starts to their quotas. */
  public static Force inForce() {
    if (Cgroup.home().isPresent()) {
      return Force.CGROUP;
    }
    long self = ProcessHandle.current().pid();
    return ProcessTable.take(null).stream().anyMatch(p -> p.pid() == self)
        ? Force.WATCHDOG
        : Force.NONE;
  }

  public boolean isNone() {
    return equals(NONE);
  }

  /** What a tree must be ended for. */
  public Optional<Excess> over(ResourceUsage usage) {
    if (memory != null && usage.memory() > memory) {
      return Optional.of(
          new Excess(
              "memory",
              "used %s of %s: mostly %s"
                  .formatted(
                      ResourceUsage.bytes(usage.memory()),
                      ResourceUsage.bytes(memory),
                      usage.largest())));
    }
    if (processes != null && usage.processes() > processes) {
      return Optional.of(
          new Excess(
              "processes",
              "used %d of %d processes: mostly %s"
                  .formatted(usage.processes(), processes, usage.commonest())));
    }
    return Optional.empty();
  }

  /** Whether a tree keeps more cores busy than it may, which is no reason to end it. */
  public boolean busier(ResourceUsage usage) {
    return cpu != null && usage.cpu() > cpu * TOLERANCE;
  }

  /** For example {@code 3.2 of 1.5 cores}. */
  public String cores(ResourceUsage usage) {
    return ResourceUsage.tenths(usage.cpu()) + " of " + cpu + " cores";
  }
}
