package dev.hivedeck.engine.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What needs what. Walked without recursion, because a chain of 100,000 tasks is a plan, too.
 *
 * @param needs for each task the tasks it needs
 */
record PlanGraph(Map<String, List<String>> needs) {

  /** Tasks that need each other in a circle, the first again at the end; empty when none do. */
  List<String> cycle() {
    var done = new HashSet<String>();
    for (String start : needs.keySet()) {
      var found = cycleFrom(start, done);
      if (!found.isEmpty()) {
        return found;
      }
    }
    return List.of();
  }

  private List<String> cycleFrom(String start, Set<String> done) {
    var path = new ArrayList<Step>();
    var on = new HashMap<String, Integer>();
    var next = start;
    while (next != null || !path.isEmpty()) {
      if (next != null) {
        if (on.containsKey(next)) {
          var circle =
              new ArrayList<>(
                  path.subList(on.get(next), path.size()).stream().map(Step::task).toList());
          circle.add(next);
          return circle;
        }
        if (!done.contains(next)) {
          on.put(next, path.size());
          path.add(new Step(next, needs.getOrDefault(next, List.of())));
        }
      }
      next = path.isEmpty() ? null : path.getLast().following();
      if (next == null && !path.isEmpty()) {
        String task = path.removeLast().task();
        on.remove(task);
        done.add(task);
      }
    }
    return List.of();
  }

  /** A task on the way, and how far its needs were followed. */
  private static final class Step {
    private final String task;
    private final List<String> needs;
    private int followed;

    Step(String task, List<String> needs) {
      this.task = task;
      this.needs = needs;
    }

    String task() {
      return task;
    }

    String following() {
      return followed < needs.size() ? needs.get(followed++) : null;
    }
  }
}
