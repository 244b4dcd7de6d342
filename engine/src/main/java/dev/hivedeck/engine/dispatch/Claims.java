package dev.hivedeck.engine.dispatch;

import dev.hivedeck.engine.agent.log.ActivityLogs;
import dev.hivedeck.engine.attempt.AttemptLedger;
import dev.hivedeck.engine.attempt.Claim;
import dev.hivedeck.engine.dispatch.Dispatch.Claimed;
import dev.hivedeck.engine.dispatch.Dispatch.Pool;
import dev.hivedeck.engine.plan.StackedTasks;
import dev.hivedeck.engine.plan.TaskLedger;
import dev.hivedeck.engine.plan.TaskStateMachine;
import dev.hivedeck.engine.protocol.event.AgentEvent;
import dev.hivedeck.engine.protocol.event.AttemptEvent;
import dev.hivedeck.engine.protocol.event.TaskEvent;
import dev.hivedeck.engine.protocol.failure.ReleaseReason;
import dev.hivedeck.engine.protocol.view.View;
import dev.hivedeck.engine.rollout.agent.AgentTraffic;
import dev.hivedeck.engine.selection.AgentLedger;
import dev.hivedeck.engine.selection.AgentSelector;
import dev.hivedeck.engine.selection.Offer;
import dev.hivedeck.engine.store.Sql;
import dev.hivedeck.engine.store.Tx;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Who does what next: takes back what was held for too long, chooses among ready tasks for the
 * agents that are free, and opens their attempts. Each within a transaction.
 */
final class Claims {
  private final AttemptCompletion completion;
  private final AgentLedger agents;
  private final ActivityLogs logs;
  private final Supplier<String> ids;
  private final AgentSelector agentSelector;
  private final AgentTraffic agentTraffic;
  private Instant looked;

  Claims(
      AttemptCompletion completion,
      AgentLedger agents,
      ActivityLogs logs,
      Supplier<String> ids,
      AgentSelector agentSelector,
      AgentTraffic agentTraffic) {
    this.completion = completion;
    this.agents = agents;
    this.logs = logs;
    this.ids = ids;
    this.agentSelector = agentSelector;
    this.agentTraffic = agentTraffic;
  }

  /** As {@link Dispatch#claim}. */
  Claimed claim(Tx tx, Pool pool, int max, Duration lease) throws SQLException {
    due(tx, lease);
    return new Claimed(give(tx, pool, max, lease), nextDue(tx.sql()));
  }

  // ── what falls due ──────────────────────────────────────────────────────────────────────────

  private void due(Tx tx, Duration lease) throws SQLException {
    Instant before = looked != null ? looked : latest(tx.sql());
    if (tx.now().isBefore(before)) {
      setBack(tx, Duration.between(tx.now(), before));
    }
    var delayed =
        tx.sql()
            .list(
                "SELECT id FROM task WHERE state = 'delayed' AND not_before <= ?",
                row -> row.text("id"),
                tx.now());
    for (String id : delayed) {
      TaskLedger.step(
          tx,
          id,
          TaskStateMachine.Step.DUE,
          null,
          TaskEvent.READY,
          id + " is ready to be tried again");
    }
    if (!awake(tx.now(), lease)) {
      AttemptLedger.extend(tx, tx.now().plus(lease));
    }
    for (var attempt : AttemptLedger.expired(tx.sql(), tx.now())) {
      completion.lost(
          tx,
          attempt,
          ReleaseReason.LOST,
          "Nothing was heard of it for longer than its lease",
          attempt.checkpoint());
    }
  }

  /** When something was last written, perhaps by an earlier engine. */
  private static Instant latest(Sql sql) throws SQLException {
    return sql.one("SELECT at FROM event ORDER BY seq DESC LIMIT 1", row -> row.instant("at"))
        .orElse(Instant.MIN);
  }

  /** The clock was set back: what was to fall due falls due as soon as it was to. */
  private static void setBack(Tx tx, Duration by) throws SQLException {
    tx.sql()
        .update(
            "UPDATE task SET not_before = not_before - ? WHERE state = 'delayed'", by.toMillis());
    AttemptLedger.setBack(tx, by);
  }

