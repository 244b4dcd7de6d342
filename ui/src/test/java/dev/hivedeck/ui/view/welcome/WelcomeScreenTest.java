package dev.hivedeck.ui.view.welcome;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.Discovery.Cli;
import dev.hivedeck.engine.protocol.Discovery.CliState;
import dev.hivedeck.engine.protocol.Discovery.SignIn;
import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.ui.Desktop;
import dev.hivedeck.ui.FxThread;
import dev.hivedeck.ui.LayoutChecks;
import dev.hivedeck.ui.Sample;
import dev.hivedeck.ui.TestUser;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Theme;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import javafx.scene.Node;
import javafx.scene.Parent;
import javafx.scene.control.Button;
import javafx.scene.control.Labeled;
import javafx.scene.text.Text;
import javafx.stage.Stage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WelcomeScreenTest {
  private static final Path LINKED = Path.of("/srv/foreign");

  private final List<Path> opened = new ArrayList<>();

  @Test
  void aLinkOpensNothingBeforeThePersonAgrees() {
    FxThread.run(
        () -> {
          var screen = screen();
          screen.ask(LINKED);
          assertThat(words(screen)).anyMatch(text -> text.contains(LINKED.toString()));
          assertThat(opened).isEmpty();
          button(screen, "Open it").fire();
          assertThat(opened).containsExactly(LINKED);
        });
  }

  @Test
  void aLinkThatIsLeftIsGone() {
    FxThread.run(
        () -> {
          var screen = screen();
          screen.ask(LINKED);
          button(screen, "Leave it").fire();
          assertThat(words(screen)).noneMatch(text -> text.contains(LINKED.toString()));
          assertThat(opened).isEmpty();
        });
  }

  /** Who has nothing yet sees what is there, and for what is missing what to do. */
  @Test
  void theMachineIsLookedAtForWhoeverHasNoWorkspace() {
    var found =
        new MachineFindings(
            "2.47.3",
            null,
            List.of(
                cli("claude", "Claude Code", CliState.READY, "2.1.4", SignIn.YES, null),
                cli(
                    "codex",
                    "Codex",
                    CliState.SIGNED_OUT,
                    "0.59.0",
                    SignIn.NO,
                    "Sign in: codex login"),
                cli(
                    "gemini",
                    "Gemini CLI",
                    CliState.MISSING,
                    null,
                    SignIn.UNKNOWN,
                    "Install it: npm install --global @google/gemini-cli")));
    var desktop = desktop(found, null);
    var person = new TestUser(desktop);
    try {
      person.waitsFor("On this machine");
      person.waitsFor("Claude Code");
      assertThat(person.texts())
          .contains("git", "2.47.3", "installed and signed in", "Codex", "Not signed in")
          .contains("Install it: npm install --global @google/gemini-cli", "Give the first task");
      for (var look : Theme.Preference.values()) {
        FxThread.run(() -> desktop.theme().choose(look));
        picture(desktop, look.name().toLowerCase(Locale.ROOT));
      }
      FxThread.run(() -> desktop.stage().setWidth(1024));
      FxThread.run(() -> desktop.stage().setHeight(700));
      picture(desktop, "narrow");
    } finally {
      FxThread.closeAll();
    }
  }

  /** With twelve agents, repositories of before and long words it fits a small window. */
  @Test
  void allOfItFitsASmallWindow(@TempDir Path folder) throws Exception {
    var shop = Files.createDirectory(folder.resolve("shop"));
    var settings = folder.resolve("desktop.json");
    Files.writeString(
        settings, "{\"language\":\"de\",\"recent\":[\"" + shop + "\",\"/gone/payments\"]}");
    var clis =
        IntStream.rangeClosed(1, 12)
            .mapToObj(
                i ->
                    cli(
                        "agent" + i,
                        "A command line agent " + i,
                        CliState.MISSING,
                        null,
                        SignIn.UNKNOWN,
                        "Install it: npm install --global @example/a-rather-long-name-" + i))
            .toList();
    var desktop = desktop(new MachineFindings("2.47.3", null, clis), settings);
    var person = new TestUser(desktop);
    try {
      FxThread.run(() -> desktop.stage().setWidth(1024));
      FxThread.run(() -> desktop.stage().setHeight(700));
      person.waitsFor("A command line agent 12");
      picture(desktop, "german");
      assertThat(FxThread.get(() -> LayoutChecks.faults(desktop.stage().getScene().getRoot())))
          .isEmpty();
    } finally {
      FxThread.closeAll();
    }
  }

  @Test
  void withoutGitItIsSaidWhatToDo() {
    var desktop = desktop(new MachineFindings(null, "Install git 2.39 or newer.", List.of()), null);
    var person = new TestUser(desktop);
    try {
      person.waitsFor("Install git 2.39 or newer.");
      assertThat(person.sees("missing")).isTrue();
      assertThat(person.sees("No agent that Hivedeck knows is installed.")).isTrue();
    } finally {
      FxThread.closeAll();
    }
  }

  private static void picture(Desktop desktop, String name) {
    FxThread.picture(desktop, Path.of("target", "screens", "welcome-" + name + ".png"));
  }

  private static Cli cli(
      String id, String name, CliState state, String version, SignIn signIn, String remedy) {
    return new Cli(id, name, state, null, version, signIn, null, id, null, null, List.of(), remedy);
  }

  private static Desktop desktop(MachineFindings found, Path settings) {
    return FxThread.get(
        () -> {
          var made =
              Desktop.open(
                  new Stage(),
                  new Desktop.Host() {
                    @Override
                    public EngineApi open(Path folder) {
                      throw new HiveException(ErrorCode.NO_ENGINE, "None here.", "Open another.");
                    }

                    @Override
                    public boolean hasDemo() {
                      return true;
                    }

                    @Override
                    public Optional<Supplier<MachineFindings>> machine() {
                      return Optional.of(() -> found);
                    }
                  },
                  new Desktop.Options(settings, Sample.CLOCK, ZoneOffset.UTC, null));
          made.stage().setWidth(1440);
          made.stage().setHeight(900);
          return made;
        });
  }

  private WelcomeScreen screen() {
    return new WelcomeScreen(
        new Texts(Locale.ENGLISH, ZoneOffset.UTC),
        null, // nothing is chosen here
        new WelcomeScreen.Actions() {
          @Override
          public List<String> recent() {
            return List.of();
          }

          @Override
          public void open(Path folder) {
            opened.add(folder);
          }

          @Override
          public boolean hasDemo() {
            return false;
          }

          @Override
          public void demo() {}

          @Override
          public void forget(String folder) {}
        });
  }

  private static Button button(Parent in, String name) {
    return all(in).stream()
        .filter(n -> n instanceof Button b && name.equals(b.getText()))
        .map(Button.class::cast)
        .findFirst()
        .orElseThrow();
  }

  private static List<String> words(Parent in) {
    return all(in).stream()
        .map(n -> n instanceof Labeled l ? l.getText() : n instanceof Text t ? t.getText() : null)
        .filter(text -> text != null)
        .toList();
  }

  private static List<Node> all(Parent in) {
    var found = new ArrayList<Node>();
    for (Node node : in.getChildrenUnmodifiable()) {
      found.add(node);
      if (node instanceof Parent parent) {
        found.addAll(all(parent));
      }
    }
    return found;
  }
}
