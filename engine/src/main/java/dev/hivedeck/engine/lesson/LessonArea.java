package dev.hivedeck.engine.lesson;

import dev.hivedeck.engine.area.Action;
import dev.hivedeck.engine.area.Area;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.store.Ledger;

/** Registers lessons. */
public final class LessonArea {
  private LessonArea() {}

  public static Area of(Ledger ledger) {
    return Area.named("lesson")
        .commands(Command.LessonCommands.class, LessonArea::carryOut)
        .queries(Query.LessonQueries.class, query -> answer(ledger, query))
        .things(Topic.LESSON, LessonLedger::views)
        .build();
  }

  private static Action carryOut(Command.LessonCommands command) {
    return switch (command) {
      case Command.JudgeLesson c -> Action.write(tx -> LessonLedger.judge(tx, c.id(), c.state()));
      case Command.WordLesson c -> Action.write(tx -> LessonLedger.word(tx, c.id(), c.remedy()));
    };
  }

  private static Object answer(Ledger ledger, Query.LessonQueries query) {
    return switch (query) {
      case Query.Sightings q -> ledger.read(sql -> LessonLedger.sightings(sql, q.lesson()));
      case Query.Lessons q ->
          ledger.read(sql -> AttemptLessons.latest(sql, Math.clamp(q.limit(), 1, 5_000)));
    };
  }
}
