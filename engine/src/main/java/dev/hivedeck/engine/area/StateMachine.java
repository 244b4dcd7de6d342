package dev.hivedeck.engine.area;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.Word;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A state machine as a table: from a state, on an occasion, to a state. The table is the only place
 * where transitions are written; diagrams are drawn from it.
 *
 * @param <S> its states
 * @param <O> its occasions
 */
public record StateMachine<S extends Enum<S>, O extends Enum<O>>(
    String name, S first, Set<S> terminal, List<Transition<S, O>> transitions) {

  /** The occasions that a person chooses, by what they choose them with. */
  private static final Map<String, String> COMMANDS =
      Map.of(
          "task retry", "hivedeck task retry",
          "task pause", "hivedeck task pause",
          "task resume", "hivedeck task resume",
          "task cancel", "hivedeck task cancel",
          "change return", "hivedeck change return",
          "change enqueue", "hivedeck change approve",
          "change close", "hivedeck change close",
          "decision decide", "hivedeck decision decide");

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
    throw new HiveException(
        ErrorCode.NOT_NOW,
        "A %s that is %s %s.".formatted(name, Word.kebab(from), refused(Word.kebab(on))),
        hint(from));
  }

  /** What a person can do: most occasions are none that anybody chooses. */
  private String hint(S from) {
    String can =
        transitions.stream()
            .filter(t -> t.from() == from)
            .map(t -> COMMANDS.get(name + " " + Word.kebab(t.on())))
            .filter(command -> command != null)
            .distinct()
            .collect(Collectors.joining(", or "));
    return can.isEmpty()
        ? "There is nothing that you could do about it now."
        : "What you can do: " + can + ".";
  }

  private static String refused(String step) {
    return switch (step) {
      case "retry", "pause", "resume", "close", "cancel", "return" -> "cannot " + step;
      case "enqueue" -> "cannot merge";
      default -> "does not go on like that";
    };
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
    var text = new StringBuilder("stateDiagram-v2\n  [*] --> " + Word.kebab(first) + "\n");
    for (var t : transitions) {
      text.append(
          "  %s --> %s: %s\n"
              .formatted(Word.kebab(t.from()), Word.kebab(t.to()), Word.kebab(t.on())));
    }
    Arrays.stream(first.getDeclaringClass().getEnumConstants())
        .filter(terminal::contains)
        .forEach(s -> text.append("  ").append(Word.kebab(s)).append(" --> [*]\n"));
    return text.toString();
  }
}
