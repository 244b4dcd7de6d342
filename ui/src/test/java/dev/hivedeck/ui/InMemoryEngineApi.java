package dev.hivedeck.ui;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.config.edit.HiveFile;
import dev.hivedeck.engine.config.yaml.TextDiff;
import dev.hivedeck.engine.config.yaml.YamlSource;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Config;
import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.Event;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.secret.Secret;
import dev.hivedeck.engine.protocol.secret.SecretQuery;
import dev.hivedeck.engine.protocol.view.BudgetViews;
import dev.hivedeck.engine.protocol.view.View;
import dev.hivedeck.engine.protocol.view.WorkspaceViews;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * An API with nothing behind it but a map: tests put things in, the desktop sees them come as
 * events, exactly as from an engine. Commands are written down and answered by {@link #answer}.
 */
public class InMemoryEngineApi implements EngineApi {
  private static final List<Secret> SECRETS =
      List.of(
          new Secret("chat-url", true, "Secret Service", List.of("channel chat")),
          new Secret("shop-token", false, "Secret Service", List.of("scrape shop")));

  private final Clock clock;
  private final Map<Topic, Map<String, View>> things = new TreeMap<>();
  private final List<Event> events = new ArrayList<>();
  private final List<Consumer<List<Event>>> listeners = new CopyOnWriteArrayList<>();
  private final List<Consumer<Query.LogPage>> followers = new CopyOnWriteArrayList<>();

  /** What was asked for, oldest first. */
  public final List<Command> commands = new CopyOnWriteArrayList<>();

  /** What a query answers. */
  public volatile Function<Query, JsonNode> queries =
      query ->
          query instanceof SecretQuery.Secrets ? Json.tree(SECRETS) : Json.MAPPER.createArrayNode();

  /** What is proposed for whoever is chosen. */
  public volatile Function<Query.ConfigProposal, Config.Proposal> proposals = _ -> proposal();

  /** The text of hive.yaml; null for none. */
  public volatile String hive =
      """
      version: 1
      # Who works here.
      agents:
        core-api:
          role: Builds and keeps the order API
          driver: codex        # the fast one
          capabilities: [java, api]
          owns: [services/api/**]
        docs: { driver: claude, owns: [docs/**] }
      gates:
        unit: { run: mvn -q test, at: [attempt, merge], timeout: 10m }
      budgets:
        day: { cost: 20 }
      """;

  /** Why hive.yaml cannot be read; null where it can. */
  public volatile HiveException unreadable;

  /** What would be proposed where there is no hive.yaml. */
  public volatile Config.Proposal proposal =
      new Config.Proposal(
          ".hivedeck/hive.yaml",
          "version: 1\n",
          List.of(new Config.ProposedLine("version: 1", null, false)),
          HiveFile.digest(null),
          List.of(),
          List.of());

  /** What a preview would ask consent to. */
  public volatile List<WorkspaceViews.ConsentItem> previewed = List.of();

  /** What a command does; throws to refuse. */
  public volatile Function<Command, JsonNode> answer = _ -> Json.object();

  public volatile Stats stats =
      new Stats(
          0,
          12,
          6,
          1,
          41.7,
          18_200_000,
          0.0021,
          List.of(new BudgetViews.BudgetUse("day", null, null, 10.0, 1_200_000, 4.18, 41)),
          42,
          List.of(),
          "127.0.0.1:7071",
          "ws://127.0.0.1:7072",
          null);

  public InMemoryEngineApi(Clock clock) {
    this.clock = clock;
    for (var topic : Topic.all()) {
      things.put(topic, new LinkedHashMap<>());
    }
  }

  /** Sets a thing down without a word, as before the desktop looked. */
  public synchronized void seed(Topic topic, View view) {
    things.get(topic).put(view.id(), view);
  }

  /** Writes an event into the past. */
  public synchronized void past(Event event) {
    events.add(event);
  }

  /** Changes a thing and tells of it. */
  public void tell(String type, Topic topic, String text, View view) {
    publish(type, topic, view.id(), text, view);
  }

  public void remove(Topic topic, String id, String text) {
    publish(topic.word() + ".removed", topic, id, text, null);
  }

  private synchronized void publish(String type, Topic topic, String id, String text, View view) {
    if (view == null) {
      things.get(topic).remove(id);
    } else {
      things.get(topic).put(id, view);
    }
    var event =
        Event.of(
            events.size() + 1L,
            clock.instant(),
            "test",
            type,
            topic,
            id,
            text,
            view == null ? null : Json.tree(view));
    events.add(event);
    listeners.forEach(l -> l.accept(List.of(event)));
  }

  /** Sends lines as an attempt's output. */
  public void log(Query.LogPage page) {
    followers.forEach(f -> f.accept(page));
  }

  private Config.Proposal proposal() {
    return proposal;
  }

  @Override
  public JsonNode execute(Command command, String correlation, String key) {
    commands.add(command);
    return answer.apply(command);
  }

  @Override
  public JsonNode query(Query query) {
    if (query instanceof Query.Events e) {
      synchronized (this) {
        var from =
            e.after() < 0
                ? Math.max(0, events.size() + (int) e.after())
                : Math.min(events.size(), (int) e.after());
        var to = Math.min(events.size(), from + e.limit());
        return Json.tree(List.copyOf(events.subList(from, to)));
      }
    }
    return switch (query) {
      case Query.ConfigSource _ -> Json.tree(source());
      case Query.ConfigProposal q -> Json.tree(proposals.apply(q));
      case Query.ConfigPreview q -> Json.tree(preview(q));
      default -> queries.apply(query);
    };
  }

  private Config.Source source() {
    if (unreadable != null) {
      throw unreadable;
    }
    var values =
        hive == null
            ? Json.object()
            : new YamlSource("hive.yaml", hive, ErrorCode.CONFIG_INVALID).root();
    return new Config.Source(
        ".hivedeck/hive.yaml",
        hive,
        HiveFile.digest(hive),
        values,
        List.of(),
        hive == null ? "version: 1\n" : null);
  }

  private Config.Preview preview(Query.ConfigPreview q) {
    var problems = new ArrayList<String>();
    var after = hive;
    try {
      after = q.text() != null ? q.text() : HiveFile.edited(hive, q.changes());
      HiveFile.valid(after);
    } catch (HiveException e) {
      problems.add(e.getMessage());
    }
    var asks =
        new WorkspaceViews.Consent(
            "d", null, after.equals(hive) ? null : "hive.yaml changed", previewed);
    return new Config.Preview(
        HiveFile.digest(hive),
        TextDiff.of(".hivedeck/hive.yaml", hive, after),
        problems,
        problems.isEmpty() ? asks : null);
  }

  @Override
  public Snapshot snapshot(Set<Topic> topics) {
    synchronized (this) {
      var now = new TreeMap<Topic, List<? extends View>>();
      topics.forEach(t -> now.put(t, List.copyOf(things.get(t).values())));
      return new Snapshot(events.size(), now);
    }
  }

  @Override
  public synchronized Subscription subscribe(long after, Consumer<List<Event>> consumer) {
    if (after > events.size()) {
      throw new HiveException(ErrorCode.GONE, "No such place in the history.", "Take a snapshot.");
    }
    var missed = List.copyOf(events.subList((int) after, events.size()));
    if (!missed.isEmpty()) {
      consumer.accept(missed);
    }
    listeners.add(consumer);
    return () -> listeners.remove(consumer);
  }

  @Override
  public Subscription follow(Consumer<Query.LogPage> consumer) {
    followers.add(consumer);
    return () -> followers.remove(consumer);
  }

  @Override
  public Stats stats() {
    return stats;
  }
}
