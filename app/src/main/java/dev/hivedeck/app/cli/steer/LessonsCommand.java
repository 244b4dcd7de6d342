package dev.hivedeck.app.cli.steer;

import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.app.cli.TextTable;
import dev.hivedeck.engine.protocol.Command.JudgeLesson;
import dev.hivedeck.engine.protocol.Command.WordLesson;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Query.Sighting;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.LessonViews;
import dev.hivedeck.engine.protocol.view.LessonViews.LessonState;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** What failed again and again, and what agents are told of it. */
@Command(
    name = "lessons",
    description = "What failed again and again, what helped, and what agents are told.")
public final class LessonsCommand implements Callable<Integer> {
  @ParentCommand HivedeckCommand cli;

  @Option(names = "--state", description = "Only those.")
  LessonState state;

  @Override
  public Integer call() {
    return list(state);
  }

  @Command(name = "list", description = "The lessons, the latest seen first.")
  int list(@Option(names = "--state", description = "Only those.") LessonState state) {
    try (var opened = EngineAccess.read(cli.workspace())) {
      var all =
          opened.all(Topic.LESSON, LessonViews.Lesson.class).stream()
              .filter(l -> state == null || l.state() == state)
              .toList();
      var textTable =
          new TextTable("Lesson", "Seen", "State", "Told", "Where", "What fails", "What helped");
      for (var l : all) {
        textTable.row(
            l.id(),
            l.seen(),
            l.state().name().toLowerCase(Locale.ROOT),
            l.offered() ? "yes" : "no",
            l.source(),
            l.text(),
            l.remedy());
      }
      cli.answer(
          all, all.isEmpty() ? "Nothing failed that one could learn from." : textTable.toString());
      return HivedeckCommand.DONE;
    }
  }

  @Command(name = "show", description = "Where a lesson comes from, the latest first.")
  int show(@Parameters(paramLabel = "ID") String id) {
    try (var opened = EngineAccess.read(cli.workspace())) {
      var answer = opened.door().query(new Query.Sightings(id));
      var textTable = new TextTable("Attempt", "Agent", "Work", "Remedied by", "What it said");
      answer.forEach(
          node -> {
            var s = Json.as(node, Sighting.class);
            textTable.row(s.attempt(), s.agent(), s.work(), s.remedied(), s.text());
          });
      cli.answer(answer, textTable.toString());
      return HivedeckCommand.DONE;
    }
  }

  @Command(name = "accept", description = "Tell agents at such work what helps.")
  int accept(@Parameters(paramLabel = "ID") String id) {
    return judge(id, LessonState.ACCEPTED, id + " is told to agents.");
  }

  @Command(name = "mute", description = "Tell nobody, however often it comes.")
  int mute(@Parameters(paramLabel = "ID") String id) {
    return judge(id, LessonState.MUTED, id + " is muted.");
  }

  @Command(name = "delete", description = "Forget it until it is seen again.")
  int delete(@Parameters(paramLabel = "ID") String id) {
    return judge(id, LessonState.DELETED, id + " is deleted; hivedeck lesson reset undoes that.");
  }

  @Command(name = "reset", description = "As before anybody judged it; brings back a deleted one.")
  int reset(@Parameters(paramLabel = "ID") String id) {
    return judge(id, LessonState.NEW, id + " is as it was.");
  }

  private int judge(String id, LessonState state, String words) {
    return SteerCommands.send(cli, new JudgeLesson(id, state), words);
  }

  @Command(name = "edit", description = "Word what helps; empty takes your words back.")
  int edit(
      @Parameters(index = "0", paramLabel = "ID") String id,
      @Parameters(index = "1", paramLabel = "REMEDY") String remedy) {
    return SteerCommands.send(cli, new WordLesson(id, remedy), id + " is in your words.");
  }
}
