package dev.hivedeck.ui.shell.theme;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Colours live in the token sheets only. */
class StylesTest {
  private static final Pattern LITERAL =
      Pattern.compile("Color\\.(web|rgb|color|[A-Z]{3,})\\b|#[0-9a-fA-F]{6}\\b|rgba?\\(");

  private static final Path SHEETS =
      Path.of("..", "resources", "src", "main", "resources", "hivedeck", "theme");

  @Test
  void noColourInCode() throws IOException {
    var found = new ArrayList<String>();
    try (var files = Files.walk(Path.of("src", "main", "java"))) {
      for (var file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        if (!file.endsWith("Theme.java")) {
          LITERAL
              .matcher(Files.readString(file))
              .results()
              .forEach(m -> found.add(file.getFileName() + ": " + m.group()));
        }
      }
    }
    assertThat(found).isEmpty();
  }

  @Test
  void everyTokenUsedIsThereAndNoSheetNamesAColourItself() throws IOException {
    var tokens = Theme.tokens(true).keySet();
    try (var sheets = Files.list(SHEETS)) {
      for (var sheet : sheets.toList()) {
        var css = Files.readString(sheet);
        var used = new TreeSet<String>();
        Pattern.compile("-hd-([a-z-]+)").matcher(css).results().forEach(m -> used.add(m.group(1)));
        // What a tone sets for the nodes that carry it.
        used.removeAll(List.of("tone", "tone-soft"));
        assertThat(tokens).as(sheet.toString()).containsAll(used);
        if (!List.of("dark.css", "light.css").contains(sheet.getFileName().toString())) {
          var colours = Pattern.compile("#[0-9a-fA-F]{3,8}\\b").matcher(css).results();
          assertThat(colours.map(m -> m.group()).toList()).as(sheet.toString()).isEmpty();
        }
      }
    }
  }
}