  /**
   * Whether this queue was looked at all the time. If not, the machine slept or the disk was full,
   * and its holders with it: leases that ran out meanwhile say nothing about them.
   */
  private boolean awake(Instant now, Duration lease) {
    var before = looked;
    looked = now;
    return before != null && Duration.between(before, now).compareTo(lease.dividedBy(2)) <= 0;
  }

  private static Optional<Instant> nextDue(Sql sql) throws SQLException {
    var task =
        sql.one(
            "SELECT min(not_before) AS due FROM task WHERE not_before IS NOT NULL",
            row -> row.instant("due"));
    return Stream.of(task, AttemptLedger.nextExpiry(sql))
        .flatMap(Optional::stream)
        .min(Comparator.naturalOrder());
  }

  // ── the choice ──────────────────────────────────────────────────────────────────────────────

  private record Pick(TaskLedger.Row task, String agent) {}

  private List<Claim> give(Tx tx, Pool pool, int max, Duration lease) throws SQLException {
    var claims = new ArrayList<Claim>();
    if (max <= 0 || pool.offers().isEmpty() || !OperatorActions.working(tx.sql())) {
      return claims;
    }
    var free = free(tx.sql(), pool.offers());
    var used = pool.parallel().isEmpty() ? Map.<String, Integer>of() : used(tx.sql());
    used = new HashMap<>(used);
    while (claims.size() < max && !free.isEmpty()) {
      var full = new HashSet<String>();
      for (var limit : pool.parallel().entrySet()) {
        if (used.getOrDefault(limit.getKey(), 0) >= limit.getValue()) {
          full.add(limit.getKey());
        }
      }
      var pick = pick(tx.sql(), free.keySet(), full);
      if (pick.isEmpty()) {
        break;
      }
      var task = pick.get().task();
      var chosen = chosen(tx, pick.get(), free.keySet());
      claims.add(begin(tx, task, chosen, lease));
      for (String capability : task.capabilities()) {
        used.merge(capability, 1, Integer::sum);
      }
      var offer = offer(free.keySet(), chosen.agent());
      if (free.merge(offer, -1, Integer::sum) <= 0) {
        free.remove(offer);
      }
    }
    return claims;
  }

  private static Offer offer(Collection<Offer> offers, String agent) {
    return offers.stream().filter(o -> o.agent().equals(agent)).findFirst().orElseThrow();
  }

  /** How many more each agent can take, of those that nobody paused. */
  private static Map<Offer, Integer> free(Sql sql, List<Offer> offers) throws SQLException {
    var held = new HashMap<String, Integer>();
    for (var attempt : AttemptLedger.active(sql)) {
      held.merge(attempt.agent(), 1, Integer::sum);
    }
    var paused =
        new HashSet<>(sql.list("SELECT name FROM agent WHERE paused = 1", row -> row.text("name")));
    var free = new LinkedHashMap<Offer, Integer>();
    for (var offer : offers) {
      int left = Math.min(offer.free(), offer.slots() - held.getOrDefault(offer.agent(), 0));
      if (left > 0 && !paused.contains(offer.agent())) {
        free.put(offer, left);
      }
    }
    return free;
  }

  /** How many tasks that ask for a capability are held. */
  private static Map<String, Integer> used(Sql sql) throws SQLException {
    var used = new HashMap<String, Integer>();
    for (var attempt : AttemptLedger.active(sql)) {
      for (String capability : TaskLedger.get(sql, attempt.task()).capabilities()) {
        used.merge(capability, 1, Integer::sum);
      }
    }
    return used;
  }

  private Optional<Pick> pick(Sql sql, Collection<Offer> free, Set<String> full)
      throws SQLException {
    Pick best = null;
    for (var offer : free) {
      Predicate<List<String>> room = asked -> asked.stream().noneMatch(full::contains);
      var stable = agentTraffic.stableOf(offer.agent());
      var own = next(sql, offer, offer.agent(), room);
      var shared =
          stable.isEmpty()
              ? Optional.<TaskLedger.Row>empty()
              : next(sql, offer, stable.get(), room);
      var open =
          offer.agent().equals(View.YOU)
              ? Optional.<TaskLedger.Row>empty() // a person has what is theirs, and nothing else
              : next(sql, offer, null, room.and(asked -> offer.capabilities().containsAll(asked)));
      for (var task : List.of(own, shared, open)) {
        if (task.isPresent()
            && (best == null || TaskLedger.BY_TURN.compare(task.get(), best.task()) < 0)) {
          best = new Pick(task.get(), offer.agent());
        }
      }
    }
    return Optional.ofNullable(best);
  }

