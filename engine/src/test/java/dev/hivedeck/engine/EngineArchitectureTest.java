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
import dev.hivedeck.engine.protocol.EventType;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Layers without cycles, no desktop in the engine, time and chance given. */
class EngineArchitectureTest {
  private static final String ROOT = "dev.hivedeck.engine";

  /** From the bottom up: a package uses only those of the layers below its own. */
  private static final List<Set<String>> LAYERS =
      List.of(
          Set.of("protocol", "time"),
          Set.of("file", "process"),
          Set.of("store", "config", "git", "upgrade"),
          Set.of("area"),
          Set.of("security", "plan", "worktree", "submodule", "agent", "metric"),
          Set.of("attempt", "selection", "gate", "mainline", "simulator", "slo"),
          Set.of("lesson", "budget", "permission", "preparation", "rollout"),
          Set.of("decision", "service"),
          Set.of("dispatch", "change", "figure", "maintenance", "notify", "gateway"),
          Set.of(
              "alternative",
              "execution",
              "forge",
              "preview",
              "review",
              "stack",
              "exposure",
              "remote",
              "schedule"),
          Set.of("workspace"),
          Set.of("api"));

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  /** The first part of a package below the engine's own; empty for that itself. */
  private static String area(JavaClass type) {
    String name = type.getPackageName();
    return name.startsWith(ROOT + ".") ? name.substring(ROOT.length() + 1).split("\\.")[0] : "";
  }

  private static int layer(JavaClass type) {
    for (int layer = 0; layer < LAYERS.size(); layer++) {
      if (LAYERS.get(layer).contains(area(type))) {
        return layer;
      }
    }
    return -1;
  }

  @Test
  void aPackageUsesOnlyLayersBelow() {
    classes()
        .that(DescribedPredicate.describe("are in a package of their own", c -> !area(c).isEmpty()))
        .should(
            new ArchCondition<>("use only layers below") {
              @Override
              public void check(JavaClass type, ConditionEvents events) {
                if (layer(type) < 0) {
                  events.add(SimpleConditionEvent.violated(type, type + " is in no layer"));
                }
                type.getDirectDependenciesFromSelf().stream()
                    .filter(d -> d.getTargetClass().getPackageName().startsWith(ROOT))
                    .filter(d -> !area(d.getTargetClass()).equals(area(type)))
                    .filter(
                        d ->
                            area(d.getTargetClass()).isEmpty()
                                || layer(d.getTargetClass()) >= layer(type))
                    .forEach(
                        d -> events.add(SimpleConditionEvent.violated(type, d.getDescription())));
              }
            })
        .because("what knows only the layers below can be understood without those above")
        .check(CLASSES);
  }

  @Test
  void packagesHaveNoCycles() {
    slices()
        .matching(ROOT + ".(**)")
        .should()
        .beFreeOfCycles()
        .because("packages that need each other are one package")
        .check(CLASSES);
  }

  @Test
  void theEngineKnowsNoDesktop() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("javafx..", "dev.hivedeck.ui..", "dev.hivedeck.app..")
        .because("the desktop is a client; the engine runs without one")
        .check(CLASSES);
  }

  @Test
  void everyEventThatIsDeclaredIsTold() {
    var told = new TreeSet<String>();
    for (var type : CLASSES) {
      if (tells(type)) {
        type.getFieldAccessesFromSelf().stream()
            .filter(access -> access.getTargetOwner().isAssignableTo(EventType.class))
            .forEach(access -> told.add(access.getTarget().getFullName()));
      }
    }
    assertThat(EventType.all())
        .extracting(event -> event.getClass().getName() + "." + event)
        .as("what nobody tells is no event")
        .isSubsetOf(told);
  }

  /** Whether it hands an event's type on to whoever writes it, rather than looking at one. */
  private static boolean tells(JavaClass type) {
    return Stream.concat(
            type.getMethodCallsFromSelf().stream(), type.getConstructorCallsFromSelf().stream())
        .filter(call -> !call.getTargetOwner().isAssignableTo(EventType.class))
        .anyMatch(
            call ->
                call.getTarget().getRawParameterTypes().stream()
                    .anyMatch(parameter -> parameter.isAssignableTo(EventType.class)));
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
        .check(CLASSES);
  }
}
