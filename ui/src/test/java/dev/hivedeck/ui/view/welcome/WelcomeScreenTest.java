package dev.hivedeck.ui.view.welcome;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.ui.FxThread;
import dev.hivedeck.ui.shell.text.Texts;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javafx.scene.Node;
import javafx.scene.Parent;
import javafx.scene.control.Button;
import javafx.scene.control.Labeled;
import javafx.scene.text.Text;
import org.junit.jupiter.api.Test;

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
