package dev.hivedeck.ui.shell;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.Query;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** How a screen asks the engine for something without ever waiting for it. */
public interface CommandSender {
  /**
   * Sends a command. A refusal is shown to the person (code, what, why, next step) and completes
   * the future exceptionally; the future completes on the FX thread.
   */
  CompletableFuture<JsonNode> execute(Command command);

  /** As {@link #execute}, but a refusal is the sender's to show. */
  CompletableFuture<JsonNode> send(Command command);

  /** Asks; completes on the FX thread. A failure is the asker's to show. */
  CompletableFuture<JsonNode> query(Query query);

  /**
   * New lines of all attempts' logs, on a thread of the feed: gather, then hand over in batches.
   */
  EngineApi.Subscription follow(Consumer<Query.LogPage> consumer);
}
