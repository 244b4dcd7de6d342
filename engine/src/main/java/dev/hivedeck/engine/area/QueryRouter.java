package dev.hivedeck.engine.area;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.EngineApi.Snapshot;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.View;
import dev.hivedeck.engine.store.Ledger;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/** Brings each question to its area, and takes snapshots of all. */
public final class QueryRouter {
  private final Ledger ledger;
  private final Map<Class<?>, Function<Query, Object>> handlers = new HashMap<>();
  private final Map<Topic, Area.Things> things = new TreeMap<>();

  /**
   * @throws IllegalArgumentException when two areas want the same query or topic
   */
  public QueryRouter(Ledger ledger, List<Area> areas) {
    this.ledger = ledger;
    for (var area : areas) {
      area.queries().forEach((type, handler) -> alone(handlers.put(type, handler), type, area));
      area.things().forEach((topic, all) -> alone(things.put(topic, all), topic, area));
    }
    handlers.put(Query.Thing.class, query -> thing((Query.Thing) query));
  }

  private static void alone(Object before, Object what, Area area) {
    if (before != null) {
      throw new IllegalArgumentException(what + " has two areas, also " + area.name());
    }
  }

  /**
   * Answers a question.
   *
   * @throws HiveException when what is asked about does not exist
   */
  public JsonNode answer(Query query) {
    var handler = handlers.get(query.getClass());
    if (handler == null) {
      throw new IllegalStateException("no area answers " + query.getClass());
    }
    return Json.tree(handler.apply(query));
  }

  private View thing(Query.Thing query) {
    var topic = query.topic();
    var found = ledger.read(sql -> things.get(topic).one(sql, query.id()));
    return found != null
        ? found
        : snapshot(Set.of(topic)).things().get(topic).stream()
            .filter(view -> view.id().equals(query.id()))
            .findFirst()
            .orElseThrow(
                () ->
                    new HiveException(
                        topic.missing(),
                        "There is no " + topic.word() + " " + query.id() + ".",
                        "List them to see those there are."));
  }

  /** All things of these topics, as of one moment. */
  public Snapshot snapshot(Set<Topic> topics) {
    var looks = new TreeMap<Topic, Ledger.Look<List<? extends View>>>();
    topics.forEach(topic -> looks.put(topic, things.get(topic).all()));
    return ledger.read(
        sql -> {
          long seq = sql.number("SELECT max(seq) FROM event");
          var all = new TreeMap<Topic, List<? extends View>>();
          for (var look : looks.entrySet()) {
            all.put(look.getKey(), look.getValue().run(sql));
          }
          return new Snapshot(seq, all);
        });
  }
}
