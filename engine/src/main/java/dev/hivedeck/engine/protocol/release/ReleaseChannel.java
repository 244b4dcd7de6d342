package dev.hivedeck.engine.protocol.release;

import dev.hivedeck.engine.protocol.view.Word;
import java.util.Optional;
import java.util.stream.Stream;

/** Which releases somebody wants to hear of. */
public enum ReleaseChannel implements Word {
  /** Those for everybody. */
  STABLE,
  /** Those before them as well, for whoever wants to try them. */
  PREVIEW;

  /** The channel of that word. */
  public static Optional<ReleaseChannel> of(String word) {
    return Stream.of(values()).filter(channel -> channel.word().equals(word)).findFirst();
  }
}
