package dev.hivedeck.ui.shell.widget;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.ui.Desktop;
import dev.hivedeck.ui.FxThread;
import dev.hivedeck.ui.Sample;
import dev.hivedeck.ui.shell.ScreenId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javafx.scene.control.Button;
import javafx.scene.control.Labeled;
import javafx.scene.input.Clipboard;
import javafx.scene.layout.Region;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FxExceptionHandlerTest {
  @TempDir Path folder;

  @Test
  void aBrokenLayoutMakesTheWindowAnewAtItsPlaceAndOffersAReport() {
    var desktop = FxThread.desktop(Sample.door(), folder.resolve("desktop.json"));
    FxThread.run(() -> desktop.frame().to(ScreenId.TASKS));
    var broken = FxThread.get(desktop::frame);
    FxThread.run(() -> broken.getChildren().add(new Breaking()));
    FxThread.until(
        "a new frame at the same place",
        () ->
            desktop.frame() != broken
                && desktop.frame().place() == ScreenId.TASKS
                && desktop.frame().lookup(".toast") != null);
    var words = FxThread.get(() -> words(desktop));
    assertThat(words).anyMatch(w -> w.matches("UI-[0-9A-F]{5}"));
    FxThread.run(
        () ->
            desktop.frame().lookupAll(".toast .button").stream()
                .map(Button.class::cast)
                .filter(b -> "Copy report".equals(b.getText()))
                .forEach(Button::fire));
    assertThat(FxThread.get(() -> Clipboard.getSystemClipboard().getString()))
        .startsWith("Hivedeck UI-")
        .contains("IllegalStateException: broken off");
    FxThread.run(desktop.stage()::close);
  }

  @Test
  void aFailedActIsToldAndNothingElse() {
    var desktop = FxThread.desktop(Sample.door(), folder.resolve("desktop.json"));
    var frame = FxThread.get(desktop::frame);
    javafx.application.Platform.runLater(
        () -> {
          throw new IllegalStateException("an act");
        });
    FxThread.until("it is told", () -> frame.lookup(".toast") != null);
    assertThat(FxThread.get(desktop::frame)).isSameAs(frame);
    FxThread.run(desktop.stage()::close);
  }

  @Test
  void whatBreaksAgainIsLeftThenShownAlone() {
    var done = new ArrayList<String>();
    FxThread.run(
        () -> {
          try (var fxExceptionHandler = new FxExceptionHandler(new Noting(done))) {
            for (int i = 0; i < 3; i++) {
              var failure = new ArrayIndexOutOfBoundsException(-3);
              failure.setStackTrace(
                  new StackTraceElement[] {
                    new StackTraceElement("javafx.scene.Parent", "layout", "Parent.java", 1)
                  });
              fxExceptionHandler.uncaughtException(Thread.currentThread(), failure);
            }
            fxExceptionHandler.uncaughtException(
                Thread.currentThread(), new IllegalStateException());
            fxExceptionHandler.uncaughtException(Thread.currentThread(), new StackOverflowError());
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

  private record Noting(List<String> done) implements FxExceptionHandler.Window {
    @Override
    public void renew(FxExceptionHandler.Report report) {
      done.add("renew");
    }

    @Override
    public void elsewhere(FxExceptionHandler.Report report) {
      done.add("elsewhere");
    }

    @Override
    public void halt(FxExceptionHandler.Report report) {
      done.add("halt");
    }

    @Override
    public void tell(FxExceptionHandler.Report report) {
      done.add("tell");
    }
  }
}
