package dev.hivedeck.ui.control.log;

import dev.hivedeck.engine.protocol.Act;
import dev.hivedeck.engine.protocol.Act.Todo;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import java.time.Duration;
import java.util.List;

/** How an entry of a log looks in one line: icon, word, what it is, and how it went. */
final class ActView {
  /** How it went, in a word and a tone that says the same. */
  record Status(String word, Tone tone) {
    static final Status NONE = new Status("", Tone.NEUTRAL);
  }

  private final Texts texts;

  ActView(Texts texts) {
    this.texts = texts;
  }

  static Icon icon(String kind) {
    return switch (kind) {
      case "say" -> Icon.COMMENT;
      case "think" -> Icon.THINK;
      case "plan" -> Icon.TASK;
      case "read" -> Icon.READ;
      case "edit" -> Icon.EDIT;
      case "run" -> Icon.COMMAND;
      case "ask" -> Icon.DECISION;
      case "tool" -> Icon.TOOL;
      case "spend" -> Icon.SPEND;
      case "raw" -> Icon.RAW;
      case "in" -> Icon.INPUT;
      case "err" -> Icon.WARNED;
      case "gate" -> Icon.GATE;
      case "retry" -> Icon.RETRY;
      case "hive" -> Icon.HIVE;
      default -> Icon.OUTPUT;
    };
  }

  static Tone tone(String kind) {
    return switch (kind) {
      case "say", "plan", "in" -> Tone.BLUE;
      case "edit", "run", "tool" -> Tone.PURPLE;
      case "gate", "retry", "ask" -> Tone.AMBER;
      case "err" -> Tone.RED;
      case "hive" -> Tone.TEAL;
      default -> Tone.NEUTRAL;
    };
  }

  /** Whether it is said more quietly than the rest. */
  static boolean quiet(String kind) {
    return switch (kind) {
      case "think", "spend", "raw", "out", "read" -> true;
      default -> false;
    };
  }

  String word(String kind) {
    var key = "log.kind." + kind;
    return texts.has(key) ? texts.text(key) : kind;
  }

  /**
   * What it is.
   *
   * @param worktree what paths are shown relative to; null when it is not known
   */
  String line(LogEntry entry, String worktree) {
    return switch (entry.act()) {
      case Act.Say _, Act.Think _ -> first(entry.last().text());
      case Act.Plan(List<Todo> todos) -> doing(todos);
      case Act.Edit edit -> AttemptDiff.within(worktree, edit.path());
      case Act.Read(String what) -> AttemptDiff.within(worktree, first(what));
      case Act.Run run -> first(run.command());
      case Act.Ask ask -> first(ask.question());
      case Act.Tool tool -> first(tool.name() + " " + tool.input());
      case Act.Spend spend -> spent(spend);
      case null, default -> first(entry.last().text());
    };
  }

  private static String first(String text) {
    return LogDetail.plain(text.strip().lines().findFirst().orElse(""));
  }

  /** What it is at, else what comes next. */
  private static String doing(List<Todo> todos) {
    return todos.stream()
        .filter(todo -> todo.state() == Todo.State.DOING)
        .findFirst()
        .or(() -> todos.stream().filter(todo -> todo.state() == Todo.State.OPEN).findFirst())
        .map(todo -> first(todo.text()))
        .orElse("");
  }

  private String spent(Act.Spend spend) {
    String tokens =
        texts.text(
            "act.spent",
            texts.brief(spend.in()),
            texts.brief(spend.cached()),
            texts.brief(spend.out()));
    return spend.cost() == null
        ? tokens
        : tokens + " · " + "$" + texts.decimal(spend.cost(), spend.cost() < 0.1 ? 4 : 2);
  }

  /**
   * @param over whether the attempt is over, so that nothing runs any more
   */
  Status status(LogEntry entry, boolean over) {
    return switch (entry.act()) {
      case Act.Plan(List<Todo> todos) ->
          new Status(
              texts.text(
                  "act.planned",
                  todos.stream().filter(t -> t.state() == Todo.State.DONE).count(),
                  todos.size()),
              Tone.NEUTRAL);
      case Act.Edit edit -> edited(edit);
      case Act.Run run -> ran(run.exit(), entry.took(), over);
      case Act.Tool tool ->
          tool.ok() == null
              ? running(over)
              : tool.ok() ? Status.NONE : new Status(texts.text("act.failed"), Tone.RED);
      case Act.Ask ask ->
          ask.answer() != null
              ? new Status(answer(ask.answer()), Tone.NEUTRAL)
              : over ? running(true) : new Status(texts.text("act.waits"), Tone.AMBER);
      case null, default -> Status.NONE;
    };
  }

  private Status edited(Act.Edit edit) {
    if (edit.done() == null) {
      return new Status(texts.text("act.undone"), Tone.RED);
    }
    long added = lines(edit.diff(), '+');
    long removed = lines(edit.diff(), '-');
    return added + removed == 0
        ? Status.NONE
        : new Status("+" + texts.count(added) + " −" + texts.count(removed), Tone.NEUTRAL);
  }

  private static long lines(String diff, char sign) {
    String head = String.valueOf(sign).repeat(3) + " ";
    return diff.lines()
        .filter(l -> !l.isEmpty() && l.charAt(0) == sign && !l.startsWith(head))
        .count();
  }

  private Status ran(Integer exit, Duration took, boolean over) {
    if (exit == null) {
      return running(over);
    }
    String word = exit == -1 ? texts.text("act.broken") : texts.text("act.exit", exit);
    return new Status(
        took.toSeconds() > 0 ? word + " · " + texts.span(took) : word,
        exit == 0 ? Tone.NEUTRAL : exit == -1 ? Tone.AMBER : Tone.RED);
  }

  private Status running(boolean over) {
    return over
        ? new Status(texts.text("act.cut"), Tone.NEUTRAL)
        : new Status(texts.text("act.runs"), Tone.BLUE);
  }

  private String answer(String given) {
    var key = "act.answer." + given;
    return texts.has(key) ? texts.text(key) : given;
  }
}
