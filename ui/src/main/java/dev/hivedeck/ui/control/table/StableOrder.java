package dev.hivedeck.ui.control.table;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.function.Function;

/** The order of what is shown already, for as long as the pointer is on it. */
public final class StableOrder {
  private StableOrder() {}

  /**
   * What is shown keeps its place; what is new comes after it, in its own order.
   *
   * @param id by which a thing is known again when it has changed
   */
  public static <T> Comparator<T> of(
      List<? extends T> shown, Function<T, String> id, Comparator<T> ofTheNew) {
    var places = new HashMap<String, Integer>();
    shown.forEach(thing -> places.put(id.apply(thing), places.size()));
    return Comparator.<T>comparingInt(
            thing -> places.getOrDefault(id.apply(thing), Integer.MAX_VALUE))
        .thenComparing(ofTheNew);
  }
}
