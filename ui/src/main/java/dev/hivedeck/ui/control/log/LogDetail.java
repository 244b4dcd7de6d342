package dev.hivedeck.ui.control.log;

import dev.hivedeck.engine.protocol.Act;
import dev.hivedeck.ui.control.log.LogRow.More;
import dev.hivedeck.ui.control.log.LogRow.Style;
import dev.hivedeck.ui.shell.text.Texts;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What there is to an entry besides its line, in lines that fit the width.
 *
 * @param head how many characters of a fixed width fit into an entry's own line
 * @param columns how many fit into a line below it
 * @param jumps whether there is a way to a file's diff
 */
record LogDetail(Texts texts, int head, int columns, boolean jumps) {
  /** No entry shows more lines. */
  static final int MOST = 1_000;

  private static final Pattern COLOURS = Pattern.compile("\u001B\\[[;?\\d]*[A-Za-z]");

  /** As it can be shown: without colours of terminals. */
  static String plain(String text) {
    String even = text.indexOf('\t') < 0 ? text : text.replace("\t", "    ");
    return even.indexOf('\u001B') < 0 ? even : COLOURS.matcher(even).replaceAll("");
  }

  /** Whether an entry has more than its line. */
  boolean any(LogEntry entry) {
    return switch (entry.act()) {
      case null -> longer(entry.last().text());
      case Act.Say(String words) -> longer(words);
      case Act.Think(String words) -> longer(words);
      case Act.Plan(List<Act.Todo> todos) -> !todos.isEmpty();
      case Act.Read(String what) -> longer(what);
      case Act.Edit edit -> jumps || !edit.diff().isEmpty() || longer(edit.path());
      case Act.Run run -> longer(run.command()) || !run.output().isBlank();
      case Act.Ask ask -> longer(ask.question());
      case Act.Tool tool -> !tool.output().isBlank() || longer(tool.name() + " " + tool.input());
      case Act.Spend _ -> false;
      case Act.Raw(String json) -> longer(json);
    };
  }

  private boolean longer(String text) {
    return text.length() > head || text.strip().indexOf('\n') >= 0;
  }

  /** The lines of an entry that is open. */
  List<LogRow> of(LogEntry entry) {
    var rows = new Rows(entry);
    switch (entry.act()) {
      case null -> rows.add(Style.CODE, entry.last().text());
      case Act.Say(String words) -> rows.add(Style.PROSE, words);
      case Act.Think(String words) -> rows.add(Style.PROSE, words);
      case Act.Plan(List<Act.Todo> todos) ->
          todos.forEach(
              todo ->
                  rows.add(
                      switch (todo.state()) {
                        case OPEN -> Style.OPEN;
                        case DOING -> Style.DOING;
                        case DONE -> Style.DONE;
                      },
                      todo.text()));
      case Act.Read(String what) -> rows.add(Style.CODE, what);
      case Act.Edit edit -> {
        if (longer(edit.path())) {
          rows.add(Style.CODE, edit.path());
        }
        if (jumps) {
          rows.add(Style.JUMP, texts.text("act.jump"));
        }
        edit.diff().lines().forEach(line -> rows.add(side(line), line));
      }
      case Act.Run run -> {
        if (longer(run.command())) {
          rows.add(Style.NOTE, texts.text("act.command"));
          rows.add(Style.CODE, run.command());
          rows.add(
              Style.NOTE, texts.text(run.output().isBlank() ? "act.output.none" : "act.output"));
        }
        rows.add(Style.CODE, run.output().stripTrailing());
      }
      case Act.Ask ask -> rows.add(Style.CODE, ask.question());
      case Act.Tool tool -> {
        rows.add(Style.NOTE, texts.text("act.input"));
        rows.add(Style.CODE, tool.input());
        rows.add(Style.NOTE, texts.text("act.output"));
        rows.add(Style.CODE, tool.output().stripTrailing());
      }
      case Act.Spend _ -> {}
      case Act.Raw(String json) -> rows.add(Style.CODE, json);
    }
    return rows.made();
  }

  private static Style side(String line) {
    if (line.startsWith("@@") || line.startsWith("+++ ") || line.startsWith("--- ")) {
      return Style.PLACE;
    }
    return switch (line.isEmpty() ? ' ' : line.charAt(0)) {
      case '+' -> Style.ADDED;
      case '-' -> Style.REMOVED;
      default -> Style.CODE;
    };
  }

  /** Breaks lines where they are too long: prose between words. */
  static List<String> wrap(String text, int columns, boolean words) {
    var lines = new ArrayList<String>();
    for (String line : plain(text).lines().toList()) {
      String rest = line;
      while (rest.length() > columns) {
        int space = words ? rest.lastIndexOf(' ', columns) : -1;
        int at = space > columns / 3 ? space : columns;
        lines.add(rest.substring(0, at));
        rest = space > columns / 3 ? rest.substring(at + 1) : rest.substring(at);
      }
      lines.add(rest);
    }
    return lines;
  }

  private final class Rows {
    private final LogEntry entry;
    private final List<LogRow> rows = new ArrayList<>();
    private long left;

    Rows(LogEntry entry) {
      this.entry = entry;
    }

    void add(Style style, String text) {
      boolean item = style == Style.OPEN || style == Style.DOING || style == Style.DONE;
      var now = style;
      for (String line : wrap(text, Math.max(20, columns), item || style == Style.PROSE)) {
        if (rows.size() < MOST) {
          rows.add(new More(entry, now, line));
        } else {
          left++;
        }
        now = item ? Style.PROSE : style;
      }
    }

    List<LogRow> made() {
      if (left > 0) {
        rows.add(new More(entry, Style.NOTE, texts.text("act.more", left)));
      }
      return rows;
    }
  }
}
