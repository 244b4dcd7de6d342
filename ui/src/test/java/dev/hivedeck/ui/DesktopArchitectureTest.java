package dev.hivedeck.ui;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The desktop knows the protocol alone, its feed no JavaFX, its screens not each other. */
class DesktopArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.hivedeck.ui");

  @Test
  void theDesktopKnowsOnlyTheProtocol() {
    noClasses()
        .should()
        .dependOnClassesThat(
            DescribedPredicate.describe(
                "are the engine's, but not its protocol",
                c ->
                    c.getPackageName().startsWith("dev.hivedeck.")
                        && !c.getPackageName().startsWith("dev.hivedeck.ui")
                        && !c.getPackageName().startsWith("dev.hivedeck.engine.protocol")))
        .because("the same desktop must be able to watch an engine on another machine")
        .check(CLASSES);
  }

  @Test
  void theFeedKnowsNoJavaFx() {
    noClasses()
        .that()
        .resideInAPackage("..ui.feed..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("javafx..")
        .because("the command line speaks through the same client")
        .check(CLASSES);
  }

  @Test
  void noCycles() {
    slices()
        .matching("dev.hivedeck.ui.(**)")
        .should()
        .beFreeOfCycles()
        .because("feed, live, shell, control and the screens stand one upon the other")
        .check(CLASSES);
  }

  @Test
  void onlyOneEnumKnowsTheIconPack() {
    noClasses()
        .that()
        .doNotHaveSimpleName("Icon")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.kordamp.ikonli.bootstrapicons..")
        .because("another pack must be a change in one file")
        .check(CLASSES);
  }

  @Test
  void screensDoNotKnowEachOther() {
    slices()
        .matching("dev.hivedeck.ui.view.(*)..")
        .should()
        .notDependOnEachOther()
        .because("one goes from screen to screen through the navigator")
        .check(CLASSES);
  }

  @Test
  void screensDoNotReachTheSocket() {
    classes()
        .that()
        .resideInAPackage("..ui.feed..")
        .should()
        .onlyBeAccessed()
        .byAnyPackage("dev.hivedeck.ui", "..ui.feed..", "..ui.live..", "..ui.shell..")
        .because("a screen observes the live model and sends commands, it never blocks")
        .check(CLASSES);
  }
}
