package dev.hivedeck.ui;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The engine in figures, at the foot of the window. */
class StatusBarTest {
  @TempDir Path folder;

  @AfterEach
  void close() {
    FxThread.closeAll();
  }

  /** Not only when something else has the bar laid out again. */
  @Test
  void figuresAreSeenAsSoonAsTheyAreKnown() {
    var desktop = FxThread.desktop(Sample.door(), folder.resolve("desktop.json"));
    FxThread.figures(desktop);
    FxThread.pulse();
    assertThat(new TestUser(desktop).texts())
        .anyMatch(text -> text.startsWith("queue 12 ready"))
        .anyMatch(text -> text.startsWith("store "))
        .anyMatch(text -> text.startsWith("MTTR "));
  }
}
