package dev.hivedeck.engine.area;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.RequestParser;
import dev.hivedeck.engine.protocol.Sender;
import dev.hivedeck.engine.store.IdempotencyKeys;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** Brings each command to its area, and does what carries a key once. */
public final class CommandRouter {
  private static final Logger LOG = LoggerFactory.getLogger(CommandRouter.class);

  private final Store store;
  private final Clock clock;
  private final Supplier<String> ids;
  private final Map<Class<?>, Function<Command, Action>> handlers = new HashMap<>();
  private final List<CommandObserver> observers = new ArrayList<>();

  /** Keys of what is being done beside the ledger. */
  private final Map<String, CompletableFuture<Void>> underWay = new ConcurrentHashMap<>();

  /**
   * @param ids makes the correlation of what comes without one
   * @throws IllegalArgumentException when two areas want the same command
   */
  public CommandRouter(Store store, Clock clock, Supplier<String> ids, List<Area> areas) {
    this.store = store;
    this.clock = clock;
    this.ids = ids;
    for (var area : areas) {
      observers.addAll(area.observers());
      area.commands()
          .forEach(
              (type, handler) -> {
                if (handlers.put(type, handler) != null) {
                  throw new IllegalArgumentException(type + " has two areas, also " + area.name());
                }
              });
    }
  }

  /**
   * Runs a command and answers when it is durable.
   *
   * @param correlation id for everything it causes; null for a new one
   * @param key as in {@link IdempotencyKeys}; null for none
   * @param sender who asks for it
   * @throws HiveException when it is refused; then nothing has changed
   */
  public JsonNode execute(Command command, String correlation, String key, Sender sender) {
    String id = correlation == null ? ids.get() : correlation;
    var written = command.withoutSecrets();
    var sent = new CommandObserver.Sent(written, RequestParser.word(command), sender);
    MDC.put("correlation", id);
    try {
      LOG.info("command {}", command.getClass().getSimpleName());
      // Before anything of the command is looked at: what was answered once stays so.
      var before = answered(key, written);
      JsonNode answer =
          before.isPresent()
              ? before.get().value()
              : switch (action(command)) {
                case Action.Write(var write) -> written(id, key, sent, write);
                case Action.Effect(var effect) -> done(id, key, sent, effect);
              };
      return answer == null ? Json.object() : answer;
    } catch (HiveException e) {
      refused(id, sent, e);
      throw e;
    } finally {
      MDC.remove("correlation");
    }
  }

  private Action action(Command command) {
    var handler = handlers.get(command.getClass());
    if (handler == null) {
      throw new IllegalStateException("no area carries out " + command.getClass());
    }
    return handler.apply(command);
  }

  private static JsonNode tree(Object answer) {
    return answer == null ? null : Json.tree(answer);
  }

  private Optional<IdempotencyKeys.Answered<JsonNode>> answered(String key, Command command) {
    return key == null
        ? Optional.empty()
        : store.read(
            sql -> IdempotencyKeys.answered(sql, clock.instant(), key, command, JsonNode.class));
  }

  private JsonNode written(
      String id, String key, CommandObserver.Sent sent, Action.Answering work) {
    return store.write(
        id,
        tx ->
            IdempotencyKeys.run(
                tx,
                key,
                sent.command(),
                JsonNode.class,
                () -> {
                  var answer = tree(work.run(tx));
                  carriedOut(tx, sent);
                  return answer;
                }));
  }

  private void carriedOut(Tx tx, CommandObserver.Sent sent) throws SQLException {
    for (var observer : observers) {
      observer.carriedOut(tx, sent);
    }
  }

  /** Whoever is refused does not wait until that is written. */
  private void refused(String id, CommandObserver.Sent sent, HiveException why) {
    if (!observers.isEmpty()) {
      store.submit(
          id,
          tx -> {
            for (var observer : observers) {
              observer.refused(tx, sent, why);
            }
            return null;
          });
    }
  }

  private JsonNode done(String id, String key, CommandObserver.Sent sent, Supplier<Object> work) {
    if (key == null) {
      var answer = tree(work.get());
      noted(id, null, sent, answer);
      return answer;
    }
    var command = sent.command();
    // Of two that come together one waits: else the key would be new to both.
    var mine = new CompletableFuture<Void>();
    for (var other = underWay.putIfAbsent(key, mine);
        other != null;
        other = underWay.putIfAbsent(key, mine)) {
      other.join();
    }
    try {
      var before = answered(key, command);
      if (before.isPresent()) {
        return before.get().value();
      }
      var answer = tree(work.get());
      noted(id, key, sent, answer);
      return answer;
    } finally {
      underWay.remove(key, mine);
      mine.complete(null);
    }
  }

  private void noted(String id, String key, CommandObserver.Sent sent, JsonNode answer) {
    if (key == null && observers.isEmpty()) {
      return;
    }
    store.update(
        id,
        tx -> {
          if (key != null) {
            IdempotencyKeys.note(tx, key, sent.command(), answer);
          }
          carriedOut(tx, sent);
        });
  }
}
