package dev.hivedeck.engine.service.supervise;

import dev.hivedeck.engine.time.Timers;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;

/** The end of all services: at once those that no other needs, then those that only they did. */
final class Shutdown {
  private Shutdown() {}

  /** Ends them, and waits for that. */
  static void end(Collection<ServiceGroup> groups, Timers timers) {
    var left = new ArrayList<>(groups);
    while (!left.isEmpty()) {
      var needed = new HashSet<String>();
      left.forEach(group -> needed.addAll(group.config().needs()));
      var free = left.stream().filter(g -> !needed.contains(g.config().name())).toList();
      var some = free.isEmpty() ? List.copyOf(left) : free;
      var now = timers.clock().instant();
      join(
          some.stream()
              .flatMap(group -> group.instances().stream())
              .map(i -> timers.start("end-" + i.name(), () -> i.end(now)))
              .toList());
      left.removeAll(some);
    }
  }

  /** Waits for threads, unless it is interrupted. */
  static void join(List<Thread> threads) {
    try {
      for (var thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
