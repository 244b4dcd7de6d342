package dev.hivedeck.engine.protocol;

import dev.hivedeck.engine.protocol.view.View;
import dev.hivedeck.engine.protocol.view.Word;

/**
 * Who asks for something, and by which entry point.
 *
 * @param who {@link View#YOU} for the person, else the id of an attempt
 */
public record Sender(EntryPoint entryPoint, String who) {

  /** Where commands come in. */
  public enum EntryPoint implements Word {
    DESKTOP,
    CLI,
    HTTP,
    MCP,
    /** A client of the feed that is none of ours. */
    FEED,
    /** A program that has the engine within itself. */
    ENGINE
  }

  /** The person, by some entry point. */
  public static Sender person(EntryPoint entryPoint) {
    return new Sender(entryPoint, View.YOU);
  }
}
