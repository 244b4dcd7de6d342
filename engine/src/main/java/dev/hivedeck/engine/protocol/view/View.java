package dev.hivedeck.engine.protocol.view;

/**
 * What a client sees of a thing that the feed carries: whole, immutable, replaced by the next event
 * about it. The {@code id} is unique within its topic. Costs are US dollars, tokens are counts,
 * stages are percent.
 */
public interface View {
  /** The person: as an agent, as who answered, as who commented. */
  String YOU = "you";

  String id();
}
