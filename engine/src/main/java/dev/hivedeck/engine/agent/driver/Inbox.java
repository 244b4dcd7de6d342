package dev.hivedeck.engine.agent.driver;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.agent.Question;
import dev.hivedeck.engine.agent.QuestionAnswer;
import dev.hivedeck.engine.file.OwnerFiles;
import dev.hivedeck.engine.protocol.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file to which answers and what a person says are appended, a JSON object per line. A file and
 * not the standard input, since most agents read that to its end before they begin. It is opened
 * before the agent begins and never looked up again: what the agent puts in its place is neither
 * written to nor waited for.
 */
final class Inbox implements AutoCloseable {
  static final String VARIABLE = "HIVEDECK_INBOX_FILE";

  private static final Logger LOG = LoggerFactory.getLogger(Inbox.class);

  private final Path file;

  /** Null when it could not be made, or is closed. */
  private FileChannel channel;

  private Inbox(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /** A new, empty one beside the prompt. */
  static Inbox beside(Path promptFile) {
    Path file = promptFile.resolveSibling("inbox.jsonl");
    try {
      Files.deleteIfExists(file);
      return new Inbox(
          file, OwnerFiles.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.APPEND));
    } catch (IOException e) {
      LOG.warn("no inbox at {}: {}", file, e.toString());
      return new Inbox(file, null);
    }
  }

  Path file() {
    return file;
  }

  void answered(Question question, QuestionAnswer questionAnswer) {
    add(
        Json.object()
            .put("hivedeck", "answer")
            .put("question", question.question())
            .put("option", questionAnswer.option())
            .put("comment", questionAnswer.comment()));
  }

  void said(String text) {
    add(Json.object().put("hivedeck", "said").put("text", text));
  }

  private synchronized void add(ObjectNode message) {
    if (channel == null) {
      return; // nobody reads it
    }
    try {
      var line = ByteBuffer.wrap((Json.write(message) + "\n").getBytes(StandardCharsets.UTF_8));
      while (line.hasRemaining()) {
        channel.write(line);
      }
    } catch (IOException e) {
      LOG.warn("the inbox {} cannot be written: {}", file, e.toString());
    }
  }

  /** Nobody reads it any more. */
  @Override
  public synchronized void close() {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      LOG.warn("the inbox {} cannot be closed: {}", file, e.toString());
    }
    channel = null;
  }
}
