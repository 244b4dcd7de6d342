package dev.hivedeck.ui.control.diff;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.Query.FileContent;
import dev.hivedeck.engine.protocol.Query.FileDiffs;
import java.util.concurrent.CompletableFuture;

/** Where the lines of a file are that were not told unasked, since there are so many. */
@FunctionalInterface
public interface DiffSource {
  /** The lines after so many, as {@link FileDiffs} of that file. */
  CompletableFuture<JsonNode> lines(String path, int from);

  /**
   * The file whole, as a {@link FileContent}; null where nobody has that.
   *
   * @param before whether as it was
   */
  default CompletableFuture<JsonNode> content(String path, boolean before) {
    return null;
  }
}
