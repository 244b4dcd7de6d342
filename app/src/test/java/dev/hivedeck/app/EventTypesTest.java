package dev.hivedeck.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.EventType;
import dev.hivedeck.engine.protocol.RequestParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** An event's name is written once, where it is declared. */
class EventTypesTest {
  private static final Path PROJECT = Path.of("").toAbsolutePath().getParent();
  private static final Pattern LITERAL = Pattern.compile("\"([a-z]+\\.[a-z]+(?:-[a-z]+)*)\"");

  @Test
  void eachHasANameOfItsOwnAndSaysWhatItMeans() {
    assertThat(EventType.all())
        .hasSizeGreaterThan(90)
        .allSatisfy(
            type -> {
              assertThat(type.word()).matches("[a-z]+(-[a-z]+)*\\.[a-z]+(-[a-z]+)*");
              assertThat(type.meaning()).matches("[A-Z][^|]*\\.");
              assertThat(EventType.of(type.word(), type.topic())).isSameAs(type);
            });
    assertThat(EventType.all()).extracting(EventType::word).doesNotHaveDuplicates();
  }

  @Test
  void noSourceSpellsOneAgain() throws IOException {
    var names = EventType.all().stream().map(EventType::word).collect(Collectors.toSet());
    var others = new HashSet<String>(); // a command or a text of the desktop may be called the same
    others.addAll(RequestParser.commands().keySet());
    others.addAll(RequestParser.queries().keySet());
    others.addAll(texts());
    var again = new ArrayList<String>();
    for (Path file : sources()) {
      String text = Files.readString(file);
      if (text.contains("implements EventType {")) {
        continue;
      }
      LITERAL
          .matcher(text)
          .results()
          .map(found -> found.group(1))
          .filter(word -> names.contains(word) && !others.contains(word))
          .forEach(word -> again.add(PROJECT.relativize(file) + " " + word));
    }
    assertThat(again).isEmpty();
  }

  private static Set<String> texts() throws IOException {
    var keys = new HashSet<String>();
    try (var bundles =
        Files.newDirectoryStream(
            PROJECT.resolve("resources/src/main/resources/hivedeck/i18n"), "*.properties")) {
      for (Path bundle : bundles) {
        var texts = new Properties();
        try (var in = Files.newBufferedReader(bundle)) {
          texts.load(in);
        }
        keys.addAll(texts.stringPropertyNames());
      }
    }
    return keys;
  }

  private static List<Path> sources() throws IOException {
    var all = new ArrayList<Path>();
    for (String module : Set.of("engine", "ui", "app")) {
      try (Stream<Path> files = Files.walk(PROJECT.resolve(module + "/src/main/java"))) {
        files.filter(file -> file.toString().endsWith(".java")).forEach(all::add);
      }
    }
    return all;
  }
}
