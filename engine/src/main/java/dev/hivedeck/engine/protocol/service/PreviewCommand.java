package dev.hivedeck.engine.protocol.service;

import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.hivedeck.engine.protocol.Command;

/** What is done with previews. Answer of all: {@link ServiceViews.Service}. */
public sealed interface PreviewCommand extends Command {

  /**
   * The app of a change, a task or an attempt is to run.
   *
   * @param id such as {@code C-4}, {@code T-7} or {@code T-7.1}
   */
  @JsonTypeName("preview.start")
  record StartPreview(String id) implements PreviewCommand {}

  /** It is to end. */
  @JsonTypeName("preview.stop")
  record StopPreview(String id) implements PreviewCommand {}
}
