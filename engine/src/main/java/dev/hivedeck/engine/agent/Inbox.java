package dev.hivedeck.engine.agent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.file.OwnerFiles;
import dev.hivedeck.engine.protocol.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file to which answers and what a person says are appended, a JSON object per line. A file and
 * not the standard input, since most agents read that to its end before they begin.
 */
final class Inbox {
  static final String VARIABLE = "HIVEDECK_INBOX_FILE";

  private static final Logger LOG = LoggerFactory.getLogger(Inbox.class);

  private final Path file;

  private Inbox(Path file) {
    this.file = file;
  }

  /** A new, empty one beside the prompt. */
  static Inbox beside(Path promptFile) {
    Path file = promptFile.resolveSibling("inbox.jsonl");
    try {
      Files.deleteIfExists(file);
      OwnerFiles.file(file);
    } catch (IOException e) {
      LOG.warn("no inbox at {}: {}", file, e.toString());
    }
    return new Inbox(file);
  }

  Path file() {
    return file;
  }

  void answered(Question question, Answer answer) {
    add(
        Json.object()
            .put("hivedeck", "answer")
            .put("question", question.question())
            .put("option", answer.option())
            .put("comment", answer.comment()));
  }

  void said(String text) {
    add(Json.object().put("hivedeck", "said").put("text", text));
  }

  private synchronized void add(ObjectNode message) {
    try {
      Files.writeString(
          file, Json.write(message) + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      LOG.warn("the inbox {} cannot be written: {}", file, e.toString());
    }
  }
}
