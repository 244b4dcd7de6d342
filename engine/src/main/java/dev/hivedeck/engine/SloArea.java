package dev.hivedeck.engine;

import dev.hivedeck.engine.area.Action;
import dev.hivedeck.engine.area.Area;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.SloViews;
import dev.hivedeck.engine.slo.policy.PolicyLedger;
import dev.hivedeck.engine.slo.watch.RuleFiles;
import dev.hivedeck.engine.slo.watch.SloFeed;
import dev.hivedeck.engine.store.Ledger;
import java.util.function.Supplier;

/** Registers objectives, rules, alerts and what error budgets bring about. */
final class SloArea {
  private SloArea() {}

  /**
   * @param source the configuration as it is, also between two looks
   */
  static Area of(Ledger ledger, Objectives objectives, Supplier<RuleFiles.Source> source) {
    return Area.named("slo")
        .commands(Command.SloCommands.class, command -> carryOut(objectives, command))
        .queries(Query.SloQueries.class, query -> answer(ledger, objectives, source, query))
        .things(
            Topic.OBJECTIVE, sql -> SloFeed.told(sql, Topic.OBJECTIVE, SloViews.Objective.class))
        .things(Topic.ALERT, sql -> SloFeed.told(sql, Topic.ALERT, SloViews.Alert.class))
        .build();
  }

  private static Action carryOut(Objectives objectives, Command.SloCommands command) {
    return switch (command) {
      case Command.Silence c -> Action.answer(tx -> objectives.silence(tx, c));
      case Command.EndSilence c -> Action.write(tx -> objectives.unsilence(tx, c.id()));
      case Command.LiftPolicy c -> Action.answer(tx -> objectives.lift(tx, c));
      case Command.ResumePolicy c -> Action.answer(tx -> objectives.resume(tx, c));
    };
  }

  private static Object answer(
      Ledger ledger,
      Objectives objectives,
      Supplier<RuleFiles.Source> source,
      Query.SloQueries query) {
    return switch (query) {
      case Query.Objectives _ -> objectives.views();
      case Query.Rules _ -> objectives.rules();
      case Query.PolicyActs _ -> ledger.read(PolicyLedger::acts);
      case Query.Silences _ -> objectives.silences();
      case Query.Alerts q -> objectives.alerts(Math.clamp(q.limit(), 1, 5_000));
      case Query.ObjectiveHistory q -> objectives.history().timeline(q);
      case Query.ObjectiveSpent q -> objectives.history().spent(q);
      case Query.ObjectiveExplanation q -> objectives.history().explain(q);
      case Query.ObjectiveReplay q -> objectives.replay(q);
      case Query.ObjectiveExport q -> objectives.export(q, source.get());
    };
  }
}
