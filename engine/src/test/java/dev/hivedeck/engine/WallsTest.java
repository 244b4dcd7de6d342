package dev.hivedeck.engine;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The walls of the engine: floors, no cycles, no desktop, time and chance given. */
class WallsTest {
  private static final String ROOT = "dev.hivedeck.engine";
  private static final Map<String, Integer> FLOORS =
      Map.ofEntries(
          Map.entry("protocol", 0),
          Map.entry("time", 0),
          Map.entry("file", 1),
          Map.entry("process", 2),
          Map.entry("store", 2),
          Map.entry("config", 2),
          Map.entry("metric", 3),
          Map.entry("security", 3),
          Map.entry("worktree", 3),
          Map.entry("plan", 3),
          Map.entry("agent", 4),
          Map.entry("gate", 4),
          Map.entry("lesson", 4),
          Map.entry("decision", 4),
          Map.entry("flight", 4),
          Map.entry("slo", 4),
          Map.entry("schedule", 5),
          Map.entry("change", 5),
          Map.entry("api", 7));

  private final JavaClasses classes =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  private static String room(JavaClass type) {
    String name = type.getPackageName();
    if (!name.startsWith(ROOT + ".")) {
      return "";
    }
    return name.substring(ROOT.length() + 1).split("\\.")[0];
  }

  @Test
  void aRoomImportsOnlyFromFloorsBelow() {
    classes()
        .that(DescribedPredicate.describe("stand in a room", c -> !room(c).isEmpty()))
        .should(
            new ArchCondition<>("import only from floors below") {
              @Override
              public void check(JavaClass type, ConditionEvents events) {
                Integer floor = FLOORS.get(room(type));
                if (floor == null) {
                  events.add(
                      SimpleConditionEvent.violated(type, type + " stands in no known room"));
                  return;
                }
                type.getDirectDependenciesFromSelf().stream()
                    .filter(d -> !room(d.getTargetClass()).isEmpty())
                    .filter(d -> !room(d.getTargetClass()).equals(room(type)))
                    .filter(d -> FLOORS.getOrDefault(room(d.getTargetClass()), 9) >= floor)
                    .forEach(
                        d -> events.add(SimpleConditionEvent.violated(type, d.getDescription())));
              }
            })
        .because("a room that knows only what is below it can be understood without what is above")
        .check(classes);
  }

  @Test
  void roomsHaveNoCycles() {
    slices()
        .matching(ROOT + ".(*)..")
        .should()
        .beFreeOfCycles()
        .because("rooms that need each other are one room")
        .check(classes);
  }

  @Test
  void theEngineKnowsNoDesktop() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("javafx..", "dev.hivedeck.ui..", "dev.hivedeck.app..")
        .because("the desktop is a client; the engine runs without one")
        .check(classes);
  }

  @Test
  void timeAndChanceAreGiven() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".time..")
        .should()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(Clock.class, "systemUTC")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(UUID.class, "randomUUID")
        .orShould()
        .callConstructor(Random.class)
        .because("the whole engine must run under a virtual clock and replay from a seed")
        .check(classes);
  }

  @Test
  void everyRoomSaysWhatItIsFor() {
    for (String room : FLOORS.keySet()) {
      Path info = Path.of("src/main/java/dev/hivedeck/engine", room, "package-info.java");
      assertThat(Files.exists(info)).as("%s", info).isTrue();
    }
  }
}
