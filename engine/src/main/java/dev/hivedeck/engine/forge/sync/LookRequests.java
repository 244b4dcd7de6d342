package dev.hivedeck.engine.forge.sync;

import java.util.LinkedHashSet;
import java.util.Set;

/** What is worth looking at before its time. */
final class LookRequests {
  private boolean whole;
  private final Set<Long> changes = new LinkedHashSet<>();
  private final Set<Integer> numbers = new LinkedHashSet<>();

  /**
   * @param changes by their numbers here
   * @param numbers of pull requests and issues there
   */
  record Named(Set<Long> changes, Set<Integer> numbers) {
    Named {
      changes = Set.copyOf(changes);
      numbers = Set.copyOf(numbers);
    }

    int size() {
      return changes.size() + numbers.size();
    }

    boolean isEmpty() {
      return changes.isEmpty() && numbers.isEmpty();
    }
  }

  /** All there is. */
  synchronized void whole() {
    whole = true;
  }

  synchronized void change(long number) {
    changes.add(number);
  }

  synchronized void number(int number) {
    numbers.add(number);
  }

  synchronized boolean isWhole() {
    return whole;
  }

  /** Takes what is named; a whole look that is wanted stays. */
  synchronized Named named() {
    var named = new Named(changes, numbers);
    changes.clear();
    numbers.clear();
    return named;
  }

  /** A whole look begins, in which all that is named is looked at. */
  synchronized void clear() {
    whole = false;
    changes.clear();
    numbers.clear();
  }
}
