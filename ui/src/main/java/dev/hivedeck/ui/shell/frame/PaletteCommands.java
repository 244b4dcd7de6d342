package dev.hivedeck.ui.shell.frame;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.view.AgentViews;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.protocol.view.DecisionViews;
import dev.hivedeck.engine.protocol.view.LessonViews.LessonState;
import dev.hivedeck.engine.protocol.view.Muted;
import dev.hivedeck.engine.protocol.view.TaskViews;
import dev.hivedeck.engine.protocol.view.TaskViews.TaskState;
import dev.hivedeck.ui.external.OpenTarget;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.action.BatchCommand;
import dev.hivedeck.ui.shell.action.WorktreeOpener;
import dev.hivedeck.ui.shell.text.DisplayText;
import dev.hivedeck.ui.shell.theme.Icon;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What can be done to things by saying so: "retry T-3", "approve #4". */
final class PaletteCommands {
  /** Fewer letters could mean anything. */
  private static final int LETTERS = 2;

  private static final int MOST = 12;
  private static final Duration SILENCE = Duration.ofHours(2);

  /**
   * Something that would be done.
   *
   * @param name all of it, for example "Try again T-3 Write file 3"
   */
  record Match(Icon icon, String name, Runnable run) {}

  /** A thing that a verb can be said of. */
  private record Subject(String id, String title, Command command, Command undo, Runnable open) {
    Subject(String id, String title, Command command, Command undo) {
      this(id, title, command, undo, null);
    }

    /** One that is looked at, not changed. */
    Subject(String id, String title, Runnable open) {
      this(id, title, null, null, open);
    }
  }

  /** What is asked before: its texts in the menus that do the same. */
  private record Question(String will, String verb) {}

  /**
   * @param names what it may be called, in lower case; the first is shown
   * @param question null where nothing is asked before
   */
  private record Verb(
      Icon icon,
      String name,
      List<String> names,
      Question question,
      Supplier<Stream<Subject>> subjects) {}

  private final ScreenContext context;
  private final List<Verb> verbs;

  PaletteCommands(ScreenContext context) {
    this.context = context;
    verbs =
        List.of(
            verb(Icon.RETRY, "task.retry", "retry", this::retried),
            verb(Icon.CHECK, "change.approve", "approve", this::approved),
            verb(Icon.CHECK, "change.again", "merge", this::merged),
            verb(Icon.DECISION, "palette.answer", "answer", this::answered),
            verb(Icon.PAUSE, "agent.pause", "pause", this::paused),
            verb(Icon.PLAY, "agent.resume", "resume", this::resumed),
            asked(Icon.CANCEL, "task.cancel", "cancel", "tasks.cancel", this::cancelled),
            asked(Icon.STOP, "agent.stop", "stop", "agents.stop", this::stopped),
            verb(Icon.SILENCED, "slo.silence.do", "silence", this::silenced),
            verb(Icon.OBJECTIVE, "palette.explain", "explain", this::explained),
            verb(Icon.DETACH, "palette.editor", "edit", () -> opened(OpenTarget.EDITOR)),
            verb(Icon.COMMAND, "palette.terminal", "terminal", () -> opened(OpenTarget.TERMINAL)),
            verb(Icon.FOLDER, "palette.files", "browse", () -> opened(OpenTarget.FILES)),
            verb(Icon.LESSON, "lessons.accept", "accept", () -> judged(LessonState.ACCEPTED)),
            verb(Icon.LESSON, "lessons.mute", "mute", () -> judged(LessonState.MUTED)));
  }

  private Verb verb(Icon icon, String key, String english, Supplier<Stream<Subject>> subjects) {
    return verb(icon, key, english, null, subjects);
  }

  /** One that the menu of that name asks about before, too. */
  private Verb asked(
      Icon icon, String key, String english, String menu, Supplier<Stream<Subject>> subjects) {
    return verb(icon, key, english, new Question(menu + ".will", key + ".verb"), subjects);
  }

  private Verb verb(
      Icon icon,
      String key,
      String english,
      Question question,
      Supplier<Stream<Subject>> subjects) {
    var name = context.texts().text(key);
    return new Verb(
        icon, name, List.of(name.toLowerCase(Locale.ROOT), english), question, subjects);
  }

