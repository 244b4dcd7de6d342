package dev.hivedeck.ui.shell.part;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.ui.Desktop;
import dev.hivedeck.ui.Fx;
import dev.hivedeck.ui.Sample;
import dev.hivedeck.ui.shell.Place;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javafx.scene.control.Button;
import javafx.scene.control.Labeled;
import javafx.scene.input.Clipboard;
import javafx.scene.layout.Region;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecoveryTest {
  @TempDir Path folder;

  @Test
  void aBrokenLayoutMakesTheWindowAnewAtItsPlaceAndOffersAReport() {
    var desktop = Fx.desktop(Sample.door(), folder.resolve("desktop.json"));
    Fx.run(() -> desktop.frame().to(Place.TASKS));
    var broken = Fx.get(desktop::frame);
    Fx.run(() -> broken.getChildren().add(new Breaking()));
    Fx.until(
        "a new frame at the same place",
        () ->
            desktop.frame() != broken
                && desktop.frame().place() == Place.TASKS
                && desktop.frame().lookup(".toast") != null);
    var words = Fx.get(() -> words(desktop));
    assertThat(words).anyMatch(w -> w.matches("UI-[0-9A-F]{5}"));
    Fx.run(
        () ->
            desktop.frame().lookupAll(".toast .button").stream()
                .map(Button.class::cast)
                .filter(b -> "Copy report".equals(b.getText()))
                .forEach(Button::fire));
    assertThat(Fx.get(() -> Clipboard.getSystemClipboard().getString()))
        .startsWith("Hivedeck UI-")
        .contains("IllegalStateException: broken off");
    Fx.run(desktop.stage()::close);
  }

  @Test
  void aFailedActIsToldAndNothingElse() {
    var desktop = Fx.desktop(Sample.door(), folder.resolve("desktop.json"));
    var frame = Fx.get(desktop::frame);
    javafx.application.Platform.runLater(
        () -> {
          throw new IllegalStateException("an act");
        });
    Fx.until("it is told", () -> frame.lookup(".toast") != null);
    assertThat(Fx.get(desktop::frame)).isSameAs(frame);
    Fx.run(desktop.stage()::close);
  }

  @Test
  void whatBreaksAgainIsLeftThenShownAlone() {
    var done = new ArrayList<String>();
    Fx.run(
        () -> {
          try (var recovery = new Recovery(new Noting(done))) {
            for (int i = 0; i < 3; i++) {
              var failure = new ArrayIndexOutOfBoundsException(-3);
              failure.setStackTrace(
                  new StackTraceElement[] {
                    new StackTraceElement("javafx.scene.Parent", "layout", "Parent.java", 1)
                  });
              recovery.uncaughtException(Thread.currentThread(), failure);
            }
            recovery.uncaughtException(Thread.currentThread(), new IllegalStateException());
            recovery.uncaughtException(Thread.currentThread(), new StackOverflowError());
          }
        });
    assertThat(done).containsExactly("renew", "elsewhere", "halt", "tell", "tell");
  }

  private static List<String> words(Desktop desktop) {
    return desktop.frame().lookupAll(".toast .label").stream()
        .map(n -> ((Labeled) n).getText())
        .toList();
  }

  private static final class Breaking extends Region {
    @Override
    protected void layoutChildren() {
      throw new IllegalStateException("broken off");
    }
  }

  private record Noting(List<String> done) implements Recovery.Window {
    @Override
    public void renew(Recovery.Report report) {
      done.add("renew");
    }

    @Override
    public void elsewhere(Recovery.Report report) {
      done.add("elsewhere");
    }

    @Override
    public void halt(Recovery.Report report) {
      done.add("halt");
    }

    @Override
    public void tell(Recovery.Report report) {
      done.add("tell");
    }
  }
}
