package dev.hivedeck.engine.agent.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.hivedeck.engine.TestRepository;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What is appended to a file that lies where an agent may write. */
class InboxTest {
  @TempDir Path folder;

  @Test
  void whatIsSaidIsAppendedLineByLine() throws Exception {
    try (var inbox = Inbox.beside(folder.resolve("prompt.md"))) {
      inbox.said("one");
      inbox.said("two");
      assertThat(Files.readAllLines(inbox.file()))
          .containsExactly(
              "{\"hivedeck\":\"said\",\"text\":\"one\"}",
              "{\"hivedeck\":\"said\",\"text\":\"two\"}");
    }
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void whatAnAgentPutsInItsPlaceIsNotFollowed() throws Exception {
    Path own = Files.writeString(folder.resolve("own"), "of the person\n");
    try (var inbox = Inbox.beside(folder.resolve("prompt.md"))) {
      Files.delete(inbox.file());
      Files.createSymbolicLink(inbox.file(), own);
      inbox.said("$(touch pwned)");
      Files.delete(inbox.file());
      Files.createLink(inbox.file(), own);
      inbox.said("$(touch pwned)");
    }
    assertThat(own).hasContent("of the person");
    // What is left there is not followed by the next one either.
    Files.delete(folder.resolve("inbox.jsonl"));
    Files.createSymbolicLink(folder.resolve("inbox.jsonl"), own);
    try (var inbox = Inbox.beside(folder.resolve("prompt.md"))) {
      inbox.said("hello");
      assertThat(inbox.file()).content().contains("hello");
    }
    assertThat(own).hasContent("of the person");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aPipeInItsPlaceIsNotWaitedFor() throws Exception {
    try (var inbox = Inbox.beside(folder.resolve("prompt.md"))) {
      Files.delete(inbox.file());
      TestRepository.run(folder, "mkfifo", inbox.file().toString());
      assertTimeoutPreemptively(Duration.ofSeconds(20), () -> inbox.said("hello"));
    }
  }

  @Test
  void whatComesLaterIsDropped() throws Exception {
    var inbox = Inbox.beside(folder.resolve("prompt.md"));
    inbox.close();
    inbox.said("hello");
    assertThat(inbox.file()).isEmptyFile();
  }
}
