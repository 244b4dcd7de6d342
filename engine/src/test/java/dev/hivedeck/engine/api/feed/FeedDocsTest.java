package dev.hivedeck.engine.api.feed;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the page of the feed lists is all that there is. */
class FeedDocsTest {
  private static final Pattern WORD = Pattern.compile("`([a-z][a-z.-]*)`");

  private static List<String> words(Class<?> type) {
    return Stream.of(type.getAnnotation(JsonSubTypes.class).value())
        .map(JsonSubTypes.Type::name)
        .toList();
  }

  /** The words in a passage from one phrase to another. */
  private static List<String> listed(String from, String to) throws Exception {
    String page = Files.readString(Path.of("..", "docs", "feed.md"));
    int begin = page.indexOf(from);
    assertThat(begin).as(from).isNotNegative();
    var words = WORD.matcher(page.substring(begin, page.indexOf(to, begin)));
    return words.results().map(found -> found.group(1)).toList();
  }

  @Test
  void everyQueryIsListed() throws Exception {
    assertThat(listed("Queries:", "Answers carry")).containsAll(words(Query.class));
  }

  @Test
  void everyCommandIsListed() throws Exception {
    assertThat(listed("Commands:", "An answered command")).containsAll(words(Command.class));
  }

  @Test
  void everyTopicIsListed() throws Exception {
    assertThat(listed("The topics are", "their fields"))
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(Topic.values()).map(topic -> topic.name().toLowerCase()).toList());
  }
}
