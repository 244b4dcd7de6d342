package dev.hivedeck.engine.process;

import dev.hivedeck.engine.process.ProcessTable.ProcessInfo;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What a tree of processes takes at one moment.
 *
 * @param memory resident bytes; 0 where not to be seen
 * @param cpu how many cores it kept busy since the look before
 * @param processes how many live
 * @param largest what holds the most memory, for people, or null
 * @param commonest what there is most of, for people, or null
 */
public record ResourceUsage(
    long memory, double cpu, int processes, String largest, String commonest) {
  public static final ResourceUsage NOTHING = new ResourceUsage(0, 0, 0, null, null);

  private static final int CORES = Runtime.getRuntime().availableProcessors();

  /**
   * @param before the tree at the last look; empty when this is the first
   * @param now the tree, with those that have died but whose parents have not heard of it yet
   * @param elapsed between the two
   */
  static ResourceUsage of(
      Collection<ProcessInfo> before, Collection<ProcessInfo> now, Duration elapsed) {
    var alive = now.stream().filter(p -> !p.figures().dead()).toList();
    double cpu = worked(before, now) / Math.max(1.0, elapsed.toMillis());
    return new ResourceUsage(
        alive.stream().mapToLong(p -> p.figures().memory()).sum(),
        Math.min(cpu, CORES),
        alive.size(),
        largest(alive, p -> p.figures().memory()),
        commonest(alive));
  }

  /**
   * Milliseconds of processor time between two looks. Of those who are gone the time went to their
   * parents; where these are gone as well it went to nobody, and must not count against the rest.
   */
  private static long worked(Collection<ProcessInfo> before, Collection<ProcessInfo> now) {
    Map<Long, ProcessInfo> present =
        now.stream().collect(Collectors.toMap(ProcessInfo::pid, Function.identity(), (a, b) -> a));
    long sum = now.stream().mapToLong(p -> p.figures().cpu()).sum();
    for (var p : before) {
      if (p.same(present.get(p.pid())) || present.containsKey(p.parent())) {
        sum -= p.figures().cpu();
      }
    }
    return Math.max(0, sum);
  }

  private static String largest(List<ProcessInfo> alive, Function<ProcessInfo, Long> memory) {
    return alive.stream()
        .max(Comparator.comparing(memory))
        .filter(p -> memory.apply(p) > 0)
        .map(p -> p.figures().name() + " (" + bytes(memory.apply(p)) + ")")
        .orElse(null);
  }

  private static String commonest(List<ProcessInfo> alive) {
    return alive.stream()
        .collect(Collectors.groupingBy(p -> p.figures().name(), Collectors.counting()))
        .entrySet()
        .stream()
        .max(Map.Entry.<String, Long>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
        .map(e -> e.getKey() + " (" + e.getValue() + ")")
        .orElse(null);
  }

  /**
   * The same, but what processes share counts once: a tree that has forked itself ten times does
   * not hold ten times its memory.
   */
  ResourceUsage closer(Collection<ProcessInfo> now) {
    var shares =
        now.stream()
            .filter(p -> !p.figures().dead())
            .collect(Collectors.toMap(Function.identity(), ProcessTable::share));
    return new ResourceUsage(
        shares.values().stream().mapToLong(Long::longValue).sum(),
        cpu,
        processes,
        largest(List.copyOf(shares.keySet()), shares::get),
        commonest);
  }

  /** Whether a person would see no difference. */
  public boolean near(ResourceUsage other) {
    return processes == other.processes
        && Math.abs(memory - other.memory) <= Math.max(memory, other.memory) / 20
        && Math.abs(cpu - other.cpu) < 0.1;
  }

  /** The larger of each. */
  public ResourceUsage most(ResourceUsage other) {
    return new ResourceUsage(
        Math.max(memory, other.memory),
        Math.max(cpu, other.cpu),
        Math.max(processes, other.processes),
        memory >= other.memory ? largest : other.largest,
        processes >= other.processes ? commonest : other.commonest);
  }

  /** For example {@code 1.2 GB}. */
  static String bytes(long size) {
    return size < 1_000_000_000 ? (size + 500_000) / 1_000_000 + " MB" : tenths(size / 1e9) + " GB";
  }

  /** With a digit behind the point, if it says anything. */
  static String tenths(double number) {
    long tenths = Math.round(number * 10);
    return tenths % 10 == 0 ? Long.toString(tenths / 10) : tenths / 10 + "." + tenths % 10;
  }

  /** For example {@code 1.2 GB, 14 processes}. */
  public String words() {
    return (memory == 0 ? "" : bytes(memory) + ", ")
        + processes
        + (processes == 1 ? " process" : " processes");
  }
}