  /** The first one, of those on its side where two agents share tasks. */
  private Optional<TaskLedger.Row> next(
      Sql sql, Offer offer, String assigned, Predicate<List<String>> acceptable)
      throws SQLException {
    if (!agentTraffic.gives(offer.agent(), assigned)) {
      return Optional.empty(); // without looking at each
    }
    return TaskLedger.next(
        sql, assigned, acceptable, task -> agentTraffic.fits(offer.agent(), assigned, task));
  }

  /** Who gets it: whom it is with, or whoever is chosen of those that may have it. */
  private AgentSelector.Chosen chosen(Tx tx, Pick pick, Collection<Offer> free)
      throws SQLException {
    if (pick.task().assigned() != null) {
      return new AgentSelector.Chosen(pick.agent(), null);
    }
    var asked = pick.task().capabilities();
    String id = pick.task().id();
    var able =
        free.stream()
            .filter(o -> !o.agent().equals(View.YOU) && o.capabilities().containsAll(asked))
            .filter(o -> agentTraffic.fits(o.agent(), null, id))
            .toList();
    // A canary stands for the other: it is chosen as often as that would be.
    var stands = new HashMap<String, String>();
    able.forEach(
        o -> agentTraffic.stableOf(o.agent()).ifPresent(stable -> stands.put(stable, o.agent())));
    var chosen =
        agentSelector.choose(
            tx,
            pick.task(),
            able.stream()
                .map(
                    o ->
                        new Offer(
                            agentTraffic.stableOf(o.agent()).orElse(o.agent()),
                            o.capabilities(),
                            o.slots(),
                            o.free()))
                .toList());
    return new AgentSelector.Chosen(
        stands.getOrDefault(chosen.agent(), chosen.agent()), chosen.why());
  }

  private Claim begin(Tx tx, TaskLedger.Row task, AgentSelector.Chosen chosen, Duration lease)
      throws SQLException {
    String agent = chosen.agent();
    var attempt =
        AttemptLedger.open(
            tx, task.id(), agent, chosen.why(), ids.get(), ids.get(), tx.now().plus(lease));
    TaskLedger.step(
        tx,
        task.id(),
        TaskStateMachine.Step.CLAIM,
        null,
        TaskEvent.STARTED,
        task.id()
            + " started by "
            + agent
            + (chosen.why() == null ? "" : " (" + chosen.why().words() + ")"));
    AttemptLedger.tell(tx, attempt.id(), AttemptEvent.PREPARING, null);
    agents.tell(tx, agent, AgentEvent.WORKING, null);
    tx.mirror(
        () -> {
          logs.begin(attempt.id());
          agentTraffic.began(attempt.id(), agent, task.assigned());
        });
    var context = context(tx.sql(), task);
    var acceptance =
        tx.sql()
            .list(
                "SELECT r.* FROM requirement r JOIN link l ON l.requirement = r.id"
                    + " WHERE l.task = coalesce((SELECT original FROM alternative WHERE task = ?1),"
                    + " ?1)",
                row -> row.text("id") + " " + row.text("title") + " " + row.text("acceptance"),
                task.id());
    return new Claim(
        task.id(),
        attempt.number(),
        attempt.id(),
        agent,
        attempt.turn(),
        attempt.key(),
        attempt.correlation(),
        attempt.leaseUntil(),
        task.title(),
        task.prompt(),
        task.kind(),
        context,
        acceptance,
        StackedTasks.start(tx, task),
        task.continues(),
        task.timeout(),
        AttemptLedger.session(tx.sql(), task.id(), agent).orElse(null));
  }

  /** What an attempt at a task is to know of those before, and what was decided. */
  static List<TaskLedger.Context> context(Sql sql, TaskLedger.Row task) throws SQLException {
    var context = new ArrayList<>(task.context());
    context.addAll(
        sql.list(
            "SELECT question, answer, comment FROM decision"
                + " WHERE task = ? AND answer IS NOT NULL",
            row ->
                new TaskLedger.Context(
                    "answer",
                    row.text("question")
                        + " → "
                        + row.text("answer")
                        + (row.text("comment") == null ? "" : ": " + row.text("comment"))),
            task.id()));
    return context;
  }
}