  /** What could be meant by these letters, a verb first; on the FX thread. */
  List<Match> meant(String query) {
    var said = query.strip().toLowerCase(Locale.ROOT);
    var deeds = new ArrayList<Match>();
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

  private Match deed(Verb verb, Subject s) {
    var name = verb.name() + " " + s.id() + (s.title().isEmpty() ? "" : " " + s.title());
    return new Match(
        verb.icon(),
        name,
        () -> {
          if (s.open() != null) {
            s.open().run();
          } else if (meant(verb, name)) {
            new BatchCommand(context)
                .send(
                    verb.name() + " " + s.id(),
                    List.of(s.command()),
                    s.undo() == null ? List.of() : List.of(s.undo()));
          }
        });
  }

  private boolean meant(Verb verb, String name) {
    var question = verb.question();
    return question == null
        || context
            .dialogs()
            .confirm(
                name,
                context.texts().text(question.will(), 1),
                context.texts().text(question.verb()));
  }

  private Stream<Subject> retried() {
    return context.live().tasks().all().stream()
        .filter(
            t ->
                t.state() == TaskState.DEAD
                    || t.state() == TaskState.DELAYED
                    || t.state() == TaskState.CANCELLED)
        .map(t -> new Subject(t.id(), t.title(), new Command.RetryTask(t.id(), null), null));
  }

  private Stream<Subject> approved() {
    return context.live().changes().all().stream()
        .filter(c -> c.state() == ChangeState.OPEN)
        .map(
            c ->
                new Subject(
                    "#" + c.number(),
                    c.title(),
                    new Command.ApproveChange(c.id(), null, c.head()),
                    null));
  }

  private Stream<Subject> merged() {
    return context.live().changes().all().stream()
        .filter(c -> c.state() == ChangeState.CONFLICTED || c.state() == ChangeState.BLOCKED)
        .map(
            c ->
                new Subject(
                    "#" + c.number(), c.title(), new Command.MergeChange(c.id(), c.head()), null));
  }

  /** Each open question with each of its answers. */
  private Stream<Subject> answered() {
    return context.live().decisions().all().stream()
        .filter(d -> d.state() == DecisionViews.DecisionState.OPEN)
        .flatMap(
            d ->
                d.options().stream()
                    .map(
                        option ->
                            new Subject(
                                d.id(),
                                option + " · " + d.question(),
                                new Command.Decide(d.id(), option, null),
                                null)));
  }

  /** For two hours; the screen asks for how long, and why. */
  private Stream<Subject> silenced() {
    return Stream.concat(
        context.live().objectives().get().stream().map(o -> silenced("objective", o.name())),
        context.live().alerts().all().stream()
            .filter(a -> a.ended() == null && a.muted() == Muted.NONE)
            .filter(a -> !a.labels().containsKey("objective"))
            .map(a -> a.labels().getOrDefault("alertname", ""))
            .filter(name -> !name.isEmpty())
            .distinct()
            .map(name -> silenced("alertname", name)));
  }

  private Subject silenced(String label, String value) {
    var matcher = label + "=\"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    return new Subject(
        value,
        context.texts().text("palette.silence"),
        new Command.Silence(matcher, SILENCE.toSeconds(), ""),
        null);
  }

  /** What spent the budget of an objective, and what came before it rose. */
  private Stream<Subject> explained() {
    return context.live().objectives().get().stream()
        .map(
            o ->
                new Subject(
                    o.name(),
                    context.texts().text("palette.explained"),
                    () -> context.go().to(ScreenId.SLOS, o.name())));
  }

  /** Worktrees of tasks; whether one is still there is seen when it is opened. */
  private Stream<Subject> opened(OpenTarget target) {
    return context.live().tasks().all().stream()
        .filter(t -> t.attempt() != null)
        .map(
            t ->
                new Subject(
                    t.id(), t.title(), () -> WorktreeOpener.open(context, target, t.attempt())));
  }

  private Stream<Subject> cancelled() {
    return context.live().tasks().all().stream()
        .filter(t -> t.state() != TaskState.CANCELLED && !t.merged())
        .map(
            t ->
                new Subject(
                    t.id(),
                    t.title(),
                    new Command.CancelTask(t.id()),
                    new Command.RetryTask(t.id(), null)));
  }

  private Stream<Subject> stopped() {
    return context.live().agents().all().stream()
        .filter(a -> a.task() != null)
        .map(
            a ->
                new Subject(
                    a.id(), "", new Command.StopAgent(a.id()), new Command.ResumeAgent(a.id())));
  }

  private Stream<Subject> paused() {
    return Stream.concat(
        agents(
            a -> a.state() != AgentViews.AgentState.PAUSED,
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
            a -> a.state() == AgentViews.AgentState.PAUSED,
            Command.ResumeAgent::new,
            Command.PauseAgent::new),
        tasks(t -> t.state() == TaskState.PAUSED, Command.ResumeTask::new, Command.PauseTask::new));
  }

  private Stream<Subject> tasks(
      Predicate<TaskViews.Task> fits,
      Function<String, Command> command,
      Function<String, Command> undo) {
    return context.live().tasks().all().stream()
        .filter(fits)
        .map(t -> new Subject(t.id(), t.title(), command.apply(t.id()), undo.apply(t.id())));
  }

  private Stream<Subject> agents(
      Predicate<AgentViews.Agent> fits,
      Function<String, Command> command,
      Function<String, Command> undo) {
    return context.live().agents().all().stream()
        .filter(fits)
        .map(a -> new Subject(a.id(), "", command.apply(a.id()), undo.apply(a.id())));
  }

  private Stream<Subject> judged(LessonState state) {
    return context.live().lessons().all().stream()
        .filter(l -> l.state() != state && l.state() != LessonState.DELETED)
        .map(
            l ->
                new Subject(
                    l.id(),
                    DisplayText.template(l.text()),
                    new Command.JudgeLesson(l.id(), state),
                    new Command.JudgeLesson(l.id(), l.state())));
  }
}
