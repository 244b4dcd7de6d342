package dev.hivedeck.ui.shell;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Views;
import dev.hivedeck.engine.protocol.Views.ChangeState;
import dev.hivedeck.engine.protocol.Views.LessonState;
import dev.hivedeck.engine.protocol.Views.TaskState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What can be done to things by saying so: "retry T-3", "approve #4". */
final class Verbs {
  /** Fewer letters could mean anything. */
  private static final int LETTERS = 2;

  private static final int MOST = 12;

  /**
   * Something that would be done.
   *
   * @param name all of it, for example "Try again T-3 Write file 3"
   */
  record Deed(Icon icon, String name, Runnable run) {}

  /** A thing that a verb can be said of. */
  private record Subject(String id, String title, Command command, Command undo) {}

  /**
   * @param names what it may be called, in lower case; the first is shown
   */
  private record Verb(
      Icon icon, String name, List<String> names, Supplier<Stream<Subject>> subjects) {}

  private final Desk desk;
  private final List<Verb> verbs;

  Verbs(Desk desk) {
    this.desk = desk;
    verbs =
        List.of(
            verb(Icon.RETRY, "task.retry", "retry", this::retried),
            verb(Icon.CHECK, "change.approve", "approve", this::approved),
            verb(Icon.PAUSE, "agent.pause", "pause", this::paused),
            verb(Icon.PLAY, "agent.resume", "resume", this::resumed),
            verb(Icon.LESSON, "lessons.accept", "accept", () -> judged(LessonState.ACCEPTED)),
            verb(Icon.LESSON, "lessons.mute", "mute", () -> judged(LessonState.MUTED)));
  }

  private Verb verb(Icon icon, String key, String english, Supplier<Stream<Subject>> subjects) {
    var name = desk.texts().text(key);
    return new Verb(icon, name, List.of(name.toLowerCase(Locale.ROOT), english), subjects);
  }

  /** What could be meant by these letters, a verb first; on the FX thread. */
  List<Deed> meant(String query) {
    var said = query.strip().toLowerCase(Locale.ROOT);
    var deeds = new ArrayList<Deed>();
    for (var verb : verbs) {
      var rest = rest(verb, said);
      if (rest != null) {
        var words = rest.split("\\s+");
        verb.subjects()
            .get()
            .filter(s -> holds(s, words))
            .limit(MOST)
            .forEach(s -> deeds.add(deed(verb, s)));
      }
    }
    return deeds;
  }

  /** What is said after the verb; null when it is not this verb. */
  private static String rest(Verb verb, String said) {
    int space = said.indexOf(' ');
    var first = space < 0 ? said : said.substring(0, space);
    for (var name : verb.names()) {
      if (said.startsWith(name)) {
        return said.substring(name.length()).strip();
      }
      if (first.length() >= LETTERS && name.startsWith(first)) {
        return space < 0 ? "" : said.substring(space).strip();
      }
    }
    return null;
  }

  private static boolean holds(Subject subject, String[] words) {
    var text = (subject.id() + " " + subject.title()).toLowerCase(Locale.ROOT);
    return Arrays.stream(words).allMatch(text::contains);
  }

  private Deed deed(Verb verb, Subject s) {
    var name = verb.name() + " " + s.id() + (s.title().isEmpty() ? "" : " " + s.title());
    return new Deed(
        verb.icon(),
        name,
        () ->
            new Batch(desk)
                .send(
                    verb.name() + " " + s.id(),
                    List.of(s.command()),
                    s.undo() == null ? List.of() : List.of(s.undo())));
  }

  private Stream<Subject> retried() {
    return desk.live().tasks().all().stream()
        .filter(
            t ->
                t.state() == TaskState.DEAD
                    || t.state() == TaskState.DELAYED
                    || t.state() == TaskState.CANCELLED)
        .map(t -> new Subject(t.id(), t.title(), new Command.RetryTask(t.id(), null), null));
  }

  private Stream<Subject> approved() {
    return desk.live().changes().all().stream()
        .filter(c -> c.state() == ChangeState.OPEN)
        .map(
            c ->
                new Subject(
                    "#" + c.number(),
                    c.title(),
                    new Command.ApproveChange(c.id(), null, c.head()),
                    null));
  }

  private Stream<Subject> paused() {
    return Stream.concat(
        agents(
            a -> a.state() != Views.AgentState.PAUSED,
            Command.PauseAgent::new,
            Command.ResumeAgent::new),
        tasks(
            t -> t.state().active() || t.state() == TaskState.READY,
            Command.PauseTask::new,
            Command.ResumeTask::new));
  }

  private Stream<Subject> resumed() {
    return Stream.concat(
        agents(
            a -> a.state() == Views.AgentState.PAUSED,
            Command.ResumeAgent::new,
            Command.PauseAgent::new),
        tasks(t -> t.state() == TaskState.PAUSED, Command.ResumeTask::new, Command.PauseTask::new));
  }

  private Stream<Subject> tasks(
      Predicate<Views.Task> fits,
      Function<String, Command> command,
      Function<String, Command> undo) {
    return desk.live().tasks().all().stream()
        .filter(fits)
        .map(t -> new Subject(t.id(), t.title(), command.apply(t.id()), undo.apply(t.id())));
  }

  private Stream<Subject> agents(
      Predicate<Views.Agent> fits,
      Function<String, Command> command,
      Function<String, Command> undo) {
    return desk.live().agents().all().stream()
        .filter(fits)
        .map(a -> new Subject(a.id(), "", command.apply(a.id()), undo.apply(a.id())));
  }

  private Stream<Subject> judged(LessonState state) {
    return desk.live().lessons().all().stream()
        .filter(l -> l.state() != state && l.state() != LessonState.DELETED)
        .map(
            l ->
                new Subject(
                    l.id(),
                    Plain.template(l.text()),
                    new Command.JudgeLesson(l.id(), state),
                    new Command.JudgeLesson(l.id(), l.state())));
  }
}
