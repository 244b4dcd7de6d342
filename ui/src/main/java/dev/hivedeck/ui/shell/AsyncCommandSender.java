package dev.hivedeck.ui.shell;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javafx.application.Platform;

/** Steering through the API, each call on a thread of its own. */
public final class AsyncCommandSender implements CommandSender, AutoCloseable {
  private final EngineApi engine;
  private final Notifications notifications;
  private final ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();

  public AsyncCommandSender(EngineApi engine, Notifications notifications) {
    this.engine = engine;
    this.notifications = notifications;
  }

  @Override
  public CompletableFuture<JsonNode> execute(Command command) {
    return call(() -> engine.execute(command, null), true);
  }

  @Override
  public CompletableFuture<JsonNode> send(Command command) {
    return call(() -> engine.execute(command, null), false);
  }

  @Override
  public CompletableFuture<JsonNode> query(Query query) {
    return call(() -> engine.query(query), false);
  }

  @Override
  public EngineApi.Subscription follow(Consumer<Query.LogPage> consumer) {
    var following = CompletableFuture.supplyAsync(() -> engine.follow(consumer), calls);
    return () -> following.thenAccept(EngineApi.Subscription::close);
  }

  @Override
  public void close() {
    calls.shutdown();
  }

  private CompletableFuture<JsonNode> call(Supplier<JsonNode> work, boolean tell) {
    var answer = new CompletableFuture<JsonNode>();
    calls.execute(
        () -> {
          try {
            var result = work.get();
            Platform.runLater(() -> answer.complete(result));
          } catch (RuntimeException e) {
            var refused =
                e instanceof HiveException h
                    ? h
                    : new HiveException(
                        ErrorCode.DESKTOP, "Something went wrong here: " + e, "Try again.", e);
            Platform.runLater(
                () -> {
                  if (tell) {
                    notifications.failed(refused.fault());
                  }
                  answer.completeExceptionally(refused);
                });
          }
        });
    return answer;
  }
}
