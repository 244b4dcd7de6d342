package dev.hivedeck.engine.area;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.View;
import dev.hivedeck.engine.store.Ledger;
import dev.hivedeck.engine.store.Sql;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What one area hands the engine. A sealed family of commands is carried out by one handler, whose
 * {@code switch} the compiler holds to all of them; queries likewise.
 *
 * @param name as its package
 * @param commands handlers by the class of the command
 * @param queries handlers by the class of the query
 * @param things what the area tells of, by topic
 * @param observers hear what became of every command, whatever its area
 */
public record Area(
    String name,
    Map<Class<?>, Function<Command, Action>> commands,
    Map<Class<?>, Function<Query, Object>> queries,
    Map<Topic, Things> things,
    List<CommandObserver> observers) {

  public Area {
    commands = Map.copyOf(commands);
    queries = Map.copyOf(queries);
    things = Map.copyOf(things);
    observers = List.copyOf(observers);
  }

  /** The things of one topic. */
  public interface Things {
    /**
     * How all of them are read, in the transaction that reads the other topics. What is not in the
     * database is looked up here, before that begins.
     */
    Ledger.Look<List<? extends View>> all();

    /**
     * One of them, or null when it has to be found among all.
     *
     * @throws dev.hivedeck.engine.protocol.HiveException when it is not there
     */
    default View one(Sql sql, String id) throws SQLException {
      return null;
    }
  }

  /** How one thing is read. */
  @FunctionalInterface
  public interface Finder {
    View find(Sql sql, String id) throws SQLException;
  }

  /** An area that has nothing yet. */
  public static Builder named(String name) {
    return new Builder(name);
  }

  /** Puts an area together. */
  public static final class Builder {
    private final String name;
    private final Map<Class<?>, Function<Command, Action>> commands = new LinkedHashMap<>();
    private final Map<Class<?>, Function<Query, Object>> queries = new LinkedHashMap<>();
    private final Map<Topic, Things> things = new LinkedHashMap<>();
    private final List<CommandObserver> observers = new ArrayList<>();

    private Builder(String name) {
      this.name = name;
    }

    /** Carries out a sealed family of commands. */
    public <C extends Command> Builder commands(Class<C> family, Function<C, Action> handler) {
      for (var type : members(family)) {
        commands.put(type, command -> handler.apply(family.cast(command)));
      }
      return this;
    }

    /** Answers a sealed family of queries. */
    public <Q extends Query> Builder queries(Class<Q> family, Function<Q, Object> handler) {
      for (var type : members(family)) {
        queries.put(type, query -> handler.apply(family.cast(query)));
      }
      return this;
    }

    /** Tells of things that are in the database. */
    public Builder things(Topic topic, Ledger.Look<List<? extends View>> all) {
      things.put(topic, () -> all);
      return this;
    }

    /** Tells of things that are in the database, each of which is found by itself. */
    public Builder things(Topic topic, Ledger.Look<List<? extends View>> all, Finder one) {
      things.put(
          topic,
          new Things() {
            @Override
            public Ledger.Look<List<? extends View>> all() {
              return all;
            }

            @Override
            public View one(Sql sql, String id) throws SQLException {
              return one.find(sql, id);
            }
          });
      return this;
    }

    /** Tells of things that are elsewhere, in git say. */
    public Builder thingsBeside(Topic topic, Supplier<List<? extends View>> all) {
      things.put(
          topic,
          () -> {
            var found = all.get();
            return sql -> found;
          });
      return this;
    }

    /** Hears what became of every command. */
    public Builder observer(CommandObserver observer) {
      observers.add(observer);
      return this;
    }

    public Area build() {
      return new Area(name, commands, queries, things, observers);
    }

    private static List<Class<?>> members(Class<?> family) {
      if (!family.isSealed()) {
        throw new IllegalArgumentException(family + " is not sealed");
      }
      return List.of(family.getPermittedSubclasses());
    }
  }
}
