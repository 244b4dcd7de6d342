package dev.hivedeck.ui.shell.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
  @TempDir Path folder;

  @Test
  void whatWasPutIsThereNextTime() {
    var file = folder.resolve("deep").resolve("desktop.json");
    try (var settings = new Settings(file)) {
      settings.put("window.width", 1200);
      settings.put("theme", "light");
      settings.put("rail.folded", true);
      settings.opened("/a");
      settings.opened("/b");
      settings.opened("/a");
    }
    try (var again = new Settings(file)) {
      assertThat(again.number("window.width", 0)).isEqualTo(1200);
      assertThat(again.text("theme", "")).isEqualTo("light");
      assertThat(again.flag("rail.folded", false)).isTrue();
      assertThat(again.recent()).containsExactly("/a", "/b");
    }
    assertThat(folder.resolve("deep")).isDirectoryNotContaining("glob:**.new");
  }

  @Test
  void aDamagedFileIsSetAsideAndNotLost() throws Exception {
    var file = folder.resolve("desktop.json");
    Files.writeString(file, "{\"theme\": \"li");
    try (var settings = new Settings(file)) {
      assertThat(settings.text("theme", "system")).isEqualTo("system");
    }
    assertThat(folder.resolve("desktop.json.damaged")).content().contains("\"li");
  }
}
