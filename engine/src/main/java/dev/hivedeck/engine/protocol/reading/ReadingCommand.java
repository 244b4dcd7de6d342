package dev.hivedeck.engine.protocol.reading;

import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.hivedeck.engine.protocol.Command;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a person has read of changes. */
public sealed interface ReadingCommand extends Command {

  /**
   * Marks hunks as seen. The marks stay with what the hunks say, so that after a push only what is
   * new is to be read. Answer: {@link ReadingViews.Reading}.
   *
   * @param id of the change
   * @param hunks by their hashes
   * @param files all hunks of these; without hunks and files all of the change
   */
  @JsonTypeName("change.seen")
  record MarkSeen(String id, @Nullable List<String> hunks, @Nullable List<String> files)
      implements ReadingCommand {}

  /** Takes marks back; as {@link MarkSeen}. Answer: {@link ReadingViews.Reading}. */
  @JsonTypeName("change.unseen")
  record MarkUnseen(String id, @Nullable List<String> hunks, @Nullable List<String> files)
      implements ReadingCommand {}

  /**
   * Says how long a person looked at a change, so that one can be told how long others will take.
   * Answer: {@link ReadingViews.Reading}.
   *
   * @param id of the change
   * @param head what they looked at
   * @param seconds since they said so last; one hour at most
   */
  @JsonTypeName("change.read")
  record Read(String id, String head, int seconds) implements ReadingCommand {}
}
