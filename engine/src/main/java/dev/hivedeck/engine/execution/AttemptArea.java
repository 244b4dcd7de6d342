package dev.hivedeck.engine.execution;

import dev.hivedeck.engine.agent.log.ActivityLogs;
import dev.hivedeck.engine.area.Action;
import dev.hivedeck.engine.area.Area;
import dev.hivedeck.engine.attempt.AttemptLedger;
import dev.hivedeck.engine.dispatch.AttemptBriefs;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.selection.AgentLedger;
import dev.hivedeck.engine.store.Ledger;
import java.util.Map;

/** Registers attempts: what is known of them, and what they ask for themselves. */
public final class AttemptArea {
  private static final int SHOWN = 5_000;

  private final Ledger ledger;
  private final ActivityLogs logs;
  private final AgentLedger agents;
  private final DiffReader diffs;

  private AttemptArea(Ledger ledger, ActivityLogs logs, AgentLedger agents, DiffReader diffs) {
    this.ledger = ledger;
    this.logs = logs;
    this.agents = agents;
    this.diffs = diffs;
  }

  /** Of an engine that is only asked. */
  public static Area reading(
      Ledger ledger, ActivityLogs logs, AgentLedger agents, DiffReader diffs) {
    return new AttemptArea(ledger, logs, agents, diffs).area().build();
  }

  public static Area of(
      Ledger ledger,
      ActivityLogs logs,
      AgentLedger agents,
      DiffReader diffs,
      AgentRequests requests) {
    return new AttemptArea(ledger, logs, agents, diffs)
        .area()
        .commands(Command.AttemptCommands.class, command -> carryOut(requests, command))
        .build();
  }

  private Area.Builder area() {
    return Area.named("attempt")
        .queries(Query.AttemptQueries.class, this::answer)
        .things(
            Topic.ATTEMPT,
            sql -> AttemptLedger.views(sql, SHOWN),
            (sql, id) -> AttemptLedger.view(sql, AttemptLedger.get(sql, id).id()));
  }

  private static Action carryOut(AgentRequests requests, Command.AttemptCommands command) {
    return switch (command) {
      case Command.Progress c -> Action.run(() -> requests.progress(c));
      case Command.Ask c -> Action.effect(() -> Map.of("id", requests.ask(c)));
      case Command.ProposeTask c ->
          Action.answer(tx -> Map.of("decision", requests.propose(tx, c)));
      case Command.ClaimSubtask c -> Action.write(tx -> requests.claim(tx, c));
      case Command.RecordLesson c -> Action.answer(tx -> Map.of("id", requests.learn(tx, c)));
    };
  }

  private Object answer(Query.AttemptQueries query) {
    return switch (query) {
      case Query.Log q -> {
        ledger.read(sql -> AttemptLedger.get(sql, q.attempt()));
        yield logs.page(q.attempt(), q.from(), Math.clamp(q.limit(), 1, 5_000), q.raw());
      }
      case Query.Diff q -> diffs.read(q);
      case Query.FileAt q -> diffs.file(q);
      case Query.Attempts q -> ledger.read(sql -> AttemptLedger.viewsOf(sql, q.task()));
      case Query.Brief q -> ledger.read(sql -> AttemptBriefs.of(sql, agents, q.attempt()));
    };
  }
}
