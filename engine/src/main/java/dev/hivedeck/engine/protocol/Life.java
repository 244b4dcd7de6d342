package dev.hivedeck.engine.protocol;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A state machine as a table: from a state, on an occasion, to a state. The table is the only place
 * where transitions are written; diagrams are drawn from it.
 *
 * @param <S> its states
 * @param <O> its occasions
 */
public record Life<S extends Enum<S>, O extends Enum<O>>(
    String name, S first, Set<S> terminal, List<Transition<S, O>> transitions) {

  public record Transition<S, O>(S from, O on, S to) {}

  /**
   * @throws HiveException {@code not-now} when the table has no such transition
   */
  public S next(S from, O on) {
    for (var t : transitions) {
      if (t.from() == from && t.on() == on) {
        return t.to();
      }
    }
    String can =
        transitions.stream()
            .filter(t -> t.from() == from)
            .map(t -> word(t.on()))
            .collect(Collectors.joining(", "));
    throw new HiveException(
        "not-now",
        "A " + name + " that is " + word(from) + " cannot " + word(on) + ".",
        can.isEmpty() ? "That is its end; nothing more can be done." : "It can " + can + ".");
  }

  public boolean allows(S from, O on) {
    return transitions.stream().anyMatch(t -> t.from() == from && t.on() == on);
  }

  /** The states from which {@code on} is possible. */
  public Set<S> from(O on) {
    var states = EnumSet.noneOf(first.getDeclaringClass());
    transitions.stream().filter(t -> t.on() == on).forEach(t -> states.add(t.from()));
    return states;
  }

  /** The table as a Mermaid state diagram. */
  public String diagram() {
    var text = new StringBuilder("stateDiagram-v2\n  [*] --> " + word(first) + "\n");
    for (var t : transitions) {
      text.append("  %s --> %s: %s\n".formatted(word(t.from()), word(t.to()), word(t.on())));
    }
    Arrays.stream(first.getDeclaringClass().getEnumConstants())
        .filter(terminal::contains)
        .forEach(s -> text.append("  ").append(word(s)).append(" --> [*]\n"));
    return text.toString();
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
  }
}
