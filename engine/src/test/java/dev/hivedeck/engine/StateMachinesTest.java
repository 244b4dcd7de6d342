package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.area.StateMachine;
import dev.hivedeck.engine.attempt.AttemptStateMachine;
import dev.hivedeck.engine.change.ChangeStateMachine;
import dev.hivedeck.engine.decision.DecisionStateMachine;
import dev.hivedeck.engine.plan.TaskStateMachine;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.rollout.RolloutStateMachine;
import dev.hivedeck.engine.service.ServiceStateMachine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every state machine, and the document that shows them. */
class StateMachinesTest {
  static List<StateMachine<?, ?>> lives() {
    return List.of(
        TaskStateMachine.TABLE,
        AttemptStateMachine.TABLE,
        ChangeStateMachine.TABLE,
        DecisionStateMachine.TABLE,
        ServiceStateMachine.TABLE,
        RolloutStateMachine.TABLE);
  }

  @ParameterizedTest
  @MethodSource("lives")
  <S extends Enum<S>, O extends Enum<O>> void everyStateIsReachable(StateMachine<S, O> machine) {
    var reached = EnumSet.of(machine.first());
    for (int i = 0; i < machine.transitions().size(); i++) {
      machine.transitions().stream()
          .filter(t -> reached.contains(t.from()))
          .forEach(t -> reached.add(t.to()));
    }
    assertThat(reached).isEqualTo(EnumSet.allOf(machine.first().getDeclaringClass()));
  }

  @ParameterizedTest
  @MethodSource("lives")
  <S extends Enum<S>, O extends Enum<O>> void everyStateCanReachAnEnd(StateMachine<S, O> machine) {
    var ending = EnumSet.copyOf(machine.terminal());
    for (int i = 0; i < machine.transitions().size(); i++) {
      machine.transitions().stream()
          .filter(t -> ending.contains(t.to()))
          .forEach(t -> ending.add(t.from()));
    }
    assertThat(ending).isEqualTo(EnumSet.allOf(machine.first().getDeclaringClass()));
  }

  @ParameterizedTest
  @MethodSource("lives")
  <S extends Enum<S>, O extends Enum<O>> void aStepLeadsToOnePlace(StateMachine<S, O> machine) {
    var seen = new HashSet<String>();
    machine
        .transitions()
        .forEach(t -> assertThat(seen.add(t.from() + " " + t.on())).as("%s", t).isTrue());
  }

  @ParameterizedTest
  @MethodSource("lives")
  <S extends Enum<S>, O extends Enum<O>> void randomWalksStayInsideTheTable(
      StateMachine<S, O> machine) {
    long seed = System.nanoTime();
    var random = new Random(seed);
    var steps = machine.transitions().getFirst().on().getDeclaringClass().getEnumConstants();
    for (int walk = 0; walk < 200; walk++) {
      S state = machine.first();
      for (int i = 0; i < 50; i++) {
        O step = steps[random.nextInt(steps.length)];
        S from = state;
        var inTable =
            machine.transitions().stream()
                .filter(t -> t.from() == from && t.on() == step)
                .findFirst();
        try {
          state = machine.next(state, step);
          assertThat(inTable).as("seed %d", seed).isPresent();
          assertThat(state).as("seed %d", seed).isEqualTo(inTable.get().to());
        } catch (HiveException refused) {
          assertThat(inTable).as("seed %d", seed).isEmpty();
          assertThat(refused.code()).isEqualTo("not-now");
        }
      }
    }
  }

  @Test
  void theDocumentShowsTheTables() throws IOException {
    Path document = Path.of("..", "docs", "state-machines.md");
    var text =
        new StringBuilder(
            "# State machines\n\nDrawn from the tables in the code by `StateMachinesTest`.\n");
    for (var machine : lives()) {
      text.append("\n## ").append(machine.name()).append("\n\n```mermaid\n");
      text.append(machine.diagram()).append("```\n");
    }
    if (Boolean.getBoolean("hivedeck.docs.write")) {
      Files.writeString(document, text);
    }
    assertThat(Files.readString(document).replace("\r\n", "\n"))
        .as("docs/state-machines.md is out of date with the code. Bring it up with: ./dev docs")
        .isEqualTo(text.toString());
  }
}
