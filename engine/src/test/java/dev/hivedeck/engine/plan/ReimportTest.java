package dev.hivedeck.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.event.TaskEvent;
import dev.hivedeck.engine.store.Store;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A plan that is taken in again: every edit is seen, and nothing else. */
class ReimportTest {
  @TempDir Path folder;

  private static final TaskSpec TASK =
      new TaskSpec(
          "T-1",
          "Title",
          List.of("R-1"),
          "ann",
          List.of("java"),
          List.of("T-0"),
          5,
          "ui",
          "Prompt",
          List.of("a.txt"));

  private static final RequirementSpec REQUIREMENT =
      new RequirementSpec("R-1", "Title", "high", List.of("It works"));

  private static TaskSpec free(String id) {
    return new TaskSpec(id, id, List.of(), null, List.of(), List.of(), 5, null, "", List.of());
  }

  private static PlanDocument plan(RequirementSpec requirement, TaskSpec task) {
    return new PlanDocument(
        "P",
        List.of(requirement, new RequirementSpec("R-2", "Other", "low", List.of())),
        List.of(free("T-0"), free("T-9"), task));
  }

  private List<String> changed(PlanDocument first, PlanDocument then) {
    try (var store =
        Store.open(folder.resolve("hive-" + System.nanoTime() + ".db"), Clock.systemUTC())) {
      store.write("test", tx -> PlanLedger.take(tx, first, 100));
      assertThat(store.write("test", tx -> PlanLedger.take(tx, first, 100)).changed()).isEmpty();
      return store.write("test", tx -> PlanLedger.take(tx, then, 100)).changed();
    }
  }

  /** One for each field, so that none that is added is forgotten. */
  @TestFactory
  List<DynamicTest> eachFieldCounts() {
    var tests = new ArrayList<DynamicTest>();
    for (var field : TaskSpec.class.getRecordComponents()) {
      if (!field.getName().equals("id")) {
        tests.add(
            DynamicTest.dynamicTest(
                "task " + field.getName(),
                () ->
                    assertThat(
                            changed(
                                plan(REQUIREMENT, TASK), plan(REQUIREMENT, edited(TASK, field))))
                        .containsExactly("T-1")));
      }
    }
    for (var field : RequirementSpec.class.getRecordComponents()) {
      if (!field.getName().equals("id")) {
        tests.add(
            DynamicTest.dynamicTest(
                "requirement " + field.getName(),
                () ->
                    assertThat(
                            changed(
                                plan(REQUIREMENT, TASK), plan(edited(REQUIREMENT, field), TASK)))
                        .containsExactly("R-1")));
      }
    }
    return tests;
  }

  private static <R extends Record> R edited(R record, RecordComponent field) {
    try {
      return made(record, field);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static <R extends Record> R made(R record, RecordComponent field)
      throws ReflectiveOperationException {
    var fields = record.getClass().getRecordComponents();
    var values = new Object[fields.length];
    for (int i = 0; i < fields.length; i++) {
      Object value = fields[i].getAccessor().invoke(record);
      values[i] =
          fields[i].getName().equals(field.getName()) ? other(field.getName(), value) : value;
    }
    var types = Arrays.stream(fields).map(RecordComponent::getType).toArray(Class<?>[]::new);
    @SuppressWarnings("unchecked")
    var made = (R) record.getClass().getDeclaredConstructor(types).newInstance(values);
    return made;
  }

  private static Object other(String name, Object value) {
    return switch (name) {
      case "needs" -> List.of("T-9");
      case "requirements" -> List.of("R-2");
      case "priority" -> value instanceof Integer ? (Object) 7 : "low";
      default -> value instanceof List<?> ? List.of("another") : "another";
    };
  }

  /** An agent that is at it was given a text; what replaces it is for whoever takes it next. */
  @ParameterizedTest
  @CsvSource({"running, true", "validating, true", "waiting, true", "done, true"})
  @CsvSource({"blocked, false", "ready, false", "paused, false", "dead, false", "delayed, false"})
  void whoWasGivenATextKeepsIt(String state, boolean keeps) {
    try (var store = Store.open(folder.resolve("hive.db"), Clock.systemUTC())) {
      var first = new PlanDocument("P", List.of(), List.of(free("T-1")));
      var edited = edited(free("T-1"), TaskSpec.class.getRecordComponents()[1]);
      var then = new PlanDocument("P", List.of(), List.of(edited));
      store.write("test", tx -> PlanLedger.take(tx, first, 100));
      store.write("test", tx -> tx.sql().update("UPDATE task SET state = ?", state));
      var taken = store.write("test", tx -> PlanLedger.take(tx, then, 100));
      assertThat(taken.changed()).containsExactly("T-1");
      assertThat(taken.earlier()).hasSize(state.equals("done") ? 1 : 0);
      String title = store.read(sql -> TaskLedger.get(sql, "T-1").title());
      assertThat(title).isEqualTo(keeps ? "T-1" : "another");
      assertThat(store.read(PlanLedger::give).tasks()).containsExactly(edited);
      if (state.equals("waiting")) {
        store.write(
            "test",
            tx -> {
              TaskLedger.step(
                  tx, "T-1", TaskStateMachine.Step.RELEASE, null, TaskEvent.READY, "ready");
              return null;
            });
        title = store.read(sql -> TaskLedger.get(sql, "T-1").title());
        assertThat(title).isEqualTo("another");
      }
    }
  }

  /** Fields side by side: what goes from the end of one to the beginning of the next. */
  @Test
  void whatMovesFromOneFieldToTheNextIsAnEdit() {
    var kind =
        new TaskSpec("T-1", "t", List.of(), null, List.of(), List.of(), 5, "ann", "p", List.of());
    var agent =
        new TaskSpec("T-1", "t", List.of(), "ann", List.of(), List.of(), 5, null, "p", List.of());
    assertThat(changed(plan(REQUIREMENT, kind), plan(REQUIREMENT, agent))).containsExactly("T-1");
    var title =
        new TaskSpec("T-1", "tp", List.of(), null, List.of(), List.of(), 5, null, "", List.of());
    var prompt =
        new TaskSpec("T-1", "t", List.of(), null, List.of(), List.of(), 5, null, "p", List.of());
    assertThat(changed(plan(REQUIREMENT, title), plan(REQUIREMENT, prompt))).containsExactly("T-1");
    assertThat(
            changed(
                plan(new RequirementSpec("R-1", "a", "high", List.of()), TASK),
                plan(new RequirementSpec("R-1", "ahigh", "", List.of()), TASK)))
        .containsExactly("R-1");
  }

  @Test
  void theOrderOfWhatItNeedsIsNoEdit() {
    var one =
        new TaskSpec(
            "T-1",
            "t",
            List.of("R-1", "R-2"),
            null,
            List.of(),
            List.of("T-0", "T-9"),
            5,
            null,
            "p",
            List.of());
    var other =
        new TaskSpec(
            "T-1",
            "t",
            List.of("R-2", "R-1"),
            null,
            List.of(),
            List.of("T-9", "T-0", "T-9"),
            5,
            null,
            "p",
            List.of());
    assertThat(changed(plan(REQUIREMENT, one), plan(REQUIREMENT, other))).isEmpty();
  }
}
