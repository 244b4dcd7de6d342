package dev.hivedeck.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.RequestParser;
import dev.hivedeck.engine.protocol.Topic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Names and prose keep to the words of the glossary. */
class GlossaryTest {
  private static final Path PROJECT = Path.of("").toAbsolutePath().getParent();

  /** No part of a type's name: pictures, and words that say nothing. */
  private static final Set<String> NO_NAMES =
      Set.of(
          "Door",
          "Room",
          "Floor",
          "Wall",
          "House",
          "Wreck",
          "Doubt",
          "Rig",
          "Scout",
          "Errand",
          "Chatter",
          "Census",
          "Fence",
          "Intake",
          "Reins",
          "Placard",
          "Recourse",
          "Manager",
          "Helper",
          "Util",
          "Utils",
          "Impl");

  /** What prose says instead: endpoint or API, package, layer. */
  private static final Pattern PICTURE =
      Pattern.compile(
          "\\b(doors?|(the|these|other) rooms|(house|hive) rooms?)\\b", Pattern.CASE_INSENSITIVE);

  private static final Pattern COMMENT = Pattern.compile("(?s)/\\*.*?\\*/|//[^\\n]*");

  private static Set<String> terms() throws IOException {
    return Pattern.compile("\\*\\*([^*]+)\\*\\*")
        .matcher(Files.readString(PROJECT.resolve("docs/glossary.md")))
        .results()
        .map(match -> match.group(1).toLowerCase(Locale.ROOT))
        .collect(Collectors.toSet());
  }

  private static List<Path> files(String ending, String... folders) throws IOException {
    var all = new ArrayList<Path>();
    for (String folder : folders) {
      try (Stream<Path> files = Files.walk(PROJECT.resolve(folder))) {
        files.filter(file -> file.toString().endsWith(ending)).forEach(all::add);
      }
    }
    assertThat(all).isNotEmpty();
    return all;
  }

  private static List<Path> sources() throws IOException {
    return files(".java", "engine/src/main/java", "ui/src/main/java", "app/src/main/java");
  }

  @Test
  void everyTopicIsAWordOfTheGlossary() throws IOException {
    assertThat(terms()).containsAll(Topic.all().stream().map(Topic::word).toList());
  }

  @Test
  void everyCommandIsAboutAWordOfTheGlossary() throws IOException {
    var commands = RequestParser.commands().keySet();
    assertThat(terms()).containsAll(commands.stream().map(c -> c.split("\\.")[0]).toList());
  }

  @Test
  void noTypeIsNamedByAPictureOrByAWordThatSaysNothing() throws IOException {
    for (Path file : sources()) {
      String name = file.getFileName().toString().replace(".java", "");
      assertThat(name.split("(?<=[a-z0-9])(?=[A-Z])"))
          .as("%s", file)
          .doesNotContainAnyElementsOf(NO_NAMES);
    }
  }

  @Test
  void proseUsesNoPictures() throws IOException {
    for (Path file : sources()) {
      String comments =
          COMMENT
              .matcher(Files.readString(file))
              .results()
              .map(MatchResult::group)
              .collect(Collectors.joining("\n"));
      assertThat(PICTURE.matcher(comments).results().map(MatchResult::group))
          .as("pictures in comments of %s", file)
          .isEmpty();
    }
    var prose = new ArrayList<>(files(".md", "docs"));
    prose.addAll(files(".txt", "resources/src/main/resources/hivedeck/i18n"));
    prose.add(PROJECT.resolve("resources/src/main/resources/hivedeck/schema/hive.schema.json"));
    prose.add(PROJECT.resolve("README.md"));
    prose.add(PROJECT.resolve("CONTRIBUTING.md"));
    for (Path file : prose) {
      assertThat(PICTURE.matcher(Files.readString(file)).results().map(MatchResult::group))
          .as("pictures in %s", file)
          .isEmpty();
    }
  }
}
